"""Recursive networks: one function joins parts to larger parts, along a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.recurrent import SEQUENCES
from graph_model.kind import Kind, TorchCall
from graph_model.objection import Needs
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice


class RecursiveTree(Kind):
    """A recursive network: one function f joins neighbours, then what came of them, up to a single vector.

    Takes (batch, time, features) and gives (batch, features).

    The time steps are the leaves of a balanced binary tree: two neighbours l and r, side by side, pass a fully
    connected layer of as many neurons as each of them has numbers, so that f can be used again on its own results;
    where a level has an odd number of parts, the last goes up as it is. A recurrent network is the special case of
    a tree that grows by one leaf at each step; here the way from each leaf to the answer is short, log₂ of the time
    steps.

    The tensor variant lets l and r multiply each other: only so can "not" turn the meaning of "good" round.
    """

    also_called = ("recursive network", "tree network", "rntn")
    family = "Recurrent"
    formula = "f(l, r) = σ(W[l, r] + b),  with a tensor: σ([l, r]ᵀV[l, r] + W[l, r] + b)"
    source = (
        "Socher et al., Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank (2013); "
        "Hung-yi Lee, Network Structure"
    )
    learnable = True
    nonlinearity = Choice(default="tanh", choices=("tanh", "relu", "sigmoid"), meaning="The function σ of f.")
    tensor = Boolean(default=False, meaning="Whether f also multiplies the numbers of l and r with each other.")
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.tree.RecursiveTree", arguments=("nonlinearity", "tensor"), inferred={"size": "last"}
    )
    onnx = OnnxOperator(emitter="tree.recursive_tree")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['nonlinearity']}{' tensor' if parameters['tensor'] else ''}"
