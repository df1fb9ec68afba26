"""ONNX models become editable drawings with the same function, or a sentence that says why not."""

from __future__ import annotations

import contextlib

import numpy
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from compiler import compile_graph, export_onnx, import_onnx
from compiler.weights import collect_weights
from graph_model import Document, DocumentError, Graph
from tests.kind_examples import each_example


def assert_round_trip(graph: Graph, path: str, inputs: list[torch.Tensor] | None = None) -> Document:
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=3)))
    export_onnx(document, path)
    back = import_onnx(path)
    if inputs is None:
        inputs = [torch.randn(4, *graph.node_named("x").parameters["shape"])]
    before = compile_graph(graph, weights=document.weights).eval()(*inputs)
    after = compile_graph(back.graph, weights=back.weights).eval()(*inputs)
    torch.testing.assert_close(after, before, atol=1e-6, rtol=1e-5)
    return back


@pytest.mark.parametrize("example", each_example())
def test_every_kind_comes_back_or_is_refused_in_words(example, tmp_path):
    if example.onnx:
        return
    if not example.comes_back:
        with contextlib.suppress(DocumentError):
            assert_round_trip(example.drawing(), str(tmp_path / "a.onnx"), example.samples(4))
        return
    back = assert_round_trip(example.drawing(), str(tmp_path / "a.onnx"), example.samples(4))
    assert example.kind in {node.kind for node in back.graph.nodes()}


def test_names_come_back(tmp_path, small_network):
    back = assert_round_trip(small_network, str(tmp_path / "a.onnx"))
    assert [node.name for node in back.graph.nodes()] == ["x", "hidden", "last", "y"]


def model_of(nodes, initializers=(), inputs=(("x", ["batch", 4]),), outputs=(("y", ["batch", "n"]),), opset=17):
    graph = helper.make_graph(
        nodes,
        "made by hand",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs],
        [numpy_helper.from_array(array, name) for name, array in initializers],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def test_a_product_and_a_sum_are_one_linear_layer(tmp_path):
    weight, bias = numpy.arange(8, dtype="f4").reshape(4, 2), numpy.array([1, 2], dtype="f4")
    nodes = [
        helper.make_node("MatMul", ["x", "W"], ["z"], name="product"),
        helper.make_node("Add", ["z", "b"], ["s"]),
        helper.make_node("Relu", ["s"], ["y"]),
    ]
    onnx.save(model_of(nodes, [("W", weight), ("b", bias)], opset=9), tmp_path / "a.onnx")
    document = import_onnx(tmp_path / "a.onnx")
    assert [node.kind for node in document.graph.nodes()] == ["Input", "Linear", "Output"]
    x = torch.randn(3, 4)
    expected = torch.relu(x @ torch.tensor(weight) + torch.tensor(bias))
    torch.testing.assert_close(compile_graph(document.graph, weights=document.weights)(x), expected)


def test_an_activation_behind_one_of_several_neurons_leaves_the_neuron_as_it_is(tmp_path):
    graph = Graph("shared")
    x = graph.add("Input", name="x", shape=[2])
    first, second = (graph.add("Neuron", name=name, activation="Identity") for name in ("first", "second"))
    for neuron in (first, second):
        graph.connect(x, neuron)
    bent = graph.add("Tanh", name="bent")
    graph.connect(first, bent)
    for source in (first, second, bent):
        graph.connect(source, graph.add("Output"))
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=3)))
    export_onnx(document, tmp_path / "a.onnx")
    back = import_onnx(tmp_path / "a.onnx")
    samples = torch.randn(4, 2)
    before = compile_graph(graph, weights=document.weights).eval()(samples)
    after = compile_graph(back.graph, weights=back.weights).eval()(samples)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


def test_a_model_of_torchs_exporter_is_read(tmp_path):
    import subprocess
    import sys

    script = (
        "import sys, torch\nfrom torch import nn\ntorch.manual_seed(0)\n"
        "m = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),"
        "nn.Linear(64, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 3)).eval()\n"
        "x = torch.randn(2, 1, 8, 8)\n"
        "torch.onnx.export(m, (x,), sys.argv[1], dynamo=True, external_data=False, verbose=False,"
        "dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))\n"
        "torch.save((x, m(x)), sys.argv[2])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.onnx"), str(tmp_path / "pair.pt")]
    subprocess.run(command, check=True, capture_output=True)
    x, expected = torch.load(tmp_path / "pair.pt", weights_only=True)
    document = import_onnx(tmp_path / "a.onnx")
    torch.testing.assert_close(
        compile_graph(document.graph, weights=document.weights).eval()(x), expected, atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        (
            [helper.make_node("EyeLike", ["x"], ["y"], name="strange")],
            "The operator 'EyeLike' (node 'strange') has no counterpart",
        ),
        ([helper.make_node("MatMul", ["x", "x"], ["y"], name="m")], "its second factor is not a constant matrix"),
        ([helper.make_node("Flatten", ["x"], ["y"], name="f", axis=0)], "it mixes the examples of a batch"),
    ],
)
def test_what_cannot_be_drawn_is_named(nodes, sentence, tmp_path):
    onnx.save(model_of(nodes), tmp_path / "a.onnx")
    with pytest.raises(DocumentError) as caught:
        import_onnx(tmp_path / "a.onnx")
    assert sentence in str(caught.value)
    assert "a.onnx" in str(caught.value)


def test_every_broken_file_gives_a_sentence(tmp_path, small_network):
    export_onnx(Document(small_network), tmp_path / "good.onnx")
    content = (tmp_path / "good.onnx").read_bytes()
    generator = numpy.random.default_rng(0)
    broken = [b"", b"hello", content[: len(content) // 2], b"\x80\x04\x95" + b"x" * 50]
    for _ in range(300):
        damaged = bytearray(content)
        for place in generator.integers(0, len(content), 6):
            damaged[place] = generator.integers(0, 256)
        broken.append(bytes(damaged))
    refused = 0
    for index, data in enumerate(broken):
        path = tmp_path / f"{index}.onnx"
        path.write_bytes(data)
        with contextlib.suppress(DocumentError):
            import_onnx(path)
            continue
        refused += 1
    assert refused >= 4


def test_weights_outside_the_folder_are_not_read(tmp_path):
    weight = numpy_helper.from_array(numpy.zeros((4, 2), dtype="f4"), "W")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../../../../etc/passwd")
    model = model_of([helper.make_node("MatMul", ["x", "W"], ["y"])])
    model.graph.initializer.append(weight)
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(DocumentError, match=r"a\.onnx"):
        import_onnx(tmp_path / "a.onnx")
