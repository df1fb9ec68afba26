"""A network drawn neuron by neuron, stepped through backwards, trained, taken back and exported, by mouse and keys."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import onnxruntime
import pytest
import torch

from compiler import compile_graph
from graph_model import load_document
from tests.end_to_end.display import Hand

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
]

LEFT, MIDDLE, RIGHT, END = 0.12, 0.36, 0.6, 0.85


def node_count(hand: Hand) -> int:
    return len(hand.ask("graph")["nodes"])


def wire_count(hand: Hand) -> int:
    return len(hand.ask("graph")["wires"])


def place(hand: Hand, kind: str, across: float, down: float) -> None:
    """Drag a kind from the palette onto the canvas."""
    count = node_count(hand)
    hand.drag(hand.ask("palette", kind), hand.ask("canvas", across, down))
    hand.wait(lambda: node_count(hand) == count + 1)


def pull_column(hand: Hand, more: int) -> None:
    """Pull the handle of the selected neuron down, until there are so many more."""
    count = node_count(hand)
    hand.drag(*hand.wait(lambda: hand.ask("handle", more)))
    hand.wait(lambda: node_count(hand) == count + more)


def select_all(hand: Hand) -> None:
    hand.click(hand.ask("canvas", 0.5, 0.95))
    hand.do("key", "ctrl+a")
    hand.wait(lambda: hand.ask("selected") == node_count(hand))


def connect_all(hand: Hand, wires: int) -> None:
    hand.do("key", "shift+c")
    hand.wait(lambda: wire_count(hand) == wires)


def save(hand: Hand, keys: str, path: Path) -> None:
    """Give a file's name to the dialog that these keys open."""
    hand.do("key", keys)
    hand.wait(lambda: hand.ask("file_dialog"))
    hand.do("key", "ctrl+a")
    hand.do("type", "--delay", 15, str(path))
    hand.do("key", "Return")


def draw_xor(hand: Hand) -> None:
    """Two numbers, three hidden neurons, two more, fully connected; the data set XOR."""
    place(hand, "ScalarInput", LEFT, 0.2)
    place(hand, "ScalarInput", LEFT, 0.45)
    place(hand, "Neuron", MIDDLE, 0.15)
    pull_column(hand, 2)
    select_all(hand)
    connect_all(hand, 6)
    place(hand, "Neuron", RIGHT, 0.2)
    pull_column(hand, 1)
    place(hand, "Output", END, 0.3)
    select_all(hand)
    connect_all(hand, 6 + 6 + 2)
    hand.click(hand.ask("canvas", 0.2, 0.95))
    hand.wait(lambda: hand.ask("selected") == 0)
    hand.click(hand.ask("setting", "dataset")["place"])
    hand.do("type", "--delay", 15, "xor")
    hand.do("key", "Return")
    hand.wait(lambda: hand.ask("setting", "dataset")["value"] == "xor")
    hand.wait(lambda: hand.ask("graph")["problems"] == [])


def test_draw_neurons_step_through_train_take_back_and_export(hand, tmp_path):
    draw_xor(hand)
    first, last = hand.ask("graph")["wires"][0], hand.ask("graph")["wires"][11]

    hand.click(hand.ask("weight", *first)["place"])
    hand.wait(lambda: hand.ask("focus") == "WeightEditor")
    hand.do("type", "--delay", 15, "--", "-1.5")
    hand.do("key", "Return")
    hand.wait(lambda: hand.ask("weight", *first)["value"] == -1.5)
    hand.wait(lambda: hand.ask("focus") == "CanvasView")

    hand.click(hand.ask("tab", "Backpropagation"))
    hand.click(hand.wait(lambda: hand.ask("passes", "next")))
    hand.wait(lambda: hand.ask("phase").startswith("Forward · step 1 of 6"))
    for phase in ("Forward · step 2", "Loss · step 3", "Backward · step 4", "Backward · step 5", "Update · step 6"):
        hand.click(hand.wait(lambda: hand.ask("passes", "next")))
        hand.wait(lambda phase=phase: hand.ask("phase").startswith(phase))
    hand.click(hand.ask("passes", "previous"))
    hand.wait(lambda: hand.ask("phase").startswith("Backward · step 5"))

    def weights() -> list[float]:
        return [hand.ask("weight", *wire)["value"] for wire in (first, last)]

    hand.click(hand.ask("button", "step"))
    hand.wait(lambda: hand.ask("run") == {"state": "paused", "step": 1} and weights()[0] != -1.5)
    after_one = weights()
    hand.click(hand.ask("button", "step"))
    hand.wait(lambda: hand.ask("run") == {"state": "paused", "step": 2} and weights() != after_one)
    hand.click(hand.ask("button", "back"))
    hand.wait(lambda: hand.ask("run") == {"state": "paused", "step": 1} and weights() == after_one)
    hand.click(hand.ask("button", "run"))
    hand.wait(lambda: hand.ask("run")["state"] == "finished")

    save(hand, "ctrl+s", tmp_path / "xor.gradcanvas")
    hand.wait(lambda: not hand.ask("dirty"))
    save(hand, "ctrl+shift+e", tmp_path / "xor.onnx")
    hand.wait(lambda: hand.ask("export") == "Exported xor.onnx")

    document = load_document(tmp_path / "xor.gradcanvas")
    module = compile_graph(document.graph, weights=document.weights)
    points = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [-0.5, 0.7]])
    session = onnxruntime.InferenceSession(str(tmp_path / "xor.onnx"))
    (answers,) = session.run(None, {session.get_inputs()[0].name: points.numpy()})
    assert answers.shape == (5, 2)
    numpy.testing.assert_allclose(answers, module(points).detach().numpy(), atol=1e-5)
