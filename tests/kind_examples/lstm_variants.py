"""Examples of LSTMs with other gates, and of the Grid LSTM; the references are plain loops over the formulas."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.kind_examples.example import Example
from tests.kind_examples.recurrent import of_torch

Numbers = dict[str, torch.Tensor]


def gate_numbers(weights: Numbers, suffix: str, gates: list[str], x: torch.Tensor, h: torch.Tensor) -> Numbers:
    """W[x, h] + b of each gate, for one sample at one time step."""
    z = weights[f"weight_ih{suffix}"] @ x + weights[f"weight_hh{suffix}"] @ h
    for name in ("bias_ih", "bias_hh"):
        z = z + weights.get(f"{name}{suffix}", torch.zeros_like(z))
    return dict(zip(gates, z.split(len(h)), strict=True))


def one_direction(
    weights: Numbers, suffix: str, gates: str, xs: list[torch.Tensor], h: torch.Tensor, c: torch.Tensor
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """h and c at each time step of one sample, in the order of reading."""
    rows = {
        "all": ["i", "f", "z", "o"],
        "coupled": ["i", "z", "o"],
        "no input gate": ["f", "z", "o"],
        "no forget gate": ["i", "z", "o"],
        "no output gate": ["i", "f", "z"],
    }[gates]
    seeing = [row for row in rows if row != "z"]
    p = dict(zip(seeing, weights.get(f"peephole{suffix}", torch.zeros(len(seeing), len(h))), strict=True))
    found = []
    for x in xs:
        z = gate_numbers(weights, suffix, rows, x, h)
        i = torch.sigmoid(z["i"] + p["i"] * c) if "i" in z else 1.0
        f = torch.sigmoid(z["f"] + p["f"] * c) if "f" in z else 1.0
        if gates == "coupled":
            f = 1.0 - i
        c = f * c + i * torch.tanh(z["z"])
        o = torch.sigmoid(z["o"] + p["o"] * c) if "o" in z else 1.0
        h = o * torch.tanh(c)
        found.append((h, c))
    return found


def by_formula(gates: str) -> Any:
    def reference(module: nn.Module, x: torch.Tensor, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        weights = dict(module.named_parameters())
        hidden = weights["weight_hh_l0"].shape[1]
        suffixes = [suffix for suffix in ("_l0", "_l0_reverse") if f"weight_hh{suffix}" in weights]
        h0, c0 = states or [torch.zeros(len(x), len(suffixes) * hidden).double()] * 2
        outputs, last_h, last_c = [], [], []
        for sample, h_start, c_start in zip(x, h0, c0, strict=True):
            steps, ends = [], []
            for number, suffix in enumerate(suffixes):
                here = slice(number * hidden, (number + 1) * hidden)
                xs = list(sample) if number == 0 else list(sample)[::-1]
                found = one_direction(weights, suffix, gates, xs, h_start[here], c_start[here])
                ends.append(found[-1])
                steps.append([h for h, _ in (found if number == 0 else found[::-1])])
            outputs.append(torch.stack([torch.cat(parts) for parts in zip(*steps, strict=True)]))
            last_h.append(torch.cat([h for h, _ in ends]))
            last_c.append(torch.cat([c for _, c in ends]))
        return torch.stack(outputs), torch.stack(last_h), torch.stack(last_c)

    return reference


def plain_lstm(module: Any, x: torch.Tensor, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """torch.nn.LSTM itself."""
    given = {"input_size": x.shape[2], "hidden_size": module.hidden_size, "num_layers": 1, "bias": True}
    own = nn.LSTM(**given, batch_first=True, bidirectional=hasattr(module, "weight_hh_l0_reverse"))
    own = own.double()
    own.load_state_dict(module.state_dict())
    return of_torch(nn.LSTM)(own, x, *states)


def variant(parameters: dict[str, Any], *shapes: list[int] | None, reference: Any = None) -> Example:
    wanted = reference or by_formula(parameters.get("gates", "all"))
    return Example("LSTMVariant", {"hidden_size": 3, **parameters}, shapes, reference=wanted, comes_back=False)


def grid(layers: int, is_shared: bool, is_bidirectional: bool) -> Any:
    def block(weight: torch.Tensor, bias: torch.Tensor, h: torch.Tensor, m: torch.Tensor) -> list[torch.Tensor]:
        i, f, z, o = (weight @ h + bias).split(len(m))
        m = f.sigmoid() * m + i.sigmoid() * z.tanh()
        return [(o.sigmoid() * m).tanh(), m]

    def read(weights: Numbers, suffix: str, xs: list[torch.Tensor]) -> list[torch.Tensor]:
        size = weights["weight_in"].shape[0] // 2
        along_time = [[torch.zeros(size).double()] * 2 for _ in range(layers)]
        found = []
        for x in xs:
            h, m = (weights[f"weight_in{suffix}"] @ x + weights[f"bias_in{suffix}"]).split(size)
            for layer in range(layers):
                name = f"_l{0 if is_shared else layer}{suffix}"
                both = torch.cat([along_time[layer][0], h])
                w, b = weights[f"weight_time{name}"], weights[f"bias_time{name}"]
                along_time[layer] = block(w, b, both, along_time[layer][1])
                h, m = block(weights[f"weight_depth{name}"], weights[f"bias_depth{name}"], both, m)
            found.append(h)
        return found

    def reference(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
        weights = dict(module.named_parameters())
        rows = []
        for sample in x:
            parts = [torch.stack(read(weights, "", list(sample)))]
            if is_bidirectional:
                parts.append(torch.stack(read(weights, "_reverse", list(sample)[::-1])[::-1]))
            rows.append(torch.cat(parts, dim=1))
        return torch.stack(rows)

    return reference


EXAMPLES = [
    variant({"hidden_size": 5}, [5, 4], None, None),
    variant({"bidirectional": True, "forget_bias": 2.0}, [4, 3], [6], [6]),
    variant({"peepholes": False}, [5, 4], None, None, reference=plain_lstm),
    variant({"peepholes": False, "bidirectional": True}, [5, 4], [6], [6], reference=plain_lstm),
    *(
        variant({"gates": gates, "peepholes": peepholes, "bias": peepholes}, [4, 3], None, None)
        for gates in ("coupled", "no input gate", "no forget gate", "no output gate")
        for peepholes in (True, False)
    ),
    variant({"gates": "coupled", "bidirectional": True}, [4, 3], [6], [6]),
    variant({"gates": "no input gate", "forget_bias": 1.0}, [1, 2], [3], [3]),
    Example("GridLSTM", {"hidden_size": 4}, ([3, 5],), reference=grid(2, False, False), comes_back=False),
    Example(
        "GridLSTM",
        {"hidden_size": 3, "num_layers": 3, "share_weights": True, "bidirectional": True},
        ([3, 2],),
        reference=grid(3, True, True),
        comes_back=False,
    ),
]
