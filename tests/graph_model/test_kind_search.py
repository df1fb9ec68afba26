"""Kinds are found by their names, by other names, and by what they are."""

from __future__ import annotations

import pytest

from graph_model import kinds
from graph_model.kind_search import matching_kinds


def found(query: str) -> list[str]:
    return [kind.name for kind in matching_kinds(query, kinds().values())]


def test_an_empty_query_finds_all_in_their_order():
    assert found(" ") == list(kinds())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dense", "Linear"),
        ("fully connected", "Linear"),
        ("concatenate", "Concat"),
        ("residual connection", "Add"),
        ("swish", "SiLU"),
        ("transpose", "Permute"),
        ("neural turing", "ExternalMemory"),
        ("lstm", "LSTM"),
        ("batch norm", "BatchNorm1d"),
        ("conv", "Conv1d"),
        ("bn2", "BatchNorm2d"),
        ("max pooling", "MaxPool1d"),
    ],
)
def test_the_best_match_is_first(query, first):
    assert found(query)[0] == first


def test_a_name_counts_more_than_another_name_and_that_more_than_the_description():
    names = found("sum")
    assert names[:2] == ["Sum", "Add"]
    assert names.index("Add") < names.index("Neuron"), "only the description of Neuron has the word"


def test_scattered_letters_count_only_where_nothing_better_is_found():
    assert found("bn3") == ["BatchNorm3d"]
    assert "PositionalEncoding" not in found("pool"), "P, o, o and l stand in it in this order"


def test_a_family_is_found_whole():
    members = {kind.name for kind in kinds().values() if kind.family == "Normalization"}
    assert members <= set(found("normalization"))


def test_nothing_is_found_for_what_is_not_there():
    assert found("zzzz") == []


def test_other_names_are_small_distinct_and_no_kind_s_own():
    names = {name.casefold() for name in kinds()}
    for kind in kinds().values():
        assert 1 <= len(kind.also_called) == len(set(kind.also_called)), kind.name
        for other in kind.also_called:
            assert other == other.casefold()
            assert other not in names or other in ("sum", "embedding", "distance"), (kind.name, other)
