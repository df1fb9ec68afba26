"""Problems are said in words, once, where they begin, and their fixes mend them."""

from __future__ import annotations

import pytest

from compiler import check, infer_shapes
from graph_model import Graph
from tests.drawings import chain

IMAGE = ("Input", "image", {"shape": [1, 8, 8]})
VECTOR = ("Input", "x", {"shape": [64]})
SIGNAL = ("Input", "signal", {"shape": [3, 7]})
FEATURES = ("Input", "features", {"shape": [4, 6, 5]})
FILM = ("Input", "film", {"shape": [1, 4, 8, 8]})
PATCHES = ("Input", "patches", {"shape": [8, 16]})
END = ("Output", "y", {})


@pytest.mark.parametrize(
    ("middle", "start", "sentence"),
    [
        (("Linear", "hidden 2", {}), IMAGE, "Linear 'hidden 2' receives (batch, 1, 8, 8): put a Flatten before it."),
        (
            ("Conv2d", "c", {}),
            VECTOR,
            "Conv2d 'c' receives (batch, 64), but needs feature maps: (batch, channels, height, width).",
        ),
        (
            ("Conv2d", "c", {"kernel_size": 11}),
            IMAGE,
            "Conv2d 'c' receives (batch, 1, 8, 8): its kernel_size 11 is larger than that image.",
        ),
        (("MaxPool2d", "p", {"kernel_size": 2, "padding": 2}), IMAGE, "it can be at most half of kernel_size"),
        (
            ("MaxPool2d", "p", {"padding": 1, "kernel_size": 1}),
            IMAGE,
            "its padding is 1, and it can be at most half of",
        ),
        (("Conv2d", "c", {"dilation": 4}), IMAGE, "its kernel_size 3 with dilation 4×4 is larger than that image."),
        (("AvgPool1d", "p", {"kernel_size": 8}), SIGNAL, "its kernel_size 8 is larger than that signal."),
        (("Conv3d", "c", {"padding": 1, "kernel_size": 7}), FILM, "is larger than that volume with its padding."),
        (
            ("Conv2d", "c", {"padding": 8, "padding_mode": "reflect"}),
            IMAGE,
            "a border that mirrors the image can be at most 7×7 wide here, and padding asks for 8.",
        ),
        (("ReflectionPad1d", "p", {"padding": [1, 9]}), SIGNAL, "can be at most 6 wide here, and padding asks for 9."),
        (("CircularPad2d", "p", {"padding": 9}), IMAGE, "a border that repeats the image can be at most 8×8 wide"),
        (("ZeroPad2d", "p", {"padding": -4}), IMAGE, "its padding -4×-4 cuts off the whole image."),
        (
            ("ConvTranspose2d", "c", {"output_padding": 1}),
            IMAGE,
            "its output_padding 1 must be smaller than its stride or its dilation.",
        ),
        (("ConvTranspose2d", "c", {"padding": 9}), IMAGE, "its padding 9 cuts off the whole image that it would give."),
        (("ConvTranspose2d", "c", {"groups": 3}), IMAGE, "groups = 3 must divide both the channels that come"),
        (
            ("PixelShuffle", "p", {"upscale_factor": 3}),
            FEATURES,
            "its channels must be divisible by upscale_factor² = 9, and 4 are not.",
        ),
        (("PixelUnshuffle", "p", {"downscale_factor": 3}), IMAGE, "must be divisible by downscale_factor = 3."),
        (("ChannelShuffle", "s", {"groups": 3}), FEATURES, "groups = 3 must divide its 4 channels."),
        (("Unfold", "u", {"kernel_size": [2, 9]}), IMAGE, "its kernel_size [2, 9] is larger than that image."),
        (("Fold", "f", {}), SIGNAL, "axis 1 must be divisible by the 4 values of a field, which it is not."),
        (("Fold", "f", {}), PATCHES, "an image of 8×8 has 7 × 7 such fields, and 16 come."),
        (("Upsample", "u", {"mode": "linear"}), IMAGE, "but needs signals: (batch, channels, length)."),
        (("Upsample", "u", {"size": [4, 4]}), IMAGE, "it has a size and a scale_factor, and only one can hold."),
        (("Upsample", "u", {"scale_factor": None}), IMAGE, "it needs a size or a scale_factor."),
        (("Upsample", "u", {"scale_factor": 0.1}), IMAGE, "its scale_factor 0.1 leaves nothing of it."),
        (
            ("FractionalMaxPool2d", "p", {"output_ratio": 0.9, "kernel_size": 3}),
            FEATURES,
            "its kernel_size 3 is too large for 5×4 results from that image",
        ),
        (("FractionalMaxPool2d", "p", {"output_size": 3}), IMAGE, "it has an output_size and an output_ratio"),
        (("Conv2d", "c", {"groups": 3}), IMAGE, "groups = 3 must divide both the channels that come"),
        (("Flatten", "f", {"start_dim": 0}), VECTOR, "Flatten 'f' mixes the examples of a batch with each other."),
        (("PReLU", "p", {"num_parameters": 5}), VECTOR, "PReLU 'p' has 5 slopes: use 1, or the number of channels"),
        (
            ("LSTM", "l", {}),
            VECTOR,
            "LSTM 'l' receives (batch, 64), but needs a sequence for each sample: (batch, time, features).",
        ),
        (("Softmax", "s", {"dim": 3}), VECTOR, "Softmax 's' receives (batch, 64), which has no axis 3."),
        (("Neuron", "n", {}), IMAGE, "Neuron 'n' receives (batch, 1, 8, 8): a neuron takes single numbers or a vector"),
        (
            ("GroupNorm", "g", {"num_groups": 6}),
            VECTOR,
            "GroupNorm 'g' receives (batch, 64), but needs num_groups = 6 to divide the channels, into groups of",
        ),
        (
            ("LayerNorm", "n", {"normalized_shape": [4, 8]}),
            IMAGE,
            "LayerNorm 'n' receives (batch, 1, 8, 8), but needs normalized_shape = [4, 8] to be the sizes of its last",
        ),
        (
            ("RMSNorm", "n", {"normalized_shape": [4]}),
            VECTOR,
            "RMSNorm 'n' receives (batch, 64), but needs normalized_shape = [4] to be the sizes of its last axes.",
        ),
        (
            ("GLU", "g", {"dim": 1}),
            IMAGE,
            "GLU 'g' receives (batch, 1, 8, 8), but needs an even size along axis 1, which it halves.",
        ),
        (
            ("RReLU", "r", {"lower": 0.5, "upper": 0.25}),
            VECTOR,
            "RReLU 'r' receives (batch, 64), but needs lower = 0.5 that is not above upper = 0.25.",
        ),
        (("Hardtanh", "h", {"min_val": 2.0}), VECTOR, "needs min_val = 2 below max_val = 1."),
        (
            ("Embedding", "e", {"num_embeddings": 5, "padding_idx": 5}),
            VECTOR,
            "Embedding 'e' receives (batch, 64), but needs padding_idx = 5 to be one of its entries, 0 to",
        ),
        (
            ("InstanceNorm1d", "i", {}),
            ("Input", "x", {"shape": [3, 1]}),
            "InstanceNorm1d 'i' receives (batch, 3, 1), but needs more than one number in each channel",
        ),
        (("EmbeddingBag", "b", {}), IMAGE, "EmbeddingBag 'b' receives (batch, 1, 8, 8): put a Flatten before it."),
        (("LocalResponseNorm", "l", {}), VECTOR, "but needs (batch, channels, …) with one to three more axes."),
    ],
)
def test_a_mistake_is_said_in_a_students_words(middle, start, sentence):
    problems = check(chain(start, middle, END))
    assert len(problems) == 1
    assert sentence in problems[0].message
    assert problems[0].node == middle[1]
    assert problems[0].severity == "error"


