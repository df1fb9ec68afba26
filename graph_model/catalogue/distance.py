"""How alike two inputs are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import axis_objection
from graph_model.joining import same_shape_objection
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real


class Comparison(Kind):
    """Base of what compares two inputs of one shape along an axis."""

    family = "Linear"
    source = (
        "Chopra, Hadsell, LeCun, Learning a Similarity Metric Discriminatively, with Application to Face Verification "
        "(2005)"
    )
    inputs = (Port("x1", meaning="The one input."), Port("x2", meaning="The other input, of the same shape."))
    keepdim = Boolean(default=True, meaning="Whether the axis stays, with size 1: (batch, 1) for two vectors.")


class CosineSimilarity(Comparison):
    """The cosine of the angle between two inputs: 1 where they point the same way, −1 opposite ways.

    Takes two inputs of one shape, (batch, features) or more axes, and gives (batch, 1), or the shape with the axis
    reduced to 1. How long the inputs are does not matter.
    """

    also_called = ("cosine", "similarity")
    formula = "a = x₁ · x₂ / (max(‖x₁‖, eps) · max(‖x₂‖, eps))"
    dim = Integer(
        default=-1, minimum=-5, maximum=5, meaning="The axis along which the inputs are compared; −1: the last."
    )
    eps = Real(
        default=1e-8,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="The least length that is divided by, so that an input of zeros does no harm.",
    )
    torch = TorchCall("compiler.modules.distance.CosineSimilarity", arguments=("dim", "eps", "keepdim"))
    onnx = OnnxOperator(emitter="distance.cosine_similarity")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return same_shape_objection(shapes) or axis_objection(shapes, parameters["dim"])


class PairwiseDistance(Comparison):
    """How far two inputs are from each other along the last axis.

    Takes two inputs of one shape, (batch, features) or more axes, and gives (batch, 1), or the shape with the last axis
    reduced to 1. p = 2 is the distance as the crow flies, p = 1 the sum of the differences.
    """

    also_called = ("distance", "euclidean")
    formula = "a = (Σᵢ |x₁ᵢ − x₂ᵢ + eps|ᵖ)^(1/p)"
    p = Real(
        default=2.0,
        minimum=0.0,
        exclusive_minimum=True,
        meaning="The power p: 2 measures as the crow flies, 1 adds the differences up.",
    )
    eps = Real(default=1e-6, minimum=0.0, meaning="Added to each difference, so that the gradient at 0 exists.")
    torch = TorchCall("torch.nn.PairwiseDistance", arguments=("p", "eps", "keepdim"))
    onnx = OnnxOperator(emitter="distance.pairwise_distance")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        return same_shape_objection(shapes)
