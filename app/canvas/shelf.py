"""Kinds by their names, wherever they are: in the catalogue, in the document, or in a library of blocks."""

from __future__ import annotations

from app.canvas.insertion import New
from app.session.block_library import BlockLibrary
from graph_model import EditError, Graph, Kind
from graph_model.blocks.library import LIBRARY_SIGN, LibraryBlock
from graph_model.edits import Sequence


class Shelf:
    """What a canvas can place. Without a library, that is what the catalogue and the document have."""

    def __init__(self) -> None:
        self.library: BlockLibrary | None = None

    def kind(self, graph: Graph, name: str) -> Kind:
        """A kind by its name; raises EditError if there is none, or if its file cannot be used."""
        if not name.startswith(LIBRARY_SIGN):
            return graph.kind_named(name)
        block = self._block(name)
        if block.kind is None:
            raise EditError(block.problem)
        return block.kind

    def new(self, graph: Graph, name: str) -> New:
        """A node of a kind for a graph; a library's block comes with its definition. Raises EditError."""
        kind = self.kind(graph, name)
        if not name.startswith(LIBRARY_SIGN):
            return New(graph.new_node(name), kind)
        pasted = self._block(name).placed_in(graph)
        (node,) = pasted.nodes
        return New(node, kind, Sequence(pasted.definitions) if pasted.definitions else None, pasted.weights)

    def offered(self, graph: Graph) -> list[Kind]:
        """The library's blocks but for those that the document has under the same name."""
        if self.library is None:
            return []
        known = {definition.name for definition in graph.definitions}
        return [block.kind for block in self.library.blocks if block.kind is not None and block.name not in known]

    def _block(self, name: str) -> LibraryBlock:
        block = None if self.library is None else self.library.block(name)
        if block is None:
            raise EditError(f"There is no block {name.removeprefix(LIBRARY_SIGN)} in the library any more.")
        return block
