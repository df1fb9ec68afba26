"""Any name will do: the id made from it names a part of the compiled module and of the written source."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from compiler import compile_graph, to_source
from graph_model import Document, EditError, Graph
from graph_model.values import clean_name, identifier_from_name, is_usable_identifier
from tests.drawings import chain

TAKEN = sorted(
    {*dir(torch.nn.Module()), *dir(torch.fx.GraphModule), *dir(builtins), *keyword.kwlist, *keyword.softkwlist}
)
ODD = [
    "self",
    "torch",
    "nn",
    "math",
    "µ",
    "μ",
    "ﬁ",
    "ʰ",
    "Ⅳ",
    "网络",
    "é",
    "1",
    "_",
    "__init__",
    "😀",
    "a b",
    "x" * 100,
]


@given(st.text(min_size=1))
def test_any_text_is_refused_or_gives_a_usable_id(text):
    try:
        name = clean_name(text)
    except EditError:
        return
    assert is_usable_identifier(identifier_from_name(name))


@pytest.mark.parametrize("name", ODD)
def test_a_layer_of_any_name_runs_and_is_written(name):
    graph = chain(("Input", "data", {"shape": [4]}), ("Linear", name, {"activation": "ReLU"}), ("Output", "result", {}))
    assert compile_graph(graph)(torch.zeros(2, 4)).shape == (2, 32)
    compile(to_source(Document(graph)), "source", "exec")


def test_no_name_is_taken_by_torch_or_python():
    specs = [("Input", "data", {"shape": [4]}), *(("Linear", name, {"out_features": 4}) for name in TAKEN)]
    graph = chain(*specs, ("Output", "result", {}))
    module = compile_graph(graph)
    assert module(torch.zeros(2, 4)).shape == (2, 4)
    assert len(module.state_dict()) == 2 * len(TAKEN)
    compile(to_source(Document(graph)), "source", "exec")


def test_names_that_python_reads_as_one_are_two_layers():
    graph = Graph()
    ids = [graph.add("Linear", name=name).id for name in ("ﬁ", "fi", "µ", "μ")]
    assert len({unicodedata.normalize("NFKC", identifier) for identifier in ids}) == 4