@pytest.mark.parametrize(
    ("middle", "start"),
    [
        (("Linear", "h", {}), IMAGE),
        (("Conv2d", "c", {}), VECTOR),
        (("Conv2d", "c", {"kernel_size": 11}), IMAGE),
        (("Conv2d", "c", {"groups": 3}), IMAGE),
        (("Flatten", "f", {"start_dim": 0}), VECTOR),
        (("PReLU", "p", {"num_parameters": 5}), VECTOR),
        (("Softmax", "s", {"dim": 0}), VECTOR),
        (("MaxPool2d", "p", {"kernel_size": 2, "padding": 2}), IMAGE),
        (("Conv2d", "c", {"dilation": 4}), IMAGE),
        (("Conv3d", "c", {"padding": 1, "kernel_size": 7}), FILM),
        (("Conv2d", "c", {"padding": 8, "padding_mode": "reflect"}), IMAGE),
        (("ReflectionPad1d", "p", {"padding": [1, 9]}), SIGNAL),
        (("CircularPad2d", "p", {"padding": 9}), IMAGE),
        (("ZeroPad2d", "p", {"padding": -4}), IMAGE),
        (("ConvTranspose2d", "c", {"output_padding": 1}), IMAGE),
        (("ConvTranspose2d", "c", {"padding": 9}), IMAGE),
        (("ConvTranspose2d", "c", {"groups": 3}), IMAGE),
        (("PixelShuffle", "p", {"upscale_factor": 3}), FEATURES),
        (("PixelUnshuffle", "p", {"downscale_factor": 3}), IMAGE),
        (("ChannelShuffle", "s", {"groups": 3}), FEATURES),
        (("Unfold", "u", {"kernel_size": [2, 9]}), IMAGE),
        (("Fold", "f", {}), PATCHES),
        (("Upsample", "u", {"mode": "linear"}), IMAGE),
        (("Upsample", "u", {"size": [4, 4]}), IMAGE),
        (("Upsample", "u", {"scale_factor": None}), IMAGE),
        (("Upsample", "u", {"scale_factor": 0.1}), IMAGE),
        (("FractionalMaxPool2d", "p", {"output_ratio": 0.9, "kernel_size": 3}), FEATURES),
        (("FractionalMaxPool2d", "p", {"output_size": 3}), IMAGE),
        (("Neuron", "n", {}), IMAGE),
        (("LSTM", "l", {}), IMAGE),
        (("LSTM", "l", {}), VECTOR),
        (("LSTM", "l", {}), ("Input", "x", {"shape": [12]})),
        (("Softmax", "s", {"dim": 3}), VECTOR),
        (("GroupNorm", "g", {"num_groups": 6}), VECTOR),
        (("GroupNorm", "g", {"num_groups": 64}), VECTOR),
        (("LayerNorm", "n", {"normalized_shape": [4, 8]}), IMAGE),
        (("RMSNorm", "n", {"normalized_shape": [4]}), VECTOR),
        (("GLU", "g", {"dim": 1}), IMAGE),
        (("RReLU", "r", {"lower": 0.5, "upper": 0.25}), VECTOR),
        (("Hardtanh", "h", {"min_val": 2.0}), VECTOR),
        (("Embedding", "e", {"num_embeddings": 5, "padding_idx": 5}), VECTOR),
        (("EmbeddingBag", "b", {}), IMAGE),
    ],
)
def test_the_offered_fix_mends_it(middle, start):
    graph = chain(start, middle, END)
    (problem,) = check(graph)
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_different_shapes_at_an_add_are_listed_with_their_sources():
    graph = Graph()
    x = graph.add("Input", name="x", shape=[4])
    narrow, wide = graph.add("Linear", name="narrow", out_features=2), graph.add("Linear", name="wide", out_features=3)
    total = graph.add("Add", name="sum")
    for node in (narrow, wide):
        graph.connect(x, node)
        graph.connect(node, total)
    graph.connect(total, graph.add("Output"))
    assert [problem.message for problem in check(graph)] == [
        "Add 'sum' needs the same shape from all its wires, but receives (batch, 2) from 'narrow' and (batch, 3) from "
        "'wide'."
    ]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            "CosineSimilarity",
            "CosineSimilarity 'tested' needs the same shape from all its wires, but receives (batch, 4) from 'x' "
            "at 'x1' and (batch, 6) from 'other' at 'x2'.",
        ),
        (
            "Bilinear",
            "Bilinear 'tested' receives (batch, 4) from 'x' at 'input1' and (batch, 5, 6) from 'other' at 'input2', "
            "but needs two inputs that differ in their last axis only.",
        ),
    ],
)
def test_two_inputs_that_do_not_go_together_are_listed(kind, sentence):
    graph = Graph()
    shapes = {"x": [4], "other": [6] if kind == "CosineSimilarity" else [5, 6]}
    sources = [graph.add("Input", name=name, shape=shape) for name, shape in shapes.items()]
    node = graph.add(kind, name="tested")
    for number, source in enumerate(sources):
        graph.connect(source, node, input=number)
    graph.connect(node, graph.add("Output"))
    assert [problem.message for problem in check(graph)] == [sentence]


