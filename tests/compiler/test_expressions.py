"""Random formulas compute what NumPy computes for the same text."""

from __future__ import annotations

import numpy
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compiler import compile_graph
from graph_model import Graph
from graph_model.formula import DEEPEST_FORMULA, LONGEST_FORMULA, read_formula

NAMES = "acx"
NUMPY = {
    "exp": numpy.exp,
    "log": numpy.log,
    "sqrt": numpy.sqrt,
    "abs": numpy.abs,
    "sin": numpy.sin,
    "cos": numpy.cos,
    "tanh": numpy.tanh,
    "sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "relu": lambda x: numpy.maximum(x, 0),
    "softplus": lambda x: numpy.log(1 + numpy.exp(x)),
    "minimum": numpy.minimum,
    "maximum": numpy.maximum,
    "pi": numpy.pi,
}

LEAVES = st.sampled_from([*NAMES, *NAMES, "0.5", "1", "2", "1.5e-1", "pi"])


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas made of smaller ones whose values stay moderate, so that the last digits do not decide."""
    pairs = st.tuples(parts, parts)
    return st.one_of(
        st.tuples(parts, st.sampled_from("+-*"), parts).map("({0[0]} {0[1]} {0[2]})".format),
        st.tuples(parts, st.sampled_from("+-"), parts).map("{0[0]}{0[1]}{0[2]}".format),
        pairs.map("({0[0]})/(2 + ({0[1]})**2)".format),
        st.tuples(parts, st.integers(0, 3)).map("({0[0]})**{0[1]}".format),
        parts.map("-({})".format),
        st.tuples(st.sampled_from(["exp", "sin", "cos", "sigmoid", "softplus"]), parts).map(
            "{0[0]}(tanh({0[1]}))".format
        ),
        parts.map("log(1 + abs({}))".format),
        parts.map("sqrt(1 + abs({}))".format),
        parts.map("relu({})".format),
        pairs.map("maximum({0[0]}, {0[1]})".format),
        pairs.map("minimum({0[0]}, {0[1]})".format),
    )


@settings(max_examples=60)
@given(st.recursive(LEAVES, larger, max_leaves=8))
def test_random_formulas_agree_with_numpy(text):
    text = f"{text} + 0 * a"
    assume(len(text) <= LONGEST_FORMULA and text.count("(") <= DEEPEST_FORMULA // 2)
    inputs = read_formula(text).inputs
    arrays = dict(zip(inputs, numpy.random.default_rng(0).normal(size=(len(inputs), 3, 4)), strict=True))
    graph = Graph()
    node = graph.add("Expression", name="e", expression=text)
    for number, name in enumerate(inputs):
        graph.connect(graph.add("Input", name=name, shape=[4]), node, input=number)
    graph.connect(node, graph.add("Output"))
    found = compile_graph(graph).double()(*(torch.from_numpy(array) for array in arrays.values()))
    expected = eval(text, {"__builtins__": {}}, {**NUMPY, **arrays})
    numpy.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-9)
