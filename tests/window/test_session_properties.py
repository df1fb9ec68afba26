"""Whatever is done with neurons and blocks is taken back exactly: the text, the trained weights, the canvas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

import numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.canvas import block_commands, neuron_commands
from app.canvas.view import CanvasView
from app.session import EditorSession, unfolding
from graph_model import Document, GradCanvasError, Graph
from graph_model.blocks.grouping import group
from graph_model.blocks.moving_in import move_in
from graph_model.catalogue.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from graph_model.document_file import structure_text
from graph_model.typed_values import set_parameters, set_weight
from tests.window.rebuilt import same_as_rebuilt

pytest_plugins = ("tests.window.canvas_fixtures",)

Numbers = tuple[int, int]
MOST_NODES = 40


def trained() -> Document:
    """x (2) → three neurons by elements, two of these wires tied → a layer of two → y; everything is trained."""
    from compiler import compile_graph
    from compiler.weights import collect_weights

    graph = Graph("trained")
    x = graph.add("Input", name="x", shape=[2], position=(0, 0))
    layer = graph.add("Linear", name="layer", out_features=2, activation="Tanh", position=(320, 0))
    y = graph.add("Output", name="y", position=(480, 0))
    for row in range(3):
        neuron = graph.add("Neuron", name=f"n{row}", position=(160, 104 * row - 104))
        for element in range(2):
            graph.connect(x, neuron, element=element, weight=0.5, tie="shared" if element == row else None)
        graph.connect(neuron, layer)
    graph.connect(layer, y)
    weights = collect_weights(compile_graph(graph, seed=1))
    return Document(graph, weights={name: numpy.asarray(value) for name, value in weights.items()})


class Doing:
    """What a person does, each with two numbers that choose among what is there."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas, self.session = canvas, canvas.session

    def wires(self, numbers: Numbers) -> None:
        """Select a few wires that carry weights."""
        graph = self.session.graph
        carrying = [wire.id for wire in graph.wires() if graph.kind_of(wire.target).weighs_wires]
        start, count = numbers[0] % max(1, len(carrying)), 1 + numbers[1] % 4
        self.session.select((), islice(cycle(carrying), start, start + count) if carrying else ())

    def nodes(self, numbers: Numbers) -> None:
        """Select a few nodes in a row."""
        nodes = [node.id for node in self.session.graph.nodes()]
        if not nodes:
            self.session.select(())
            return
        self.session.select(islice(cycle(nodes), numbers[0] % len(nodes), numbers[0] % len(nodes) + 1 + numbers[1] % 3))

    def tie(self, numbers: Numbers) -> None:
        self.wires(numbers)
        neuron_commands.tie_selected(self.session)

    def untie(self, numbers: Numbers) -> None:
        self.wires(numbers)
        neuron_commands.untie_selected(self.session)

    def freeze(self, numbers: Numbers) -> None:
        self.wires(numbers)
        neuron_commands.freeze_or_train_selected(self.session)

    def type_weight(self, numbers: Numbers) -> None:
        self.wires(numbers)
        weight = None if numbers[1] == 0 else numbers[1] / 8
        self.session.apply(set_weight(self.session.graph, self.session.selected_wires, weight), "type")

    def type_bias(self, numbers: Numbers) -> None:
        self.column(numbers)
        self.session.apply(set_parameters(self.session.level, self.session.selection, {"bias": numbers[1] / 4}), "b")

    def tie_biases(self, numbers: Numbers) -> None:
        self.column(numbers)
        tie = "b" if numbers[1] % 3 else None
        self.session.apply(set_parameters(self.session.level, self.session.selection, {"bias_tie": tie}), "tie b")

    def unfold(self, numbers: Numbers) -> None:
        layers = [node.id for node in self.session.graph.nodes() if node.kind == "Linear"]
        self.session.select(layers[numbers[0] % len(layers) :][:1] if layers else ())
        unfolding.unfold_selected(self.session)

    def column(self, numbers: Numbers) -> None:
        """Select a whole column of neurons."""
        neurons = [node for node in self.session.graph.nodes() if node.kind == "Neuron"]
        across = [node.position[0] for node in neurons][numbers[0] % max(1, len(neurons)) :][:1]
        self.session.select(node.id for node in neurons if [node.position[0]] == across)

    def fold(self, numbers: Numbers) -> None:
        self.column(numbers)
        unfolding.fold_selected(self.session)

    def duplicate(self, numbers: Numbers) -> None:
        self.nodes(numbers)
        neuron_commands.duplicate_with_wires(self.canvas)

    def connect_all(self, numbers: Numbers) -> None:
        self.session.select(node.id for node in self.session.graph.nodes()[numbers[0] % 3 :])
        neuron_commands.connect_all(self.canvas)

    def one_more_below(self, numbers: Numbers) -> None:
        self.column(numbers)
        neuron_commands.one_more_below(self.canvas)

    def delete(self, numbers: Numbers) -> None:
        (self.wires if numbers[1] % 2 else self.nodes)(numbers)
        self.session.delete_selection()

    def group(self, numbers: Numbers) -> None:
        self.nodes(numbers)
        made = group(self.session.graph, self.session.selection)
        session = self.session
        session.apply_whole(made.with_weights(session.document, session.level.definition_id), "group")

    def ungroup(self, numbers: Numbers) -> None:
        self.place(numbers)
        block_commands.ungroup_selected(self.canvas)

    def expand(self, numbers: Numbers) -> None:
        self.place(numbers)
        block_commands.expand_selected(self.canvas)

    def collapse(self, numbers: Numbers) -> None:
        """Of several that were expanded, any one; what is inside it goes with it."""
        shown = [frame.expansion for frame in self.canvas.frames.frames()]
        if shown:
            self.canvas.expansions.collapse(shown[numbers[0] % len(shown)])

    def enter(self, numbers: Numbers) -> None:
        self.place(numbers)
        block_commands.open_selected(self.canvas)

    def leave(self, numbers: Numbers) -> None:
        self.session.leave(numbers[0] % (len(self.session.levels) + 1))

    def place(self, numbers: Numbers) -> None:
        """Select a block."""
        places = [node.id for node in self.session.graph.places()]
        self.session.select(places[numbers[0] % max(1, len(places)) :][:1])

    def place_again(self, numbers: Numbers) -> None:
        self.place(numbers)
        self.session.duplicate()

    def make_unique(self, numbers: Numbers) -> None:
        self.place(numbers)
        block_commands.make_selected_unique(self.canvas)

    def share(self, numbers: Numbers) -> None:
        self.place(numbers)
        values = {"weights": "w" if numbers[1] % 2 else "", "repeat": 1 + numbers[1] % 3}
        self.session.apply(set_parameters(self.session.level, self.session.selection, values), "share")

    def drop_into(self, numbers: Numbers) -> None:
        self.nodes(numbers)
        places = [node.id for node in self.session.graph.places()]
        if places:
            session, place = self.session, places[numbers[1] % len(places)]
            made = move_in(session.graph, session.selection - {place}, place)
            session.apply_whole(made.with_weights(session.document, session.level.definition_id), "drop")

    def take_out(self, numbers: Numbers) -> None:
        self.nodes(numbers)
        block_commands.move_selected_out(self.canvas)

    def add_port(self, numbers: Numbers) -> None:
        self.place(numbers)
        block_commands.add_port(self.canvas, BLOCK_INPUT if numbers[1] % 2 else BLOCK_OUTPUT)

    def move_port(self, numbers: Numbers) -> None:
        ports = [node.id for node in self.session.graph.nodes() if node.kind in (BLOCK_INPUT, BLOCK_OUTPUT)]
        self.session.select(ports[numbers[0] % max(1, len(ports)) :][:1])
        block_commands.move_port(self.canvas, 1 if numbers[1] % 2 else -1)

    def remove_unused(self, numbers: Numbers) -> None:
        block_commands.remove_unused(self.canvas)

    def undo(self, numbers: Numbers) -> None:
        self.session.undo_stack.undo()

    def redo(self, numbers: Numbers) -> None:
        self.session.undo_stack.redo()


