"""Every edit can be taken back exactly, and one that is refused changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from graph_model import Document, EditError, Graph, kinds
from graph_model.document_file import structure_text
from graph_model.document_file.reader import document_from_text
from graph_model.edits import (
    AddNodes,
    AddWires,
    Edit,
    Move,
    RemoveNodes,
    RemoveWires,
    Rename,
    Sequence,
    SetParameters,
    SetWire,
)
from graph_model.fragment import copy_fragment, paste_edit
from graph_model.layout import arrange
from tests.drawings import chain, worked_example

KINDS = sorted(kinds())
MAXIMUM = 14
VALUES = st.sampled_from((0, 1, 5, "ReLU", True, None, [2, 3]))


class Editing(RuleBasedStateMachine):
    """Random edits with undo and redo; the text of the document tells whether anything differs."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document(Graph("edited"))
        self.graph = self.document.graph
        self.announced: list[object] = []
        self.graph.changed.connect(self.announced.append)
        self.undo: list[tuple[str, Edit]] = []
        self.redo: list[tuple[str, Edit]] = []

    def apply(self, edit: Edit) -> None:
        before, heard = structure_text(self.document), len(self.announced)
        try:
            inverse = self.graph.apply(edit)
        except EditError:
            assert structure_text(self.document) == before
            assert len(self.announced) == heard
            return
        assert len(self.announced) == heard + 1
        self.undo.append((before, inverse))
        self.redo.clear()

    def some_node(self, number: int) -> str:
        return self.graph.nodes()[number % len(self.graph.nodes())].id

    def has_nodes(self) -> bool:
        return bool(self.graph.nodes())

    @precondition(lambda self: len(self.graph.nodes()) < MAXIMUM)
    @rule(kind=st.sampled_from(KINDS), x=st.integers(-50, 50))
    def add(self, kind: str, x: int) -> None:
        self.apply(AddNodes((self.graph.new_node(kind, position=(x, -x)),)))

    @precondition(has_nodes)
    @rule(a=st.integers(0, 99), b=st.integers(0, 99), element=st.one_of(st.none(), st.integers(0, 3)))
    def connect(self, a: int, b: int, element: int | None) -> None:
        ends = self.graph.node(self.some_node(a)), self.graph.node(self.some_node(b))
        self.apply(AddWires((self.graph.new_wire(*ends, element=element),)))

    @precondition(has_nodes)
    @rule(numbers=st.lists(st.integers(0, 99), min_size=1, max_size=4))
    def remove(self, numbers: list[int]) -> None:
        self.apply(RemoveNodes(tuple(self.some_node(number) for number in numbers)))

    @precondition(lambda self: bool(self.graph.wires()))
    @rule(number=st.integers(0, 99), weight=st.one_of(st.none(), st.floats(-3, 3)), cut=st.booleans())
    def wire(self, number: int, weight: float | None, cut: bool) -> None:
        wire = self.graph.wires()[number % len(self.graph.wires())]
        self.apply(RemoveWires((wire.id,)) if cut else SetWire(wire.id, weight=weight))

    @precondition(has_nodes)
    @rule(number=st.integers(0, 99), name=st.sampled_from(("a", "b", "", "x/y", "neuron", "  spaced  ")))
    def rename(self, number: int, name: str) -> None:
        self.apply(Rename(self.some_node(number), name))

    @precondition(has_nodes)
    @rule(number=st.integers(0, 99), value=VALUES, which=st.integers(0, 9))
    def set(self, number: int, value: object, which: int) -> None:
        node = self.graph.node(self.some_node(number))
        if node.parameters:
            name = list(node.parameters)[which % len(node.parameters)]
            self.apply(SetParameters(node.id, {name: value}))

    @precondition(has_nodes)
    @rule(number=st.integers(0, 99), x=st.floats(allow_nan=True, allow_infinity=True))
    def move(self, number: int, x: float) -> None:
        self.apply(Move({self.some_node(number): (x, 0.0)}))

    @precondition(lambda self: 0 < len(self.graph.nodes()) < MAXIMUM)
    @rule(numbers=st.lists(st.integers(0, 99), min_size=1, max_size=3))
    def duplicate(self, numbers: list[int]) -> None:
        fragment = copy_fragment(self.graph, [self.some_node(number) for number in numbers])
        self.apply(paste_edit(self.graph, fragment, (10.0, 10.0)).edit)

    @precondition(has_nodes)
    @rule(number=st.integers(0, 99))
    def several_at_once(self, number: int) -> None:
        node = self.graph.node(self.some_node(number))
        extra = self.graph.new_node("Linear")
        self.apply(
            Sequence(
                (
                    Move({node.id: (1.0, 1.0)}),
                    AddNodes((extra,), (self.graph.new_wire(node, extra),)),
                    arrange(self.graph),
                )
            )
        )

    @precondition(lambda self: bool(self.undo))
    @rule()
    def take_back(self) -> None:
        before, inverse = self.undo.pop()
        after = structure_text(self.document)
        self.redo.append((after, self.graph.apply(inverse)))
        assert structure_text(self.document) == before

    @precondition(lambda self: bool(self.redo))
    @rule()
    def do_again(self) -> None:
        after, edit = self.redo.pop()
        before = structure_text(self.document)
        self.undo.append((before, self.graph.apply(edit)))
        assert structure_text(self.document) == after

    @invariant()
    def is_sound(self) -> None:
        import networkx

        nodes, wires = self.graph.nodes(), self.graph.wires()
        ids = {node.id for node in nodes}
        assert len(ids) == len(nodes) == len({node.name for node in nodes})
        assert all({wire.source, wire.target} <= ids for wire in wires)
        assert networkx.is_directed_acyclic_graph(self.graph.network)

    def teardown(self) -> None:
        """What was edited is read back equal, and everything undone is the empty drawing."""
        text = structure_text(self.document)
        assert structure_text(document_from_text(text.encode())) == text
        assert self.graph.copy() == self.graph
        while self.undo:
            self.take_back()
        assert self.graph.nodes() == []