def test_only_the_first_faulty_node_of_a_chain_is_blamed():
    graph = chain(IMAGE, ("Linear", "a", {}), ("Linear", "b", {}), ("Linear", "c", {}), END)
    assert [problem.node for problem in check(graph)] == ["a"]


def test_an_element_that_the_source_does_not_have():
    graph = Graph()
    x, n = graph.add("Input", name="x", shape=[2]), graph.add("Neuron", name="n")
    graph.connect(x, n, element=5)
    graph.connect(n, graph.add("Output"))
    (problem,) = check(graph)
    assert "picks element 5, but 'x' gives 2 numbers: elements 0 to 1" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_tied_biases_that_differ_are_a_problem_that_can_be_mended():
    graph = Graph()
    x, y = graph.add("Input", name="x", shape=[2]), graph.add("Output", name="y")
    for name, bias in (("one", 0.5), ("other", 0.7)):
        neuron = graph.add("Neuron", name=name, bias=bias, bias_tie="b")
        graph.connect(x, neuron)
        graph.connect(neuron, y)
    (problem,) = check(graph)
    assert "'other' is tied as 'b' to that of 'one', so they must agree, but 'other' has bias = 0.7, not 0.5" in str(
        problem
    )
    for fix in problem.fixes:
        mended = graph.copy()
        mended.apply(fix.edit)
        assert check(mended) == []


