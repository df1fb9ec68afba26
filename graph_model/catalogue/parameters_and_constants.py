"""Values that nothing is wired to: fixed ones, and learned ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, TorchCall
from graph_model.number_lists import RealNumbers
from graph_model.objection import Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Choice, Real, Shape

MOST_VALUES = 4096


class Constant(Kind):
    """Gives the same fixed numbers for every sample.

    Gives (batch, shape). One value fills the whole shape; otherwise there are as many as it has places, the last axis
    running fastest.
    """

    also_called = ("number", "fixed value")
    family = "Arithmetic"
    formula = "y = c"
    inputs = ()
    follows_batch = True
    shape = Shape(default=[1], meaning="The shape for one sample, without the batch.")
    values = RealNumbers(default=[1.0], count=MOST_VALUES, meaning="The numbers: one for all, or one for each place.")
    torch = TorchCall("compiler.modules.constants.Constant", arguments=("shape", "values"))
    onnx = OnnxOperator(emitter="constants.constant")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        count, places = len(parameters["values"]), math.prod(parameters["shape"])
        if count in (1, places):
            return None
        words = f"it has {count} values for the {places} places of its shape {parameters['shape']}"
        return Objection(words, {"shape": [count]})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        shown = ", ".join(f"{value:g}" for value in parameters["values"][:4])
        return shown if len(parameters["values"]) <= 4 else f"{shown}, …"


class Parameter(Kind):
    """Gives numbers that are learned, the same for every sample.

    Gives (batch, shape). They get the gradients of all samples added up. The start state of a recurrent network, or the
    places of words in a sentence, can be learned so.
    """

    also_called = ("learned tensor", "weights")
    family = "Arithmetic"
    formula = "y = W"
    learnable = True
    inputs = ()
    follows_batch = True
    shape = Shape(default=[1], meaning="The shape for one sample, without the batch.")
    init = Choice(
        default="zeros",
        choices=("zeros", "constant", "normal", "uniform"),
        meaning="How the numbers start. normal: around 0. uniform: between −value and value.",
    )
    init_value = Real(
        default=1.0,
        meaning="The value that all start with, the standard deviation of a normal start, or a uniform one's bound.",
        relevant_if=("init", ("constant", "normal", "uniform")),
    )
    trainable = shared.trainable()
    torch = TorchCall("compiler.modules.constants.LearnedTensor", arguments=("shape", "init", "init_value"))
    onnx = OnnxOperator(emitter="constants.learned")

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        if parameters["init"] in ("normal", "uniform") and parameters["init_value"] < 0:
            words = f"a {parameters['init']} start needs an init_value of at least 0, not {parameters['init_value']:g}"
            return Objection(words, {"init_value": -parameters["init_value"]})
        return None

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return "×".join(str(size) for size in parameters["shape"])
