"""What cannot be traced is refused in words."""

from __future__ import annotations

import numpy
import pytest

from app.training.backpropagation import finite_difference, trace_example
from graph_model import CompileError, Document, Graph, TrainingError
from tests.drawings import single, worked_example


@pytest.mark.parametrize(
    ("inputs", "target", "sentence"),
    [
        ([1, 2, 3], 0, "Input 'x' takes 2 numbers, but the example has 3"),
        ([1, 2], 2, "The target 2 is no class of Output 'y', which has 2 numbers: choose one from 0 to 1"),
        ([1, 2], None, "The target None is no class"),
    ],
)
def test_an_example_that_does_not_fit_is_refused_in_words(inputs, target, sentence):
    with pytest.raises(TrainingError, match=sentence):
        trace_example(Document(worked_example()), inputs, target)


def test_an_output_of_one_number_knows_one_class():
    graph = Graph("one")
    graph.connect(graph.add("Input", name="x", shape=[2]), graph.add("Linear", name="h", out_features=1))
    graph.connect("h", graph.add("Output", name="y"))
    with pytest.raises(TrainingError, match="which has a single number, so there is only class 0"):
        trace_example(Document(graph), [1, 2], 1)


def test_an_answer_that_is_no_vector_is_refused_in_words():
    graph = single("Identity", {}, [2, 3])
    with pytest.raises(TrainingError, match="put a Flatten before it"):
        trace_example(Document(graph), numpy.zeros((2, 3)), 0)


def test_what_is_not_there_is_named():
    document = Document(worked_example())
    trace = trace_example(document, [1, -1], 0)
    for ask in (
        lambda: trace.neuron("x"),
        lambda: trace.neuron("nobody"),
        lambda: trace.layer("n00"),
        lambda: trace.wire("w99"),
        lambda: trace.weight("x", "weight", 0),
        lambda: trace_example(document, [1, -1], 0, weights={"w99.weight": 1.0}),
        lambda: trace_example(document, [1, -1], 0, weights={"w1.weight": [1.0]}),
        lambda: trace_example(document, [1, -1], 0, loss="pain"),
        lambda: finite_difference(document, [1, -1], 0, "w1.weight", 3),
    ):
        with pytest.raises(TrainingError):
            ask()
    with pytest.raises(CompileError):
        trace_example(Document(Graph()), [1], 0)
