"""A recording can be read at any time, from anywhere, and survives its writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy
import pytest

from app.training.findings import gradient_finding
from app.training.number_text import scientific
from app.training.recording import RecordedLayer, Recording, RecordingMeta, RecordingWriter
from app.training.recording.layout import columns_for
from graph_model import DataError


def meta(total_steps: int = 4, layers: int = 2) -> RecordingMeta:
    recorded = tuple(RecordedLayer(f"l{index}", f"layer {index}", "Linear", (f"l{index}",)) for index in range(layers))
    return RecordingMeta(1, recorded, columns_for(recorded), total_steps, 2, 2, "cpu", 0, {})


def write_rows(writer: RecordingWriter, count: int, first: int = 0) -> None:
    for step in range(first, first + count):
        statistics = numpy.arange(6.0).reshape(3, 2) + step
        writer.append({"step": step, "train_loss": step / 2}, statistics)


def test_rows_are_read_while_they_are_written_beyond_what_was_foreseen(tmp_path):
    with RecordingWriter(tmp_path, meta(total_steps=4)) as writer:
        recording = Recording.open(tmp_path)
        assert recording.row_count() == 0
        write_rows(writer, 3)
        assert recording.column("train_loss").tolist() == [0.0, 0.5, 1.0]
        write_rows(writer, 50, first=3)
        assert recording.row_count() == 53
        assert recording.column("step")[-1] == 52
        assert recording.gradients("norm")[10].tolist() == [14.0, 15.0]
        assert numpy.isnan(recording.column("validation_loss")).all()
        writer.amend_last({"validation_loss": 0.25})
        assert recording.column("validation_loss")[-1] == 0.25


def test_a_finished_recording_is_read_again(tmp_path):
    with RecordingWriter(tmp_path, meta()) as writer:
        write_rows(writer, 4)
    recording = Recording.open(tmp_path)
    assert recording.row_count() == 4
    assert recording.node_values("rms", 1) == {"l0": 1.0, "l1": 2.0}
    assert recording.node_values("norm") == {"l0": 7.0, "l1": 8.0}


def test_a_killed_writer_leaves_every_row_that_it_counted(tmp_path):
    script = (
        "import sys; from pathlib import Path; from tests.training.test_recording import *\n"
        "writer = RecordingWriter(Path(sys.argv[1]), meta()); print('ready', flush=True)\n"
        "write_rows(writer, 10_000_000)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    recording = Recording.open(tmp_path)
    count = recording.row_count()
    assert count > 10
    assert recording.column("step").tolist() == list(range(count))


@pytest.mark.parametrize("content", [None, b"{}", b"nonsense"])
def test_what_is_no_recording_is_said(tmp_path, content):
    if content is not None:
        (tmp_path / "recording.json").write_bytes(content)
    with pytest.raises(DataError, match="no readable recording"):
        Recording.open(tmp_path)


@pytest.mark.parametrize(
    ("values", "title", "part"),
    [
        ((1.7e-10, 1e-2), "Vanishing gradient", "at 'layer 0' is 1.7·10⁻⁸ of the one at 'layer 1': vanishing"),
        ((5.0, 1e-3), "Exploding gradient", "is 5000 of the one at 'layer 1': exploding"),
        ((0.02, 0.04), "Gradients arrive", "is 0.50 of the one at 'layer 1'"),
        ((0.0, 0.0), "No gradient", "nothing is learned"),
    ],
)
def test_findings_are_sentences_with_figures(tmp_path, values, title, part):
    with RecordingWriter(tmp_path, meta()) as writer:
        writer.append({"step": 1}, numpy.array([values, values, values]))
    finding = gradient_finding(Recording.open(tmp_path))
    assert finding.title == title
    assert part in finding.sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.7e-10, "1.7·10⁻¹⁰"),
        (0.0, "0"),
        (0.5, "0.50"),
        (12.34, "12"),
        (-3.2e7, "−3.2·10⁷"),
        (float("nan"), "not a number"),
        (float("inf"), "∞"),
        (0.02534, "0.025"),
        (0.00998, "0.010"),
        (9998.0, "9998"),
    ],
)
def test_numbers_are_written_as_people_do(value, text):
    assert scientific(value) == text


def test_rows_are_taken_back_and_written_anew(tmp_path):
    with RecordingWriter(tmp_path, meta(total_steps=4)) as writer:
        recording = Recording.open(tmp_path)
        write_rows(writer, 10)
        count = recording.row_count()
        assert recording.times_taken_back() == 0
        writer.truncate(3)
        assert recording.row_count() == 3
        assert recording.times_taken_back() == 1
        assert len(recording.column("step")) == len(recording.gradients("norm")) == 3
        assert recording.node_values("rms", 8) == {"l0": 2.0, "l1": 3.0}
        assert recording.column("step", 0, count).tolist() == list(range(10)), "who has counted them can read them"
        assert len(Recording.open(tmp_path).column("step", 0, count)) == 3
        writer.truncate(5)
        assert (recording.row_count(), recording.times_taken_back()) == (3, 1)
        write_rows(writer, 2, first=30)
        assert recording.column("step").tolist() == [0, 1, 2, 30, 31]
        assert writer.value("train_loss", 3) == 15.0
