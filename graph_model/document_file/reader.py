"""Reading documents: whatever a file holds, the outcome is a document or a DocumentError."""

from __future__ import annotations

import graphlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from graph_model.blocks import AddDefinition, Definition, Lifted
from graph_model.blocks.counting import placed_nodes
from graph_model.document import Document, TrainingSettings
from graph_model.document_file.schema import (
    FORMAT,
    MEMBERS,
    STRUCTURE_MEMBER,
    SUFFIX,
    VERSION,
    WEIGHTS_MEMBER,
    Header,
    Heading,
    StoredDefinition,
    StoredDocument,
    StoredNode,
    StoredTraining,
    StoredWire,
)
from graph_model.edits import AddNodes
from graph_model.errors import DocumentError, EditError
from graph_model.graph import Graph
from graph_model.parameters import complete_values
from graph_model.values import (
    Node,
    Wire,
    clean_element,
    clean_name,
    clean_position,
    clean_tie,
    clean_weight,
    is_usable_identifier,
)

LARGEST_STRUCTURE = 256 * 2**20
LARGEST_WEIGHTS = 16 * 2**30
LARGEST_RATIO = 200
"""How many times larger than packed a member may be, where it is large enough to hurt."""
HARMLESS_SIZE = 64 * 2**20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MOST_NODES = 1_000_000


def load_document(path: str | Path) -> Document:
    """Read a `.gradcanvas` archive or a bare `.json` structure.

    Raises DocumentError naming the file and what is wrong with it.
    """
    path = Path(path)
    with _naming(path):
        structure, weights = _read(path)
        document = document_from_text(structure)
        if weights:
            document.weights = _read_weights(weights)
        return document


def read_heading(path: str | Path) -> Heading:
    """Read what a document is called and what it says of itself, and not its drawing: many files can so be listed.

    Raises DocumentError naming the file and what is wrong with it.
    """
    path = Path(path)
    with _naming(path):
        structure, _ = _read(path)
        _check_header(structure)
        return msgspec.json.decode(structure, type=Heading)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say of what goes wrong in which file it is."""
    try:
        yield
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (DocumentError, EditError) as error:
        raise DocumentError(f"{path.name} cannot be opened. {error}") from error
    except ValueError as error:
        raise DocumentError(f"{str(path)!r} cannot be read: {error}.") from error


def _read(path: Path) -> tuple[bytes, bytes]:
    """The structure and the weights of a file, as bytes."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        return _read_archive(file) if start[:2] == b"PK" else (_limited(file, LARGEST_STRUCTURE), b"")


