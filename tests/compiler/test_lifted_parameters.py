"""Places set parameters of what is inside them: at any depth, several at once, and whether a block is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from compiler import check, compile_graph, infer_shapes, to_source
from compiler.weights import collect_weights
from graph_model import Document, DocumentError, EditError, Graph, load_document, save_document
from graph_model.blocks import Definition, Lifted, SetDefinition
from graph_model.document_file import reader
from tests.block_drawings import between, define, residual_block

X = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


def lift(graph: Graph, name: str, *entries: tuple[str, str, str]) -> None:
    """Lift (name, node, parameter) from a body."""
    definition, body = graph.definitions.definition(f"@{name}"), graph.definitions.body(f"@{name}")
    lifted = tuple(Lifted(own, body.node_named(node).id, parameter) for own, node, parameter in entries)
    graph.apply(SetDefinition(replace(definition, lifted=lifted)))


def perceptron(graph: Graph) -> None:
    """A block "mlp": two layers, both of whose sizes are its parameter width."""
    body = define(graph, "mlp")
    x, first, second = body.add("BlockInput"), body.add("Linear", name="first"), body.add("Linear", name="second")
    body.connect(x, first)
    body.connect(first, second)
    body.connect(second, body.add("BlockOutput"))
    lift(graph, "mlp", ("width", "first", "out_features"), ("width", "second", "out_features"))


def stage(graph: Graph) -> None:
    """A block "stage" that holds a place of "mlp", with its width and how often it is repeated."""
    perceptron(graph)
    body = define(graph, "stage")
    x, inside = body.add("BlockInput"), body.add("@mlp", name="inside")
    body.connect(x, inside)
    body.connect(inside, body.add("BlockOutput"))
    lift(graph, "stage", ("size", "inside", "width"), ("depth", "inside", "repeat"))


def test_one_parameter_of_a_place_sets_several_nodes_inside():
    graph = Graph()
    perceptron(graph)
    between(graph, [6], ("@mlp", "a", {"width": 7}), ("@mlp", "b", {}))
    shapes = {name: array.shape for name, array in collect_weights(compile_graph(graph)).items()}
    assert shapes["a/first.weight"] == (7, 6)
    assert shapes["a/second.weight"] == (7, 7)
    assert shapes["b/second.weight"] == (32, 32)
    assert "'first' and out_features of 'second'" in graph.definitions.kind("@mlp").parameters["width"].meaning


def test_a_parameter_can_be_lifted_again_from_a_block_inside():
    graph = Graph()
    stage(graph)
    between(graph, [6], ("@stage", "a", {"size": 5, "depth": 3}), ("@stage", "b", {"size": 4}))
    assert check(graph) == []
    weights = collect_weights(compile_graph(graph))
    assert {name.rpartition("/")[0] for name in weights} == {"a/inside", "a/inside/2", "a/inside/3", "b/inside"}
    assert weights["a/inside/3/second.weight"].shape == (5, 5)
    assert infer_shapes(graph)["a", 0] == ("batch", 5)
    assert infer_shapes(graph)["b", 0] == ("batch", 4)


def test_what_is_lifted_twice_comes_back_from_a_file(tmp_path):
    graph = Graph()
    stage(graph)
    between(graph, [6], ("@stage", "a", {"size": 5, "depth": 3}))
    save_document(Document(graph), tmp_path / "a.json")
    read = load_document(tmp_path / "a.json").graph
    assert read.contents() == graph.contents()
    assert infer_shapes(read) == infer_shapes(graph)


def test_whether_a_lifted_block_is_applied_over_time_is_the_places_choice():
    graph = Graph()
    perceptron(graph)
    body = define(graph, "frames")
    x, inside = body.add("BlockInput"), body.add("@mlp", name="inside", width=3)
    body.connect(x, inside)
    body.connect(inside, body.add("BlockOutput"))
    lift(graph, "frames", ("direction", "inside", "over_time"))
    between(graph, [5, 6], ("@frames", "a", {"direction": "both"}), ("@frames", "b", {}))
    assert infer_shapes(graph)["a", 0] == ("batch", 5, 6)
    assert infer_shapes(graph)["b", 0] == ("batch", 5, 3)


def test_one_parameter_cannot_set_values_of_two_types():
    graph = Graph()
    perceptron(graph)
    with pytest.raises(EditError, match="'size' cannot set activation of 'second' too"):
        lift(graph, "mlp", ("size", "first", "out_features"), ("size", "second", "activation"))


def test_a_parameter_inside_can_be_lifted_once_only():
    graph = Graph()
    perceptron(graph)
    with pytest.raises(EditError, match="'b' is lifted already"):
        lift(graph, "mlp", ("a", "first", "bias"), ("b", "first", "bias"))


def test_what_is_lifted_from_a_parameter_that_an_inner_block_gave_up_is_gone_and_the_file_still_opens(tmp_path):
    graph = Graph()
    stage(graph)
    between(graph, [6], ("@stage", "a", {"size": 5, "depth": 2}))
    lift(graph, "mlp")
    assert "size" not in graph.definitions.kind("@stage").parameters
    assert infer_shapes(graph)["a", 0] == ("batch", 32)
    save_document(Document(graph), tmp_path / "a.json")
    assert infer_shapes(load_document(tmp_path / "a.json").graph)["a", 0] == ("batch", 32)


def test_a_block_that_is_repeated_0_times_is_left_out():
    graph = Graph()
    residual_block(graph)
    between(graph, [6], ("@residual", "a", {"repeat": 0}), ("@residual", "b", {}))
    assert check(graph) == []
    module = compile_graph(graph)
    weights = collect_weights(module)
    assert set(weights) == {"b/layer.weight", "b/layer.bias"}
    weight, bias = (torch.tensor(weights[f"b/layer.{name}"]) for name in ("weight", "bias"))
    torch.testing.assert_close(module(X), X + torch.relu(X @ weight.T + bias))
    assert infer_shapes(graph)["a", 0] == ("batch", 6)
    namespace: dict = {}
    exec(to_source(Document(graph)), namespace)
    assert "Network" in namespace


def test_a_place_decides_whether_a_block_inside_is_left_out():
    graph = Graph()
    stage(graph)
    between(graph, [6], ("@stage", "a", {"depth": 0}), ("@stage", "b", {"size": 3}))
    assert check(graph) == []
    weights = collect_weights(compile_graph(graph))
    assert {name.partition("/")[0] for name in weights} == {"b"}
    assert weights["b/inside/first.weight"].shape == (3, 6)


@pytest.mark.parametrize("nested", [False, True])
def test_a_block_with_more_outputs_than_inputs_cannot_be_left_out(nested):
    graph = Graph()
    body = define(graph, "two")
    x, layer = body.add("BlockInput", name="x"), body.add("Linear", name="layer", out_features=6)
    body.connect(x, layer)
    for name in ("y", "z"):
        body.connect(layer, body.add("BlockOutput", name=name))
    outer = define(graph, "outer")
    inside = outer.add("@two", name="inside", repeat=0 if nested else 1)
    outer.connect(outer.add("BlockInput"), inside)
    outer.connect(inside, outer.add("BlockOutput"), output=1)
    lift(graph, "outer", ("used", "inside", "repeat"))
    between(graph, [6], ("@outer", "a", {} if nested else {"used": 0}))
    (problem,) = check(graph)
    setting, place = ("repeat", "a/inside") if nested else ("used", "a")
    assert problem.message == (
        f"With {setting} = 0, '{place}' leaves out the block 'two', but no input could go on in the place of its "
        f"output 'z': let {setting} be at least 1."
    )
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_a_file_whose_blocks_would_become_too_many_nodes_is_refused_also_where_the_places_say_how_often(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(reader, "MOST_NODES", 1_000)
    graph = Graph()
    stage(graph)
    between(graph, [6], ("@stage", "a", {"depth": 400}))
    save_document(Document(graph), tmp_path / "a.json")
    with pytest.raises(DocumentError, match="With all its blocks it has"):
        load_document(tmp_path / "a.json")


def test_blocks_that_hold_each_other_twice_at_every_depth_are_counted_in_no_time(tmp_path):
    """2 to the power of 40 places of a block without contents."""
    graph = Graph()
    define(graph, "b0")
    for number in range(40):
        body = define(graph, f"b{number + 1}")
        body.add(f"@b{number}")
        body.add(f"@b{number}")
    graph.add("@b40")
    save_document(Document(graph), tmp_path / "a.json")
    with pytest.raises(DocumentError, match="at most 1000000 are accepted"):
        load_document(tmp_path / "a.json")


def test_what_says_which_ports_a_node_has_cannot_be_lifted():
    graph = Graph()
    body = define(graph, "pooled")
    pool = body.add("MaxPool2d", name="pool")
    lifted = (Lifted("places", pool.id, "return_indices"),)
    with pytest.raises(EditError, match="return_indices of 'pool' cannot be set by each place"):
        graph.apply(SetDefinition(Definition("@pooled", "pooled", lifted=lifted)))
    graph.apply(SetDefinition(Definition("@pooled", "pooled", lifted=(Lifted("field", pool.id, "kernel_size"),))))
