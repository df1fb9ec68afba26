"""Recurrent blocks that compute what torch's cells compute, drawn in one of many ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from compiler import check, compile_graph
from compiler.modules.over_time import OverTime
from graph_model import Graph, Node
from tests.block_drawings import between, define

HIDDEN, INPUTS, TIME = 4, 3, 5
"""Sizes of the cells that tests draw, and how many time steps they see."""
Choose = Callable[[Sequence[Any]], Any]
"""Picks one of several ways to draw the same."""


def first_of(ways: Sequence[Any]) -> Any:
    """Draw in the plainest way."""
    return ways[0]


class CellDrawing:
    """A block "@cell" with x and a Delay h, drawn node by node as `choose` says."""

    def __init__(self, graph: Graph, hidden: int, choose: Choose = first_of) -> None:
        self.body = define(graph, "cell")
        self.hidden, self.choose = hidden, choose
        self.x = self.body.add("BlockInput", name="x")
        self.h = self.delay("h")

    def delay(self, name: str) -> Node:
        """A Delay, whose first value is 0 or learned."""
        initial = self.choose(["zero", "learned"])
        return self.body.add("Delay", name=name, shape=[self.hidden], initial=initial)

    def drawn(self, kind: str, *sources: Node, **parameters: Any) -> Node:
        """A node, with the sources at its ports, or all of them at a variadic one."""
        node = self.body.add(kind, **parameters)
        ports = self.body.kind_of(node).inputs
        for number, source in enumerate(sources):
            self.body.connect(source, node, input=min(number, len(ports) - 1))
        return node

    def linear(self, *sources: Node, outputs: int = 0, **parameters: Any) -> Node:
        """A fully connected layer, of several sources side by side."""
        whole = self.drawn("Concat", *sources) if len(sources) > 1 else sources[0]
        bias = self.choose([True, False])
        return self.drawn("Linear", whole, out_features=outputs or self.hidden, bias=bias, **parameters)

    def either(self, first: Node, second: Node) -> list[Node]:
        """Both, in one order or the other."""
        return self.choose([[first, second], [second, first]])

    def plus(self, first: Node, second: Node) -> Node:
        """A sum."""
        way = self.choose(["Add", "Expression", "Subtract"])
        first, second = self.either(first, second)
        if way == "Add":
            return self.drawn("Add", first, second)
        if way == "Expression":
            return self.drawn("Expression", first, second, expression=self.choose(["a + b", "b + a", "a - (-b)"]))
        return self.drawn("Subtract", first, self.drawn("Negate", second))

    def times(self, first: Node, second: Node) -> Node:
        """A product."""
        first, second = self.either(first, second)
        if self.choose([True, False]):
            return self.drawn("Multiply", first, second)
        return self.drawn("Expression", first, second, expression=self.choose(["a * b", "b * a", "-a * -b"]))

    def function(self, kind: str, source: Node) -> Node:
        """Sigmoid, Tanh or ReLU."""
        if self.choose([True, False]):
            return self.drawn(kind, source)
        return self.drawn("Expression", source, expression=f"{kind.lower()}(a)")

    def gate(self, kind: str, *sources: Node) -> Node:
        """A function of W x + U h + b."""
        way = self.choose(["sum", "side by side", "own activation"])
        if way == "sum":
            return self.function(kind, self.plus(*(self.linear(source) for source in sources)))
        sources = tuple(self.either(*sources))
        if way == "own activation":
            return self.linear(*sources, activation=kind)
        total = self.linear(*sources)
        if self.choose([False, True]):
            total = self.drawn("Expression", total, expression="0.5 * a + 1")
        return self.function(kind, total)

    def gates(self, kinds: Sequence[str]) -> list[Node]:
        """Several gates, or one layer for all of them that is split."""
        if self.choose([False, False, True]):
            order = self.choose([list(range(len(kinds))), list(reversed(range(len(kinds))))])
            whole = self.linear(*self.either(self.x, self.h), outputs=self.hidden * len(kinds))
            split = self.drawn("Split", whole, parts=len(kinds))
            found: dict[int, Node] = {}
            for port, gate in enumerate(order):
                function = self.body.add(kinds[gate])
                self.body.connect(split, function, output=port)
                found[gate] = function
            return [found[number] for number in range(len(kinds))]
        return [self.gate(kind, self.x, self.h) for kind in kinds]

    def close(self, following: Node, *others: tuple[Node, Node]) -> Graph:
        """Wire what the Delays hold next, and give h."""
        self.body.connect(following, self.h)
        for delay, value in others:
            self.body.connect(value, delay)
        self.body.connect(following, self.body.add("BlockOutput", name="y"))
        return self.body


def rnn(graph: Graph, hidden: int, choose: Choose = first_of, function: str = "Tanh") -> Graph:
    """h′ = tanh(W x + b + U h + b′)."""
    cell = CellDrawing(graph, hidden, choose)
    return cell.close(cell.gate(function, cell.x, cell.h))


def relu_rnn(graph: Graph, hidden: int, choose: Choose = first_of) -> Graph:
    """h′ = ReLU(W x + b + U h + b′)."""
    return rnn(graph, hidden, choose, "ReLU")


def lstm(graph: Graph, hidden: int, choose: Choose = first_of) -> Graph:
    """c′ = f ⊙ c + i ⊙ g and h′ = o ⊙ tanh(c′)."""
    cell = CellDrawing(graph, hidden, choose)
    c = cell.delay("c")
    i, f, g, o = cell.gates(["Sigmoid", "Sigmoid", "Tanh", "Sigmoid"])
    memory = cell.plus(cell.times(f, c), cell.times(i, g))
    return cell.close(cell.times(o, cell.function("Tanh", memory)), (c, memory))


MIXTURES = (
    "(1 - z) * n + z * h",
    "n + z * (h - n)",
    "z * h + n - n * z",
    "h * z - (z - 1) * n",
    "(1 - z) * h + z * n",
    "h + (n - h) * z",
)


def gru(graph: Graph, hidden: int, choose: Choose = first_of) -> Graph:
    """n = tanh(W x + b + r ⊙ (U h + b′)) and h′ = (1 − z) ⊙ n + z ⊙ h."""
    cell = CellDrawing(graph, hidden, choose)
    r, z = cell.gates(["Sigmoid", "Sigmoid"])
    n = cell.function("Tanh", cell.plus(cell.linear(cell.x), cell.times(r, cell.linear(cell.h))))
    if cell.choose([True, False]):
        following = cell.drawn("Expression", cell.h, n, z, expression=cell.choose(MIXTURES))
    else:
        if cell.choose([True, False]):
            rest = cell.drawn("Subtract", cell.drawn("Constant", shape=cell.choose([[1], [hidden]])), z)
        else:
            rest = cell.drawn("Scale", z, factor=-1.0, shift=1.0)
        following = cell.plus(cell.times(z, cell.h), cell.times(rest, n))
    return cell.close(following)


def over_time(graph: Graph, time: int, inputs: int, direction: str = "forward", returns: str = "sequence") -> None:
    """Place the block "@cell" in a drawing, applied over time."""
    between(graph, [time, inputs], ("@cell", "cell", {"over_time": direction, "returns": returns}))


def cell_of(graph: Graph) -> OverTime:
    """The module of the block, its first state away from 0 where that is learned."""
    assert check(graph) == []
    cell = compile_graph(graph).cell
    assert isinstance(cell, OverTime)
    with torch.no_grad():
        for start in cell.starts:
            start.normal_()
    return cell


def gru_with(candidate: str = "", mixture: str = "(1 - z) * i + z * h") -> Callable[[CellDrawing], None]:
    """A GRU with another formula of its candidate ("reset first": as in the paper) or of its mixture."""

    def draw(cell: CellDrawing) -> None:
        r, z = (cell.gate("Sigmoid", cell.x, cell.h) for _ in range(2))
        if candidate == "reset first":
            total = cell.plus(cell.linear(cell.x), cell.linear(cell.times(r, cell.h)))
        else:
            total = cell.drawn("Expression", cell.linear(cell.x), cell.linear(cell.h), r, expression=candidate)
        following = cell.drawn("Expression", cell.h, cell.drawn("Tanh", total), z, expression=mixture)
        cell.close(following)

    return draw
