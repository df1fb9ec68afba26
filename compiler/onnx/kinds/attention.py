"""Attention in ONNX's plain operators: scores, a softmax over the keys, and a product with the values."""

from __future__ import annotations

import math

import numpy
from onnx import numpy_helper

from compiler.onnx.emitter import Array, Emitter
from compiler.onnx.kinds.components import dense, number, product, whole_numbers
from compiler.onnx.kinds.lengths import counted, reshaped, sizes_of
from compiler.program import Step


def multihead_attention(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """Write torch.nn.MultiheadAttention with the batch first."""
    values = step.node.parameters
    query, key, value = inputs
    heads = Heads(emitter, step, "", values["num_heads"], values["is_causal"])
    output, weights = heads.write(query, key or query, value or key or query)
    result = emitter.add("Identity", [output], step, what)
    if not values["need_weights"]:
        return result
    if values["average_attn_weights"]:
        first = whole_numbers(emitter, step, "axis of heads", 1)
        weights = emitter.add("ReduceMean", [weights, first], step, "weights", keepdims=0)
    return [result, weights]


class Heads:
    """Attention with several heads, whose weights are those of torch.nn.MultiheadAttention.

    `part`: the module within the step's, e.g. "layers.0.self_attn.", or "" for the step's own.
    """

    def __init__(self, emitter: Emitter, step: Step, part: str, heads: int, is_causal: bool) -> None:
        self.emitter = emitter
        self.step = step
        self.part = part
        self.heads = heads
        self.is_causal = is_causal

    def write(self, query: str, key: str, value: str) -> tuple[str, str]:
        """Return the mean, (batch, queries, embed_dim), and the weights, (batch, heads, queries, keys)."""
        emitter, step, part = self.emitter, self.step, self.part
        mapped = [self._mapped(name, tensor) for name, tensor in (("query", query), ("key", key), ("value", value))]
        extra = 0
        if self._weight("bias_k") is not None:
            mapped[1] = self._appended("key", mapped[1], self._weight("bias_k"))
            mapped[2] = self._appended("value", mapped[2], self._weight("bias_v"))
            extra += 1
        if step.node.parameters.get("add_zero_attn"):
            zeros = numpy.zeros((1, 1, self.embed_dim), numpy.float32)
            mapped[1], mapped[2] = (
                self._appended(f"{name}/zero", tensor, zeros)
                for name, tensor in (("key", mapped[1]), ("value", mapped[2]))
            )
            extra += 1
        split_query = self._split("query", mapped[0], (0, 2, 1, 3))
        split_key = self._split("key", mapped[1], (0, 2, 3, 1))
        split_value = self._split("value", mapped[2], (0, 2, 1, 3))
        scores = emitter.add("MatMul", [split_query, split_key], step, f"{part}scores")
        scale = number(emitter, step, f"{part}scale", 1.0 / math.sqrt(self.embed_dim // self.heads))
        scores = emitter.add("Mul", [scores, scale], step, f"{part}scores/scaled")
        if self.is_causal:
            scores = masked(emitter, step, scores, part, extra)
        weights = emitter.add("Softmax", [scores], step, f"{part}weights/heads", axis=-1)
        means = emitter.add("MatMul", [weights, split_value], step, f"{part}means")
        joined = emitter.add("Transpose", [means], step, f"{part}means/by query", perm=(0, 2, 1, 3))
        joined = reshaped(emitter, step, joined, f"{part}joined", 0, 0, self.embed_dim)
        return dense(emitter, step, joined, f"{part}out_proj"), weights

    @property
    def embed_dim(self) -> int:
        """How many numbers a result has."""
        return int(self.emitter.weights[f"{self.step.owner}.{self.part}out_proj.weight"].shape[0])

    def _weight(self, name: str) -> Array | None:
        return self.emitter.weights.get(f"{self.step.owner}.{self.part}{name}")

    def _mapped(self, name: str, tensor: str) -> str:
        """Write the linear map of the queries, the keys or the values: a third of one matrix, or one of its own."""
        place = ("query", "key", "value").index(name)
        together, biases = self._weight("in_proj_weight"), self._weight("in_proj_bias")
        weight = self._weight(f"{name[0]}_proj_weight") if together is None else numpy.split(together, 3)[place]
        assert weight is not None
        bias = None if biases is None else numpy.split(biases, 3)[place]
        return product(self.emitter, self.step, tensor, f"{self.part}in_proj.{name}", weight, bias)

    def _appended(self, name: str, tensor: str, value: Array | None) -> str:
        """Write one more key or value, the same for each sample."""
        assert value is not None
        emitter, step, part = self.emitter, self.step, self.part
        whole = emitter.add("Shape", [tensor], step, f"{part}{name}/batch", start=0, end=1)
        ones = whole_numbers(emitter, step, f"{part}{name}/one step", 1, self.embed_dim)
        shape = emitter.add("Concat", [whole, ones], step, f"{part}{name}/shape appended", axis=0)
        constant = emitter.constant(f"{step.node.id}.{part}{name}.appended", value)
        expanded = emitter.add("Expand", [constant, shape], step, f"{part}{name}/appended")
        return emitter.add("Concat", [tensor, expanded], step, f"{part}{name}/with appended", axis=1)

    def _split(self, name: str, tensor: str, order: tuple[int, ...]) -> str:
        """Write (batch, steps, embed_dim) as heads, with the axes (batch, steps, heads, features) in an order."""
        emitter, step, part = self.emitter, self.step, self.part
        sizes = (0, 0, self.heads, self.embed_dim // self.heads)
        heads = reshaped(emitter, step, tensor, f"{part}{name}/split", *sizes)
        return emitter.add("Transpose", [heads], step, f"{part}{name}/heads", perm=order)


def masked(emitter: Emitter, step: Step, scores: str, part: str, extra: int = 0) -> str:
    """Write −∞ where a query would look at a later key; the last `extra` keys are open to all."""
    name = f"{part}causal mask"
    shape = sizes_of(emitter, step, scores, f"{name}/shape", -2)
    if extra:
        shape = counted(emitter, step, "Sub", shape, [0, extra], f"{name}/own shape")
    nothing = numpy_helper.from_array(numpy.array([-numpy.inf], dtype=numpy.float32))
    closed = emitter.add("ConstantOfShape", [shape], step, f"{name}/closed", value=nothing)
    following = emitter.constant(f"{step.node.name}/{name}/following", numpy.array(1, dtype=numpy.int64))
    mask = emitter.add("Trilu", [closed, following], step, f"{name}/own" if extra else name, upper=1)
    if extra:
        mask = emitter.add("Pad", [mask, whole_numbers(emitter, step, f"{name}/pads", 0, 0, 0, extra)], step, name)
    return emitter.add("Add", [scores, mask], step, f"{part}scores/masked")


def dot_attention(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """Write the attention whose scores are products, scaled or not."""
    query = _several(emitter, step, inputs[0])
    keys = emitter.add("Transpose", [inputs[1]], step, "keys/by feature", perm=(0, 2, 1))
    scores = emitter.add("MatMul", [query, keys], step, "scores")
    values = step.node.parameters
    if "scale" in values:
        default = 1.0 / math.sqrt(int(step.input_shapes[0][-1]))
        scale = number(emitter, step, "scale", default if values["scale"] is None else values["scale"])
        scores = emitter.add("Mul", [scores, scale], step, "scores/scaled")
    return _weighted(emitter, step, inputs, what, scores)


def additive_attention(emitter: Emitter, step: Step, inputs: list[str], what: str | None) -> str | list[str]:
    """Write the attention whose scores come from a small network."""
    query = dense(emitter, step, _several(emitter, step, inputs[0]), "query")
    key = dense(emitter, step, inputs[1], "key")
    query = emitter.add("Unsqueeze", [query, whole_numbers(emitter, step, "axis of keys", 2)], step, "query/each key")
    key = emitter.add("Unsqueeze", [key, whole_numbers(emitter, step, "axis of queries", 1)], step, "key/each query")
    hidden = emitter.add("Tanh", [emitter.add("Add", [query, key], step, "hidden/sum")], step, "hidden")
    scores = dense(emitter, step, hidden, "score")
    scores = emitter.add("Squeeze", [scores, whole_numbers(emitter, step, "axis of scores", 3)], step, "scores")
    return _weighted(emitter, step, inputs, what, scores)


def _several(emitter: Emitter, step: Step, query: str) -> str:
    """A single query as the only one of several."""
    if len(step.input_shapes[0]) == 3:
        return query
    return emitter.add("Unsqueeze", [query, whole_numbers(emitter, step, "axis of query", 1)], step, "queries")


def _weighted(emitter: Emitter, step: Step, inputs: list[str], what: str | None, scores: str) -> list[str]:
    """Write what follows the scores, (batch, queries, keys): the mask, the softmax and the mean."""
    if step.node.parameters["is_causal"]:
        scores = masked(emitter, step, scores, "")
    single = len(step.input_shapes[0]) == 2
    weights = emitter.add("Softmax", [scores], step, "weights/each query" if single else "weights", axis=-1)
    values = inputs[2] or inputs[1]
    if not single:
        return [emitter.add("MatMul", [weights, values], step, what), weights]
    means = emitter.add("MatMul", [weights, values], step, "means")
    only = whole_numbers(emitter, step, "axis of queries given", 1)
    return [
        emitter.add("Squeeze", [means, only], step, what),
        emitter.add("Squeeze", [weights, only], step, "weights"),
    ]
