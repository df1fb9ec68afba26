"""What does the same at each time step is run with a few of them, and has the shapes of all."""

from __future__ import annotations

import pytest
import torch

from compiler import compile_graph, shapes
from compiler.program import lower
from graph_model import kinds
from tests.kind_examples import examples

LONG = 11
STEPPING = [one for one in examples() if kinds()[one.kind].steps_through_time]


@pytest.mark.parametrize("example", STEPPING, ids=[f"{one.kind}-{number}" for number, one in enumerate(STEPPING)])
def test_shapes_of_a_long_sequence_are_those_of_running_it(example, monkeypatch):
    graph = example.drawing()
    x = graph.node_named("x")
    graph.set(x, shape=[LONG, *x.parameters["shape"][1:]])
    found = [step.input_shapes for step in lower(graph).outputs]
    inputs = [torch.rand(2, *given.shape) for given in lower(graph).inputs]
    answers = compile_graph(graph).eval()(*inputs)
    assert [(2, *shape[1:]) for (shape,) in found] == [
        tuple(answer.shape) for answer in (answers if isinstance(answers, tuple) else (answers,))
    ]


def test_the_number_of_steps_that_are_run_does_not_grow(monkeypatch):
    lengths = []
    real = shapes._inferred
    monkeypatch.setattr(shapes, "_inferred", lambda *given: (lengths.append(given[2][0][1]), real(*given))[1])
    kind = kinds()["GRU"]
    values = {name: parameter.default for name, parameter in kind.parameters.items()}
    assert shapes.output_shapes(kind, values, (("batch", 10_000, 4), None))[0] == ("batch", 10_000, 32)
    assert lengths == list(shapes.FEW_STEPS)
