"""Attention: each query looks at all keys and takes a mean of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import divisor_objection, steps_objection, width_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Integer, Real

SEQUENCES = "a sequence for each sample: (batch, time, features)"
SEQUENCE = Needs(ranks=(3,), words=SEQUENCES, sequence=True)
QUERIES = Needs(
    ranks=(2, 3), words="one query for each sample, (batch, features), or several, (batch, queries, features)"
)
WEIGHTED = (
    Port("output", meaning="The weighted mean of the values, for each query."),
    Port("weights", meaning="How much each query looks at each key; over the keys they add up to 1."),
)


def heads_objection(shapes: Shapes, name: str, heads: int) -> Objection | None:
    """Attentions side by side share the numbers of the first input."""
    size = int((shapes[0] or ())[-1])
    return divisor_objection(size, name, heads, f"the {size} numbers of the last axis")


def is_causal(default: bool = False) -> Boolean:
    """Whether time steps must not see later ones."""
    return Boolean(
        default=default,
        meaning="Whether step t sees only the steps up to t, as is needed to predict the next step.",
    )


class MultiheadAttention(Kind):
    """Several attentions side by side, each with linear maps of its own for queries, keys and values.

    Takes queries (batch, time, embed_dim), keys and values (batch, steps, features), and gives a vector for each
    query, (batch, time, embed_dim).

    Without keys the sequence attends to itself (self-attention); without values the keys serve as values. Each head
    looks at embed_dim / num_heads numbers of the mapped vectors, so that one may follow the word before and another
    the subject of the sentence; what the heads find is joined and mapped once more. With need_weights the weights
    come out as well: (batch, time, steps), or one such table for each head.
    """

    also_called = ("self-attention", "mha")
    family = "Attention"
    formula = "headᵢ = softmax(QᵢKᵢᵀ / √dᵢ) Vᵢ,  a = [head₁, head₂, …] Wᴼ"
    source = "Vaswani et al., Attention Is All You Need (2017)"
    learnable = True
    inputs = (
        Port("query", meaning="The sequence that looks, (batch, time, embed_dim)."),
        Port("key", optional=True, meaning="What is looked at; without a wire, the queries."),
        Port("value", optional=True, meaning="What the mean is taken of; without a wire, the keys."),
    )
    num_heads = Integer(default=4, minimum=1, meaning="Attentions side by side; must divide the features of a query.")
    dropout = Real(default=0.0, minimum=0.0, maximum=1.0, meaning="How likely a weight is set to 0 while training.")
    bias = Boolean(default=True, meaning="Whether the linear maps add learned biases.")
    add_bias_kv = Boolean(default=False, meaning="Whether one learned key and value is appended to what comes.")
    add_zero_attn = Boolean(default=False, meaning="Whether a key and value of zeros is appended, to look at nothing.")
    is_causal = is_causal()
    need_weights = Boolean(default=False, meaning="Whether the attention weights are an output too.")
    average_attn_weights = Boolean(
        default=True,
        meaning="Whether the weights are the mean over the heads; otherwise each head has a table of its own.",
        relevant_if=("need_weights", (True,)),
    )
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.attention.MaskedMultiheadAttention",
        arguments=(
            "num_heads",
            "dropout",
            "bias",
            "add_bias_kv",
            "add_zero_attn",
            "is_causal",
            "need_weights",
            "average_attn_weights",
        ),
        inferred={"embed_dim": "last", "kdim": "last:1", "vdim": "last:2"},
    )
    onnx = OnnxOperator(emitter="attention.multihead_attention")
    needs = SEQUENCE

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """The heads share the numbers of a query; keys and values come in pairs."""
        keys = 0 if shapes[1] is None else 1
        words = "keys and values" if keys else "without keys of their own, queries and values"
        return heads_objection(shapes, "num_heads", parameters["num_heads"]) or steps_objection(shapes, keys, 2, words)

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        """With need_weights there is a second output."""
        return self.with_ports(outputs=WEIGHTED) if parameters["need_weights"] else self

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['num_heads']} heads"


class ScoredAttention(Kind):
    """Base of the attentions with one head that differ in how they score a key for a query."""

    family = "Attention"
    inputs = (
        Port("query", meaning="What is looked for."),
        Port("keys", meaning="What it is compared with, one for each step."),
        Port("values", optional=True, meaning="What the mean is taken of; without a wire, the keys."),
    )
    outputs = WEIGHTED
    is_causal = is_causal()
    needs = Needs(ports={"query": QUERIES, "keys": SEQUENCE, "values": SEQUENCE})

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """Keys and values come in pairs."""
        return steps_objection(shapes, 1, 2, "keys and values")


class ProductAttention(ScoredAttention):
    """Base of the attentions whose score is the product of query and key."""

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """A product takes vectors of one length."""
        return width_objection(shapes, 0, 1, "a query and a key") or super().objection(parameters, shapes)


class DotAttention(ProductAttention):
    """Looks at those keys that point the same way as the query.

    Takes a query (batch, features) or several (batch, queries, features), keys (batch, steps, features) and values
    (batch, steps, value features); gives the weighted mean of the values for each query, and the weights. In a
    sequence-to-sequence network the query is the decoder's state and the keys are what the encoder gave at every step.
    """

    also_called = ("dot product attention", "luong attention")
    formula = "α = softmax(K q),  a = Σ αₜ vₜ"
    source = "Luong, Pham, Manning, Effective Approaches to Attention-based Neural Machine Translation (2015)"
    torch = TorchCall("compiler.modules.attention.DotAttention", arguments=("is_causal",))
    onnx = OnnxOperator(emitter="attention.dot_attention")


class ScaledDotProductAttention(ProductAttention):
    """Dot attention whose scores are divided by √features.

    Takes a query (batch, features) or several (batch, queries, features), keys (batch, steps, features) and values
    (batch, steps, value features); gives the weighted mean of the values for each query, and the weights. Products of
    long vectors are large, and the softmax of large numbers is almost 0 or 1, where it has no gradient: the division
    keeps their spread near 1.
    """

    also_called = ("scaled attention", "sdpa")
    formula = "a = softmax(Q Kᵀ / √d) V"
    source = "Vaswani et al., Attention Is All You Need (2017), 3.2.1"
    scale = Real(
        default=None,
        optional=True,
        meaning="What the products are multiplied by. Empty: 1/√d, d being the features of a query.",
    )
    torch = TorchCall("compiler.modules.attention.ScaledDotProductAttention", arguments=("is_causal", "scale"))
    onnx = OnnxOperator(emitter="attention.dot_attention")


class AdditiveAttention(ScoredAttention):
    """Scores each key with a small network, so that queries and keys may differ in width.

    Takes a query (batch, features) or several (batch, queries, features), keys (batch, steps, key features) and values
    (batch, steps, value features); gives the weighted mean of the values for each query, and the weights. It is the
    attention with which sequence-to-sequence translation began.
    """

    also_called = ("bahdanau attention", "additive")
    formula = "α = softmax(vᵀ tanh(W q + U k)),  a = Σ αₜ vₜ"
    source = "Bahdanau, Cho, Bengio, Neural Machine Translation by Jointly Learning to Align and Translate (2015)"
    learnable = True
    hidden_size = Integer(default=32, minimum=1, meaning="Number of neurons in the hidden layer that scores.")
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.attention.AdditiveAttention",
        arguments=("hidden_size", "is_causal"),
        inferred={"query_size": "last", "key_size": "last:1"},
    )
    onnx = OnnxOperator(emitter="attention.additive_attention")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return str(parameters["hidden_size"])
