"""A block by hand: grouped, named, opened, edited inside, left, trained and exported, on a real display."""

from __future__ import annotations

import sys
import time

import numpy
import onnxruntime
import pytest

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
]


def placed(hand, *kinds):
    hand.click(hand.ask("canvas", 0.5, 0.5))
    for index, kind in enumerate(kinds):
        hand.do("key", "space" if index == 0 else "shift+space")
        hand.wait(lambda: hand.ask("focus") == "QLineEdit")
        hand.do("type", "--delay", 15, kind)
        hand.do("key", "Return")
        hand.wait(lambda index=index: len(hand.ask("graph")["nodes"]) == index + 1)
        hand.wait(lambda: hand.ask("focus") == "CanvasView")


def test_group_name_open_edit_leave_train_and_export(hand, tmp_path):
    placed(hand, "Input", "Linear", "Tanh", "Linear", "Output")
    hand.do("key", "ctrl+1")
    time.sleep(0.5)
    hand.click(hand.ask("node", "linear"))
    hand.wait(lambda: hand.ask("selected") == 1)
    hand.do("mousemove", *hand.ask("node", "tanh"), "keydown", "shift", "click", 1, "keyup", "shift")
    hand.wait(lambda: hand.ask("selected") == 2)
    hand.do("key", "ctrl+g")
    hand.wait(lambda: hand.ask("focus") == "NameEditor")
    hand.do("type", "--delay", 15, "hidden")
    hand.do("key", "Return")
    hand.wait(lambda: "hidden" in hand.ask("graph")["nodes"])
    assert sorted(hand.ask("graph")["wires"]) == [["hidden", "linear 2"], ["input", "hidden"], ["linear 2", "output"]]

    hand.wait(lambda: hand.ask("focus") == "CanvasView")
    hand.do("mousemove", *hand.ask("node", "hidden"), "click", "--repeat", 2, "--delay", 60, 1)
    hand.wait(lambda: "tanh" in hand.ask("graph")["nodes"])
    hand.click(hand.ask("node", "tanh"))
    hand.wait(lambda: hand.ask("selected") == 1)
    hand.do("key", "Escape")
    hand.do("key", "Escape")
    hand.wait(lambda: "hidden" in hand.ask("graph")["nodes"])

    hand.click(hand.ask("button", "run"))
    hand.click(hand.wait(lambda: hand.ask("fix_button")))
    hand.click(hand.ask("button", "run"))
    hand.wait(lambda: hand.ask("run")["state"] == "finished")
    target = tmp_path / "block.onnx"
    hand.export(target)
    session = onnxruntime.InferenceSession(str(target))
    (answer,) = session.run(None, {"input": numpy.zeros((3, 64), dtype=numpy.float32)})
    assert answer.shape == (3, 10)
