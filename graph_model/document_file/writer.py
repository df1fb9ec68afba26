"""Writing documents: in a stable order, a line for each node and wire, so that versions differ readably."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from graph_model.blocks.definition import Definition
from graph_model.blocks.kind import living_lifted
from graph_model.document import Document, TrainingSettings
from graph_model.document_file.atomic import write_atomically
from graph_model.document_file.schema import (
    FORMAT,
    METADATA_MEMBER,
    STRUCTURE_MEMBER,
    VERSION,
    WEIGHTS_MEMBER,
    Metadata,
    StoredDefinition,
    StoredLifted,
    StoredNode,
    StoredTraining,
    StoredWire,
)
from graph_model.errors import DocumentError
from graph_model.graph import Graph
from graph_model.values import Node, Wire
from graph_model.version import VERSION as APPLICATION_VERSION

EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def save_document(document: Document, path: str | Path) -> None:
    """Write a document, whole and atomically: `.json` keeps the structure only, any other name the whole
    archive.

    Raises DocumentError, with the former file untouched, if it cannot be written.
    """
    path = Path(path)
    try:
        structure = structure_text(document).encode()
    except UnicodeEncodeError as error:
        broken = error.object[error.start : error.end]
        raise DocumentError(
            f"{path} cannot be written: the drawing's name, description or settings hold {broken!r}, which is half "
            "a character. Please remove it. Nothing was changed."
        ) from error
    content = structure if path.suffix.lower() == ".json" else _archive(document, structure)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise DocumentError(f"{path} cannot be written: {error.strerror or error}. Nothing was changed.") from error
    except ValueError as error:
        raise DocumentError(f"{str(path)!r} cannot be written: {error}.") from error


def structure_text(document: Document) -> str:
    """Return `document.json`: equal documents give equal texts."""
    graph = document.graph
    lines = [
        "{",
        f'"format": {_json(FORMAT)},',
        f'"version": {VERSION},',
        f'"name": {_json(graph.name)},',
        f'"description": {_json(document.description)},',
        f'"training": {_json(stored_training(document.training))},',
        *_definition_lines(graph),
        *_body_lines(graph),
        "}",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _definition_lines(graph: Graph) -> list[str]:
    """The blocks of a drawing, by id; no lines for a drawing without."""
    parts = [
        "\n".join(
            (
                "{",
                *(
                    f'"{name}": {_json(value)},'
                    for name, value in _head(definition, graph.definitions.body(definition.id))
                ),
                *(line for line in _body_lines(graph.definitions.body(definition.id)) if line),
                "}",
            )
        )
        for definition in sorted(graph.definitions, key=lambda definition: definition.id)
    ]
    return ['"definitions": [', ",\n".join(parts), "],"] if parts else []


def _head(definition: Definition, body: Graph) -> list[tuple[str, Any]]:
    lifted = [StoredLifted(entry.name, entry.node, entry.parameter) for entry in living_lifted(definition, body)]
    return [
        ("id", definition.id),
        ("name", definition.name),
        ("colour", definition.colour),
        ("description", definition.description),
        ("lifted", lifted),
    ]


def stored_definition(definition: Definition, body: Graph) -> StoredDefinition:
    """Return a block as the schema has it."""
    nodes, wires = [stored_node(node, body) for node in body.nodes()], [stored_wire(wire) for wire in body.wires()]
    return StoredDefinition(nodes=nodes, wires=wires, **dict(_head(definition, body)))


def _body_lines(graph: Graph) -> list[str]:
    return [
        '"nodes": [',
        _lines(stored_node(node, graph) for node in graph.nodes()),
        "],",
        '"wires": [',
        _lines(stored_wire(wire) for wire in graph.wires()),
        "]",
    ]


def stored_node(node: Node, graph: Graph) -> StoredNode:
    """Return a node of a graph as the schema has it."""
    known = graph.kind_named(node.kind).parameters
    values = {name: value for name, value in node.parameters.items() if name in known}
    return StoredNode(node.id, node.kind, node.name, node.position, values)


def stored_wire(wire: Wire) -> StoredWire:
    """Return a wire as the schema has it."""
    weight = list(wire.weight) if isinstance(wire.weight, tuple) else wire.weight
    return StoredWire(
        wire.id, wire.source, wire.target, wire.output, wire.input, wire.element, weight, wire.trainable, wire.tie
    )


def stored_training(training: TrainingSettings) -> StoredTraining:
    """Return training settings as the schema has them."""
    values = {name: getattr(training, name) for name in StoredTraining.__struct_fields__}
    values["optimizer_options"] = dict(training.optimizer_options)
    values["dataset_options"] = dict(training.dataset_options)
    return StoredTraining(**values)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _lines(values: Iterable[Any]) -> str:
    return ",\n".join(_json(value) for value in values)


def _archive(document: Document, structure: bytes) -> bytes:
    from safetensors.numpy import save

    weights = dict(sorted(document.living_weights().items()))
    members = {
        STRUCTURE_MEMBER: structure,
        WEIGHTS_MEMBER: save({name: _contiguous(array) for name, array in weights.items()}),
        METADATA_MEMBER: msgspec.json.encode(Metadata(version=APPLICATION_VERSION)),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            information = zipfile.ZipInfo(name, EARLIEST_ZIP_DATE)
            information.compress_type = zipfile.ZIP_STORED if name == WEIGHTS_MEMBER else zipfile.ZIP_DEFLATED
            information.external_attr = 0o644 << 16
            archive.writestr(information, content)
    return buffer.getvalue()


def _contiguous(array: Any) -> Any:
    import numpy

    return numpy.ascontiguousarray(array).reshape(numpy.shape(array))
