"""Sizes and distances of the drawing, in scene units (one pixel at 100 %)."""

from __future__ import annotations

GRID = 8.0
"""Nodes snap to multiples of it."""
DOT_DISTANCE = 24.0
"""Distance between the dots of the background."""

CIRCLE = 14.0
CIRCLE_PITCH = 22.0
COLUMN_WIDTH = 40.0
COLUMN_PADDING = 6.0
MOST_CIRCLES = 10
"""A layer of up to so many neurons is drawn whole..."""
SAMPLE = 8
"""... and a larger one by a sample of this many."""

PLANE = 44.0
PLANE_STEP = 7.0
MOST_PLANES = 5
PLANES_PADDING = 12.0

CARD_WIDTH = 40.0
CARD_HEIGHT = 64.0
BLOCK_WIDTH = 76.0
BLOCK_HEIGHT = 64.0
BLOCK_PORT_PITCH = 20.0
"""Distance of a block's ports: room for their names."""
PORT_NAMES_WIDTH = 64.0
"""The least room for the names of a block's ports on one side, where there are several."""
WIDEST_PORT_NAME, BESIDE_PORT_NAME = 80.0, 12.0
"""The widest name of a port that a block is made wider for, and the room to its left and right together."""
SHEET = 4.0
"""How far the sheet behind a repeated block stands out."""
NEURON = 44.0
SCALAR_INPUT = 30.0
NEURON_PITCH = 104.0
"""Distance of neurons in a new column: room for their names and their texts."""
CORNER = 9.0
STRIP = 4.0

PORT = 3.5
PORT_REACH = 12.0
"""How near the pointer must come to a port."""
WIRE_REACH = 6.0
WIRE_END = 0.25
"""The part of a wire, from either end, by which it can be unplugged."""
LONGEST_BUNDLE = 260.0
"""Wires between columns that are farther apart are drawn as one curve."""

NAME_SIZE = 13
TEXT_SIZE = 11
LINE_HEIGHT = 15.0
ABOVE = 44.0
"""Room for the two lines above a node."""
BELOW = 84.0
"""Room for the lines below it."""
BESIDE = 72.0
"""Half the width that text may take."""

TEXT_FROM = 0.6
"""Scale from which on texts are drawn as large as the drawing; below, they would be too small (far_texts.py)."""
DETAILS_FROM = 0.75
CIRCLES_FROM = 0.28
SHAPES_FROM = 1.3
MOST_DETAILED = 600
"""If more nodes are in sight, all are drawn as plain bars."""

LEAST_SCALE, LARGEST_SCALE = 0.02, 6.0
