"""Places that a pooling gives stay exact whole numbers on their way to an unpooling, and are data elsewhere."""

from __future__ import annotations

import numpy
import onnxruntime
import pytest
import torch
from torch import nn

from app.training import train
from compiler import check, compile_graph, export_onnx, infer_shapes, to_source
from compiler.index_limits import index_limit
from compiler.program import lower
from graph_model import Document, Graph, TrainingSettings
from tests.training.test_backpropagation import assert_equals_autograd

POOLINGS = [
    ("MaxPool1d", "MaxUnpool1d", {"kernel_size": 3, "stride": 2, "padding": 1}, [3, 9]),
    ("MaxPool2d", "MaxUnpool2d", {"kernel_size": 2}, [3, 6, 8]),
    ("MaxPool2d", "MaxUnpool2d", {"kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0]}, [3, 7, 5]),
    ("MaxPool3d", "MaxUnpool3d", {"kernel_size": 2}, [2, 4, 2, 6]),
]


def pooled_and_back(pooling: str, unpooling: str, parameters: dict[str, object], shape: list[int]) -> Graph:
    graph = Graph("there and back")
    x = graph.add("Input", name="x", shape=shape)
    pool = graph.add(pooling, name="pool", return_indices=True, **parameters)
    size = shape[1:] if shape[-1] < 100 else None
    back = graph.add(unpooling, name="back", **parameters, output_size=size)
    graph.connect(x, pool)
    graph.connect(pool, back)
    graph.connect(pool, back, output=1, input=1)
    graph.connect(back, graph.add("Output", name="y"))
    return graph


@pytest.mark.parametrize(("pooling", "unpooling", "parameters", "shape"), POOLINGS)
def test_values_return_to_where_they_stood(pooling, unpooling, parameters, shape, tmp_path):
    graph = pooled_and_back(pooling, unpooling, parameters, shape)
    assert check(graph) == []
    module = compile_graph(graph).eval()
    values = torch.randn(4, *shape)
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in parameters.items()}
    largest, places = getattr(nn, pooling)(return_indices=True, **given)(values)
    expected = getattr(nn, unpooling)(**given)(largest, places, output_size=shape[1:])
    torch.testing.assert_close(module(values), expected)
    kept = module(values) != 0
    torch.testing.assert_close(module(values)[kept], values[kept])

    namespace: dict[str, object] = {"__name__": "drawn"}
    exec(compile(to_source(Document(graph)), "drawn.py", "exec"), namespace)
    torch.testing.assert_close(namespace["Network"]().eval()(values), expected)  # type: ignore[operator]

    export_onnx(Document(graph), tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"))
    numpy.testing.assert_array_equal(session.run(None, {"x": values.numpy()})[0], expected.numpy())


def test_places_beyond_what_a_float_can_count_stay_exact():
    graph = pooled_and_back("MaxPool1d", "MaxUnpool1d", {"kernel_size": 2}, [1, 2**25])
    values = torch.zeros(1, 1, 2**25)
    values[0, 0, -1] = 1.0
    assert compile_graph(graph).eval()(values).nonzero().tolist() == [[0, 0, 2**25 - 1]]


def test_a_layer_takes_places_as_data():
    graph = Graph("places as data")
    x = graph.add("Input", name="x", shape=[2, 8])
    pool, flat = graph.add("MaxPool1d", name="pool", return_indices=True), graph.add("Flatten")
    graph.connect(x, pool)
    graph.connect(pool, flat, output=1)
    graph.connect(flat, graph.add("Linear", name="h", out_features=3))
    graph.connect("h", graph.add("Output", name="y"))
    assert infer_shapes(graph)["pool", 1] == ("batch", 2, 4)
    assert compile_graph(graph).double()(torch.randn(5, 2, 8, dtype=torch.float64)).shape == (5, 3)


def test_an_autoencoder_with_unpooling_learns():
    graph = pooled_and_back("MaxPool2d", "MaxUnpool2d", {}, [1, 8, 8])
    y = graph.node_named("y")
    graph.disconnect(graph.incoming(y)[0])
    graph.connect("back", graph.add("Flatten", name="flat"))
    graph.connect("flat", graph.add("Linear", name="classes", out_features=10))
    graph.connect("classes", y)
    settings = TrainingSettings(dataset="digits", loss="cross_entropy", optimizer="SGD", learning_rate=0.1)
    losses = train(Document(graph, settings), steps=200, seed=0).history.train_loss
    assert losses[-1] < 0.6 * losses[0]


def test_only_what_comes_from_outside_is_limited_to_places():
    graph = pooled_and_back("MaxPool2d", "MaxUnpool2d", {}, [1, 8, 8])
    program = lower(graph)
    assert index_limit(program, program.inputs[0]) is None
    outside = graph.add("Input", name="places", shape=[1, 4, 4])
    graph.disconnect(graph.incoming("back", 1)[0])
    graph.connect(outside, "back", input=1)
    program = lower(graph)
    assert [index_limit(program, given) for given in program.inputs] == [None, 64]


def test_each_number_of_a_trace_through_places_is_autograds():
    graph = pooled_and_back("MaxPool2d", "MaxUnpool2d", {}, [1, 4, 4])
    graph.disconnect(graph.incoming("y")[0])
    graph.connect("back", graph.add("Flatten", name="flat"))
    graph.connect("flat", "y")
    sample = numpy.random.default_rng(0).normal(size=(1, 4, 4))
    assert_equals_autograd(Document(graph), [sample], target=3, tolerance=1e-12)
