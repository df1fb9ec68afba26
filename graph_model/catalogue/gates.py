"""Gated connections that skip a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import width_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.joining import are_equal, disagreement
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Choice, Real

PAPER = "Srivastava, Greff, Schmidhuber, Highway Networks (2015)"
WORDS = "a vector for each sample: (batch, features)"


def gate_bias() -> Real:
    """What the gates start with."""
    return Real(
        default=-2.0,
        meaning="What the gates' bias starts with; below 0 they begin almost closed, so that deep networks learn.",
    )


class Highway(Kind):
    """A fully connected layer with a way around it, and a gate for each number that mixes the two.

    Takes and gives (batch, features), or (batch, time, features). T near 0 copies the input, T near 1 transforms it:
    the network learns for each number, and from the data, how many of its layers are used. The gates begin almost
    closed, so that the gradient passes a hundred such layers.
    """

    also_called = ("highway network", "gated layer")
    family = "Linear"
    formula = "a = T(x) ⊙ H(x) + (1 − T(x)) ⊙ x,  H = σ(W x + b),  T = sigmoid(U x + c)"
    source = f"{PAPER}; Hung-yi Lee, Network Structure"
    learnable = True
    transform_activation = Choice(
        default="ReLU",
        choices=("ReLU", "Tanh", "Sigmoid", "ELU", "GELU", "Identity"),
        meaning="The function that H applies to its result.",
    )
    gate_bias = gate_bias()
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.gates.Highway", arguments=("transform_activation", "gate_bias"), inferred={"features": "last"}
    )
    onnx = OnnxOperator(emitter="gates.highway")
    needs = Needs(ranks=(2, 3), words=WORDS)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["transform_activation"])


class GatedResidual(Kind):
    """Joins what came with what the drawing made of it; a learned gate mixes the two, number by number.

    Takes the input and what became of it, both (batch, features) or (batch, time, features), and gives the same. With a
    Linear layer between, it is a Highway layer; any other layers may stand there as long as they keep the shape.
    """

    also_called = ("highway gate", "gated skip")
    family = "Combine"
    formula = "a = T(x) ⊙ h + (1 − T(x)) ⊙ x,  T = sigmoid(W x + b)"
    source = PAPER
    learnable = True
    inputs = (
        Port("input", meaning="What came; the gate looks at it."),
        Port("transformed", meaning="What the layers between made of it."),
    )
    gate_bias = gate_bias()
    trainable = shared.trainable()
    torch = TorchCall("compiler.modules.gates.GatedResidual", arguments=("gate_bias",), inferred={"features": "last"})
    onnx = OnnxOperator(emitter="gates.gated_residual")
    needs = Needs(ranks=(2, 3), words=WORDS)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """Both are mixed number by number."""
        first, second = (shape or () for shape in shapes)
        wrong = width_objection(shapes, 0, 1, "input and transformed") if len(first) == len(second) else None
        return wrong or disagreement(shapes, "input and transformed need the same shape", are_equal)
