"""What inferring the shapes of 1,000 layers costs from cold, and after an edit at their end or at their beginning."""

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
    from compiler.program import Program, lower
    from graph_model import Graph

    def chain(width: Callable[[int], int]) -> Graph:
        graph = Graph()
        last = graph.add("Input", shape=[64])
        for number in range(LAYERS):
            layer = graph.add("Linear", out_features=width(number), activation="ReLU")
            graph.connect(last, layer)
            last = layer
        graph.connect(last, graph.add("Output", name="y"))
        return graph

    def check(graph: Graph, known: Program | None) -> Program:
        from compiler.checks import problems_of
        from compiler.cost import parameter_counts
        from compiler.inferring import shapes_of

        program = lower(graph, known=known)
        problems_of(program)
        shapes_of(program)
        parameter_counts(program)
        return program

    torch.nn.Linear(2, 2, device="meta")(torch.empty(1, 2, device="meta"))  # torch's own first call
    for name, width in (("equal", lambda _: 32), ("different", lambda number: 32 + number)):
        shapes._inferred.cache_clear()
        graph = chain(width)
        start = time.perf_counter()
        program = lower(graph)
        cold = time.perf_counter() - start
        print(f"{LAYERS} {name} layers: shapes from cold {cold:.2f} s (must 1 s)")
        layers = [node for node in graph.nodes() if node.kind == "Linear"]
        for where, node in (("end", layers[-1]), ("beginning", layers[0])):
            taken = []
            for number in range(ROUNDS):
                graph.set(node, bias=bool(number % 2))
                start = time.perf_counter()
                program = check(graph, program)
                taken.append(time.perf_counter() - start)
            must = " (must 20 ms)" if where == "end" else ""
            print(f"  edit at the {where}, all of the live check: {statistics.median(taken) * 1000:.1f} ms{must}")
