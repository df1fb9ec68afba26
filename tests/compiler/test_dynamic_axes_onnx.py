"""What is exported with axes of any length is right at each: the export itself runs it at several, or refuses."""

from __future__ import annotations

import numpy
import onnxruntime
import pytest
import torch

from app.training.gallery import FOLDER
from compiler import compile_graph, export_onnx
from compiler.dynamic_axes import lengths_of
from compiler.program import lower
from compiler.weights import collect_weights
from graph_model import Document, ExportError, Graph, load_document
from graph_model.edits import SetParameters
from tests.drawings import single
from tests.kind_examples import each_example

OF_ONE_LENGTH = {
    **dict.fromkeys(
        ("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"),
        "its fields are gathered, and how many values one has depends on the map's size",
    ),
    "RecursiveTree": "how many levels it has depends on the number of parts",
    **dict.fromkeys(("FractionalMaxPool2d", "FractionalMaxPool3d"), "where its fields start follows no step"),
}
"""Kinds that ONNX's plain operators cannot say for every length, and why."""


def with_axes(graph: Graph, names: dict[str, list[str]]) -> Graph:
    """The drawing with dynamic axes: name of an Input -> of its sample's axes."""
    for name, axes in names.items():
        graph.apply(SetParameters(graph.node_named(name).id, {"dynamic_axes": ", ".join(axes)}))
    return graph


def accepted(graph: Graph) -> dict[str, list[str]]:
    """Names for all axes that may have any length, each on its own."""
    shapes = {node.name: node.parameters["shape"] for node in graph.nodes() if node.kind == "Input"}
    names = {
        name: [f"axis_{number}_{axis}" for axis in range(len(shape))]
        for number, (name, shape) in enumerate(shapes.items())
    }
    known = lengths_of(lower(with_axes(graph, names))).steps
    return {name: [axis if axis in known else "-" for axis in axes] for name, axes in names.items()}


@pytest.mark.parametrize("example", each_example())
def test_every_kind_is_exported_for_all_lengths_that_it_takes(example, tmp_path, monkeypatch):
    monkeypatch.setattr("compiler.onnx.export.BATCH_SIZES", (2,))  # others: test_onnx_export
    monkeypatch.setattr("compiler.dynamic_axes.MULTIPLES", (1, 2, 6))  # far ones take long: the examples below
    if example.onnx or example.kind in OF_ONE_LENGTH or example.kind == "MaxoutGroup":
        return  # a MaxoutGroup takes single neurons, not an axis
    names = accepted(example.drawing())
    if not any(axis != "-" for axes in names.values() for axis in axes):
        return  # test_onnx_export has it
    graph = with_axes(example.drawing(), names)
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=11)))
    report = export_onnx(document, tmp_path / "a.onnx")
    sizes = [entry.shape[1:] for entry in onnxruntime.InferenceSession(str(report.path)).get_inputs()]
    assert [axis for shape in sizes for axis in shape if isinstance(axis, str)] == [
        axis for axes in names.values() for axis in axes if axis != "-"
    ]


@pytest.mark.parametrize("kind", OF_ONE_LENGTH)
def test_a_kind_that_is_written_for_one_length_is_refused_by_name(kind, tmp_path):
    *_, example = (example.values[0] for example in each_example() if example.values[0].kind == kind)
    graph = with_axes(example.drawing(), accepted(example.drawing()))
    with pytest.raises(ExportError, match=f"{kind} 'tested' cannot be written in ONNX for any length of '"):
        export_onnx(Document(graph), tmp_path / "a.onnx")
    assert not list(tmp_path.iterdir())


SEQUENCES = {
    "adding_lstm": ("time", "-"),
    "lstm_peepholes_drawn": ("time", "-"),
    "gru_drawn": ("time", "-"),
    "pyramidal_rnn": ("time", "-"),
    "grid_lstm": ("time", "-"),
    "external_memory_drawn": ("time", "-"),
    "seq2seq_attention": ("time",),
    "cldnn": ("-", "time"),
}
"""Example of the gallery -> the axes of its Inputs."""


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_of_the_gallery_are_read_at_lengths_that_nobody_tried(name, tmp_path, monkeypatch):
    monkeypatch.setattr("compiler.onnx.export.BATCH_SIZES", (2,))
    document = load_document(FOLDER / f"{name}.json")
    inputs = [node for node in document.graph.nodes() if node.kind == "Input"]
    with_axes(document.graph, {node.name: list(SEQUENCES[name]) for node in inputs})
    path = export_onnx(document, tmp_path / "a.onnx").path
    (step,) = lengths_of(lower(document.graph)).steps.values()
    session, module = onnxruntime.InferenceSession(str(path)), compile_graph(document.graph, weights=document.weights)
    time = inputs[0].parameters["shape"][SEQUENCES[name].index("time")] + 7 * step
    generator = numpy.random.default_rng(0)
    for batch in (1, 3):
        given = []
        for node in inputs:
            known = zip(SEQUENCES[name], node.parameters["shape"], strict=True)
            sides = [time if axis == "time" else size for axis, size in known]
            given.append(generator.integers(0, 4, (batch, *sides)).astype(numpy.float32))
        found = session.run(None, {node.name: array for node, array in zip(inputs, given, strict=True)})
        with torch.no_grad():
            answers = module.eval()(*[torch.from_numpy(array) for array in given])
        for one, other in zip(found, answers if isinstance(answers, tuple) else (answers,), strict=True):
            numpy.testing.assert_allclose(one, other.numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "parameters", "size"),
    [
        ("Upsample", {"mode": "nearest", "scale_factor": 0.6}, 6),
        ("Upsample", {"mode": "nearest", "scale_factor": 1.1}, 12),
        ("Upsample", {"mode": "nearest", "size": [11], "scale_factor": None}, 6),
        ("Upsample", {"mode": "nearest-exact", "scale_factor": 1.7}, 6),
        ("MaxPool1d", {"kernel_size": 2, "stride": 3, "ceil_mode": True, "return_indices": True}, 6),
        ("AvgPool1d", {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}, 6),
    ],
)
def test_each_length_in_a_row_gives_what_torch_gives(kind, parameters, size, tmp_path):
    graph = with_axes(single(kind, parameters, [2, size]), {"x": ["-", "time"]})
    session = onnxruntime.InferenceSession(str(export_onnx(Document(graph), tmp_path / "a.onnx").path))
    module = compile_graph(graph).eval()
    for length in range(4, 40):
        x = torch.randn(2, 2, length, generator=torch.Generator().manual_seed(length))
        answers = module(x)
        found = session.run(None, {"x": x.numpy()})
        for one, other in zip(found, answers if isinstance(answers, tuple) else (answers,), strict=True):
            numpy.testing.assert_allclose(one, other.detach().numpy(), atol=1e-5)


def test_large_values_are_compared_by_their_digits(tmp_path):
    graph = with_axes(single("Power", {"exponent": 8.0}, [3]), {"x": ["time"]})
    assert export_onnx(Document(graph), tmp_path / "a.onnx").path.exists()