DEEDS: tuple[Callable[[Doing, Numbers], None], ...] = tuple(
    deed
    for name, deed in vars(Doing).items()
    if name not in ("__init__", "wires", "nodes", "column", "place") and callable(deed)
)


def seen(session: EditorSession) -> tuple[str, dict[str, bytes]]:
    """The document's text and its weights."""
    document = session.document
    weights = {name: numpy.asarray(value).tobytes() for name, value in document.weights.items()}
    return structure_text(document), weights


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 30), st.integers(0, 8)), min_size=3, max_size=12))
def test_whatever_is_done_with_neurons_and_blocks_is_taken_back_exactly(canvas, session, deeds):
    session.open_document(trained())
    doing, start = Doing(canvas), seen(session)
    for deed, first, second in deeds:
        before, steps = seen(session), session.undo_stack.index()
        if len(session.graph.nodes()) > MOST_NODES and deed in (Doing.duplicate, Doing.connect_all):
            continue
        try:
            deed(doing, (first, second))
        except GradCanvasError:
            assert (seen(session), session.undo_stack.index()) == (before, steps)
        same_as_rebuilt(canvas)
    end = seen(session)
    steps = session.undo_stack.index()
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
        same_as_rebuilt(canvas)
    assert seen(session) == start
    for _ in range(steps):
        session.undo_stack.redo()
    assert seen(session) == end
    same_as_rebuilt(canvas)


MAKING = (Doing.group, Doing.group, Doing.place_again, Doing.share, Doing.drop_into, Doing.connect_all, Doing.add_port)
FURTHER = (Doing.make_unique, Doing.delete, Doing.move_port, Doing.enter, Doing.leave, Doing.type_weight, Doing.unfold)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(MAKING + FURTHER), st.integers(0, 30), st.integers(0, 8)), max_size=9),
    st.integers(0, 30),
)
def test_any_block_is_expanded_and_collapsed_without_a_trace(canvas, session, deeds, first):
    session.open_document(trained())
    doing = Doing(canvas)
    for deed, *numbers in ((Doing.group, first, 2), *deeds):
        try:
            deed(doing, (numbers[0], numbers[1]))
        except GradCanvasError:
            continue
    for place in session.graph.places():
        before = seen(session)
        session.select({place.id})
        try:
            block_commands.expand_selected(canvas)
        except GradCanvasError:
            assert seen(session) == before
            continue
        assert not session.graph.has_node(place.id)
        block_commands.collapse_selected(canvas)
        assert seen(session) == before
        same_as_rebuilt(canvas)
