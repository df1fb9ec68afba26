"""Random drawings of neurons mixed with layers: ties, frozen weights, maxout groups, skips, scalar inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from compiler import infer_shapes
from graph_model import Document, Graph, Node, TrainingSettings
from graph_model.catalogue.shared_parameters import ELEMENTWISE_ACTIVATIONS

numbers = st.floats(-2.0, 2.0).map(lambda value: round(value, 3))


@st.composite
def networks(
    draw: st.DrawFn, activations: Sequence[str] = ELEMENTWISE_ACTIVATIONS, layers: Sequence[str] | None = None
) -> Document:
    """A document of 1 to 4 stages, each of neurons or a layer, that read from anything before them.

    `activations`: what neurons may have; `layers`: which kinds of layers there may be (None: any), and, with it, no
    maxout groups.
    """
    maxouts = () if layers is not None else (_maxout,)
    graph = Graph("random")
    seen: list[Node] = []
    if draw(st.booleans()):
        seen += [graph.add("ScalarInput") for _ in range(draw(st.integers(1, 3)))]
    if not seen or draw(st.booleans()):
        seen.append(graph.add("Input", shape=draw(st.sampled_from([[3], [2, 4], [1, 4, 3]]))))
    for _ in range(draw(st.integers(1, 4))):
        stage = draw(st.sampled_from((_column, _column, _layer, *maxouts)))
        seen += stage(draw, graph, seen, activations if stage is _column else layers)
    last = [_neuron(draw, graph, seen, activations) for _ in range(draw(st.integers(2, 3)))]
    y = graph.add("Output", name="y")
    for neuron in last:
        graph.connect(neuron, y)
    loss = draw(st.sampled_from(("cross_entropy", "mean_squared_error")))
    return Document(graph, TrainingSettings(loss=loss, seed=draw(st.integers(0, 5))))


def _column(draw: st.DrawFn, graph: Graph, seen: list[Node], activations: Sequence[str]) -> list[Node]:
    return [_neuron(draw, graph, seen, activations) for _ in range(draw(st.integers(1, 4)))]


def _neuron(draw: st.DrawFn, graph: Graph, seen: list[Node], activations: Sequence[str]) -> Node:
    neuron = graph.add(
        "Neuron",
        bias=draw(numbers),
        activation=draw(st.sampled_from(activations)),
        bias_trainable=draw(st.booleans()),
        bias_tie=draw(st.sampled_from((None, None, "b"))),
    )
    if neuron.parameters["bias_tie"] is not None:
        graph.set(neuron, bias_trainable=True, bias=0.5)
    for source in draw(st.lists(st.sampled_from(seen), min_size=1, max_size=3)):
        _wire(draw, graph, source, neuron)
    return neuron


def _wire(draw: st.DrawFn, graph: Graph, source: Node, neuron: Node) -> None:
    arguments: dict[str, Any] = {"element": _element(draw, graph, source)}
    if _is_whole_vector(graph, source, arguments["element"]):
        graph.connect(source, neuron, trainable=draw(st.booleans()))
        return
    tie = draw(st.sampled_from((None, None, "t")))
    others = graph.tied("t") if tie else []
    weight = draw(st.one_of(st.none(), numbers)) if not tie else (others[0].weight if others else draw(numbers))
    trainable = others[0].trainable if others else draw(st.booleans())
    graph.connect(source, neuron, weight=weight, tie=tie, trainable=trainable, **arguments)


def _element(draw: st.DrawFn, graph: Graph, source: Node) -> int | None:
    if graph.kind_of(source).gives_scalar:
        return None
    size = 1
    shape = infer_shapes(graph)[source.name, 0]
    for axis in shape[1:]:
        size *= int(axis)
    return draw(st.integers(0, size - 1)) if len(shape) > 2 or draw(st.booleans()) else None


def _is_whole_vector(graph: Graph, source: Node, element: int | None) -> bool:
    return element is None and not graph.kind_of(source).gives_scalar


def _maxout(draw: st.DrawFn, graph: Graph, seen: list[Node], _: Any) -> list[Node]:
    group = graph.add("MaxoutGroup")
    for source in draw(st.lists(st.sampled_from(seen), min_size=1, max_size=3)):
        graph.connect(source, group, element=_element(draw, graph, source))
    return [group]


def _layer(draw: st.DrawFn, graph: Graph, seen: list[Node], allowed: Sequence[str] | None) -> list[Node]:
    """One layer, of one source with axes, or of several single numbers; nothing where none fits."""
    scalars = [node for node in seen if graph.kind_of(node).gives_scalar]
    others = [node for node in seen if node not in scalars]
    if others and (not scalars or draw(st.booleans())):
        sources = [draw(st.sampled_from(others))]
    elif len(scalars) > 1:
        sources = draw(st.lists(st.sampled_from(scalars), min_size=2, max_size=4))
    else:
        return []
    rank = 2 if sources[0] in scalars else len(infer_shapes(graph)[sources[0].name, 0])
    fitting = [entry for entry in _LAYERS[rank] if allowed is None or entry[0] in allowed]
    kind, parameters = draw(st.sampled_from(fitting))
    layer = graph.add(kind, **parameters)
    for source in sources:
        graph.connect(source, layer)
    if kind == "Add":
        graph.connect(sources[0], layer)
    if (layer.name, 0) not in infer_shapes(graph):
        graph.remove(layer)
        return []
    return [layer]


_LAYERS: dict[int, list[tuple[str, dict[str, Any]]]] = {
    2: [
        ("Linear", {"out_features": 3, "activation": "Softmax"}),
        ("Linear", {"out_features": 2, "activation": "PReLU", "trainable": False}),
        ("Linear", {"out_features": 2, "pruned": [[0, 0]]}),
        ("BatchNorm1d", {"activation": "Sigmoid"}),
        ("Dropout", {}),
        ("PReLU", {}),
        ("Tanh", {}),
        ("Add", {}),
        ("Concat", {}),
    ],
    3: [
        ("Linear", {"out_features": 3, "activation": "Tanh"}),
        ("Conv1d", {"out_channels": 2, "kernel_size": 2, "activation": "Sigmoid"}),
        ("Flatten", {}),
        ("Add", {}),
    ],
    4: [
        ("Conv2d", {"out_channels": 2, "kernel_size": 2, "padding": 1, "activation": "ELU"}),
        ("MaxPool2d", {"kernel_size": 2}),
        ("BatchNorm2d", {}),
        ("Flatten", {}),
    ],
}
