"""Transformers in ONNX's plain operators, layer by layer."""

from __future__ import annotations

from compiler.onnx.emitter import Emitter
from compiler.onnx.kinds.attention import Heads
from compiler.onnx.kinds.components import dense, layer_norm
from compiler.program import Step

ACTIVATIONS = {"relu": "Relu", "gelu": "Gelu"}


def encoder_layer(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write one encoder layer."""
    layer = _Layer(emitter, step, "")
    return emitter.add("Identity", [layer.encode(inputs[0], step.node.parameters["is_causal"])], step, what)


def decoder_layer(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write one decoder layer."""
    layer = _Layer(emitter, step, "")
    tensor, memory = inputs
    given = layer.decode(tensor, memory, step.node.parameters["tgt_is_causal"])
    return emitter.add("Identity", [given], step, what)


def encoder(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write a stack of encoder layers."""
    values = step.node.parameters
    given = _encoded(emitter, step, "", inputs[0], values["num_layers"], values["is_causal"])
    return emitter.add("Identity", [given], step, what)


def decoder(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write a stack of decoder layers."""
    given = _decoded(emitter, step, "", inputs, step.node.parameters["num_layers"])
    return emitter.add("Identity", [given], step, what)


def transformer(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str:
    """Write the encoder and the decoder that looks at what it gives."""
    values = step.node.parameters
    memory = _encoded(emitter, step, "encoder.", inputs[0], values["num_encoder_layers"], values["src_is_causal"])
    given = _decoded(emitter, step, "decoder.", [inputs[1], memory], values["num_decoder_layers"])
    return emitter.add("Identity", [given], step, what)


def _encoded(emitter: Emitter, step: Step, part: str, tensor: str, layers: int, is_causal: bool) -> str:
    for number in range(layers):
        tensor = _Layer(emitter, step, f"{part}layers.{number}.").encode(tensor, is_causal)
    return _normed(emitter, step, f"{part}norm", tensor)


def _decoded(emitter: Emitter, step: Step, part: str, inputs: list[str], layers: int) -> str:
    """Write decoder layers; `inputs`: target and memory."""
    tensor, memory = inputs
    for number in range(layers):
        layer = _Layer(emitter, step, f"{part}layers.{number}.")
        tensor = layer.decode(tensor, memory, step.node.parameters["tgt_is_causal"])
    return _normed(emitter, step, f"{part}norm", tensor)


def _normed(emitter: Emitter, step: Step, part: str, tensor: str) -> str:
    if not emitter.has_weight(step, f"{part}.weight"):
        return tensor
    return layer_norm(emitter, step, tensor, part, step.node.parameters["layer_norm_eps"])


class _Layer:
    """One layer, found in the step's module by its prefix `part`."""

    def __init__(self, emitter: Emitter, step: Step, part: str) -> None:
        self.emitter = emitter
        self.step = step
        self.part = part
        self.norm_first = bool(step.node.parameters["norm_first"])

    def encode(self, tensor: str, is_causal: bool) -> str:
        """Write self-attention and the feed-forward part."""
        tensor = self._attended("self_attn", "norm1", tensor, None, is_causal)
        return self._fed_forward("norm2", tensor)

    def decode(self, tensor: str, memory: str, is_causal: bool) -> str:
        """Write self-attention, attention to the memory, and the feed-forward part."""
        tensor = self._attended("self_attn", "norm1", tensor, None, is_causal)
        tensor = self._attended("multihead_attn", "norm2", tensor, memory, False)
        return self._fed_forward("norm3", tensor)

    def _attended(self, name: str, norm: str, tensor: str, memory: str | None, is_causal: bool) -> str:
        heads = Heads(self.emitter, self.step, f"{self.part}{name}.", self.step.node.parameters["nhead"], is_causal)
        query = self._norm(norm, tensor) if self.norm_first else tensor
        looked_at = query if memory is None else memory
        found, _ = heads.write(query, looked_at, looked_at)
        return self._residual(name, norm, tensor, found)

    def _fed_forward(self, norm: str, tensor: str) -> str:
        emitter, step, part = self.emitter, self.step, self.part
        given = self._norm(norm, tensor) if self.norm_first else tensor
        activation = ACTIVATIONS[step.node.parameters["feedforward_activation"]]
        hidden = emitter.add(activation, [dense(emitter, step, given, f"{part}linear1")], step, f"{part}hidden")
        return self._residual("feedforward", norm, tensor, dense(emitter, step, hidden, f"{part}linear2"))

    def _residual(self, name: str, norm: str, tensor: str, found: str) -> str:
        total = self.emitter.add("Add", [tensor, found], self.step, f"{self.part}{name}/residual")
        return total if self.norm_first else self._norm(norm, total)

    def _norm(self, norm: str, tensor: str) -> str:
        epsilon = self.step.node.parameters["layer_norm_eps"]
        return layer_norm(self.emitter, self.step, tensor, f"{self.part}{norm}", epsilon)
