"""Of random drawings from the whole catalogue, with blocks, each number of one example is autograd's."""

from __future__ import annotations

import torch
from hypothesis import given, settings

from compiler import compile_graph
from compiler.program import lower
from graph_model import Document, Graph
from tests.random_catalogue import drawings
from tests.random_samples import samples_for
from tests.training.test_backpropagation import assert_equals_autograd


def with_one_flat_output(graph: Graph) -> Graph:
    """The same drawing with only its first answer, as a vector."""
    changed = graph.copy()
    for step in lower(changed).outputs[1:]:
        changed.remove(step.node)
    (output,) = lower(changed).outputs
    if len(output.input_shapes[0]) != 2:
        flat, y = changed.add("Flatten"), output.node
        (wire,) = changed.incoming(y)
        changed.disconnect(wire)
        changed.connect(wire.source, flat, output=wire.output)
        changed.connect(flat, y)
    return changed


@settings(max_examples=25)
@given(drawings())
def test_numbers_of_random_drawings_are_autograds(graph):
    assert_traced(graph)


def assert_traced(graph: Graph) -> None:
    document = Document(with_one_flat_output(graph))
    program = lower(document.graph)
    samples = samples_for(program, 1, dtype=torch.float64)
    answer = compile_graph(document.graph).double().eval()(*samples)
    if not (answer.isfinite().all() and answer.abs().max() < 100):
        return
    arrays = [tensor[0].numpy() for tensor in samples]
    assert_equals_autograd(document, arrays, 0, tolerance=1e-7)
