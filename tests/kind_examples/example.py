"""One node between Inputs and Outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from graph_model import Graph


@dataclass(frozen=True)
class Example:
    """A kind with some parameters, and what is wired to it.

    `shapes`: of one sample at each port, in their order; for a variadic port one for each wire; None leaves an optional
    port without a wire. `vocabulary`: what arrives at a port that takes indices are whole numbers below it.
    `reference`: for a kind that torch.nn lacks: takes the node's module (None for a plain function) and the inputs, and
    returns by plain formulas what each output has to give. `onnx`: "" or the words with which the export refuses it.
    `comes_back`: reading the exported file gives this kind again; otherwise it gives other kinds that compute the same,
    or a sentence. `smooth`: whether its gradient can be compared with finite differences.
    `positive`: what arrives is positive, as for a logarithm.
    """

    kind: str
    parameters: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[list[int] | None, ...] = ([6],)
    vocabulary: int = 0
    reference: Callable[..., Any] | None = None
    onnx: str = ""
    comes_back: bool = True
    smooth: bool = True
    positive: bool = False

    def drawing(self) -> Graph:
        """The node "tested" between Inputs "x", "x 2", … and Outputs "y", "y 2", …"""
        graph = Graph(self.kind)
        inputs = [
            None if shape is None else graph.add("Input", name=x_name(n), shape=shape)
            for n, shape in enumerate(self.shapes)
        ]
        node = graph.add(self.kind, name="tested", **self.parameters)
        kind = graph.kind_of(node)
        for number, source in enumerate(inputs):
            if source is not None and kind.inputs:
                graph.connect(source, node, input=min(number, len(kind.inputs) - 1))
        for number in range(len(kind.outputs)):
            graph.connect(node, graph.add("Output", name=y_name(number)), output=number)
        if not kind.inputs:
            # Nothing can be wired to it, and yet the batch has to come from somewhere: the Inputs pass through.
            for number, source in enumerate(inputs, start=len(kind.outputs)):
                if source is not None:
                    graph.connect(source, graph.add("Output", name=y_name(number)))
        return graph

    def samples(self, batch: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
        """A tensor for each Input of the drawing."""
        generator = torch.Generator().manual_seed(seed)
        graph = self.drawing()
        ports = graph.kind_of("tested").inputs
        found = []
        for number, shape in enumerate(self.shapes):
            if shape is None:
                continue
            if ports and ports[min(number, len(ports) - 1)].indices:
                found.append(torch.randint(self.vocabulary, (batch, *shape), generator=generator).to(dtype))
            else:
                values = torch.randn(batch, *shape, generator=generator, dtype=dtype)
                found.append(values.abs() + 0.1 if self.positive else values)
        return found


def x_name(number: int) -> str:
    """The name of an Input of an example's drawing."""
    return "x" if number == 0 else f"x {number + 1}"


def y_name(number: int) -> str:
    """The name of an Output of an example's drawing."""
    return "y" if number == 0 else f"y {number + 1}"


def module_of(compiled: nn.Module) -> nn.Module | None:
    """The module of the tested node, or None where it is a plain function."""
    return getattr(compiled, "tested", None)
