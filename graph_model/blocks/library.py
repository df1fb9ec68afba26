"""A library of blocks: a folder of documents, each with one place of a block in its drawing and nothing else there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graph_model.blocks.definition import is_block
from graph_model.blocks.edits import AddDefinition
from graph_model.blocks.flattening import SEPARATOR
from graph_model.blocks.kind import BlockKind
from graph_model.carrying import renamed
from graph_model.document import Document
from graph_model.document_file import load_document, save_document
from graph_model.document_file.writer import structure_text
from graph_model.errors import DocumentError
from graph_model.fragment import Pasted, copy_fragment, paste_edit
from graph_model.graph import Graph
from graph_model.values import identifier_from_name

LIBRARY_SIGN = "library:"
"""What stands before a file's path where a block of a library is named as a kind."""
SUFFIX = ".json"
TRAINED_SUFFIX = ".gradcanvas"
"""Of files that hold trained weights as well, as documents do."""


@dataclass(frozen=True)
class LibraryBlock:
    """A file of a library. `graph`: its drawing, None if it cannot be used; `problem`: the sentence why not, else "".
    `is_own`: whether it comes with the program."""

    file: Path
    graph: Graph | None
    problem: str = ""
    is_own: bool = False

    @property
    def key(self) -> str:
        """What it is called where a kind is expected."""
        return f"{LIBRARY_SIGN}{self.file}"

    @cached_property
    def kind(self) -> BlockKind | None:
        """The block as a kind, or None."""
        if self.graph is None:
            return None
        (place,) = self.graph.nodes()
        kind = BlockKind(self.graph.definitions.definition(place.kind), self.graph.definitions.body(place.kind))
        kind.key = self.key
        return kind

    @cached_property
    def weights(self) -> Mapping[str, Any]:
        """The trained weights with which it was saved, by their names in its drawing; raises DocumentError."""
        return load_document(self.file).weights if self.file.suffix == TRAINED_SUFFIX else {}

    @property
    def name(self) -> str:
        """The block's name, or the file's."""
        return self.file.stem if self.kind is None else self.kind.name

    def placed_in(self, graph: Graph) -> Pasted:
        """Return the edit that places it in a graph, with those of its definitions that are not there yet, and the
        weights from which it starts.

        Raises DocumentError if it cannot be used.
        """
        if self.graph is None:
            raise DocumentError(self.problem)
        pasted = paste_edit(graph, copy_fragment(self.graph, [node.id for node in self.graph.nodes()]))
        names = {original: new for new, original in pasted.originals.items()}
        return pasted._replace(weights=renamed(self.weights, names, pasted.nodes))


def library_blocks(folder: Path, is_own: bool = False) -> list[LibraryBlock]:
    """Return the blocks of a folder by their names, then what cannot be used; none if there is no such folder."""
    files = [file for suffix in (SUFFIX, TRAINED_SUFFIX) for file in folder.glob(f"*{suffix}")]
    return sorted(
        (read_block(file, is_own) for file in sorted(files)),
        key=lambda block: (bool(block.problem), block.name.casefold()),
    )


def read_block(file: Path, is_own: bool = False) -> LibraryBlock:
    """Read one file; whatever it holds, the outcome says whether it can be used."""
    try:
        graph = load_document(file).graph
    except DocumentError as error:
        return LibraryBlock(file, None, str(error), is_own)
    if [is_block(node.kind) for node in graph.nodes()] != [True]:
        problem = (
            f"{file.name} is no block of a library: its drawing must hold one place of a block and nothing else. "
            "Open it, select the block and save it to the library."
        )
        return LibraryBlock(file, None, problem, is_own)
    return LibraryBlock(file, graph, "", is_own)


def library_document(graph: Graph, definition_id: str, weights: Mapping[str, Any] = {}) -> Document:
    """Return a document whose drawing holds one place of a block; all that the block holds goes with it.

    `weights`: trained ones, by their names in the block.
    """
    definitions = graph.definitions
    definition = definitions.definition(definition_id)
    alone = Graph(definition.name)
    for identifier in sorted(definitions.uses(definition_id), key=lambda one: (len(definitions.uses(one)), one)):
        body = definitions.body(identifier)
        held = AddDefinition(definitions.definition(identifier), tuple(body.nodes()), tuple(body.wires()))
        alone.apply(held)
    place = alone.add(definition_id, name=definition.name, position=(0.0, 0.0))
    learned = {f"{place.id}{SEPARATOR}{name}": array for name, array in weights.items()}
    return Document(alone, description=definition.description, weights=learned)


def save_block(
    graph: Graph,
    definition_id: str,
    folder: Path,
    replaced: Collection[Path] = (),
    weights: Mapping[str, Any] = {},
) -> Path:
    """Write a block of a document into a folder, with the weights that it is to start from, and return the file.

    A file of its name stays unless it is among `replaced`: another name is found. One that holds the same is returned.
    Raises DocumentError if it cannot be written.
    """
    document = library_document(graph, definition_id, weights)
    suffix = TRAINED_SUFFIX if weights else SUFFIX
    base, number = identifier_from_name(document.graph.name), 1
    while True:
        file = folder / f"{base}{'' if number == 1 else f'_{number}'}{suffix}"
        if not file.exists() or file in replaced or _holds(file, document):
            break
        number += 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"The library's folder {folder} cannot be made: {error.strerror or error}.") from error
    save_document(document, file)
    return file


def _holds(file: Path, document: Document) -> bool:
    try:
        present = load_document(file)
        if present.weights.keys() != document.weights.keys() or structure_text(present) != structure_text(document):
            return False
        return all(_equal(array, document.weights[name]) for name, array in present.weights.items())
    except DocumentError:
        return False


def _equal(one: Any, other: Any) -> bool:
    import numpy

    return numpy.array_equal(one, other)
