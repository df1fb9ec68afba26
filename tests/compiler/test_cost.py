"""What a drawing costs: against published figures, formulas of paper and pencil, and what torch really keeps."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from compiler import compile_graph
from compiler.cost import activation_peak, by_block, cost_rows, flow_of, parameter_counts, totals
from compiler.cost.ledger import Ledger
from compiler.cost.measuring import measure
from compiler.cost.part import Question
from compiler.program import lower
from compiler.shapes import hashable_arguments
from graph_model import Graph
from tests.block_drawings import everything
from tests.drawings import chain, worked_example
from tests.kind_examples import each_example
from tests.kind_examples.example import Example

FLOAT = 4


def rows_of(graph: Graph, batch: int = 1, optimizer_numbers: int = 0):
    return {row.name: row for row in cost_rows(flow_of(lower(graph)), batch, optimizer_numbers)}


@pytest.fixture
def convolutional() -> Graph:
    own = {"kernel_size": 3, "padding": 1, "activation": "ReLU"}
    return chain(
        ("Input", "x", {"shape": [3, 16, 16]}),
        ("Conv2d", "c1", {"out_channels": 8, **own}),
        ("BatchNorm2d", "n", {}),
        ("MaxPool2d", "p", {"kernel_size": 2}),
        ("Conv2d", "c2", {"out_channels": 12, "activation": "Tanh", "kernel_size": 3}),
        ("Flatten", "f", {}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )


def test_multiply_adds_are_those_of_the_formulas(convolutional):
    rows = rows_of(convolutional)
    assert rows["c1"].multiply_adds == 16 * 16 * 8 * 3 * 9
    assert rows["c2"].multiply_adds == 6 * 6 * 12 * 8 * 9
    assert rows["last"].multiply_adds == 6 * 6 * 12 * 10
    assert rows["n"].multiply_adds == rows["p"].multiply_adds == rows["f"].multiply_adds == 0


def test_an_lstm_multiplies_eight_matrices_a_step():
    graph = chain(("Input", "x", {"shape": [7, 5]}), ("LSTM", "r", {"hidden_size": 6}), ("Output", "y", {}))
    assert rows_of(graph)["r"].multiply_adds == 7 * 4 * 6 * (5 + 6)


def test_multiply_adds_of_alexnet_are_the_published_ones():
    """Krizhevsky's network in one column, as torchvision has it: 0.714 G multiply-adds, 61,100,840 parameters."""

    def convolution(name: str, out: int, kernel: int, stride: int, padding: int):
        own = {"out_channels": out, "kernel_size": kernel, "stride": stride, "padding": padding, "activation": "ReLU"}
        return ("Conv2d", name, own)

    pooling = {"kernel_size": 3, "stride": 2}
    graph = chain(
        ("Input", "x", {"shape": [3, 224, 224]}),
        convolution("c1", 64, 11, 4, 2),
        ("MaxPool2d", "p1", pooling),
        convolution("c2", 192, 5, 1, 2),
        ("MaxPool2d", "p2", pooling),
        convolution("c3", 384, 3, 1, 1),
        convolution("c4", 256, 3, 1, 1),
        convolution("c5", 256, 3, 1, 1),
        ("MaxPool2d", "p3", pooling),
        ("Flatten", "f", {}),
        ("Linear", "f6", {"out_features": 4096, "activation": "ReLU"}),
        ("Linear", "f7", {"out_features": 4096, "activation": "ReLU"}),
        ("Linear", "f8", {"out_features": 1000}),
        ("Output", "y", {}),
    )
    total = totals(rows_of(graph, 1, 2).values())
    assert total.parameters == 61_100_840
    assert total.multiply_adds == 714_188_480
    assert total.gradients == FLOAT * total.parameters
    assert total.optimizer == 2 * FLOAT * total.parameters


