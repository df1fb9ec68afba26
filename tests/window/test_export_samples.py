"""The export is tried on samples of the document's own data, one array for each Input."""

from __future__ import annotations

from app.window.export_dialog import SAMPLES, export_with_samples
from graph_model import Document, TrainingSettings
from tests.drawings import chain
from tests.training.test_several_outputs import two_heads, with_two_inputs


def random_samples(document: Document, path) -> int:
    """On how many samples an export is tried that has no data to try it on."""
    document.training = TrainingSettings(dataset="xor")
    return export_with_samples(document, path).samples


def test_every_input_gets_its_part_of_the_samples(tmp_path):
    expected = SAMPLES + random_samples(with_two_inputs(), tmp_path / "a.onnx")
    assert export_with_samples(with_two_inputs(), tmp_path / "b.onnx").samples == expected


def test_two_outputs_are_exported_and_compared(tmp_path):
    report = export_with_samples(two_heads(), tmp_path / "a.onnx")
    assert report.outputs == ("digit", "loop")


def test_data_of_another_size_leaves_random_numbers(tmp_path):
    drawn = chain(("Input", "x", {"shape": [5]}), ("Linear", "h", {"out_features": 2}), ("Output", "y", {}))
    assert export_with_samples(Document(drawn), tmp_path / "a.onnx").samples > 0