def test_wires_that_are_tied_must_carry_equally_many_weights():
    graph = Graph()
    x, n = graph.add("Input", name="x", shape=[2]), graph.add("Neuron", name="n")
    graph.connect(x, n, tie="t")
    graph.connect(x, n, element=0, tie="t")
    graph.connect(n, graph.add("Output"))
    (problem,) = check(graph)
    assert "is tied as 't' to wires that carry another number of weights" in str(problem)
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_structure_is_checked_first():
    assert [problem.message for problem in check(Graph())] == ["The drawing is empty: place an Input to begin."]
    graph = chain(VECTOR, ("Linear", "h", {}))
    (problem,) = check(graph)
    assert "There is no Output" in problem.message
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_a_node_that_leads_nowhere_is_a_warning_and_the_drawing_still_runs():
    graph = chain(VECTOR, ("Linear", "h", {}), END)
    graph.connect(graph.node_named("x"), graph.add("Linear", name="idle"))
    (problem,) = check(graph)
    assert (problem.severity, problem.node) == ("warning", "idle")


def test_shapes_are_inferred_as_far_as_they_can_be():
    graph = chain(IMAGE, ("Conv2d", "c", {"padding": 1}), ("Linear", "h", {}), END)
    assert infer_shapes(graph) == {("image", 0): ("batch", 1, 8, 8), ("c", 0): ("batch", 16, 8, 8)}
