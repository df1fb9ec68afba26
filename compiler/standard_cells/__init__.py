"""Drawn recurrent blocks that are standard cells: they run as torch's own, on the weights of the drawing."""

from compiler.standard_cells.cells import PLACES, StandardCell, standard_cell

__all__ = ["PLACES", "StandardCell", "standard_cell"]
