"""Whatever is done wrong at a node of any kind is said once, in words, and mended by a click; inside a block too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from compiler import check
from compiler.shapes import shape_text
from graph_model import Graph, Kind, Problem, kinds
from graph_model.blocks import Definition, InDefinition, Lifted, SetDefinition
from graph_model.errors import GradCanvasError
from tests.block_drawings import between, define
from tests.compiler.mistakes import Mistake, variations
from tests.kind_examples import examples

EXAMPLES_OF_EACH = 2
MOST_CLICKS = 4
NOT_MENDED = {
    "FractionalMaxPool3d": "a map of size 1 along an axis has no room for a field and a result, as torch counts",
    "MaxUnpool1d": "indices are places in one pooled map: only a wire from that pooling can give values of their shape",
    "MaxUnpool2d": "the same",
    "MaxUnpool3d": "the same",
}
"""Kind -> why some of its mistakes have no edit that mends them."""
KINDS = [name for name, kind in kinds().items() if kind.torch is not None and kind.inputs and not kind.picks_elements]


def drawings(kind: str) -> Iterator[tuple[Mistake, Graph]]:
    """All that can be drawn of what is done to the first examples of a kind, each once."""
    done = set()
    for example in itertools.islice((one for one in examples() if one.kind == kind), EXAMPLES_OF_EACH):
        for mistake in variations(example):
            key = repr((mistake.example.parameters, mistake.example.shapes))
            if key in done:
                continue
            done.add(key)
            try:
                yield mistake, mistake.example.drawing()
            except GradCanvasError:
                continue  # The edit itself is refused, in words: see the tests of edits.


def errors(graph: Graph) -> list[Problem]:
    return [problem for problem in check(graph) if problem.severity == "error"]


def declares_something(kind: Kind) -> bool:
    """Whether some inputs are wrong for it."""
    needs = [kind.needs, *kind.needs.ports.values()]
    return any(one.ranks for one in needs) or type(kind).objection is not Kind.objection


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid:UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_each_mistake_is_said_once_in_words_and_mended_by_clicks(kind):
    found = 0
    for mistake, graph in drawings(kind):
        problems = errors(graph)
        if not problems:
            continue
        found += 1
        assert len(problems) == 1, mistake
        said = sentence_of(problems[0], mistake, graph)
        for clicks in range(MOST_CLICKS + 1):
            if not problems or (not problems[0].fixes and kind in NOT_MENDED):
                break
            assert problems[0].fixes, (mistake, problems[0].message)
            assert clicks < MOST_CLICKS, (mistake, said)
            graph.apply(problems[0].fixes[0].edit)
            problems = errors(graph)
            assert all(problem.node == "tested" and problem.message not in said for problem in problems), mistake
            said += [problem.message for problem in problems]
    assert found or not declares_something(kinds()[kind])


def sentence_of(problem: Problem, mistake: Mistake, graph: Graph) -> list[str]:
    """Check that a sentence names the node, what came and at which port."""
    message = problem.message
    assert problem.node == "tested"
    assert message.startswith(f"{mistake.example.kind} 'tested' ")
    assert "with its present parameters" not in message, mistake
    wired = [shape for shape in mistake.example.shapes if shape is not None]
    assert any(shape_text(("batch", *shape)) in message for shape in wired), message
    ports = graph.kind_of("tested").inputs
    if len(wired) > 1 and len(ports) > 1:
        assert any(f"'{port.name}'" in message for port in ports), message
    return [message]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_number_of_axes_at_any_port_is_refused_at_that_port(kind):
    example = next(one for one in examples() if one.kind == kind)
    declared = kinds()[kind].declared_for(example.drawing().node_named("tested").parameters)
    for number, shape in enumerate(example.shapes):
        needs = declared.needs_at(min(number, len(declared.inputs) - 1))
        for rank in range(2, 8):
            if shape is None or not needs.ranks or rank in needs.ranks:
                continue
            shapes = (*example.shapes[:number], [2] * (rank - 1), *example.shapes[number + 1 :])
            (problem,) = errors(type(example)(kind, example.parameters, shapes).drawing())
            assert shape_text(("batch", *[2] * (rank - 1))) in problem.message
            assert needs.words in problem.message or problem.message.endswith(": put a Flatten before it.")
            assert problem.fixes


def in_a_block(mistake: Mistake) -> Graph:
    """The drawing of a mistake with its node inside a block "place"."""
    flat = mistake.example.drawing()
    tested = flat.node_named("tested")
    graph = Graph()
    body = define(graph, "block")
    inner = body.add(tested.kind, name="tested", **mistake.example.parameters)
    place_inputs = []
    for number, wire in enumerate(flat.incoming(tested)):
        port = body.add("BlockInput", name=f"in {number}")
        body.connect(port, inner, input=wire.input)
        place_inputs.append(graph.add("Input", name=f"x {number}", shape=flat.node(wire.source).parameters["shape"]))
    for number in range(len(flat.kind_of(tested).outputs)):
        body.connect(inner, body.add("BlockOutput", name=f"out {number}"), output=number)
    place = graph.add("@block", name="place")
    for number, source in enumerate(place_inputs):
        graph.connect(source, place, input=number)
    for number in range(len(graph.kind_of(place).outputs)):
        graph.connect(place, graph.add("Output", name=f"y {number}"), output=number)
    return graph


@pytest.mark.parametrize("kind", [name for name in KINDS if declares_something(kinds()[name])])
def test_a_mistake_inside_a_definition_is_mended_there(kind):
    mistake = next(one for one, graph in drawings(kind) if (problems := errors(graph)) and problems[0].fixes)
    graph = in_a_block(mistake)
    (problem,) = errors(graph)
    assert problem.node == "place/tested"
    edit = problem.fixes[0].edit
    assert isinstance(edit, InDefinition)
    drawing, body = graph.wires(), graph.definitions.body("@block").copy()
    graph.apply(edit)
    assert graph.wires() == drawing
    assert graph.definitions.body("@block") != body
    assert all(after.message != problem.message for after in errors(graph))


def test_a_parameter_that_the_place_sets_is_mended_at_the_place():
    graph = Graph()
    body = define(graph, "block")
    port, layer = body.add("BlockInput"), body.add("Conv2d", name="filter", kernel_size=3)
    body.connect(port, layer)
    body.connect(layer, body.add("BlockOutput"))
    graph.apply(SetDefinition(Definition("@block", "block", lifted=(Lifted("field", layer.id, "kernel_size"),))))
    between(graph, [1, 8, 8], ("@block", "small", {}), ("@block", "large", {"field": 11}))
    (problem,) = errors(graph)
    assert problem.node == "large/filter"
    graph.apply(problem.fixes[0].edit)
    assert errors(graph) == []
    assert (graph.node_named("large").parameters["field"], layer.parameters["kernel_size"]) == (6, 3)


def test_neurons_that_make_up_a_vector_are_gathered_by_what_mends_it():
    graph = Graph()
    x, cell = graph.add("Input", name="x", shape=[4]), graph.add("GRUCell", name="cell", hidden_size=3)
    graph.connect(x, cell)
    for number in range(2):
        neuron = graph.add("Neuron", name=f"n{number}")
        graph.connect(x, neuron)
        graph.connect(neuron, cell, input=1)
    graph.connect(cell, graph.add("Output"))
    (problem,) = errors(graph)
    assert "receives (batch, 2) at its port 'hidden', but needs (batch, 3)" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert errors(graph) == []


def test_what_mends_one_of_several_wires_keeps_their_order():
    graph = Graph()
    narrow, wide = graph.add("Input", name="narrow", shape=[4, 5]), graph.add("Input", name="wide", shape=[4, 6])
    stack = graph.add("Stack", name="stack")
    for source in (narrow, wide):
        graph.connect(source, stack)
    graph.connect(stack, graph.add("Output"))
    (problem,) = errors(graph)
    graph.apply(problem.fixes[0].edit)
    assert errors(graph) == []
    assert [graph.node(wire.source).kind for wire in graph.incoming(stack)] == ["Linear", "Input"]
