"""Random valid drawings from the whole catalogue: they grow node by node, and what does not fit is mended or dropped.

A growth takes any source of chance that has the methods of random.Random: Hypothesis's own in tests, a seeded one by
hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from compiler import check
from compiler.inferring import shapes_of
from compiler.program import lower
from graph_model import EditError, Graph, Kind, Node, Problem, Wire, kinds
from graph_model.edits import AddNodes, Edit
from graph_model.kind import Port
from tests.random_parameters import parameters_of

KINDS = tuple(kind for kind in kinds().values() if not kind.stands_in)
MOST_NUMBERS = 600
"""No sample of a result has more."""


@dataclass(frozen=True)
class Result:
    """What leaves a port of a node: its shape without the batch."""

    node: Node
    output: int
    shape: tuple[int, ...]
    is_scalar: bool
    has_indices: bool


class Growth:
    """A drawing that grows, and the way back of each of its steps.

    `root`: the drawing; `graph`: where nodes are added, the drawing itself or a body; `path`: what the ids of the
    body's nodes begin with in the flat drawing.
    """

    def __init__(self, random: Random, root: Graph, graph: Graph | None = None, path: str = "") -> None:
        self.random = random
        self.root = root
        self.graph = root if graph is None else graph
        self.path = path
        self.log: list[tuple[Graph, Edit]] = []
        self._known: tuple[int, list[Result]] = (-1, [])

    # Steps, and the way back

    def do(self, edit: Edit, graph: Graph | None = None) -> None:
        """Apply an edit and note its inverse."""
        where = self.graph if graph is None else graph
        self.log.append((where, where.apply(edit)))

    def back_to(self, mark: int) -> None:
        """Undo all steps after one."""
        while len(self.log) > mark:
            where, inverse = self.log.pop()
            where.apply(inverse)

    def attempt(self, step: Callable[[], object]) -> bool:
        """Do something that may be refused or leave problems: mend these by what is offered, or take it back."""
        mark = len(self.log)
        try:
            step()
        except EditError:
            self.back_to(mark)
            return False
        if self._mended() and self._is_small() and self._indices_fit():
            return True
        self.back_to(mark)
        return False

    def _mended(self) -> bool:
        for _ in range(5):
            problems = errors(self.root)
            if not problems:
                return True
            problem = problems[0]
            assert "with its present parameters" not in problem.message, problem.message
            if not problem.fixes:
                return False
            fix = self.random.choice(problem.fixes)
            self.do(fix.edit, self.root)  # type: ignore[arg-type]
            left = [
                one for one in errors(self.root) if (one.node_id, one.message) == (problem.node_id, problem.message)
            ]
            # A neuron may have several wires that carry the same.
            of_each_wire = ("a neuron takes", "picks element")  # several wires from one source need a click each
            assert not left or any(words in problem.message for words in of_each_wire), f"'{fix.label}': {problem}"
        return False

    def _is_small(self) -> bool:
        shapes = shapes_of(lower(self.root)).values()
        return all(math.prod(int(size) for size in shape[1:]) <= MOST_NUMBERS for shape in shapes)

    def _indices_fit(self) -> bool:
        """Whether each unpooling of a pooling's indices gives a map of the size that was pooled."""
        for node in self.graph.nodes():
            if node.kind.startswith("MaxUnpool") and node.parameters["output_size"] is None:
                pooling = self.graph.kind_of(self.graph.incoming(node, 1)[0].source)
                if any(port.indices for port in pooling.outputs):
                    return False
        return True

    # What is there

    def results(self) -> list[Result]:
        """What a wire may begin at."""
        if self._known[0] != self.root.revision:
            self._known = (self.root.revision, self._all_results())
        return self._known[1]

    def result(self) -> Result:
        """Any of them; raises EditError if there is none."""
        if not self.results():
            raise EditError("Nothing gives a result.")
        return self.random.choice(self.results())

    def _all_results(self) -> list[Result]:
        shapes = shapes_of(lower(self.root))
        found = []
        for node in self.graph.nodes():
            kind = self.graph.declaration(node)
            for number, port in enumerate(kind.outputs):
                shape = shapes.get((self.path + node.id, number))
                if shape is not None:
                    sizes = tuple(int(size) for size in shape[1:])
                    found.append(Result(node, number, sizes, kind.gives_scalar, port.indices))
        return found

    # Nodes

    def add_any(self) -> bool:
        """Try to add a node of some kind of the catalogue."""
        return self.attempt(lambda: self.add(self.random.choice(KINDS)))

    def add(self, kind: Kind) -> None:
        """Add a node of a kind with random parameters, wired to what is there or to new Inputs."""
        parameters = parameters_of(self.random, kind)
        declared = kind.declared_for({**{name: one.default for name, one in kind.parameters.items()}, **parameters})
        node = self.graph.new_node(kind.name, **parameters)
        wires: list[Wire] = []
        if kind.picks_elements:
            wires = [self._weighed(node) for _ in range(self.random.randint(1, 3))]
        elif any(port.places for port in declared.inputs) and self._pools():
            node, wires = self._unpooling(kind)
        else:
            first: Result | None = None
            for number, port in enumerate(declared.inputs):
                for source in self._sources(declared, number, port, first):
                    wires.append(self.graph.new_wire(source.node, node, output=source.output, input=number))
                    first = first or source
        self.do(AddNodes((node,), tuple(wires)))

    def _sources(self, kind: Kind, number: int, port: Port, first: Result | None) -> list[Result]:
        random = self.random
        if port.optional and random.random() < 0.4:
            return []
        ranks = kind.needs_at(number).ranks
        if port.indices:
            return [self.new_input(ranks, first.shape if port.places and first else None)]
        count = random.randint(1, 3) if port.variadic else 1
        chosen: list[Result] = []
        for _ in range(count):
            chosen.append(self._source(ranks, first or (chosen[0] if chosen else None)))
        if chosen[0].is_scalar and port.gathers and not port.variadic:
            scalars = [result for result in self.results() if result.is_scalar]
            chosen += [random.choice(scalars) for _ in range(random.randint(0, 2))]
        return chosen

    def _source(self, ranks: Sequence[int], model: Result | None) -> Result:
        random, found = self.random, self.results()
        fitting = [
            result for result in found if not ranks or (2 if result.is_scalar else len(result.shape) + 1) in ranks
        ]
        alike = [result for result in fitting if model and result.shape == model.shape]
        if alike and random.random() < 0.6:
            return random.choice(alike)
        if fitting and random.random() < 0.85:
            return random.choice(fitting[-4:] if random.random() < 0.7 else fitting)
        if not ranks or self.path or random.random() < 0.1:
            return self.result()
        return self.new_input(ranks, model.shape if model and random.random() < 0.5 else None)

    def new_input(self, ranks: Sequence[int] = (), shape: tuple[int, ...] | None = None) -> Result:
        """Add an Input of one of some ranks, or of a shape; raises EditError inside a block, where none can be."""
        rank = self.random.choice(tuple(ranks) or (2, 2, 3, 4))
        sizes = shape or tuple(self.random.choice((1, 2, 3, 4, 4, 5, 6)) for _ in range(rank - 1))
        node = self.graph.new_node("Input", shape=list(sizes) or [1])
        self.do(AddNodes((node,)))
        return Result(node, 0, sizes, False, False)

    def _weighed(self, node: Node) -> Wire:
        """A wire to a neuron or a maxout group."""
        random = self.random
        source = self.result()
        element, weight = None, None
        if not source.is_scalar and (len(source.shape) != 1 or random.random() < 0.5):
            element = random.randrange(math.prod(source.shape))
        more: dict[str, Any] = {}
        if self.graph.declaration(node).weighs_wires:
            carries_one = element is not None or source.is_scalar
            weight = random.choice((None, None, 0.5, -1.25)) if carries_one else None
            more = {"weight": weight, "trainable": random.random() < 0.8}
            if carries_one and random.random() < 0.2:
                others = self.graph.tied("t")
                model = others[0] if others else None
                more = {"tie": "t", "weight": model.weight if model else weight}
                more["trainable"] = model.trainable if model else True
        return self.graph.new_wire(source.node, node, output=source.output, element=element, **more)

    def _pools(self) -> list[tuple[Result, Result]]:
        """What poolings give with their indices, where these count through the whole of one pooled map."""
        found = self.results()
        return [
            (values, places)
            for values in found
            for places in found
            if places.has_indices and places.node is values.node and values.output == 0
        ]

    def _unpooling(self, kind: Kind) -> tuple[Node, list[Wire]]:
        """An unpooling that gives a map as large as the one that was pooled."""
        values, places = self.random.choice(self._pools())
        before = self.graph.incoming(values.node)[0]
        pooled = next(one for one in self.results() if (one.node.id, one.output) == (before.source, before.output))
        given = {
            name: values.node.parameters[name]
            for name in ("kernel_size", "stride", "padding")
            if name in values.node.parameters
        }
        unpool = next(one for one in KINDS if one.name == f"MaxUnpool{len(values.shape) - 1}d")
        node = self.graph.new_node(unpool.name, **given, output_size=list(pooled.shape[1:]))
        if node.parameters["output_size"] is None:
            raise EditError("There is no size to give back.")
        ends = ((values, 0), (places, 1))
        wires = [self.graph.new_wire(one.node, node, output=one.output, input=port) for one, port in ends]
        return node, wires

    # The end

    def finish(self) -> None:
        """Wire what nothing takes to Outputs: all of it, or some."""
        ends = [result for result in self.results() if not self._goes_on(result)]
        if len(ends) > 1 and self.random.random() < 0.3:
            ends = self.random.sample(ends, len(ends) - 1)
        for end in ends or self.results()[-1:]:
            output = self.graph.new_node("Output")
            self.do(AddNodes((output,), (self.graph.new_wire(end.node, output, output=end.output),)))

    def _goes_on(self, result: Result) -> bool:
        return any(wire.output == result.output for wire in self.graph.outgoing(result.node))


def errors(graph: Graph) -> list[Problem]:
    """The problems that keep a drawing from running, but for a missing Output."""
    return [
        problem
        for problem in check(graph)
        if problem.severity == "error" and not problem.message.startswith("There is no Output")
    ]


def grown(random: Random, nodes: int = 6, blocks: bool = True) -> Graph:
    """A drawing that runs."""
    from tests.random_blocks import BLOCK_STEPS

    growth = Growth(random, Graph("random"))
    growth.new_input()
    if random.random() < 0.2:
        for _ in range(random.randint(1, 3)):
            growth.do(AddNodes((growth.graph.new_node("ScalarInput"),)))
    wanted = random.randint(1, nodes)
    for _ in range(3 * wanted):
        wanted -= growth.add_any()
        if not wanted:
            break
    if blocks and random.random() < 0.7:
        for _ in range(random.randint(1, 3)):
            random.choice(BLOCK_STEPS)(growth)
            growth.add_any()
    growth.finish()
    return growth.root


def drawings(nodes: int = 6, blocks: bool = True) -> st.SearchStrategy[Graph]:
    """Random drawings that run."""
    return st.randoms(use_true_random=False).map(lambda random: grown(random, nodes, blocks))
