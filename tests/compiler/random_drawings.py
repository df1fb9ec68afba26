"""Random valid drawings for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from compiler import infer_shapes
from graph_model import Graph, Node

VECTOR_KINDS = ("Linear", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "GELU", "BatchNorm1d", "Dropout", "PReLU")
MAP_KINDS = ("Conv2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d", "ReLU", "AdaptiveAvgPool2d", "Flatten")


@st.composite
def drawings(draw: st.DrawFn) -> Graph:
    """A network of 2 to 9 nodes: maps or vectors, with skips joined by Add and Concat, neurons at the end or not."""
    graph = Graph("random")
    starts_with_maps = draw(st.booleans())
    shape = [draw(st.integers(1, 3)), draw(st.integers(5, 9)), 6] if starts_with_maps else [draw(st.integers(1, 6))]
    node = graph.add("Input", name="x", shape=shape)
    seen = [node]
    for _ in range(draw(st.integers(1, 7))):
        rank = len(infer_shapes(graph)[node.name, 0])
        if draw(st.integers(0, 3)) == 0:
            node = _join(draw, graph, node, seen)
        elif rank == 4:
            node = _map_layer(draw, graph, node)
        else:
            node = _vector_layer(draw, graph, node)
        seen.append(node)
    ends = [node]
    if len(infer_shapes(graph)[node.name, 0]) == 2 and draw(st.booleans()):
        ends = _neurons(draw, graph, node)
    y = graph.add("Output", name="y")
    for last in ends:
        graph.connect(last, y)
    return graph


def _join(draw: st.DrawFn, graph: Graph, node: Node, seen: list[Node]) -> Node:
    shapes = infer_shapes(graph)
    here = shapes[node.name, 0]
    fitting = [other for other in seen if shapes[other.name, 0] == here]
    joined = graph.add(draw(st.sampled_from(("Add", "Concat"))))
    for other in (node, *draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=2))):
        graph.connect(other, joined)
    return joined


def _map_layer(draw: st.DrawFn, graph: Graph, node: Node) -> Node:
    kind = draw(st.sampled_from(MAP_KINDS))
    shape = infer_shapes(graph)[node.name, 0]
    parameters: dict[str, object] = {}
    if kind == "Conv2d":
        parameters = {"out_channels": draw(st.integers(1, 4)), "kernel_size": 3, "padding": 1}
    elif kind in ("MaxPool2d", "AvgPool2d"):
        if min(shape[2:]) < 2:
            kind = "ReLU"
        else:
            parameters = {"kernel_size": 2, "ceil_mode": draw(st.booleans())}
    elif kind == "AdaptiveAvgPool2d":
        parameters = {"output_size": draw(st.integers(1, 3))}
    added = graph.add(kind, **parameters)
    graph.connect(node, added)
    return added


def _vector_layer(draw: st.DrawFn, graph: Graph, node: Node) -> Node:
    kind = draw(st.sampled_from(VECTOR_KINDS))
    parameters: dict[str, object] = {}
    if kind == "Linear":
        parameters = {
            "out_features": draw(st.integers(1, 6)),
            "activation": draw(st.sampled_from(("Identity", "Sigmoid", "ReLU", "Softmax"))),
            "bias": draw(st.booleans()),
        }
    added = graph.add(kind, **parameters)
    graph.connect(node, added)
    return added


def _neurons(draw: st.DrawFn, graph: Graph, node: Node) -> list[Node]:
    size = int(infer_shapes(graph)[node.name, 0][1])
    neurons = []
    for _ in range(draw(st.integers(1, 3))):
        neuron = graph.add("Neuron", bias=draw(st.floats(-1, 1)), activation="Tanh")
        if draw(st.booleans()):
            graph.connect(node, neuron)
        else:
            weight = draw(st.one_of(st.none(), st.floats(-2, 2)))
            graph.connect(node, neuron, element=draw(st.integers(0, size - 1)), weight=weight)
        if neurons and draw(st.booleans()):
            graph.connect(neurons[-1], neuron, weight=0.5)
        neurons.append(neuron)
    return neurons
