"""Edits: everything that changes a drawing is a value that applies itself and returns its inverse.

An edit checks before it changes anything: if it raises EditError, the graph is as it was. Call
`Graph.apply(edit)` (or `Document.apply`), which announces it; `edit.apply(graph)` alone does not.
"""

from graph_model.edits.edit import Edit, Sequence
from graph_model.edits.node_edits import AddNodes, Move, RemoveNodes, Rename, SetParameters, nodes_added
from graph_model.edits.wire_edits import AddWires, RemoveWires, ReplaceWires, SetWire

__all__ = [
    "AddNodes",
    "AddWires",
    "Edit",
    "Move",
    "RemoveNodes",
    "RemoveWires",
    "Rename",
    "ReplaceWires",
    "Sequence",
    "SetParameters",
    "SetWire",
    "nodes_added",
]
