"""What a person can do on the canvas by menu, shortcut or button: plain functions of the canvas, to be registered."""

from __future__ import annotations

import math
from typing import Literal

from app.canvas import sizes
from app.canvas.animation import glide
from app.canvas.captions import CaptionBook
from app.canvas.node_form import Form
from app.canvas.view import CanvasView
from graph_model import EditError
from graph_model.edits import Move
from graph_model.layout import arrange as arranged

Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
Axis = Literal["horizontal", "vertical"]
ZOOM_STEP = 1.25
DETAILS_OVERLAP = 44.0
"""How much of the widest line below a node may reach into the gap between columns."""


def zoom_in(canvas: CanvasView) -> None:
    """Zoom in around the middle."""
    canvas.viewpoint.zoom_by(ZOOM_STEP)


def zoom_out(canvas: CanvasView) -> None:
    """Zoom out around the middle."""
    canvas.viewpoint.zoom_by(1 / ZOOM_STEP)


def zoom_to_100(canvas: CanvasView) -> None:
    """Show one scene unit as one pixel."""
    canvas.viewpoint.zoom_to(1.0)


def zoom_to_fit(canvas: CanvasView) -> None:
    """Show the whole drawing."""
    canvas.zoom_to_fit()


def select_all(canvas: CanvasView) -> None:
    """Select every node."""
    canvas.session.select(node.id for node in canvas.session.graph.nodes())


def delete_selection(canvas: CanvasView) -> None:
    """Remove the selected nodes and wires."""
    canvas.session.delete_selection()


def rename_selected(canvas: CanvasView) -> None:
    """Edit the selected node's name in place."""
    if canvas.keyboard.focused is not None:
        canvas.renaming.start(canvas.keyboard.focused)


def start_quick_search(canvas: CanvasView) -> None:
    """Search for a kind and place it at the pointer."""
    canvas.start_quick_search()


def paste(canvas: CanvasView) -> None:
    """Paste in the middle of what is in sight, unless the copied nodes are in sight themselves."""
    try:
        canvas.session.paste()
    except EditError as error:
        canvas.say(str(error))
        return
    for node in canvas.session.selection:
        canvas.bring_into_sight(node)
        break


def duplicate(canvas: CanvasView) -> None:
    """Put a copy of the selection below it, where nothing stands yet."""
    canvas.session.duplicate(offset_below(canvas))
    for node in canvas.session.selection:
        canvas.bring_into_sight(node)
        break


def offset_below(canvas: CanvasView) -> tuple[float, float]:
    """How far a copy of the selection is moved so that it stands below all that stands there, with room for texts."""
    boxes = list(_boxes(canvas).values())
    if not boxes:
        return (0.0, 0.0)
    left, right = (pick(x + side * wide / 2 for (x, _), (wide, _) in boxes) for pick, side in ((min, -1), (max, 1)))
    top, bottom = (pick(y + side * high / 2 for (_, y), (_, high) in boxes) for pick, side in ((min, -1), (max, 1)))
    step = math.ceil((bottom - top + _between_copies(canvas)) / sizes.GRID) * sizes.GRID
    far = step
    while len(canvas.drawing.geometry.nodes_in(left, top + far, right, bottom + far, margin=False)):
        far += step
    return (0.0, far)


def _between_copies(canvas: CanvasView) -> float:
    """The gap between the selection and its copy: room for the texts of both; neurons stand as in a column."""
    drawing, chosen = canvas.drawing, canvas.session.selection
    if all(drawing.form(node).form == Form.NEURON for node in chosen):
        return sizes.NEURON_PITCH - sizes.NEURON
    return sizes.ABOVE + sizes.LINE_HEIGHT * (1 + max(drawing.captions.of(node).lines_below for node in chosen))


def toggle_snapping(canvas: CanvasView, on: bool) -> None:
    """Whether nodes snap to the grid and to their neighbours' lines."""
    canvas.snapping = on


def arrange(canvas: CanvasView) -> None:
    """Lay out the selected nodes, or all of them, from left to right."""
    session = canvas.session
    chosen = session.selection if len(session.selection) > 1 else None
    edit = arranged(session.graph, chosen, node_sizes(canvas))
    if edit.positions:
        with glide(canvas, edit.positions):
            session.apply(edit, canvas.tr("Arrange"))
        if chosen is None:
            canvas.zoom_to_fit()


def align(canvas: CanvasView, side: Side) -> None:
    """Put one side, or the middles, of the selected nodes on one line."""
    session = canvas.session
    boxes = _boxes(canvas)
    if len(boxes) < 2:
        return
    axis = 0 if side in ("left", "centre", "right") else 1
    part = {"left": 0.0, "top": 0.0, "centre": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[side]
    low = min(place[axis] - size[axis] / 2 for place, size in boxes.values())
    high = max(place[axis] + size[axis] / 2 for place, size in boxes.values())
    positions = {}
    for node, (place, size) in boxes.items():
        moved = list(place)
        moved[axis] = low + part * (high - low) + (0.5 - part) * size[axis]
        positions[node] = (moved[0], moved[1])
    with glide(canvas, positions):
        session.apply(Move(positions), canvas.tr("Align"))


def distribute(canvas: CanvasView, axis: Axis) -> None:
    """Make the distances between the selected nodes' middles equal; the outermost stay."""
    session = canvas.session
    index = 0 if axis == "horizontal" else 1
    places = sorted(((place, node) for node, (place, _) in _boxes(canvas).items()), key=lambda entry: entry[0][index])
    if len(places) < 3:
        return
    low, high = places[0][0][index], places[-1][0][index]
    positions = {}
    for number, (place, node) in enumerate(places):
        moved = list(place)
        moved[index] = low + (high - low) * number / (len(places) - 1)
        positions[node] = (moved[0], moved[1])
    with glide(canvas, positions):
        session.apply(Move(positions), canvas.tr("Distribute"))


def node_sizes(canvas: CanvasView) -> dict[str, tuple[float, float]]:
    """The room that each node takes with its texts, for the automatic layout."""
    captions: CaptionBook = canvas.drawing.captions
    result = {}
    for identifier, row in canvas.drawing.geometry.nodes.row_of.items():
        node = canvas.drawing.geometry.nodes.rows[row]
        caption = captions.of(identifier)
        texts_below = 15.0 * (caption.lines_below + 1) + 10.0
        height = float(node["height"]) + 2 * max(44.0, texts_below)
        result[identifier] = (max(float(node["width"]), caption.width, caption.details_width - DETAILS_OVERLAP), height)
    return result


def _boxes(canvas: CanvasView) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    """Middle and size of each selected node."""
    graph, drawing = canvas.session.graph, canvas.drawing
    return {
        node: (graph.node(node).position, (drawing.form(node).width, drawing.form(node).height))
        for node in sorted(canvas.session.selection)
    }
