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
        "MultiheadAttention 'tested' receives (batch, 5, 6): num_heads = 4 must divide the 6 numbers of the last axis.",
        "Use num_heads = 3",
    ),
    (
        "TransformerEncoder",
        {"nhead": 8},
        ([5, 4],),
        "TransformerEncoder 'tested' receives (batch, 5, 4): nhead = 8 must divide the 4 numbers of the last axis.",
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
        "DotAttention 'tested' receives (batch, 4) from 'x' at 'query' and (batch, 5, 6) from 'x 2' at 'keys': a query "
        "and a key need equally many numbers.",
        "Put a Linear with out_features = 4 after 'x 2'",
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
        "TransformerDecoder 'tested' receives (batch, 3, 8) from 'x' at 'tgt' and (batch, 5, 6) from 'x 2' at "
        "'memory': the steps of tgt and memory need equally many numbers.",
        "Put a Linear with out_features = 8 after 'x 2'",
    ),
    (
        "Transformer",
        {},
        ([3, 8], [5, 6]),
        "Transformer 'tested' receives (batch, 3, 8) from 'x' at 'src' and (batch, 5, 6) from 'x 2' at 'tgt': the "
        "steps of src and tgt need equally many numbers.",
        "Put a Linear with out_features = 8 after 'x 2'",
    ),
    (
        "MemoryRead",
        {},
        ([5, 3], [3], [4]),
        "MemoryRead 'tested' receives (batch, 5, 3) from 'x' at 'memory', (batch, 3) from 'x 2' at 'key' and "
        "(batch, 4) from 'x 3' at 'strength': the strength must be a single number, (batch, 1).",
        "Put a Linear with out_features = 1 after 'x 3'",
    ),
    (
        "MemoryWrite",
        {},
        ([5, 3], [3], None, None, [4]),
        "MemoryWrite 'tested' receives (batch, 5, 3) from 'x' at 'memory', (batch, 3) from 'x 2' at 'key' and "
        "(batch, 4) from 'x 5' at 'add': a slot of memory and add need equally many numbers.",
        "Put a Linear with out_features = 3 after 'x 5'",
    ),
    (
        "GatedResidual",
        {},
        ([6], [4]),
        "GatedResidual 'tested' receives (batch, 6) from 'x' at 'input' and (batch, 4) from 'x 2' at 'transformed': "
        "input and transformed need equally many numbers.",
        "Put a Linear with out_features = 6 after 'x 2'",
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
        ("MultiheadAttention", ([5, 8], [4, 8], [3, 8]), "keys and values need equally many steps"),
        ("DotAttention", ([6], [5, 6], [4, 6]), "keys and values need equally many steps"),
        (
            "MultiheadAttention",
            ([5, 8], None, [4, 8]),
            "without keys of their own, queries and values need equally many steps",
        ),
        ("GatedResidual", ([5, 6], [4, 6]), "input and transformed need the same shape"),
        ("GatedResidual", ([6], [6, 6]), "input and transformed need the same shape"),
    ],
)
def test_sequences_of_different_length_are_said_in_words(kind, shapes, words):
    (problem,) = check(Example(kind, {}, shapes).drawing())
    assert words in problem.message
