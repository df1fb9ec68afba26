"""What is done with the time steps of a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue.recurrent import SEQUENCES
from graph_model.kind import Kind, TorchCall
from graph_model.objection import CAME, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Integer


class LastStep(Kind):
    """Passes on the last time step only.

    Takes (batch, time, features) and gives (batch, features): after a recurrent layer, what it knows when it has read
    the whole sequence. Of a layer that reads backwards the last time step is the one that it read first: take its port
    "state" there, or MeanOverTime.
    """

    also_called = ("last time step", "final state")
    family = "Recurrent"
    formula = "a = x_T"
    source = "Hung-yi Lee, Network Structure"
    torch = TorchCall(function="torch.select", fixed={"dim": 1, "index": -1})
    onnx = OnnxOperator(emitter="sequences.last_step")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)


class MeanOverTime(Kind):
    """The mean over all time steps.

    Takes (batch, time, features) and gives (batch, features). Every time step has its share in the answer, and gets its
    share of the gradient directly, however long the sequence is.
    """

    also_called = ("temporal average", "mean pooling over time")
    family = "Recurrent"
    formula = "a = (x₁ + … + x_T) / T"
    source = "Hung-yi Lee, Network Structure"
    torch = TorchCall(function="torch.mean", fixed={"dim": 1})
    onnx = OnnxOperator(emitter="sequences.mean_over_time")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)


class MaxOverTime(Kind):
    """The largest value over all time steps, feature by feature.

    Takes (batch, time, features) and gives (batch, features): whether something was seen at any time. Only the time
    step with the largest value gets a gradient; equal ones share it.
    """

    also_called = ("max pooling over time",)
    family = "Recurrent"
    formula = "a = max(x₁, …, x_T)"
    source = "Collobert et al., Natural Language Processing (Almost) from Scratch (2011)"
    torch = TorchCall(function="torch.amax", fixed={"dim": 1})
    onnx = OnnxOperator(emitter="sequences.max_over_time")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)


class Reverse(Kind):
    """Turns a sequence round in time: the last time step comes first.

    Takes and gives (batch, time, features). A recurrent layer between two of them reads backwards; joined with one that
    reads forwards it makes a bidirectional network drawn by hand.
    """

    also_called = ("flip", "backwards")
    family = "Recurrent"
    formula = "a_t = x_(T+1−t)"
    source = "Schuster, Paliwal, Bidirectional Recurrent Neural Networks (1997)"
    torch = TorchCall(function="torch.flip", fixed={"dims": (1,)})
    onnx = OnnxOperator(emitter="sequences.reverse")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)


class PyramidalReduction(Kind):
    """Lays neighbouring time steps side by side, so that the next layer has fewer of them to read.

    Takes (batch, time, features) and gives (batch, time / factor, factor · features). Between recurrent layers it makes
    a pyramidal network: at each level the sequence is shorter, which is faster and shortens the gradient's way through
    time. The factor must divide the number of time steps.
    """

    also_called = ("pyramidal rnn", "downsample time", "stack frames")
    family = "Recurrent"
    formula = "a_t = [x_(rt−r+1), …, x_(rt)]"
    source = "Chan et al., Listen, Attend and Spell (2016); Hung-yi Lee, Network Structure"
    factor = Integer(default=2, minimum=1, meaning="How many neighbouring time steps become one.")
    torch = TorchCall("compiler.modules.sequences.PyramidalReduction", arguments=("factor",))
    onnx = OnnxOperator(emitter="sequences.pyramidal_reduction")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"÷ {parameters['factor']}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        time, wanted = int((shapes[0] or ())[1]), parameters["factor"]
        if time % wanted == 0:
            return None
        factors = [factor for factor in range(2, time + 1) if time % factor == 0]
        nearest = min(factors, key=lambda factor: abs(factor - wanted), default=1)
        words = f"receives {CAME}, but needs a number of time steps that its factor {wanted} divides"
        return Objection(words, {"factor": nearest})


class TargetDelay(Kind):
    """Moves a sequence to later time steps, so that a network that reads forwards sees some of the future.

    Takes and gives (batch, time, features): that many time steps of 0 come first, and as many at the end are
    dropped.

    Put it behind the Input that brings the labels of the time steps: the network then answers for step t when it
    has read up to t + steps. Or put it with a negative number behind the network: its answers come earlier by as
    many steps, which amounts to the same; at the last steps, which have no answer, it gives 0.
    """

    also_called = ("shift", "time delay", "look ahead")
    family = "Recurrent"
    formula = "a_t = x_(t−n),  0 for t ≤ n"
    source = (
        "Graves, Schmidhuber, Framewise Phoneme Classification with Bidirectional LSTM and Other Neural Network "
        "Architectures (2005); Hung-yi Lee, Network Structure"
    )
    steps = Integer(default=1, minimum=-65_536, maximum=65_536, meaning="How many time steps later; negative: earlier.")
    torch = TorchCall("compiler.modules.sequences.TargetDelay", arguments=("steps",))
    onnx = OnnxOperator(emitter="sequences.target_delay")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['steps']:+d}"

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        time, steps = int((shapes[0] or ())[1]), parameters["steps"]
        if abs(steps) < time:
            return None
        words = f"receives {CAME}, but needs more than {abs(steps)} time steps"
        return Objection(words, {"steps": time - 1 if steps > 0 else 1 - time})
