"""The command line, as scripts rely on it."""

from __future__ import annotations

import json
import subprocess
import sys

import onnxruntime
import pytest

from app.command_line.main import main
from graph_model import Document, load_document, save_document
from tests.drawings import chain


@pytest.fixture
def document(tmp_path):
    graph = chain(
        ("Input", "x", {"shape": [64]}),
        ("Linear", "hidden", {"out_features": 8, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 10}),
        ("Output", "y", {}),
    )
    save_document(Document(graph), tmp_path / "net.gradcanvas")
    return str(tmp_path / "net.gradcanvas")


def test_examples_lists_name_file_and_a_line(capsys):
    assert main(["examples"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Vanishing gradients"
    assert lines[1].strip().endswith("vanishing_gradients.json")
    assert lines[2].strip().endswith(".")


def test_train_json_ends_with_one_object_with_the_promised_fields(document, capsys):
    assert main(["train", document, "--steps", "20", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert set(summary) == {"steps", "train_loss", "validation_loss", "validation_accuracy", "gradients"}
    assert summary["steps"] == 20
    assert [entry["layer"] for entry in summary["gradients"]] == ["hidden", "last"]
    assert set(summary["gradients"][0]) == {"layer", "kind", "first", "last"}
    assert set(summary["gradients"][0]["first"]) == {"rms", "mean_abs", "norm"}


def test_train_prints_epochs_and_a_table_and_saves(document, tmp_path, capsys):
    saved = tmp_path / "trained.gradcanvas"
    assert main(["train", document, "--epochs", "2", "--seed", "3", "--save", str(saved)]) == 0
    printed = capsys.readouterr().out
    assert "epoch   1 of 2" in printed
    assert "last step" in printed
    assert "hidden.weight" in load_document(saved).weights


def test_check_is_silent_about_nothing_and_loud_about_problems(document, tmp_path, capsys):
    assert main(["check", document]) == 0
    assert capsys.readouterr().out == "no problems\n"
    graph = chain(("Input", "x", {"shape": [1, 8, 8]}), ("Linear", "h", {}), ("Output", "y", {}))
    save_document(Document(graph), tmp_path / "wrong.json")
    assert main(["check", str(tmp_path / "wrong.json")]) == 1
    assert capsys.readouterr().out == "error: Linear 'h' receives (batch, 1, 8, 8): put a Flatten before it.\n"
    assert main(["check", str(tmp_path / "wrong.json"), "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["node"], problem["fixes"]) == ("h", ["Put a Flatten before it"])


def test_export_import_code_and_render(document, tmp_path, capsys):
    model, back, code, picture = (str(tmp_path / name) for name in ("a.onnx", "b.gradcanvas", "c.py", "d.png"))
    assert main(["export", document, model]) == 0
    assert onnxruntime.InferenceSession(model).get_inputs()[0].name == "x"
    assert main(["import", model, back]) == 0
    assert [node.name for node in load_document(back).graph.nodes()] == ["x", "hidden", "last", "y"]
    assert main(["code", document, code]) == 0
    subprocess.run([sys.executable, code], check=True, capture_output=True)
    assert main(["render", document, picture, "--theme", "dark"]) == 0
    with open(picture, "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "nowhere.gradcanvas"],
        ["check", "nowhere.gradcanvas"],
        ["export", "nowhere.gradcanvas", "a.onnx"],
        ["import", "nowhere.onnx", "a.gradcanvas"],
        ["code", "nowhere.gradcanvas", "a.py"],
        ["render", "nowhere.gradcanvas", "a.png"],
    ],
)
def test_input_at_fault_gives_status_1_and_a_sentence(arguments, capsys):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("gradcanvas: ")
    assert "nowhere" in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "arguments", [["train"], ["train", "x", "--steps", "0"], ["--nonsense"], ["render", "x"], ["a", "b"]]
)
def test_wrong_usage_gives_status_2(arguments, capsys):
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2


def test_a_reader_that_goes_away_is_no_failure_to_speak_of():
    program = subprocess.Popen(
        [sys.executable, "-m", "app", "train", "xor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout.readline().startswith("epoch")
    program.stdout.close()
    assert program.stderr.read() == ""
    assert program.wait(60) == 1
    program.stderr.close()


def test_headless_commands_load_no_qt(document):
    script = (
        "import sys; from app.command_line.main import main; "
        f"main(['train', {document!r}, '--steps', '2']); main(['check', {document!r}]); "
        "sys.exit(any(name.startswith(('PySide6', 'pyqtgraph')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0


def test_demonstrate_trains_and_writes_both_files(tmp_path):
    command = [sys.executable, "-m", "app", "demonstrate", "--folder", str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "Vanishing gradient:" in done.stdout
    assert "epoch  20 of 20" in done.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"vanishing_gradients.onnx", "vanishing_gradients.png"}


def test_analyze_prints_a_table_and_what_fits(document, capsys):
    assert main(["analyze", document, "--batch", "16"]) == 0
    printed = capsys.readouterr().out
    header, *rows = printed.splitlines()
    assert header.split()[:3] == ["node", "kind", "Parameters"]
    assert [line.split()[0] for line in rows[:5]] == ["x", "hidden", "last", "y", "total"]
    assert "Training with batches of 16 takes up to" in printed


def test_analyze_writes_csv_and_json_with_raw_numbers(document, tmp_path, capsys):
    out = tmp_path / "costs.csv"
    assert main(["analyze", document, "--csv", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["total"]["parameters"] == 64 * 8 + 8 + 8 * 10 + 10
    assert printed["total"]["multiply_adds"] == 64 * 8 + 8 * 10
    assert printed["predicted_peak_bytes"] > 0
    assert printed["largest_batch"] > 0
    assert out.read_text().splitlines()[-1].startswith("total,total,100,610,592,")
    assert main(["analyze", document, "--csv", str(tmp_path / "missing" / "a.csv")]) == 1
    assert "cannot be written" in capsys.readouterr().err
