"""Of what a kind is made outside of the drawing: in PyTorch, and in an ONNX file."""

from __future__ import annotations

from graph_model import Kind
from graph_model.blocks.kind import BlockKind

WRAPPED = frozenset(
    {
        "CosineSimilarity",
        "FractionalMaxPool2d",
        "FractionalMaxPool3d",
        "RNN",
        "GRU",
        "LSTM",
        "LSTMCell",
        "MultiheadAttention",
        "TransformerEncoderLayer",
        "TransformerDecoderLayer",
        "TransformerEncoder",
        "TransformerDecoder",
        "Transformer",
    }
)
"""Kinds of torch.nn that a module of this program adds something to, such as a port for a state."""


def torch_words(kind: Kind) -> str:
    """Say which class or function of PyTorch computes a kind; "" for what only marks a place in the drawing."""
    if isinstance(kind, BlockKind):
        return "a torch.nn.Module of its own, made of what is inside"
    call = kind.torch
    if call is None:
        return "" if kind.stands_in or not kind.inputs else "a row of the weights of all neurons that run together"
    name = call.module or call.function or ""
    if not name.startswith("compiler."):
        return name if call.module else f"{name}, a function"
    own = f"{name.rpartition('.')[2]}, a module of this program; source code written from a drawing contains it"
    return f"torch.nn.{kind.name}, within {own}" if kind.name in WRAPPED else own


def onnx_words(kind: Kind) -> str:
    """Say how a kind is written in an ONNX file, or that it cannot be."""
    if isinstance(kind, BlockKind) or kind.stands_in == "block":
        return "as what is inside the block"
    if kind.brings_data:
        return "as an input of the model"
    if not kind.outputs:
        return "as an output of the model"
    if kind.onnx is None:
        return "together with its neighbours" if kind.gives_scalar else "not possible: an export says so, by name"
    if not kind.onnx.operator:
        return "as several operators"
    return f"as {kind.onnx.operator}" + (", or several operators" if kind.onnx.emitter else "")