Editing.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestEditing = Editing.TestCase


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("last", "hidden", "would close a loop: 'hidden' → 'last' → 'hidden'"),
        ("x", "last", "'last' takes one wire, and 'hidden' is wired to it already"),
        ("y", "last", "Nothing leaves 'y'"),
        ("hidden", "x", "Nothing enters 'x'"),
        ("hidden", "hidden", "'hidden' cannot feed itself"),
    ],
)
def test_a_wire_that_cannot_be_is_refused_with_the_reason(small_network, source, target, sentence):
    ends = small_network.node_named(source), small_network.node_named(target)
    assert sentence in small_network.can_connect(*ends)
    with pytest.raises(EditError) as caught:
        small_network.connect(*ends)
    assert sentence in str(caught.value)


def test_a_wire_can_be_plugged_in_elsewhere(small_network):
    wire = small_network.incoming(small_network.node_named("last"))[0]
    assert small_network.can_connect("x", "last") is not None
    assert small_network.can_connect("x", "last", instead_of=wire) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"out_features": 0}, "out_features must be a whole number of at least 1, not 0"),
        ({"out_features": 2.5}, "out_features must be a whole number of at least 1, not 2.5"),
        ({"out_features": True}, "out_features must be a whole number"),
        ({"activation": "Magic"}, "activation must be one of Identity, Sigmoid"),
        ({"weight_init_std": float("nan")}, "weight_init_std must be a number of at least 0"),
        ({"speed": 1}, "Linear 'hidden' has no parameter 'speed'; it has out_features"),
        ({"out_features": None}, "out_features needs a value"),
    ],
)
def test_an_invalid_value_is_refused_with_what_would_do(small_network, changes, sentence):
    with pytest.raises(EditError) as caught:
        small_network.set(small_network.node_named("hidden"), **changes)
    assert sentence in str(caught.value)


def test_only_wires_to_neurons_carry_weights(small_network):
    small_network.disconnect(small_network.incoming(small_network.node_named("last"))[0])
    with pytest.raises(EditError, match="only wires to a neuron can"):
        small_network.connect("hidden", "last", weight=1.0)


def test_ids_are_never_used_again(small_network):
    small_network.remove(small_network.node_named("hidden"))
    assert small_network.add("Linear", name="hidden").id == "hidden_2"


def test_removing_and_undoing_keeps_the_order_of_connecting():
    graph = worked_example()
    before = structure_text(Document(graph))
    inverse = graph.apply(RemoveNodes(("n20",)))
    graph.apply(inverse)
    assert structure_text(Document(graph)) == before


def test_a_handle_of_an_earlier_state_still_finds_its_node():
    graph = Graph()
    handle = graph.add("Input", name="x", shape=[2])
    graph.set(handle, shape=[3])
    graph.rename(handle, "data")
    assert graph.node(handle).name == "data"
    assert graph.node(handle).parameters["shape"] == [3]


def test_layout_puts_no_two_nodes_on_each_other_and_every_wire_to_the_right():
    graph = worked_example()
    graph.apply(arrange(graph))
    boxes = [node.position for node in graph.nodes()]
    assert all(abs(a[0] - b[0]) >= 64 or abs(a[1] - b[1]) >= 120 for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(graph.node(wire.source).position[0] < graph.node(wire.target).position[0] for wire in graph.wires())


def test_layout_of_a_part_leaves_the_rest():
    graph = chain(("Input", "a", {}), ("Linear", "b", {}), ("Linear", "c", {}), ("Output", "d", {}))
    assert set(arrange(graph, ["b", "c"]).positions) == {"b", "c"}


@pytest.mark.parametrize("fragment", [None, 3, {}, {"format": "x"}, {"format": "gradcanvas-fragment", "version": 9}])
def test_what_is_no_fragment_is_refused(fragment):
    with pytest.raises(EditError, match="clipboard"):
        paste_edit(Graph(), fragment)
