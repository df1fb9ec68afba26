"""Axes of any length: shapes follow them by name, and what needs one length says so."""

from __future__ import annotations

import onnxruntime
import pytest
import torch

from compiler import check, compile_graph, export_onnx, infer_shapes, to_source
from compiler.axis_texts import Samples, axis_text
from compiler.dynamic_axes import lengths_of
from compiler.length_words import input_lengths, lengths_taken
from compiler.program import lower
from graph_model import Document, EditError, Graph, load_document, save_document
from graph_model.edits import SetParameters
from tests.block_drawings import define, everything
from tests.drawings import chain
from tests.kind_examples import each_example


def sequence(*kinds: tuple[str, str, dict[str, object]], shape: tuple[int, ...] = (10, 8), axes: str = "time") -> Graph:
    return chain(("Input", "x", {"shape": list(shape), "dynamic_axes": axes}), *kinds, ("Output", "y", {}))


def messages(graph: Graph) -> list[str]:
    return [problem.message for problem in check(graph)]


def test_shapes_bear_the_name_of_the_axis():
    graph = sequence(
        ("LSTM", "lstm", {"hidden_size": 16}), ("LastStep", "last", {}), ("Linear", "c", {"out_features": 3})
    )
    shapes = infer_shapes(graph)
    assert shapes["x", 0] == ("batch", "time", 8)
    assert shapes["lstm", 0] == ("batch", "time", 16)
    assert shapes["c", 0] == ("batch", 3)
    assert messages(graph) == []


@pytest.mark.parametrize(
    ("kind", "parameters", "text"),
    [
        ("Conv1d", {"out_channels": 4, "kernel_size": 3}, "time − 2"),
        ("Conv1d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}, "⌊(time + 1)/2⌋"),
        ("MaxPool1d", {"kernel_size": 3}, "⌊time/3⌋"),
        ("Upsample", {"scale_factor": 2.0}, "2·time"),
        ("ConvTranspose1d", {"out_channels": 2, "kernel_size": 3, "stride": 2}, "2·time + 1"),
        ("AdaptiveAvgPool1d", {"output_size": 5}, "5"),
    ],
)
def test_sizes_are_formulas_of_the_length(kind, parameters, text):
    graph = sequence((kind, "k", parameters), shape=(8, 20), axes="-, time")
    assert str(infer_shapes(graph)["k", 0][2]) == text


def test_several_axes_multiply_and_add():
    flat = sequence(("Flatten", "f", {}), shape=(3, 4, 5), axes="-, height, width")
    assert infer_shapes(flat)["f", 0] == ("batch", "3·height·width")
    graph = Graph()
    joined = graph.add("Concat", name="both", dim=1)
    for name, length in (("question", 7), ("answer", 5)):
        graph.connect(graph.add("Input", name=name, shape=[length, 4], dynamic_axes=name), joined)
    graph.connect(joined, graph.add("Output", name="y"))
    assert infer_shapes(graph)["both", 0] == ("batch", "question + answer", 4)


def test_a_network_that_halves_and_doubles_takes_even_lengths():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[3, 16, 16], dynamic_axes="-, height, width")
    pool, up = graph.add("MaxPool2d", name="pool", kernel_size=2), graph.add("Upsample", name="up", scale_factor=2)
    joined = graph.add("Concat", name="joined")
    for source, target in ((x, pool), (pool, up), (x, joined), (up, joined), (joined, graph.add("Output", name="y"))):
        graph.connect(source, target)
    assert messages(graph) == []
    assert infer_shapes(graph)["pool", 0] == ("batch", 3, "height/2", "width/2")
    assert lengths_of(lower(graph)).steps == {"height": 2, "width": 2}


def test_what_needs_other_weights_says_so_and_its_fix_gives_the_axis_one_length():
    graph = sequence(("Flatten", "f", {}), ("Linear", "c", {"out_features": 3}))
    (problem,) = check(graph)
    assert (problem.severity, problem.node) == ("error", "c")
    assert "Linear 'c' would need other weights for each" in problem.message
    assert "(batch, 88)" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert messages(graph) == []
    assert graph.node_named("x").parameters["dynamic_axes"] == ""


@pytest.mark.parametrize("element", [0, None])
def test_neurons_take_no_numbers_of_an_axis_of_any_length(element):
    """Where an element lies among all that arrives would depend on the length."""
    graph = Graph()
    x, n = graph.add("Input", name="x", shape=[1], dynamic_axes="n"), graph.add("Neuron", name="neuron")
    graph.connect(x, n, element=element)
    graph.connect(n, graph.add("Output"))
    (problem,) = check(graph)
    assert "'n' cannot have any length: Neuron 'neuron' takes numbers one by one" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert messages(graph) == []


def test_what_does_not_fit_at_another_length_says_which():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[10, 8], dynamic_axes="time")
    places, added = graph.add("Parameter", name="places", shape=[10, 8]), graph.add("Add", name="sum")
    graph.connect(x, added)
    graph.connect(places, added)
    graph.connect(added, graph.add("Output", name="y"))
    (message,) = messages(graph)
    assert message.startswith("The axis 'time' cannot have any length. At 11 instead of 10: Add 'sum'")


def test_blocks_over_time_take_any_length(tmp_path):
    graph = everything()
    graph.set(graph.node_named("x"), dynamic_axes="time")
    assert messages(graph) == []
    assert infer_shapes(graph)["cell", 0] == ("batch", "time", 12)
    module = compile_graph(graph).eval()
    assert module(torch.randn(2, 9, 6)).shape == module(torch.randn(2, 4, 6)).shape
    assert export_onnx(Document(graph), tmp_path / "a.onnx").max_abs_difference < 1e-5
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"))
    assert session.get_inputs()[0].shape == ["batch", "time", 6]


