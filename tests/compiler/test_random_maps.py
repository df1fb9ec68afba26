"""Any layer of maps with any parameters: it runs as inferred, or its problem is said in words and mended."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import check, compile_graph, infer_shapes
from graph_model import kinds
from tests.kind_examples.example import Example, y_name
from tests.random_parameters import value_of

FILES = (
    "convolution",
    "transposed_convolution",
    "pooling",
    "adaptive_pooling",
    "fractional_pooling",
    "unpooling",
    "padding",
    "resampling",
    "rearranging",
)
KINDS = [kind for kind in kinds().values() if type(kind).__module__.rpartition(".")[2] in FILES]
LEFT_OUT = ("activation", "weight_init", "weight_init_std", "weight_init_value", "trainable")


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """A kind between Inputs of a rank that some choice of its parameters takes."""
    kind = draw(st.sampled_from(KINDS))
    names = [name for name in kind.parameters if name not in LEFT_OUT]
    chosen = draw(st.lists(st.sampled_from(names), unique=True))
    random = draw(st.randoms(use_true_random=False))
    parameters = {name: value_of(random, kind.parameters[name]) for name in chosen}
    rank = draw(st.sampled_from(kind.needs.ranks))
    shape = [
        draw(st.sampled_from((1, 2, 3, 4, 6, 8, 9))),
        *draw(st.lists(st.integers(1, 8), min_size=rank - 2, max_size=rank - 2)),
    ]
    return Example(kind.name, parameters, (shape,) * len(kind.inputs), vocabulary=1)


@settings(max_examples=200, deadline=None)
@given(examples())
def test_it_runs_as_inferred_or_is_refused_in_words(example):
    graph = example.drawing()
    problems = [problem for problem in check(graph) if problem.severity == "error"]
    if problems:
        assert "with its present parameters" not in problems[0].message
        for _ in range(6):
            fixes = [fix for problem in check(graph) for fix in problem.fixes]
            if not fixes:
                break
            graph.apply(fixes[0].edit)
        else:
            raise AssertionError("the fixes never end")
        return
    inferred = infer_shapes(graph)
    for training in (True, False):
        outputs = compile_graph(graph).train(training)(*example.samples(2))
        for number, output in enumerate(outputs if isinstance(outputs, tuple) else (outputs,)):
            assert ("batch", *output.shape[1:]) == inferred[y_name(number), 0]
            assert output.dtype == torch.float32
