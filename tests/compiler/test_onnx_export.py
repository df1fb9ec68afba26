"""An exported network computes what PyTorch computes, under the canvas's names."""

from __future__ import annotations

import numpy
import onnx
import onnxruntime
import pytest
import torch

from compiler import compile_graph, export_onnx
from compiler.onnx.kinds.adaptive_pooling import largest
from compiler.weights import collect_weights
from graph_model import CompileError, Document, ExportError, Graph
from tests.drawings import chain, single
from tests.kind_examples import each_example


def trained(graph: Graph) -> Document:
    """A document whose weights are not those that compiling alone would give."""
    return Document(graph, weights=collect_weights(compile_graph(graph, seed=11)))


@pytest.mark.parametrize("example", each_example())
def test_every_kind_agrees_at_batch_sizes_1_and_7(example, tmp_path):
    graph = example.drawing()
    document = trained(graph)
    if example.onnx:
        with pytest.raises(ExportError, match=example.onnx):
            export_onnx(document, tmp_path / "a.onnx")
        return
    report = export_onnx(document, tmp_path / "a.onnx")
    assert report.max_abs_difference <= 1e-5
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"))
    module = compile_graph(graph, weights=document.weights).eval()
    for batch in (1, 7):
        inputs = example.samples(batch)
        names = [entry.name for entry in session.get_inputs()]
        found = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)})
        answers = module(*inputs)
        for one, other in zip(found, answers if isinstance(answers, tuple) else (answers,), strict=True):
            numpy.testing.assert_allclose(one, other.detach().numpy(), atol=1e-5)


def test_names_are_those_of_the_canvas_and_the_batch_is_dynamic(tmp_path, small_network):
    report = export_onnx(trained(small_network), tmp_path / "a.onnx")
    model = onnx.load(tmp_path / "a.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert (report.inputs, report.outputs) == (("x",), ("y",))
    assert {"hidden", "last"} <= {node.name for node in model.graph.node}
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert {entry.name for entry in model.graph.initializer} == {
        "hidden.weight",
        "hidden.bias",
        "last.weight",
        "last.bias",
    }
    assert report.file_size == (tmp_path / "a.onnx").stat().st_size


def test_given_samples_are_run_too(tmp_path, small_network):
    samples = numpy.random.default_rng(0).normal(size=(20, 4))
    assert export_onnx(trained(small_network), tmp_path / "a.onnx", check_inputs=[samples]).samples == 1 + 2 + 7 + 20


def test_a_difference_above_the_tolerance_is_refused_and_nothing_written(tmp_path, small_network):
    with pytest.raises(ExportError, match="differs from PyTorch by"):
        export_onnx(trained(small_network), tmp_path / "a.onnx", tolerance=-1.0)
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_with_problems_is_not_exported(tmp_path):
    with pytest.raises(CompileError):
        export_onnx(Document(Graph()), tmp_path / "a.onnx")


def test_a_folder_that_is_not_there_is_named(tmp_path, small_network):
    with pytest.raises(ExportError, match=r"nowhere.*cannot be written"):
        export_onnx(trained(small_network), tmp_path / "nowhere" / "a.onnx")


def test_an_operator_that_computes_something_else_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr("compiler.onnx.kinds.adaptive_pooling.mean", largest)
    graph = single("AdaptiveAvgPool2d", {}, [2, 9, 8])
    with pytest.raises(ExportError, match="was not written"):
        export_onnx(Document(graph), tmp_path / "a.onnx")


def test_torchs_own_exporter_agrees(tmp_path):
    """An independent witness, in a process of its own."""
    import subprocess
    import sys

    graph = chain(
        ("Input", "x", {"shape": [2, 8, 8]}),
        ("Conv2d", "c", {"activation": "ReLU"}),
        ("MaxPool2d", "p", {}),
        ("Flatten", "f", {}),
        ("Linear", "l", {"activation": "Softmax"}),
        ("Output", "y", {}),
    )
    document = trained(graph)
    export_onnx(document, tmp_path / "ours.onnx")
    module = compile_graph(graph, weights=document.weights).eval()
    torch.save(module.state_dict(), tmp_path / "state.pt")
    script = (
        "import sys, torch; from tests.drawings import *; from compiler import compile_graph\n"
        "graph = chain(('Input', 'x', {'shape': [2, 8, 8]}), ('Conv2d', 'c', {'activation': 'ReLU'}),"
        "('MaxPool2d', 'p', {}), ('Flatten', 'f', {}), ('Linear', 'l', {'activation': 'Softmax'}),"
        "('Output', 'y', {}))\n"
        "module = compile_graph(graph).eval()\n"
        "module.load_state_dict(torch.load(sys.argv[1], weights_only=True))\n"
        "torch.onnx.export(module, (torch.randn(3, 2, 8, 8),), sys.argv[2], dynamo=True, external_data=False,"
        "dynamic_shapes=({0: torch.export.Dim.DYNAMIC},), verbose=False)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "state.pt"), str(tmp_path / "theirs.onnx")]
    subprocess.run(command, check=True, capture_output=True)
    x = numpy.random.default_rng(0).normal(size=(5, 2, 8, 8)).astype(numpy.float32)
    answers = []
    for name in ("ours", "theirs"):
        session = onnxruntime.InferenceSession(str(tmp_path / f"{name}.onnx"))
        answers.append(session.run(None, {session.get_inputs()[0].name: x})[0])
    numpy.testing.assert_allclose(answers[0], answers[1], atol=1e-6)