def test_a_fault_inside_a_block_over_time_is_named_there():
    """The body weighs all that the encoder gave, at every step."""
    graph = Graph()
    body = define(graph, "decoder")
    x, seen = body.add("BlockInput", name="x"), body.add("BlockInput", name="seen", over_time=False)
    flat, weighed, added = body.add("Flatten"), body.add("Linear", name="weighed", out_features=8), body.add("Add")
    ends = ((seen, flat), (flat, weighed), (weighed, added), (x, added), (added, body.add("BlockOutput")))
    for source, target in ends:
        body.connect(source, target)
    place = graph.add("@decoder", name="decoder", over_time="forward")
    graph.connect(graph.add("Input", name="x", shape=[6, 8]), place, input=0)
    graph.connect(graph.add("Input", name="seen", shape=[5, 4], dynamic_axes="length"), place, input=1)
    graph.connect(place, graph.add("Output"))
    (message,) = messages(graph)
    assert "'length' cannot have any length" in message
    assert "Linear 'decoder/weighed' would need other weights for each. At 6 it receives (batch, 24)" in message


def test_axes_of_one_name_have_one_length():
    graph = Graph()
    joined = graph.add("Concat", name="both")
    for name, length in (("a", 7), ("b", 5)):
        graph.connect(graph.add("Input", name=name, shape=[length, 4], dynamic_axes="time"), joined)
    graph.connect(joined, graph.add("Output", name="y"))
    assert any("axes of one name have one length" in message for message in messages(graph))


def test_more_names_than_axes_are_refused():
    assert "names 3 axes, but a sample of shape [10, 8] has 2" in messages(sequence(axes="a, b, c"))[0]


@pytest.mark.parametrize("bad", ["time, time", "batch", "two words", "1st", ",", 3])
def test_names_that_are_none_are_refused(bad):
    with pytest.raises(EditError, match="dynamic_axes must be"):
        Graph().add("Input", dynamic_axes=bad)


@pytest.mark.parametrize(("written", "kept"), [(" time ", "time"), ("-,height", "-, height"), ("-, -", ""), ("", "")])
def test_names_are_kept_in_one_form(written, kept):
    graph = Graph()
    assert graph.add("Input", shape=[2, 3], dynamic_axes=written).parameters["dynamic_axes"] == kept


@pytest.mark.parametrize("example", each_example())
def test_what_is_accepted_runs_at_other_lengths_as_module_and_as_source(example):
    """The module that was made for one length gives the inferred shapes at others, and so does the source."""
    for name, rank in [
        (node.name, len(node.parameters["shape"])) for node in example.drawing().nodes() if node.kind == "Input"
    ]:
        for axis in range(rank):
            graph = example.drawing()
            graph.apply(SetParameters(graph.node_named(name).id, {"dynamic_axes": ", ".join(["-"] * axis + ["n"])}))
            if any(problem.severity == "error" for problem in check(graph)):
                continue
            (length, other), *_ = lengths_of(lower(graph)).samples().items()
            module = compile_graph(graph, seed=3).eval()
            source: dict[str, object] = {"__name__": "source"}
            exec(compile(to_source(Document(graph)), "source", "exec"), source)
            network = source["Network"]().eval()  # type: ignore[operator]
            network.load_state_dict(module.state_dict())
            inputs = [torch.rand(3, *given.shape) for given in other.inputs]
            torch.manual_seed(0)
            found = module(*inputs)
            torch.manual_seed(0)
            again = network(*inputs)
            for step, one, two in zip(
                other.outputs,
                found if isinstance(found, tuple) else (found,),
                again if isinstance(again, tuple) else (again,),
                strict=True,
            ):
                assert tuple(one.shape) == (3, *step.input_shapes[0][1:]), length
                torch.testing.assert_close(one, two, equal_nan=True)


def test_a_document_keeps_them(tmp_path):
    save_document(Document(sequence(("LSTM", "lstm", {}))), tmp_path / "a.gradcanvas")
    graph = load_document(tmp_path / "a.gradcanvas").graph
    assert infer_shapes(graph)["lstm", 0][1] == "time"


def test_formulas_without_a_simple_form_are_functions():
    assert axis_text(7, {"n": Samples((5, 6, 7), (7, 3, 9))}) == "f(n)"
    assert axis_text(25, {"n": Samples((5, 6, 7), (25, 36, 49))}) == "n²"
    assert axis_text(4, {"n": Samples((5, 6, 7), (4, 4, 4))}) == "4"


@pytest.mark.parametrize(
    ("drawn", "step", "said"),
    [
        (20, 1, "any length"),
        (20, 2, "any even length"),
        (21, 2, "any odd length"),
        (32, 8, "any multiple of 8"),
        (33, 4, "33, 37, 41, …"),
    ],
)
def test_the_lengths_that_work_are_said_in_words(drawn, step, said):
    assert lengths_taken(drawn, step) == said


def test_an_input_says_what_each_of_its_axes_takes():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[3, 16, 16], dynamic_axes="-, height, width")
    down, up = graph.add("MaxPool2d", name="down", kernel_size=2), graph.add("Upsample", name="up", scale_factor=2.0)
    both = graph.add("Concat", name="both", dim=1)
    graph.connect(x, down)
    graph.connect(down, up)
    graph.connect(x, both)
    graph.connect(up, both)
    graph.connect(both, graph.add("Output", name="y"))
    said = input_lengths(lengths_of(lower(graph)), x.id)
    assert said == ["height: any even length, drawn with 16", "width: any even length, drawn with 16"]
