"""Every kind's documentation is whole, and a student finds in it what the declaration knows."""

from __future__ import annotations

import pytest

from app.documentation import sheet_of
from app.documentation.realisation import WRAPPED
from graph_model import Graph, kinds
from graph_model.blocks import AddDefinition, Definition, Lifted, SetDefinition
from graph_model.parameters import Integer, Size

ALL = pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
UNITS = ("pixels", "steps", "voxels", "Pixels", "Steps", "Voxels")
MARKS_A_PLACE = ("Input", "ScalarInput", "Output", "BlockInput", "BlockOutput", "Delay")
COMMON_KNOWLEDGE = {
    "Terminals",
    "Blocks",
    "Linear",
    "Resampling",
    "Activation",
    "Shape",
    "Arithmetic",
    "Combine",
}


@ALL
def test_it_says_shapes_with_the_batch_first(kind):
    assert "(batch" in " ".join(sheet_of(kind).paragraphs), "the text below the first line names no shape"


@ALL
def test_its_first_line_is_one_sentence_that_fits_a_tooltip(kind):
    title = sheet_of(kind).title
    assert 10 <= len(title) <= 100
    assert title.endswith(".")


@ALL
def test_its_text_is_short_enough_to_be_read(kind):
    assert all(len(paragraph) <= 520 for paragraph in sheet_of(kind).paragraphs)


@ALL
def test_it_is_prose_without_marks_of_source_code(kind):
    sheet = sheet_of(kind)
    assert "`" not in " ".join((sheet.title, *sheet.paragraphs, *(entry.meaning for entry in sheet.parameters)))


@ALL
def test_it_says_what_its_formula_and_parameters_are(kind):
    sheet = sheet_of(kind)
    assert sheet.formula
    assert [entry.name for entry in sheet.parameters] == list(kind.parameters)
    for entry in sheet.parameters:
        assert entry.meaning.endswith(".")
        assert entry.accepted
        assert entry.default


@ALL
def test_whole_numbers_have_a_range_and_sizes_a_unit(kind):
    for parameter in kind.parameters.values():
        if isinstance(parameter, Integer):
            assert parameter.minimum is not None, parameter.name
        if isinstance(parameter, Size) and parameter.name != "unflattened_size":
            assert any(unit in parameter.meaning for unit in UNITS), parameter.name


@ALL
def test_a_source_is_given_where_a_paper_is_known_for_the_family(kind):
    assert kind.source or kind.family in COMMON_KNOWLEDGE
    assert "Source:" not in kind.documentation, "the source has a place of its own"


@ALL
def test_where_there_are_several_ports_each_is_explained(kind):
    for ports in (kind.inputs, kind.outputs):
        for port in ports if len(ports) > 1 else ():
            assert port.meaning.endswith("."), port.name


@ALL
def test_it_says_what_computes_it_and_how_it_is_written_in_onnx(kind):
    sheet = sheet_of(kind)
    assert bool(sheet.torch) != (kind.name in MARKS_A_PLACE)
    assert sheet.onnx


def test_what_wraps_a_class_of_torch_says_so():
    import torch

    own = {kind.name for kind in kinds().values() if kind.torch and (kind.torch.module or "").startswith("compiler.")}
    assert {name for name in own if issubclass(getattr(torch.nn, name, object), torch.nn.Module)} == WRAPPED
    assert sheet_of(kinds()["LSTM"]).torch.startswith("torch.nn.LSTM, within LSTMWithState")


def test_needs_become_sentences_without_gaps_for_values():
    assert sheet_of(kinds()["Conv2d"]).needs == ("Needs feature maps: (batch, channels, height, width).",)
    assert all("{" not in sentence for kind in kinds().values() for sentence in sheet_of(kind).needs)


def test_ports_tell_what_may_arrive_and_parameters_when_they_matter():
    lstm = sheet_of(kinds()["LSTM"])
    assert [entry.name for entry in lstm.outputs] == ["output", "state", "memory"]
    assert lstm.inputs[1].notes == ("may stay without a wire",)
    assert "Needs one vector for each sample" in lstm.inputs[1].needs[0]
    forget = next(entry for entry in lstm.parameters if entry.name == "forget_bias")
    assert (forget.default, forget.accepted) == ("empty", "a number, or empty")
    assert forget.relevance == "matters while bias is true"
    assert sheet_of(kinds()["Embedding"]).inputs[0].notes[0] == "whole numbers"


def test_a_block_is_described_by_its_definition():
    graph = Graph("blocks")
    graph.apply(AddDefinition(Definition("@step", "step")))
    body = graph.definitions.body("@step")
    x = body.add("BlockInput", name="frame")
    layer = body.add("Linear", name="layer", out_features=4)
    y = body.add("BlockOutput", name="answer")
    body.connect(x, layer)
    body.connect(layer, y)
    lifted = (Lifted("width", layer.id, "out_features"),)
    graph.apply(
        SetDefinition(Definition("@step", "step", description="Reads one frame.\n\nTwice <as> fast.", lifted=lifted))
    )
    sheet = sheet_of(graph.definitions.kind("@step"))
    assert (sheet.name, sheet.family, sheet.title) == ("step", "Blocks", "Reads one frame.")
    assert sheet.paragraphs == ("Twice <as> fast.",)
    assert [port.name for port in (*sheet.inputs, *sheet.outputs)] == ["frame", "answer"]
    assert sheet.parameters[0].name == "width"
    assert "out_features of 'layer' inside" in sheet.parameters[0].meaning
    repeated = next(entry for entry in sheet.parameters if entry.name == "repeat_weights")
    assert repeated.relevance == "matters while repeat is 2 or more"