def document_from_text(structure: bytes) -> Document:
    """Make a document from the text of `document.json`; raises DocumentError or EditError."""
    _check_header(structure)
    try:
        stored = msgspec.json.decode(structure, type=StoredDocument)
    except msgspec.ValidationError as error:
        raise DocumentError(f"Its content is not as a document's should be: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"It is damaged or cut off: {error}.") from None
    except RecursionError:
        raise DocumentError("It is nested too deeply to be a document.") from None
    return Document(_graph(stored), _training(stored.training), stored.description)


def _check_header(structure: bytes) -> None:
    try:
        header = msgspec.json.decode(structure, type=Header)
    except msgspec.ValidationError:
        raise DocumentError('It is not a GradCanvas document: it lacks "format" and "version".') from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if structure.lstrip()[:1] == b"{" and b'"gradcanvas"' in structure[:200]:
            raise DocumentError(f"It is damaged or cut off: {error}.") from None
        raise DocumentError("It is not a GradCanvas document.") from None
    except RecursionError:
        raise DocumentError("It is nested too deeply to be a document.") from None
    if header.format != FORMAT:
        raise DocumentError(f"It is not a GradCanvas document, but says of itself that it is {header.format[:40]!r}.")
    if header.version > VERSION:
        raise DocumentError(
            f"It was written by a newer version of GradCanvas (format {header.version}; this one reads up to "
            f"{VERSION}). Please update GradCanvas."
        )
    if header.version < 1:
        raise DocumentError(f"It says that its format is number {header.version}, which never existed.")


def _graph(stored: StoredDocument) -> Graph:
    count = len(stored.nodes) + sum(len(definition.nodes) for definition in stored.definitions)
    if count > MOST_NODES:
        raise DocumentError(f"It has {count} nodes; at most {MOST_NODES} are accepted.")
    graph = Graph(stored.name)
    for definition in _from_inside(stored.definitions):
        try:
            read_definition(graph, definition)
        except EditError as error:
            raise DocumentError(f"In the block '{definition.name[:60]}': {error}") from None
    nodes, wires = _contents(graph, stored.nodes, stored.wires)
    if nodes or wires:
        graph.apply(AddNodes(nodes, wires))
    count = placed_nodes(graph)
    if count > MOST_NODES:
        raise DocumentError(f"With all its blocks it has {count} nodes; at most {MOST_NODES} are accepted.")
    return graph


def read_definition(graph: Graph, stored: StoredDefinition) -> None:
    """Add a stored block to those of a drawing; all blocks that it holds must be there. Raises EditError."""
    lifted = tuple(Lifted(entry.name, entry.node, entry.parameter) for entry in stored.lifted)
    definition = Definition(stored.id, stored.name, stored.colour, stored.description, lifted)
    # The nodes are checked against the drawing's blocks; a body of its own comes with the edit.
    graph.apply(AddDefinition(definition, *_contents(graph, stored.nodes, stored.wires)))


def _from_inside(stored: Sequence[StoredDefinition]) -> list[StoredDefinition]:
    """Blocks in an order in which each follows those that it holds; raises DocumentError for a ring of them."""
    waiting = {definition.id: definition for definition in stored}
    if len(waiting) < len(stored):
        raise DocumentError("Two of its blocks have the same id.")
    held = {one.id: {node.kind for node in one.nodes if node.kind in waiting} for one in stored}
    try:
        return [waiting[identifier] for identifier in graphlib.TopologicalSorter(held).static_order()]
    except graphlib.CycleError:
        raise DocumentError("Its blocks hold each other in a ring, and none of them could ever end.") from None


def _contents(
    graph: Graph, stored_nodes: Sequence[StoredNode], stored_wires: Sequence[StoredWire]
) -> tuple[tuple[Node, ...], tuple[Wire, ...]]:
    nodes = [
        Node(
            _clean_id(node.id),
            node.kind,
            clean_name(node.name),
            complete_values(graph.kind_named(node.kind).parameters, node.parameters, f"{node.kind} '{node.name}'"),
            clean_position(node.position),
            order,
        )
        for order, node in enumerate(stored_nodes)
    ]
    first = len(nodes)
    wires = [
        Wire(
            _clean_id(wire.id),
            wire.source,
            wire.target,
            wire.output,
            wire.input,
            clean_element(wire.element),
            clean_weight(wire.weight),
            first + order,
            wire.trainable,
            clean_tie(wire.tie),
        )
        for order, wire in enumerate(stored_wires)
    ]
    return tuple(nodes), tuple(wires)


def _clean_id(identifier: str) -> str:
    if len(identifier) > 200 or not is_usable_identifier(identifier):
        raise DocumentError(f"The id {identifier[:40]!r} is not an identifier that can be used.")
    return identifier


def _training(stored: StoredTraining) -> TrainingSettings:
    for name, minimum in (("batch_size", 1), ("epochs", 1), ("seed", 0)):
        value = getattr(stored, name)
        if not minimum <= value < 2**31:
            raise DocumentError(f"The training setting {name} must be from {minimum} to {2**31 - 1}, not {value}.")
    if not 0.0 < stored.learning_rate < 1e6:
        raise DocumentError(f"The learning rate must be above 0, not {stored.learning_rate}.")
    if not 0.0 <= stored.validation_fraction < 1.0:
        raise DocumentError(f"The validation fraction must be from 0 to below 1, not {stored.validation_fraction}.")
    return TrainingSettings(**{name: getattr(stored, name) for name in StoredTraining.__struct_fields__})


def _read_archive(file: IO[bytes]) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if STRUCTURE_MEMBER not in names:
                raise DocumentError(f"It is not a GradCanvas document: it holds no {STRUCTURE_MEMBER}.")
            for name in names:
                if name not in MEMBERS or names.count(name) > 1:
                    raise DocumentError(f"It holds {name[:60]!r}, which a {SUFFIX} file does not have.")
            structure = _member(archive, STRUCTURE_MEMBER, LARGEST_STRUCTURE)
            weights = _member(archive, WEIGHTS_MEMBER, LARGEST_WEIGHTS) if WEIGHTS_MEMBER in names else b""
            return structure, weights
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise DocumentError(f"It is damaged or cut off: {error}.") from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise DocumentError(f"It is damaged: {error}.") from error
        raise


def _member(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    information = archive.getinfo(name)
    if information.compress_type not in METHODS:
        raise DocumentError(f"Its {name} is packed in a way that a {SUFFIX} file does not use.")
    believable = max(HARMLESS_SIZE, LARGEST_RATIO * information.compress_size)
    if information.file_size > min(largest, believable):
        raise DocumentError(f"Its {name} would unpack to {information.file_size:,} bytes, which is not believable.")
    with archive.open(information) as member:
        return member.read(information.file_size + 1)


def _limited(file: IO[bytes], largest: int) -> bytes:
    content = file.read(largest + 1)
    if len(content) > largest:
        raise DocumentError(f"It is larger than {largest // 2**20} MB, which no document is.")
    return content


def _read_weights(content: bytes) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(content))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"Its weights are damaged: {error}.") from error