def test_what_is_kept_is_what_torch_keeps(convolutional):
    batch = 5
    module = compile_graph(convolutional).train()
    parameters = {one.untyped_storage().data_ptr() for one in module.parameters()}
    parameters |= {one.untyped_storage().data_ptr() for one in module.buffers()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        module(torch.zeros(batch, 3, 16, 16)).sum()
    flow = flow_of(lower(convolutional))
    assert totals(cost_rows(flow, batch)).forward == sum(kept.values())
    loss_begins = activation_peak(flow, batch).kept
    assert loss_begins == sum(kept.values())


def test_the_peak_of_the_walk_is_that_of_the_whole_module(convolutional):
    """The ledger over the compiled module as a whole, forward and backward, sees what the walk over the parts finds."""
    batch = 6
    module = compile_graph(convolutional).train()
    inputs = torch.zeros(batch, 3, 16, 16)
    with Ledger() as ledger:
        outputs = module(inputs)
        gradient = torch.zeros_like(outputs)
        ledger.begin_peak()
        outputs.backward(gradient)
    data = inputs.nbytes
    walked = activation_peak(flow_of(lower(convolutional)), batch)
    assert walked.backward == pytest.approx(ledger.peak + data, rel=0.03)


def test_a_forward_pass_alone_keeps_nothing(convolutional):
    peak = activation_peak(flow_of(lower(convolutional)), 4, learning=False)
    assert peak.kept == peak.backward == 0
    assert 0 < peak.forward < activation_peak(flow_of(lower(convolutional)), 4).most


def test_memory_grows_with_the_batch_and_weights_do_not(convolutional):
    one, four = totals(rows_of(convolutional, 1).values()), totals(rows_of(convolutional, 4).values())
    assert four.forward > 3.5 * one.forward
    assert four.multiply_adds == one.multiply_adds
    assert four.parameters == one.parameters


def test_frozen_layers_need_neither_gradients_nor_anything_kept():
    graph = chain(
        ("Input", "x", {"shape": [20]}),
        ("Linear", "fixed", {"out_features": 30, "activation": "Tanh", "trainable": False}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    row = rows_of(graph, 8, 2)["fixed"]
    assert row.parameters == 20 * 30 + 30
    assert row.trained == row.gradients == row.optimizer == row.backward == 0
    assert row.forward == 8 * 30 * FLOAT, "the next layer keeps its input"


def test_a_sum_passes_its_gradient_on_without_a_copy():
    graph = Graph("residual")
    x = graph.add("Input", name="x", shape=[50])
    a = graph.add("Linear", name="a", out_features=50)
    b = graph.add("Linear", name="b", out_features=50)
    total, y = graph.add("Add", name="sum"), graph.add("Output", name="y")
    for source, target in ((x, a), (a, b), (a, total), (b, total), (total, y)):
        graph.connect(source, target)
    flow = flow_of(lower(graph))
    assert flow.figures[total.id].passes_on == (0, 0)
    assert rows_of(graph, 4)["sum"].forward == 0
    assert activation_peak(flow, 4).backward > 0


def test_neurons_cost_what_their_wires_do():
    total = totals(rows_of(worked_example()).values())
    assert total.parameters == sum(parameter_counts(lower(worked_example())).values()) == 18
    assert total.multiply_adds == 12


def test_blocks_are_summed_by_the_beginning_of_the_names(small_network):
    (row, *_) = cost_rows(flow_of(lower(small_network)), 1)
    names = ("stem", "layer1/conv1", "layer1/part/conv", "layer2/conv1")
    rows = [dataclasses.replace(row, name=name, parameters=10**place) for place, name in enumerate(names)]
    blocks = by_block(rows)
    assert {name: block.parameters for name, block in blocks.items()} == {
        "layer1": 110,
        "layer1/part": 100,
        "layer2": 1000,
    }


def test_nodes_with_a_fault_are_left_out(small_network):
    graph = chain(("Input", "x", {"shape": [1, 8, 8]}), ("Linear", "h", {}), ("Output", "y", {}))
    assert list(rows_of(graph)) == ["x"]


def test_equal_layers_are_measured_once():
    measure.cache_clear()
    layers = [("Linear", f"h{index}", {"out_features": 40, "activation": "ReLU"}) for index in range(50)]
    rows_of(chain(("Input", "x", {"shape": [40]}), *layers, ("Output", "y", {})))
    assert measure.cache_info().misses == 2, "the first layer passes no gradient on"


def test_measuring_draws_no_random_numbers():
    measure.cache_clear()
    graph = chain(
        ("Input", "x", {"shape": [7, 5]}),
        ("LSTM", "r", {"hidden_size": 6}),
        ("Dropout", "d", {}),
        ("Flatten", "f", {}),
        ("Linear", "l", {}),
        ("Output", "y", {}),
    )
    before = torch.random.get_rng_state()
    rows_of(graph)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("example", each_example())
def test_every_kind_can_be_measured_also_behind_what_is_trained(example: Example):
    graph = example.drawing()
    flow = flow_of(lower(graph))
    node = graph.node_named("tested")
    assert node.id in flow.figures
    module = compile_graph(graph)
    numbers = sum(one.numel() for one in module.parameters())
    own = flow.figures[node.id]
    assert own.numbers == numbers
    if graph.kind_of(node).gives_scalar or not own.gradients:
        return
    step = flow.program.by_id[node.id]
    question = Question(
        node.kind,
        hashable_arguments(step.kind, node.parameters),
        node.parameters.get("activation", "Identity"),
        step.call_shapes,
        tuple(shape is not None for shape in step.call_shapes),
        True,
    )
    reached = measure(question)
    assert reached.multiply_adds == own.multiply_adds
    assert reached.outputs == own.outputs
    assert len(reached.gradients) == max(1, len(step.call_shapes))


def test_shared_weights_count_once_and_blocks_over_time_at_every_step():
    graph = everything()
    rows = cost_rows(flow_of(lower(graph)), batch=2)
    module = compile_graph(graph)
    assert sum(row.parameters for row in rows) == sum(parameter.numel() for parameter in module.parameters())
    by_name = {row.name: row for row in rows}
    assert by_name["a/layer"].parameters == 42
    assert by_name["c/layer"].parameters == 0  # they are those of 'a'
    assert by_name["cell"].multiply_adds == 2 * 4 * (6 * 6 + 6 * 6)  # two directions, four steps, two layers
    assert by_block(rows)["b"].multiply_adds == 4 * 36
