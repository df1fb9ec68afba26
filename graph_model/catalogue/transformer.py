"""Transformers: attention and feed-forward layers with residual connections and normalization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.agreement import width_objection
from graph_model.catalogue import shared_parameters as shared
from graph_model.catalogue.attention import SEQUENCES, heads_objection, is_causal
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Boolean, Choice, Integer, Real

PAPER = "Vaswani et al., Attention Is All You Need (2017)"
BEFORE = "Xiong et al., On Layer Normalization in the Transformer Architecture (2020)"
LAYER = (
    "nhead",
    "dim_feedforward",
    "dropout",
    "feedforward_activation",
    "layer_norm_eps",
    "norm_first",
    "bias",
)
"""Parameters that each layer of every transformer has."""
DECODER_INPUTS = (
    Port("tgt", meaning="The sequence that is decoded, as far as it is known."),
    Port("memory", meaning="What the encoder gave, a vector for each step of the source."),
)


class TransformerKind(Kind):
    """Base of the transformers."""

    family = "Attention"
    learnable = True
    source = f"{PAPER}; norm_first: {BEFORE}"
    nhead = Integer(default=4, minimum=1, meaning="Attentions side by side; must divide the features of a step.")
    dim_feedforward = Integer(default=128, minimum=1, meaning="Neurons in the hidden layer of the feed-forward part.")
    dropout = Real(
        default=0.1,
        minimum=0.0,
        maximum=1.0,
        meaning="How likely a value is set to 0 while training, in the attention and in both parts.",
    )
    feedforward_activation = Choice(
        default="relu", choices=("relu", "gelu"), meaning="The function that the hidden layer applies."
    )
    layer_norm_eps = Real(
        default=1e-5, minimum=0.0, exclusive_minimum=True, meaning="Added to the variance, so that it is never 0."
    )
    norm_first = Boolean(
        default=False,
        meaning="Whether the normalization stands before each part, x + attention(norm(x)), instead of after it: deep "
        "stacks train more easily.",
    )
    bias = Boolean(default=True, meaning="Whether linear maps and normalizations add learned biases.")
    trainable = shared.trainable()
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """The heads share the numbers of a step; two sequences are added to each other."""
        indivisible = heads_objection(shapes, "nhead", parameters["nhead"])
        if indivisible is not None or len(shapes) == 1:
            return indivisible
        return width_objection(shapes, 0, 1, f"the steps of {self.inputs[0].name} and {self.inputs[1].name}")


class TransformerEncoderLayer(TransformerKind):
    """Every step looks at all steps, then goes through a small network of its own.

    Takes and gives (batch, time, d_model). Both parts are residual: what they find is added to what came, and
    normalized. Steps only meet in the attention; the feed-forward part is the same function at every step. With
    is_causal a step sees itself and those before it: so stacked, it is the layer of GPT.
    """

    also_called = ("encoder block", "gpt block", "bert layer")
    formula = "x = norm(x + attention(x)),  a = norm(x + W₂ σ(W₁ x))"
    is_causal = is_causal()
    torch = TorchCall(
        "compiler.modules.transformer.MaskedEncoderLayer",
        arguments=(*LAYER, "is_causal"),
        inferred={"d_model": "last"},
    )
    onnx = OnnxOperator(emitter="transformer.encoder_layer")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['nhead']} heads"


class TransformerDecoderLayer(TransformerKind):
    """Every step looks at those before it and at what the encoder gave, then passes a small network.

    Takes the target (batch, time, d_model) and the memory (batch, steps, d_model), and gives (batch, time,
    d_model). With tgt_is_causal a step of the target cannot see the later ones, which it has to predict.
    """

    also_called = ("decoder block", "cross-attention")
    formula = "x = norm(x + attention(x)),  x = norm(x + attention(x, memory)),  a = norm(x + W₂ σ(W₁ x))"
    inputs = DECODER_INPUTS
    tgt_is_causal = is_causal(default=True)
    torch = TorchCall(
        "compiler.modules.transformer.MaskedDecoderLayer",
        arguments=(*LAYER, "tgt_is_causal"),
        inferred={"d_model": "last"},
    )
    onnx = OnnxOperator(emitter="transformer.decoder_layer")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['nhead']} heads"


class TransformerStack(TransformerKind):
    """Base of the kinds that are one layer several times."""

    num_layers = Integer(default=2, minimum=1, maximum=256, meaning="Layers, each with weights of its own.")
    final_norm = Boolean(
        default=False, meaning="Whether a normalization follows the last layer, as is usual with norm_first."
    )

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['num_layers']} × {parameters['nhead']} heads"


class TransformerEncoder(TransformerStack):
    """Several encoder layers, one after the other.

    Takes and gives (batch, time, d_model). The order of the steps does not matter to attention: put a
    PositionalEncoding before it where it should. A mean over time and a Linear after it make a classifier.
    """

    also_called = ("bert", "gpt")
    formula = "x ← norm(x + attention(x)),  x ← norm(x + W₂ σ(W₁ x)),  num_layers times"
    is_causal = is_causal()
    torch = TorchCall(
        "compiler.modules.transformer.EncoderStack",
        arguments=("num_layers", *LAYER, "is_causal", "final_norm"),
        inferred={"d_model": "last"},
    )
    onnx = OnnxOperator(emitter="transformer.encoder")


class TransformerDecoder(TransformerStack):
    """Several decoder layers, one after the other, all looking at the same memory.

    Takes the target (batch, time, d_model) and the memory (batch, steps, d_model), and gives (batch, time, d_model).
    """

    also_called = ("decoder stack",)
    formula = "x ← norm(x + attention(x)),  x ← norm(x + attention(x, memory)),  x ← norm(x + W₂ σ(W₁ x)),  …"
    inputs = DECODER_INPUTS
    tgt_is_causal = is_causal(default=True)
    torch = TorchCall(
        "compiler.modules.transformer.DecoderStack",
        arguments=("num_layers", *LAYER, "tgt_is_causal", "final_norm"),
        inferred={"d_model": "last"},
    )
    onnx = OnnxOperator(emitter="transformer.decoder")


class Transformer(TransformerKind):
    """Encoder and decoder: one sequence is read, another is written with a look at it.

    Takes the source (batch, steps, d_model) and the target (batch, time, d_model), and gives (batch, time, d_model). In
    training the target is the wanted sequence, moved later by one step: at each step the decoder predicts the next. A
    normalization follows the last layer of each, as in torch.nn.Transformer.
    """

    also_called = ("encoder-decoder", "sequence to sequence")
    formula = "a = decoder(tgt, encoder(src))"
    inputs = (
        Port("src", meaning="The sequence that is read."),
        Port("tgt", meaning="The sequence that is written, as far as it is known."),
    )
    num_encoder_layers = Integer(default=2, minimum=1, maximum=256, meaning="Layers that read.")
    num_decoder_layers = Integer(default=2, minimum=1, maximum=256, meaning="Layers that write.")
    src_is_causal = is_causal()
    tgt_is_causal = is_causal(default=True)
    torch = TorchCall(
        "compiler.modules.transformer.EncoderDecoder",
        arguments=("num_encoder_layers", "num_decoder_layers", *LAYER, "src_is_causal", "tgt_is_causal"),
        inferred={"d_model": "last"},
    )
    onnx = OnnxOperator(emitter="transformer.transformer")

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['num_encoder_layers']} + {parameters['num_decoder_layers']} layers"


class PositionalEncoding(Kind):
    """Adds waves of many lengths, so that each step carries where it stands.

    Takes and gives (batch, time, d_model). Attention by itself sees a set of steps without an order. The waves are
    fixed: pairs of sine and cosine whose lengths grow from 2π to 10000 · 2π steps, so that near places have like
    vectors and a shift by k steps is the same rotation everywhere.
    """

    also_called = ("sinusoidal", "position")
    family = "Attention"
    formula = "a = x + p,  p(t, 2i) = sin(t / 10000^(2i/d)),  p(t, 2i+1) = cos(t / 10000^(2i/d))"
    source = f"{PAPER}, 3.5"
    torch = TorchCall("compiler.modules.transformer.PositionalEncoding", inferred={"d_model": "last"})
    onnx = OnnxOperator(emitter="positions.positional_encoding")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)


class LearnedPositionalEmbedding(Kind):
    """Adds a learned vector for each place in the sequence.

    Takes and gives (batch, time, d_model). It learns what each place means from the data, and knows only so many places
    as max_length says: shorter sequences use the first of them.
    """

    also_called = ("position embedding",)
    family = "Attention"
    formula = "a = x + P"
    source = "Gehring et al., Convolutional Sequence to Sequence Learning (2017)"
    learnable = True
    max_length = Integer(
        default=None,
        optional=True,
        minimum=1,
        meaning="Time steps of the longest sequence that it can take; empty: as many as the drawing has.",
    )
    trainable = shared.trainable()
    torch = TorchCall(
        "compiler.modules.transformer.LearnedPositionalEmbedding",
        arguments=("max_length",),
        inferred={"d_model": "last", "max_length": "time"},
    )
    onnx = OnnxOperator(emitter="positions.learned_embedding")
    needs = Needs(ranks=(3,), words=SEQUENCES, sequence=True)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        places, shape = parameters["max_length"], shapes[0]
        if places is None or shape is None or shape[1] <= places:
            return None
        words = f"it has vectors for {places} places, and here are {shape[1]} time steps"
        return Objection(words, change={"max_length": int(shape[1])})
