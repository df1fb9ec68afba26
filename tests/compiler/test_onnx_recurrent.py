"""An LSTM of other hands is drawn if torch's can compute it, and refused in a sentence if not."""

from __future__ import annotations

from typing import Any

import numpy
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from compiler import compile_graph, export_onnx, import_onnx
from compiler.weights import collect_weights
from graph_model import Document, DocumentError
from tests.drawings import chain

TIME, FEATURES, HIDDEN = 5, 3, 4
TRANSPOSE = helper.make_node("Transpose", ["x"], ["xt"], perm=[1, 0, 2])


def model_of(
    directions: int = 1,
    inputs: tuple[str, ...] = ("xt", "W", "R", "B"),
    outputs: tuple[str, ...] = ("Y",),
    after: tuple[Any, ...] = (),
    before: tuple[Any, ...] = (TRANSPOSE,),
    **attributes: Any,
) -> onnx.ModelProto:
    """Transpose, LSTM, and what follows; `y` is the output."""
    generator = numpy.random.default_rng(0)
    shapes = {
        "W": (directions, 4 * HIDDEN, FEATURES),
        "R": (directions, 4 * HIDDEN, HIDDEN),
        "B": (directions, 8 * HIDDEN),
        "P": (directions, 3 * HIDDEN),
        "ones": (directions, 1, HIDDEN),
    }
    arrays = {name: generator.normal(size=shape).astype("f4") for name, shape in shapes.items()}
    arrays["zeros"] = numpy.zeros((directions, 1, HIDDEN), dtype="f4")
    arrays["lengths"] = numpy.array([TIME], dtype="i4")
    arrays["one"] = numpy.array([1], dtype="i8")
    arrays["both"] = numpy.array([0, 0, -1], dtype="i8")
    attributes.setdefault("hidden_size", HIDDEN)
    node = helper.make_node("LSTM", list(inputs), list(outputs), name="reader", **attributes)
    used = {name for one in (*before, node, *after) for name in one.input}
    graph = helper.make_graph(
        [*before, node, *after],
        "made by hand",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", TIME, FEATURES])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "time", "n"])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items() if name in used],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


SQUEEZED = (
    helper.make_node("Squeeze", ["Y", "one"], ["h"]),
    helper.make_node("Transpose", ["h"], ["y"], perm=[1, 0, 2]),
)
BY_BATCH = (
    helper.make_node("Transpose", ["Y"], ["h"], perm=[2, 0, 1, 3]),
    helper.make_node("Reshape", ["h", "both"], ["y"]),
)


@pytest.mark.parametrize(
    ("model", "batch"),
    [
        (model_of(after=SQUEEZED), 4),
        (model_of(after=BY_BATCH), 4),
        (model_of(2, after=BY_BATCH, direction="bidirectional"), 4),
        (model_of(inputs=("xt", "W", "R"), after=SQUEEZED, activations=["Sigmoid", "Tanh", "Tanh"]), 4),
        (model_of(inputs=("xt", "W", "R", "B", "", "zeros", "zeros"), after=SQUEEZED), 1),
    ],
)
def test_it_computes_what_onnxruntime_computes(model, batch, tmp_path):
    onnx.save(model, tmp_path / "a.onnx")
    document = import_onnx(tmp_path / "a.onnx")
    assert [node.kind for node in document.graph.nodes()] == ["Input", "LSTM", "Output"]
    x = torch.randn(batch, TIME, FEATURES)
    (expected,) = onnxruntime.InferenceSession(str(tmp_path / "a.onnx")).run(None, {"x": x.numpy()})
    found = compile_graph(document.graph, weights=document.weights).eval()(x)
    numpy.testing.assert_allclose(found.detach().numpy(), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (model_of(after=SQUEEZED, direction="reverse"), "it reads in the direction 'reverse' only"),
        (model_of(after=SQUEEZED, activations=["Relu", "Tanh", "Tanh"]), "other functions than sigmoid and tanh"),
        (model_of(after=SQUEEZED, clip=1.0), "its values are clipped"),
        (model_of(after=SQUEEZED, input_forget=1), "its input and forget gate are coupled"),
        (model_of(inputs=("xt", "W", "R", "B", "", "ones"), after=SQUEEZED), "its initial_h is not 0"),
        (model_of(inputs=("xt", "W", "R", "B", "", "zeros", "ones"), after=SQUEEZED), "its initial_c is not 0"),
        (model_of(inputs=("xt", "W", "R", "B", "", "", "", "P"), after=SQUEEZED), "or peepholes"),
        (model_of(inputs=("xt", "W", "R", "B", "lengths"), after=SQUEEZED), "sequences of several lengths"),
        (
            model_of(outputs=("", "last"), after=(helper.make_node("Squeeze", ["last", "one"], ["y"]),)),
            "its last state is used elsewhere",
        ),
        (model_of(inputs=("x", "W", "R", "B"), before=(), after=SQUEEZED), "its axes must come as (time, batch"),
        (
            model_of(after=(helper.make_node("Squeeze", ["Y", "one"], ["y"]),)),
            "'y' takes a sequence whose axes are ordered (time, batch, features)",
        ),
        (
            model_of(after=(*SQUEEZED[:1], helper.make_node("Relu", ["h"], ["y"], name="bent"))),
            "'bent' takes a sequence whose axes are ordered (time, batch, features)",
        ),
        (
            model_of(2, direction="bidirectional", after=(helper.make_node("Squeeze", ["Y", "one"], ["y"]),)),
            "an axis can be dropped only behind a recurrent layer of one direction",
        ),
        (
            model_of(2, direction="bidirectional", after=(helper.make_node("Reshape", ["Y", "both"], ["y"]),)),
            "a reshape of (time, direction, batch, features) to [0, 0, -1] has no counterpart",
        ),
        (
            model_of(before=(helper.make_node("Transpose", ["x"], ["xt"], perm=[2, 0, 1]),), after=SQUEEZED),
            "its axes must come as (time, batch",
        ),
    ],
)
def test_what_torchs_lstm_does_not_have_is_named(model, sentence, tmp_path):
    onnx.save(model, tmp_path / "a.onnx")
    with pytest.raises(DocumentError) as caught:
        import_onnx(tmp_path / "a.onnx")
    assert sentence in str(caught.value)


