"""Blocks go into a folder as documents and come back out of it; what is no block there is said, not raised."""

from __future__ import annotations

import os

import numpy
import pytest

from graph_model import Document, DocumentError, Graph, load_document, save_document
from graph_model.blocks import Definition, InDefinition, SetDefinition
from graph_model.blocks.library import LIBRARY_SIGN, library_blocks, library_document, save_block
from graph_model.document_file import structure_text
from graph_model.edits import SetParameters
from tests.block_drawings import between, everything, residual_block


@pytest.fixture
def graph() -> Graph:
    return everything()


def test_a_block_is_saved_with_all_that_it_holds(graph, tmp_path):
    file = save_block(graph, "@pair", tmp_path / "library")
    assert file.name == "pair.json"
    (block,) = library_blocks(file.parent)
    assert (block.name, block.problem, block.key) == ("pair", "", f"{LIBRARY_SIGN}{file}")
    assert {definition.id for definition in block.graph.definitions} == {"@pair", "@residual"}
    for definition in block.graph.definitions:
        assert block.graph.definitions.body(definition.id).contents() == (
            graph.definitions.body(definition.id).contents()
        )
    assert structure_text(load_document(file)) == structure_text(library_document(graph, "@pair"))


def test_an_equal_block_is_reused_and_another_of_its_name_gets_a_fresh_one(graph, tmp_path):
    save_block(graph, "@pair", tmp_path)
    (block,) = library_blocks(tmp_path)
    pasted = block.placed_in(graph)
    assert pasted.definitions == ()
    assert pasted.nodes[0].kind == "@pair"
    graph.apply(InDefinition("@residual", SetParameters("layer", {"activation": "Tanh"})))
    pasted = block.placed_in(graph)
    graph.apply(pasted.edit)
    assert graph.definitions.definition(pasted.nodes[0].kind).name == "pair 2"
    assert graph.definitions.named("residual 2").id in graph.definitions.uses(pasted.nodes[0].kind)


def test_a_file_that_holds_something_else_under_the_name_stays(graph, tmp_path):
    first = save_block(graph, "@residual", tmp_path)
    content = first.read_bytes()
    assert save_block(graph, "@residual", tmp_path) == first
    definition = graph.definitions.definition("@residual")
    graph.apply(SetDefinition(Definition(definition.id, definition.name, "#112233")))
    second = save_block(graph, "@residual", tmp_path)
    assert (first.name, second.name) == ("residual.json", "residual_2.json")
    assert first.read_bytes() == content


def test_a_block_can_be_saved_from_inside_another(graph, tmp_path):
    body = graph.definitions.body("@pair")
    assert save_block(body, "@residual", tmp_path).exists()


def test_files_that_are_no_blocks_are_listed_with_a_sentence(tmp_path):
    (tmp_path / "broken.json").write_text('{"format": "gradcanvas", "ver')
    (tmp_path / "notes.txt").write_text("no block, and none that anybody asked for")
    two = Graph("two")
    residual_block(two)
    between(two, [6], ("@residual", "a", {}))
    save_document(Document(two), tmp_path / "two.json")
    save_block(two, "@residual", tmp_path)
    blocks = {block.file.name: block for block in library_blocks(tmp_path)}
    assert set(blocks) == {"broken.json", "two.json", "residual.json"}
    assert "damaged or cut off" in blocks["broken.json"].problem
    assert "must hold one place of a block" in blocks["two.json"].problem
    assert blocks["two.json"].kind is None
    with pytest.raises(DocumentError, match="must hold one place"):
        blocks["two.json"].placed_in(Graph())
    assert blocks["residual.json"].problem == ""


def test_a_block_that_was_trained_is_kept_with_its_weights_and_placed_with_them(graph, tmp_path):
    weights = {"layer.weight": numpy.ones((6, 6), numpy.float32), "layer.bias": numpy.zeros(6, numpy.float32)}
    plain = save_block(graph, "@residual", tmp_path)
    file = save_block(graph, "@residual", tmp_path, weights=weights)
    assert (plain.name, file.name) == ("residual.json", "residual.gradcanvas")
    assert save_block(graph, "@residual", tmp_path, weights=weights) == file
    other = {**weights, "layer.bias": numpy.ones(6, numpy.float32)}
    assert save_block(graph, "@residual", tmp_path, weights=other).name == "residual_2.gradcanvas"
    block = next(block for block in library_blocks(tmp_path) if block.file == file)
    pasted = block.placed_in(graph)
    (place,) = pasted.nodes
    assert pasted.weights.keys() == {f"{place.id}/layer.weight", f"{place.id}/layer.bias"}
    numpy.testing.assert_array_equal(pasted.weights[f"{place.id}/layer.weight"], weights["layer.weight"])
    untrained = next(block for block in library_blocks(tmp_path) if block.file == plain)
    assert not untrained.placed_in(graph).weights


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert library_blocks(tmp_path / "nowhere") == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(graph, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DocumentError, match="cannot be made"):
        save_block(graph, "@residual", tmp_path / "library")


def test_a_folder_that_is_a_file_is_said(graph, tmp_path):
    (tmp_path / "library").write_text("")
    with pytest.raises(DocumentError, match="cannot be made"):
        save_block(graph, "@residual", tmp_path / "library")
