"""A kind with several inputs says which of them is wrong, and a click mends it."""

from __future__ import annotations

import pytest

from compiler import check, compile_graph
from tests.kind_examples.example import Example

CASES = [
    (
        "MultiheadAttention",
        {"num_heads": 4},
        ([5, 6],),
        "MultiheadAttention 'tested' receives (batch, 5, 6): num_heads = 4 must divide the 6 numbers of its last axis.",
        "Use num_heads = 3",
    ),
    (
        "TransformerEncoder",
        {"nhead": 8},
        ([5, 4],),
        "TransformerEncoder 'tested' receives (batch, 5, 4): nhead = 8 must divide the 4 numbers of its last axis.",
        "Use nhead = 4",
    ),
    (
        "TransformerEncoder",
        {},
        ([64],),
        "TransformerEncoder 'tested' receives (batch, 64), but needs a sequence for each sample: (batch, time, "
        "features).",
        "Make 'x' a sequence of 8 time steps with 8 numbers each",
    ),
    (
        "DotAttention",
        {},
        ([4], [5, 6]),
        "DotAttention 'tested' needs the numbers of a query and of a key to be equally many, but receives (batch, 4) "
        "from 'x' and (batch, 5, 6) from 'x 2'.",
        "Put a Linear with 4 outputs after 'x 2'",
    ),
    (
        "AdditiveAttention",
        {},
        ([4], [36]),
        "AdditiveAttention 'tested' receives (batch, 36) at its port 'keys', but needs a sequence for each sample: "
        "(batch, time, features).",
        "Make 'x 2' a sequence of 6 time steps with 6 numbers each",
    ),
    (
        "TransformerDecoder",
        {},
        ([3, 8], [5, 6]),
        "TransformerDecoder 'tested' needs the features of tgt and memory to be equally many, but receives "
        "(batch, 3, 8) from 'x' and (batch, 5, 6) from 'x 2'.",
        "Put a Linear with 8 outputs after 'x 2'",
    ),
    (
        "MemoryRead",
        {},
        ([5, 3], [3], [4]),
        "MemoryRead 'tested' receives (batch, 4) at its port 'strength', but needs one number for each sample: "
        "(batch, 1).",
        "Put a Linear with 1 output after 'x 3'",
    ),
    (
        "MemoryWrite",
        {},
        ([5, 3], [3], [1], [4], [3]),
        "MemoryWrite 'tested' needs the numbers of a slot of memory and of erase to be equally many, but receives "
        "(batch, 5, 3) from 'x' and (batch, 4) from 'x 4'.",
        "Put a Linear with 3 outputs after 'x 4'",
    ),
    (
        "GatedResidual",
        {},
        ([6], [4]),
        "GatedResidual 'tested' needs the numbers on the last axes of input and transformed to be equally many, but "
        "receives (batch, 6) from 'x' and (batch, 4) from 'x 2'.",
        "Put a Linear with 6 outputs after 'x 2'",
    ),
]


@pytest.mark.parametrize(("kind", "parameters", "shapes", "sentence", "fix"), CASES, ids=[case[0] for case in CASES])
def test_a_wrong_input_is_named_and_mended(kind, parameters, shapes, sentence, fix):
    graph = Example(kind, parameters, shapes).drawing()
    (problem,) = (one for one in check(graph) if one.severity == "error")
    assert problem.message == sentence
    assert problem.fixes[0].label == fix
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []
    compile_graph(graph)


@pytest.mark.parametrize(
    ("kind", "shapes", "words"),
    [
        ("MultiheadAttention", ([5, 8], [4, 8], [3, 8]), "the steps of key and value to be equally many"),
        ("DotAttention", ([6], [5, 6], [4, 6]), "the steps of keys and values to be equally many"),
        (
            "MultiheadAttention",
            ([5, 8], None, [4, 8]),
            "the steps of query and value, without keys,",
        ),
        ("GatedResidual", ([5, 6], [4, 6]), "the shapes of input and transformed to be equal"),
        ("GatedResidual", ([6], [6, 6]), "the shapes of input and transformed to be equal"),
    ],
)
def test_sequences_of_different_length_are_said_in_words(kind, shapes, words):
    (problem,) = check(Example(kind, {}, shapes).drawing())
    assert words in problem.message
