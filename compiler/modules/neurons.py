"""Single neurons as modules: all neurons of one depth run as one matrix operation.

The classes stand alone, on torch only: exported source carries their text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


class SideBySide(nn.Module):
    """Lays what arrives side by side, (batch, n), all axes of a sample flat, and picks some of its columns.

    `picks`: the numbers of the columns, in the order in which they are wanted; None: all as they are.
    """

    picks: torch.Tensor | None

    def __init__(self, picks: Sequence[int] | None) -> None:
        super().__init__()
        index = None if picks is None else torch.tensor(list(picks), dtype=torch.int64)
        self.register_buffer("picks", index, persistent=False)

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        """Return (batch, picked columns)."""
        flat = [tensor if tensor.dim() == 2 else tensor.unsqueeze(1).flatten(1) for tensor in tensors]
        together = flat[0] if len(flat) == 1 else torch.cat(flat, dim=1)
        return together if self.picks is None else together.index_select(1, self.picks)


class Shared(nn.Module):
    """Numbers in a row, of which some are trained, some fixed, and some belong to other columns.

    `start`: the trained ones of this column. `fixed`: those that stay. `where`: for each number of the row its place
    in [trained, fixed, others'], so that several can share one; None: they are the trained ones in their order.
    """

    fixed: torch.Tensor | None
    where: torch.Tensor | None

    def __init__(self, start: Sequence[float], fixed: Sequence[float], where: Sequence[int] | None) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(list(start), dtype=torch.get_default_dtype()), len(start) > 0)
        self.register_buffer("fixed", torch.tensor(list(fixed), dtype=self.value.dtype) if fixed else None)
        index = None if where is None else torch.tensor(list(where), dtype=torch.int64)
        self.register_buffer("where", index, persistent=False)

    def forward(self, *others: torch.Tensor) -> torch.Tensor:
        """Return the row, (n,); `others`: the trained numbers of the columns that this one shares some with."""
        if self.where is None:
            return self.value
        parts = [self.value, *([] if self.fixed is None else [self.fixed]), *others]
        return (parts[0] if len(parts) == 1 else torch.cat(parts)).index_select(0, self.where)


class NeuronColumn(nn.Module):
    """Neurons that do not feed each other, as one product: z = x Wᵀ + b, of which each wire carries one weight.

    Source: Hung-yi Lee, Deep Learning, lecture 1: aˡ = σ(Wˡ aˡ⁻¹ + bˡ). W is held as it is fastest:

    "full": each neuron has each input, W is the parameter, as in nn.Linear. "masked": W is the parameter, and a mask
    holds what is not wired at 0. "scattered": the weights are a row of numbers that is laid into W. "sparse": W is
    never made; products are added up wire by wire.

    `neurons`, `inputs`: for each weight the neuron (row of W) and the input (column of W) that it connects; not needed
    for a full one. `weights`, `biases`: how they start. `fixed_…`, `…_where`: as in Shared.
    """

    weight: nn.Parameter | Shared
    bias: nn.Parameter | Shared
    mask: torch.Tensor | None
    place: torch.Tensor | None
    neurons: torch.Tensor
    columns: torch.Tensor

    def __init__(
        self,
        shape: tuple[int, int],
        form: str,
        weights: Sequence[float],
        biases: Sequence[float],
        neurons: Sequence[int] = (),
        inputs: Sequence[int] = (),
        fixed_weights: Sequence[float] = (),
        weight_where: Sequence[int] | None = None,
        fixed_biases: Sequence[float] = (),
        bias_where: Sequence[int] | None = None,
        others: int = 0,
    ) -> None:
        super().__init__()
        self.shape, self.form, self.others = (shape[0], shape[1]), form, others
        row = torch.tensor(list(neurons), dtype=torch.int64)
        column = torch.tensor(list(inputs), dtype=torch.int64)
        place = row * self.shape[1] + column
        if form in ("full", "masked"):
            self.weight = nn.Parameter(torch.tensor(list(weights)).reshape(self.shape))
        else:
            self.weight = Shared(weights, fixed_weights, weight_where)
        mask = torch.zeros(self.shape).index_put((row, column), torch.tensor(1.0)) if form == "masked" else None
        self.register_buffer("mask", mask, persistent=False)
        self.register_buffer("place", place if form in ("scattered", "sparse") else None, persistent=False)
        self.register_buffer("neurons", row if form == "sparse" else row[:0], persistent=False)
        self.register_buffer("columns", column if form == "sparse" else column[:0], persistent=False)
        if bias_where is None and not fixed_biases:
            self.bias = nn.Parameter(torch.tensor(list(biases)))
        else:
            self.bias = Shared(biases, fixed_biases, bias_where)

    def forward(self, x: torch.Tensor, *shared: torch.Tensor) -> torch.Tensor:
        """Return z, (batch, neurons), of the inputs x, (batch, inputs).

        `shared`: the weights, `others` in number, and after them the biases of the columns that this one shares some
        with.
        """
        bias = self.bias if isinstance(self.bias, nn.Parameter) else self.bias(*shared[self.others :])
        if self.form != "sparse":
            return functional.linear(x, self.matrix(*shared[: self.others]), bias)
        products = x.index_select(1, self.columns) * self.row(*shared[: self.others])
        return x.new_zeros(len(x), self.shape[0]).index_add(1, self.neurons, products) + bias

    def row(self, *others: torch.Tensor) -> torch.Tensor:
        """Return the weights one after the other, (wires,), where they are not held as a matrix."""
        row: torch.Tensor = self.weight(*others) if isinstance(self.weight, Shared) else self.weight.flatten()
        return row

    def matrix(self, *others: torch.Tensor) -> torch.Tensor:
        """Return W, (neurons, inputs)."""
        if isinstance(self.weight, nn.Parameter):
            return self.weight if self.mask is None else self.weight * self.mask
        row = self.row(*others)
        assert self.place is not None
        return row.new_zeros(self.shape[0] * self.shape[1]).index_add(0, self.place, row).view(self.shape)


class MaxoutColumn(nn.Module):
    """Groups of equally many numbers, of each of which the largest counts (Goodfellow et al., 2013).

    Takes (batch, groups · size), group after group.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (batch, groups)."""
        return x.reshape(len(x), -1, self.size).amax(dim=2)
