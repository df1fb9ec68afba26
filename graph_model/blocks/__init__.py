"""Blocks: sub-networks that people make themselves.

A *definition* has a name, a look and a body (a Graph whose BlockInputs and BlockOutputs are its ports). It is *placed*
any number of times: each place is a node whose kind is the definition's id. Bodies may hold places of other
definitions.
"""

from graph_model.blocks.definition import DEFINITION_SIGN, Definition, Lifted, is_block
from graph_model.blocks.definitions import Definitions
from graph_model.blocks.edits import AddDefinition, InDefinition, RemoveDefinition, ReorderPorts, SetDefinition

__all__ = [
    "DEFINITION_SIGN",
    "AddDefinition",
    "Definition",
    "Definitions",
    "InDefinition",
    "Lifted",
    "RemoveDefinition",
    "ReorderPorts",
    "SetDefinition",
    "is_block",
]
