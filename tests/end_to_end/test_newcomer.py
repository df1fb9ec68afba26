"""From an empty canvas to a trained, exported network, with nothing but mouse and keys on a real display."""

from __future__ import annotations

import sys

import numpy
import onnxruntime
import pytest

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
]


def test_draw_by_hand_train_and_export(hand, tmp_path):
    places = {"Input": 0.15, "Linear": 0.4, "Output": 0.75}
    for kind, across in places.items():
        hand.drag(hand.ask("palette", kind), hand.ask("canvas", across, 0.45))
        hand.wait(lambda kind=kind: kind.lower() in hand.ask("graph")["nodes"])
    hand.drag(hand.ask("port", "input", "output"), hand.ask("port", "linear", "input"))
    hand.wait(lambda: hand.ask("graph")["wires"] == [["input", "linear"]])
    hand.drag(hand.ask("port", "linear", "output"), hand.ask("port", "output", "input"))
    hand.wait(lambda: hand.ask("graph")["wires"] == [["input", "linear"], ["linear", "output"]])
    hand.wait(lambda: hand.ask("graph")["problems"] == [])

    # The digits have ten classes and the layer 32 neurons: Run says so, and the button beside it mends it.
    hand.click(hand.ask("button", "run"))
    fix = hand.wait(lambda: hand.ask("fix_button"))
    hand.click(fix)
    hand.click(hand.ask("button", "run"))
    hand.wait(lambda: hand.ask("run")["state"] == "finished")
    assert hand.ask("run")["step"] == 300

    target = tmp_path / "drawn.onnx"
    hand.export(target)
    session = onnxruntime.InferenceSession(str(target))
    (answer,) = session.run(None, {"input": numpy.zeros((5, 64), dtype=numpy.float32)})
    assert answer.shape == (5, 10)


def test_draw_by_keys_alone_and_undo(hand):
    hand.click(hand.ask("canvas", 0.5, 0.5))
    for index, kind in enumerate(("Input", "Linear", "Output")):
        hand.do("key", "space" if index == 0 else "shift+space")
        hand.wait(lambda: hand.ask("focus") == "QLineEdit")
        hand.do("type", "--delay", 15, kind)
        hand.do("key", "Return")
        hand.wait(lambda index=index: len(hand.ask("graph")["nodes"]) == index + 1)
        hand.wait(lambda: hand.ask("focus") == "CanvasView")
    assert hand.ask("graph")["wires"] == [["input", "linear"], ["linear", "output"]]
    hand.do("key", "ctrl+z")
    hand.wait(lambda: hand.ask("graph")["nodes"] == ["input", "linear"])
    hand.do("key", "ctrl+shift+z")
    hand.wait(lambda: len(hand.ask("graph")["wires"]) == 2)
