"""Random networks of neurons, mixed with layers, with skips, ties and frozen weights, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from compiler import infer_shapes
from graph_model import Graph, Node
from graph_model.catalogue.shared_parameters import ELEMENTWISE_ACTIVATIONS

WEIGHTS = st.one_of(st.none(), st.floats(-2, 2, width=32))
TIES = ("red", "blue", "green")
Number = tuple[Node, int | None]


class Sketch:
    """A drawing on its way: which single numbers and vectors there are to be wired on."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.graph = Graph("random neurons")
        self.numbers: list[Number] = []
        self.vectors: list[Node] = []
        self.tied: dict[str, dict[str, Any]] = {}
        self.tied_biases: dict[str, dict[str, Any]] = {}

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def inputs(self) -> None:
        scalars = self.draw(st.integers(0, 3))
        self.numbers += [(self.graph.add("ScalarInput"), None) for _ in range(scalars)]
        if scalars == 0 or self.chance(2):
            self.offer(self.graph.add("Input", name="data", shape=self.draw(st.sampled_from(([3], [5], [1, 3, 4])))))

    def offer(self, node: Node) -> None:
        """Let a node's vector or feature map be wired on, whole or number by number."""
        shape = infer_shapes(self.graph)[node.name, 0]
        size = 1
        for axis in shape[1:]:
            size *= int(axis)
        if len(shape) == 2:
            self.vectors.append(node)
        self.numbers += [(node, element) for element in range(size)]

    def column(self) -> None:
        candidates, vectors = list(self.numbers), list(self.vectors)
        for _ in range(self.draw(st.integers(1, 4))):
            if self.chance(5):
                node = self.graph.add("MaxoutGroup")
                chosen = self.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=4))
                for source, element in chosen:
                    self.graph.connect(source, node, element=element)
            else:
                node = self.neuron(candidates, vectors)
            self.numbers.append((node, None))

    def neuron(self, candidates: list[Number], vectors: list[Node]) -> Node:
        activation = self.draw(st.sampled_from(ELEMENTWISE_ACTIVATIONS))
        bias: dict[str, Any] = {
            "bias": self.draw(st.floats(-1, 1, width=32)),
            "bias_trainable": not self.chance(5),
            "bias_tie": self.draw(st.sampled_from(TIES)) if self.chance(4) else None,
        }
        if bias["bias_tie"] is not None:
            bias = self.tied_biases.setdefault(bias["bias_tie"], bias)
        node = self.graph.add("Neuron", activation=activation, **bias)
        for source, element in self.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=5)):
            values: dict[str, Any] = {"weight": self.draw(WEIGHTS), "trainable": not self.chance(5)}
            if self.chance(4):
                tie = self.draw(st.sampled_from(TIES))
                values = self.tied.setdefault(tie, {**values, "tie": tie})
            self.graph.connect(source, node, element=element, **values)
        if vectors and self.chance(3):
            source = self.draw(st.sampled_from(vectors))
            if self.graph.kind_of(source).inputs == () or self.chance(2):
                self.graph.connect(source, node, trainable=not self.chance(5))
        return node

    def layer(self) -> None:
        neurons = [node for node, element in self.numbers if element is None and node.kind != "ScalarInput"]
        if not neurons:
            return
        chosen = self.draw(st.lists(st.sampled_from(neurons), min_size=1, max_size=4, unique_by=lambda node: node.id))
        kind = self.draw(st.sampled_from(("Linear", "Linear", "Tanh", "Concat", "Unflatten")))
        parameters: dict[str, Any] = {"Unflatten": {"unflattened_size": [len(chosen), 1]}}.get(kind, {})
        if kind == "Linear":
            pairs = [[row, column] for row in range(2) for column in range(len(chosen))]
            pruned = self.draw(st.lists(st.sampled_from(pairs), max_size=2))
            parameters = {"out_features": 2, "activation": "Sigmoid", "pruned": pruned, "trainable": not self.chance(6)}
        node = self.graph.add(kind, **parameters)
        for neuron in chosen:
            self.graph.connect(neuron, node)
        if kind == "Concat" and self.vectors:
            self.graph.connect(self.draw(st.sampled_from(self.vectors)), node)
        self.offer(node)

    def outputs(self) -> None:
        neurons = [node for node, element in self.numbers if element is None and node.kind != "ScalarInput"]
        y = self.graph.add("Output", name="y")
        for node in self.draw(st.lists(st.sampled_from(neurons), min_size=1, max_size=4, unique_by=lambda one: one.id)):
            self.graph.connect(node, y)
        made = [vector for vector in self.vectors if vector.kind != "Input"]
        if made and self.chance(2):
            self.graph.connect(made[-1], self.graph.add("Output", name="z"))


@st.composite
def neuron_drawings(draw: st.DrawFn) -> Graph:
    """A network of 1 to 4 columns of neurons and maxout groups, with layers between some of them."""
    sketch = Sketch(draw)
    sketch.inputs()
    sketch.column()
    for _ in range(draw(st.integers(0, 3))):
        if sketch.chance(3):
            sketch.layer()
        sketch.column()
    while not any(node.kind in ("Neuron", "MaxoutGroup") for node, _ in sketch.numbers):
        sketch.column()
    sketch.outputs()
    return sketch.graph