def test_the_layers_of_an_lstm_come_back_one_by_one(tmp_path):
    graph = chain(
        ("Input", "x", {"shape": [TIME, FEATURES]}),
        ("LSTM", "reader", {"hidden_size": HIDDEN, "num_layers": 2, "bidirectional": True}),
        ("Flatten", "flat", {}),
        ("Linear", "answer", {"out_features": 3}),
        ("Output", "y", {}),
    )
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=4)))
    export_onnx(document, tmp_path / "a.onnx")
    back = import_onnx(tmp_path / "a.onnx")
    kinds = [(node.kind, node.name) for node in back.graph.nodes()]
    assert kinds == [
        ("Input", "x"),
        ("LSTM", "reader"),
        ("LSTM", "reader 2"),
        ("Flatten", "flat"),
        ("Linear", "answer"),
        ("Output", "y"),
    ]
    x = torch.randn(3, TIME, FEATURES)
    before = compile_graph(graph, weights=document.weights).eval()(x)
    after = compile_graph(back.graph, weights=back.weights).eval()(x)
    torch.testing.assert_close(after, before, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("RNN", {}),
        ("RNN", {"nonlinearity": "relu", "bidirectional": True}),
        ("GRU", {"bias": False}),
        ("GRU", {"num_layers": 2, "bidirectional": True}),
        ("LSTM", {"forget_bias": 1.0}),
    ],
)
def test_a_layer_whose_states_are_not_used_comes_back(kind, parameters, tmp_path):
    graph = chain(
        ("Input", "x", {"shape": [TIME, FEATURES]}),
        (kind, "reader", {"hidden_size": HIDDEN, **parameters}),
        ("Flatten", "flat", {}),
        ("Output", "y", {}),
    )
    document = Document(graph, weights=collect_weights(compile_graph(graph, seed=4)))
    export_onnx(document, tmp_path / "a.onnx")
    back = import_onnx(tmp_path / "a.onnx")
    assert [node.kind for node in back.graph.nodes()][1] == kind
    x = torch.randn(3, TIME, FEATURES)
    before = compile_graph(graph, weights=document.weights).eval()(x)
    after = compile_graph(back.graph, weights=back.weights).eval()(x)
    torch.testing.assert_close(after, before, atol=1e-6, rtol=0)


def test_a_gru_that_resets_before_its_weights_is_refused(tmp_path):
    model = model_of(after=SQUEEZED)
    gates = {"W": 3 * HIDDEN, "R": 3 * HIDDEN, "B": 6 * HIDDEN}
    for array in model.graph.initializer:
        if array.name in gates:
            values = numpy_helper.to_array(array)[:, : gates[array.name]]
            array.CopyFrom(numpy_helper.from_array(values, array.name))
    model.graph.node[1].op_type = "GRU"
    onnx.save(model, tmp_path / "a.onnx")
    with pytest.raises(DocumentError, match="its reset gate comes before the weights of the state"):
        import_onnx(tmp_path / "a.onnx")
