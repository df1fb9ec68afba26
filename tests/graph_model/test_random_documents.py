"""Random drawings with blocks as documents: edits and their undoing, files, grouping and back."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compiler import check
from graph_model import Document, DocumentError, EditError, Graph, load_document, save_document
from graph_model.blocks import ReorderPorts
from graph_model.blocks.grouping import group
from graph_model.blocks.ungrouping import ungroup
from graph_model.document_file.writer import structure_text
from graph_model.edits import Move, RemoveNodes, RemoveWires, Rename, SetParameters
from tests.random_blocks import BLOCK_STEPS, convex_selection
from tests.random_catalogue import Growth, drawings
from tests.random_parameters import value_of

CHANCE = st.randoms(use_true_random=False)


@given(CHANCE)
def test_undoing_all_that_was_done_leaves_the_document_as_it_was(random):
    assert_undone(random)


def assert_undone(random: Random) -> None:
    graph = Graph("random")
    growth = Growth(random, graph)
    growth.new_input()
    texts: list[tuple[int, str]] = []
    for _ in range(10):
        texts.append((len(growth.log), structure_text(Document(graph))))
        random.choice((growth.add_any, lambda: _any_step(growth), lambda: _any_edit(growth)))()
    for mark, text in reversed(texts):
        growth.back_to(mark)
        assert structure_text(Document(graph)) == text


def _any_step(growth: Growth) -> None:
    random_step = growth.random.choice(BLOCK_STEPS)
    if not [problem for problem in check(growth.root) if problem.severity == "error" and problem.node]:
        random_step(growth)


def _any_edit(growth: Growth) -> None:
    """Change, rename, move or take away anything, in the drawing or in a body, whether it runs afterwards or not."""
    random = growth.random
    _, graph = random.choice(growth.root.definitions.graphs())
    if not graph.nodes():
        return
    node = random.choice(graph.nodes())
    wires = graph.wires()
    choice = random.randrange(6)
    with contextlib.suppress(EditError):
        if choice == 0:
            growth.do(RemoveNodes((node.id,)), graph)
        elif choice == 1 and wires:
            growth.do(RemoveWires((random.choice(wires).id,)), graph)
        elif choice == 2:
            growth.do(Rename(node.id, random.choice(("ü", "return", "a b", "←"))), graph)
        elif choice == 3:
            growth.do(Move({node.id: (float(random.randint(-9, 9)), 0.5)}), graph)
        elif choice == 4:
            declared = graph.kind_of(node).parameters
            if declared:
                name = random.choice(list(declared))
                growth.do(SetParameters(node.id, {name: value_of(random, declared[name])}), graph)
        else:
            ports = [one.id for one in graph.nodes() if one.kind in ("BlockInput", "BlockOutput")]
            kind = graph.node(ports[0]).kind if ports else ""
            same = [identifier for identifier in ports if graph.node(identifier).kind == kind]
            if same:
                growth.do(ReorderPorts(tuple(random.sample(same, len(same)))), graph)


@given(drawings())
def test_a_file_gives_the_same_document_and_the_same_text(graph):
    assert_file_is_faithful(graph)


def assert_file_is_faithful(graph: Graph) -> None:
    document = Document(graph)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.gradcanvas", "a.json"):
            save_document(document, Path(folder) / name)
            back = load_document(Path(folder) / name)
            assert back.graph == graph
            assert structure_text(back) == structure_text(document)
            assert [str(problem) for problem in check(back.graph)] == [str(problem) for problem in check(graph)]


@given(drawings(), CHANCE)
def test_grouping_and_ungrouping_leave_the_text_as_it_was(graph, random):
    assert_regrouped(graph, random)


def assert_regrouped(graph: Graph, random: Random | None = None) -> None:
    random = random or Random(1)
    _, inside = random.choice([one for one in graph.definitions.graphs() if one[1].nodes()])
    chosen = convex_selection(Growth(random, graph, inside))
    if not chosen:
        return
    before = structure_text(Document(graph))
    regrouping = group(inside, chosen)
    undo = inside.apply(regrouping.edit)
    assert regrouping.place is not None
    remembers = inside.node(regrouping.place).parameters["over_time"] != "no"
    inside.apply(undo if remembers else ungroup(inside, regrouping.place).edit)
    assert structure_text(Document(graph)) == before


@given(drawings(), CHANCE)
def test_a_damaged_file_is_refused_in_a_sentence_or_read(graph, random):
    assert_damage_is_told(graph, random)


def assert_damage_is_told(graph: Graph, random: Random | None = None) -> None:
    random = random or Random(1)
    for _ in range(5):
        data = json.loads(structure_text(Document(graph)))
        damage(random, data)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.json"
            path.write_text(json.dumps(data))
            with contextlib.suppress(DocumentError):
                check(load_document(path).graph)


def damage(random: Random, data: Any) -> None:
    """Change one thing somewhere in a tree of JSON."""
    while True:
        keys = list(data) if isinstance(data, dict) else range(len(data))
        key = random.choice(list(keys))
        inner = data[key]
        if isinstance(inner, (dict, list)) and inner and random.random() < 0.85:
            data = inner
            continue
        if random.random() < 0.3:
            del data[key]
        else:
            data[key] = random.choice((None, -1, 10**12, "", "@block", "x/y", [], {}, 0.5, True, [[1]], "input"))
        return
