"""Mistakes where wires are joined or shapes are changed are said in words, and each is mended by a click."""

from __future__ import annotations

from typing import Any

import pytest

from compiler import check
from graph_model import Graph


def joined(kind: str, *shapes: list[int], **parameters: Any) -> Graph:
    """A node "joined" that receives one Input of each shape: "a", "b", …"""
    graph = Graph()
    inputs = [graph.add("Input", name="abc"[number], shape=shape) for number, shape in enumerate(shapes)]
    node = graph.add(kind, name="joined", **parameters)
    ports = graph.kind_of(node).inputs
    for number, source in enumerate(inputs):
        graph.connect(source, node, input=min(number, len(ports) - 1))
    for number in range(len(graph.kind_of(node).outputs)):
        graph.connect(node, graph.add("Output"), output=number)
    return graph


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (
            joined("Multiply", [5], [7]),
            "Multiply 'joined' receives (batch, 5) from 'a' and (batch, 7) from 'b': joined value by value, they need "
            "equally many axes, and at each axis the same size or 1.",
        ),
        (joined("Multiply", [5, 7], [5]), "joined value by value, they need equally many axes"),
        (joined("Subtract", [4, 8, 8], [2, 8, 8]), "Subtract 'joined' receives (batch, 4, 8, 8) from 'a' at"),
        (joined("Expression", [5], [7], expression="a + b"), "Expression 'joined' receives (batch, 5) from 'a' at"),
        (joined("Add", [5], [7]), "Add 'joined' needs the same shape from all its wires, but receives"),
        (joined("Add", [1, 8, 8], [64]), "Add 'joined' needs the same shape from all its wires, but receives"),
        (joined("Stack", [5], [7]), "Stack 'joined' needs the same shape from all its wires, but receives"),
        (joined("Stack", [5], [5], dim=4), "a new axis can stand at the places 1 to 2, not at 4."),
        (
            joined("Concat", [5, 7], [3, 7], dim=2),
            "Concat 'joined' receives (batch, 5, 7) from 'a' and (batch, 3, 7) from 'b': joined along axis 2, all "
            "their other axes must agree.",
        ),
        (joined("Mean", [5, 7], dim=3), "Mean 'joined' receives (batch, 5, 7), which has no axis 3."),
        (joined("Mean", [5, 7], dim=0), "Mean 'joined' mixes the examples of a batch with each other."),
        (joined("Sum", [5]), "nothing but the batch would be left; with keepdim the axis stays, with size 1."),
        (joined("Reshape", [5, 7], shape=[4, 9]), "a sample has 35 numbers, which do not fill the shape [4, 9]."),
        (joined("Reshape", [5, 7], shape=[5, 9]), "a sample has 35 numbers, which do not fill the shape [5, 9]."),
        (joined("Reshape", [5, 7], shape=[-1, -1]), "must have sizes of at least 1, and −1 at most once."),
        (joined("Permute", [5, 7], dims=[0, 1, 3]), "dims = [0, 1, 3] must name each of its axes 0 to 2 once"),
        (joined("Permute", [5, 7], dims=[1, 0, 2]), "and begin with 0, the batch."),
        (joined("Squeeze", [5, 1]), "axis 1 has size 5, and only an axis of size 1 can go away."),
        (joined("Unsqueeze", [5], dim=5), "a new axis can stand at the places 1 to 2, not at 5."),
        (joined("Unsqueeze", [5], dim=0), "a new axis can stand at the places 1 to 2, not at 0."),
        (joined("Slice", [5], start=5), "axis 1 has the entries 0 to 4, and the range 5: keeps none of them."),
        (joined("Select", [5, 7], index=5), "axis 1 has the entries 0 to 4, and there is no entry 5."),
        (joined("Split", [7]), "axis 1 has size 7, which 2 equally large pieces do not fill."),
        (joined("Split", [7], sizes=[3, 3]), "its sizes [3, 3] add up to 6, but axis 1 has 7."),
        (joined("Expand", [1, 7], sizes=[4, 8]), "only an axis of size 1 can grow and −1 leaves one as it is."),
        (joined("Expand", [1, 7], sizes=[4]), "sizes = [4] needs an entry for each axis but the batch"),
        (joined("MatMul", [5, 7], [3, 7]), "the columns (last axis) of the first must be as many as the rows"),
        (joined("MatMul", [2, 5, 7], [2, 3, 7]), "the columns (last axis) of the first must be as many as the rows"),
        (joined("Clamp", [5], min=2.0, max=1.0), "its lower limit min = 2 lies above its upper limit max = 1."),
        (joined("Clamp", [5], min=None, max=None), "it has neither a lower nor an upper limit"),
    ],
)
def test_a_mistake_is_said_and_mended_with_one_click(graph, sentence):
    (problem,) = check(graph)
    assert sentence in problem.message
    assert problem.node == "joined"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (joined("MatMul", [1, 5, 7], [7, 3]), "all axes before these the same"),
        (joined("MatMul", [5], [5]), "needs a matrix for each sample: (batch, rows, columns)."),
        (joined("Multiply", [5, 7], [2, 3, 4]), "they need equally many axes"),
        (joined("Squeeze", [1]), "nothing but the batch would be left, so this axis must stay."),
        (joined("Select", [5]), "a Slice keeps the axis, with size 1."),
        (joined("Squeeze", [5, 7]), "only an axis of size 1 can go away."),
        (joined("Split", [7], sizes=[5, 5, 5]), "its sizes [5, 5, 5] add up to 15, but axis 1 has 7."),
    ],
)
def test_a_mistake_is_said_where_no_single_change_mends_it(graph, sentence):
    (problem,) = check(graph)
    assert sentence in problem.message


def test_a_constant_with_too_few_values_is_said_and_mended():
    graph = joined("Add", [2, 3])
    constant = graph.add("Constant", name="c", shape=[2, 3], values=[1, 2, 3])
    graph.connect(constant, "joined")
    (problem,) = check(graph)
    assert problem.message == "Constant 'c': it has 3 values for the 6 places of its shape [2, 3]."
    graph.apply(problem.fixes[0].edit)
    assert [problem.node for problem in check(graph)] == ["joined"]


def test_an_axis_is_put_in_before_a_layer_that_needs_one_more():
    graph = joined("Conv2d", [8, 9])
    (problem,) = check(graph)
    assert problem.fixes[0].label == "Put an Unsqueeze with dim = 1 after 'a'"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_the_smaller_of_two_maps_gets_a_convolution():
    graph = joined("Add", [4, 8, 8], [16, 8, 8])
    (problem,) = check(graph)
    assert problem.fixes[0].label == "Put a Conv2d with out_channels = 16, kernel_size = 1 after 'a'"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []
