"""Damaged parts of drawings and notes in ONNX files are refused in a sentence, or taken as what they then say."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import onnx
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import check, compile_graph, import_onnx
from compiler.onnx.export import make_model
from compiler.program import lower
from compiler.weights import collect_weights
from graph_model import Document, DocumentError, EditError, ExportError, Graph
from graph_model.document import WithWeights
from graph_model.fragment import copy_fragment, paste_edit
from tests.compiler.test_random_lengths import mend_lengths, name_axes
from tests.graph_model.test_random_documents import damage
from tests.random_catalogue import drawings

CHANCE = st.randoms(use_true_random=False)
SIZES = (0, -1, 1, 7, 10**12)
NAMES = ("batch", "", "-", "two words", "1", "time,x", "ü")


def assert_runs_or_says_why_not(graph: Graph, weights: dict[str, Any]) -> None:
    """A drawing without errors compiles with whatever weights came along."""
    if not [problem for problem in check(graph) if problem.severity == "error"]:
        compile_graph(graph, weights=weights)


@settings(max_examples=12)
@given(drawings(), CHANCE)
def test_a_damaged_part_of_a_drawing_is_refused_in_a_sentence_or_pasted(graph, random):
    weights = collect_weights(compile_graph(graph))
    chosen = [node.id for node in graph.nodes() if random.random() < 0.8]
    fragment = copy_fragment(graph, chosen, weights)
    for _ in range(3):
        data = json.loads(json.dumps(fragment))
        damage(random, data)
        document = Document(Graph("other"))
        with contextlib.suppress(EditError):
            pasted = paste_edit(document.graph, data)
            document.apply(WithWeights(pasted.edit, pasted.weights))
        assert_runs_or_says_why_not(document.graph, document.weights)


@settings(max_examples=12)
@given(drawings(), CHANCE)
def test_damaged_notes_and_axes_of_an_onnx_file_are_refused_in_a_sentence_or_read(graph, random):
    name_axes(random, graph)
    mend_lengths(graph)
    document = Document(graph, weights=collect_weights(compile_graph(graph)))
    try:
        model = make_model(lower(graph), document.weights, document)
    except ExportError:
        return
    for _ in range(3):
        damaged = onnx.ModelProto()
        damaged.CopyFrom(model)
        damage_model(random, damaged)
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(DocumentError):
            path = Path(folder) / "a.onnx"
            path.write_bytes(damaged.SerializeToString())
            read = import_onnx(path)
            assert_runs_or_says_why_not(read.graph, read.weights)


def damage_model(random: Random, model: onnx.ModelProto) -> None:
    """Change a note, or an axis of an input."""
    notes = [entry for entry in model.metadata_props if entry.key.startswith("gradcanvas.")]
    dimensions = [one for entry in model.graph.input for one in entry.type.tensor_type.shape.dim]
    if notes and random.random() < 0.6:
        note = random.choice(notes)
        data = {"note": json.loads(note.value)}
        damage(random, data)
        note.value = json.dumps(data.get("note"))
    elif random.random() < 0.5:
        random.choice(dimensions).dim_param = random.choice(NAMES)
    else:
        random.choice(dimensions).dim_value = random.choice(SIZES)
