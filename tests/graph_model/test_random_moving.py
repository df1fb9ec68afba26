"""Random blocks at three places: what goes in or out of all of them keeps what the drawing computes."""

from __future__ import annotations

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, EditError
from graph_model.blocks import is_block
from graph_model.blocks.grouping import group
from graph_model.blocks.levels import owners_of
from graph_model.blocks.moving_in import move_in
from graph_model.blocks.moving_out import move_out
from graph_model.document_file import structure_text
from graph_model.edits import AddNodes
from tests.graph_model.moving import answers, trained
from tests.graph_model.test_blocks_moving import choices, drawings, named


def place_again(document: Document, place: str, wiring: list[int], label: str) -> None:
    """Two more places of a block, fed by nodes of the drawing, that go into one more Add and an Output."""
    graph = document.graph
    model = graph.node(place)
    kind = graph.definitions.kind(model.kind)
    sources = [node for node in graph.nodes() if node.kind not in ("Output",) and not is_block(node.kind)]
    joined = graph.add("Add", name="joined")
    for name, weights in (("again", label), ("third", label)):
        another = graph.new_node(model.kind, name=name, weights=weights)
        graph.apply(AddNodes((another,)))
        for port in range(len(kind.inputs)):
            graph.connect(sources[wiring[port % len(wiring)] % len(sources)], another, input=port)
        for port in range(len(kind.outputs)):
            graph.connect(another, joined, output=port)
        sources.append(another)
    graph.connect(joined, graph.add("Output", name="second"))


def blocks_placed_thrice(document: Document, grouped: set[int], wiring: list[int], label: str) -> str | None:
    """Group some nodes and place the block three times; None where these nodes are no block with ports."""
    try:
        made = group(document.graph, named(document, grouped))
    except EditError:
        return None
    document.apply(made.with_weights(document))
    assert made.place is not None
    kind = document.graph.kind_of(made.place)
    if not kind.inputs or not kind.outputs:
        return None
    place_again(document, made.place.id, wiring, label)
    trained(document)
    return made.place.id


WIRING = st.lists(st.integers(0, 9), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(drawings, choices, choices, WIRING, st.sampled_from(("", "w")))
def test_what_goes_out_of_all_places_computes_the_same_beside_each(document, grouped, out, wiring, label):
    place = blocks_placed_thrice(document, grouped, wiring, label)
    if place is None:
        return
    graph = document.graph
    body = graph.definitions.body(graph.node(place).kind)
    inner = [node.id for node in body.nodes() if not body.kind_of(node).stands_in]
    chosen = sorted({inner[number % len(inner)] for number in out})
    text, weights, before = structure_text(document), dict(document.weights), answers(document)
    try:
        made = move_out(graph, place, chosen)
    except EditError:
        assert structure_text(document) == text
        return
    everything = len(chosen) == len(inner)
    count = len(graph.nodes()) - (3 if everything else 0)
    undo = document.apply(made.with_weights(document))
    assert len(graph.nodes()) == count + 3 * len(chosen)
    for value, former in zip(answers(document), before, strict=True):
        numpy.testing.assert_allclose(value, former, atol=1e-5)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
    assert all(document.weights[name] is array for name, array in weights.items())


@settings(max_examples=60, deadline=None)
@given(drawings, choices, choices, WIRING, st.sampled_from(("", "w")))
def test_what_goes_into_all_places_leaves_a_drawing_that_runs_and_comes_back_by_undo(
    document, grouped, dropped, wiring, label
):
    place = blocks_placed_thrice(document, grouped, wiring, label)
    if place is None:
        return
    graph = document.graph
    text, weights = structure_text(document), dict(document.weights)
    beside = [node for node in named(document, dropped) if not is_block(graph.node(node).kind)]
    try:
        made = move_in(graph, beside, place)
    except EditError:
        assert structure_text(document) == text
        return
    undo = document.apply(made.with_weights(document))
    answers(document)
    kind = graph.node(place).kind
    inner = {node: made.moved[node].removeprefix(f"{place}/") for node in beside}
    learned = {name.partition(".")[0] for name in weights}
    for owner in owners_of(graph, kind):
        for node, inside in inner.items():
            assert graph.definitions.body(kind).has_node(inside)
            assert (node in learned) == (f"{owner}{inside}.weight" in document.weights)
    document.apply(undo)
    assert structure_text(document) == text
    assert document.weights.keys() == weights.keys()
