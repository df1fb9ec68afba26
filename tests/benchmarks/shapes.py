"""What inferring the shapes of 1,000 layers costs from cold, and after an edit at their end or at their beginning; the
same where the time of a sequence may have any length, which is looked at at other lengths too."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

LAYERS = 1_000
ROUNDS = 15


def main() -> None:
    """Print seconds from cold and milliseconds for an edit."""
    import torch

    from compiler import shapes
    from compiler.checks import problems_of
    from compiler.cost import parameter_counts
    from compiler.dynamic_axes import NO_LENGTHS, Lengths, lengths_of
    from compiler.inferring import named_shapes
    from compiler.program import Program, lower
    from graph_model import Graph

    def chain(width: Callable[[int], int], shape: list[int], axes: str) -> Graph:
        graph = Graph()
        last = graph.add("Input", shape=shape, dynamic_axes=axes)
        for number in range(LAYERS):
            layer = graph.add("Linear", out_features=width(number), activation="ReLU")
            graph.connect(last, layer)
            last = layer
        graph.connect(last, graph.add("Output", name="y"))
        return graph

    def check(graph: Graph, known: Program | None, former: Lengths) -> tuple[Program, Lengths]:
        program = lower(graph, known=known)
        lengths = lengths_of(program, former)
        named_shapes(program, lengths)
        problems_of(program, lengths)
        parameter_counts(program)
        return program, lengths

    torch.nn.Linear(2, 2, device="meta")(torch.empty(1, 2, device="meta"))  # torch's own first call
    cases = (
        ("equal", lambda _: 32, [64], ""),
        ("different", lambda number: 32 + number, [64], ""),
        ("different, any length of time,", lambda number: 32 + number, [16, 64], "time"),
    )
    for name, width, shape, axes in cases:
        shapes._inferred.cache_clear()
        graph = chain(width, shape, axes)
        start = time.perf_counter()
        program = lower(graph)
        named_shapes(program, program.lengths)
        cold = time.perf_counter() - start
        print(f"{LAYERS} {name} layers: shapes from cold {cold:.2f} s{'' if axes else ' (must 1 s)'}")
        layers = [node for node in graph.nodes() if node.kind == "Linear"]
        for where, node in (("end", layers[-1]), ("beginning", layers[0])):
            taken = []
            lengths = NO_LENGTHS
            for number in range(ROUNDS):
                graph.set(node, bias=bool(number % 2))
                start = time.perf_counter()
                program, lengths = check(graph, program, lengths)
                taken.append(time.perf_counter() - start)
            must = " (must 20 ms)" if where == "end" and not axes else ""
            print(f"  edit at the {where}, all of the live check: {statistics.median(taken) * 1000:.1f} ms{must}")
