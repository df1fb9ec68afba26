"""An optimizer's step for one weight, spelled with its numbers: "0.2 − 0.1 · 0.5 = 0.15".

The formulas are torch.optim's. w, g, η, λ are the weight, its gradient, the learning rate and the weight decay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.training.number_text import SUPERSCRIPTS, shortest

MOST_DIGITS = 10
SUPERSCRIPT_DIGITS = "".join(chr(sign) for sign in SUPERSCRIPTS.values())


@dataclass(frozen=True)
class WeightStep:
    """What is known of one weight's step. `before`, `after`: the optimizer's numbers; `decay_rate`: λ, 0 for a bias."""

    weight: float
    gradient: float
    new_weight: float
    learning_rate: float
    decay_rate: float
    options: Mapping[str, Any]
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True)
class UpdateText:
    """`working`: one equation for each number that the optimizer keeps; `formula`: that of the new weight."""

    working: tuple[str, ...]
    formula: str


def update_text(optimizer: str, at: WeightStep) -> UpdateText:
    """Spell out one step of one of the optimizers of app.training.optimizers."""
    return _TEXTS[optimizer](at)


def _gradient_descent(at: WeightStep) -> UpdateText:
    gradient, working = _decayed(at)
    momentum = at.options.get("momentum", 0.0)
    if momentum:
        buffer = at.after["momentum_buffer"]
        former = at.before.get("momentum_buffer", 0.0)
        working.append(f"m = {_factor(momentum)} · {_factor(former)} + {_factor(gradient)} = {shortest(buffer)}")
        if at.options.get("nesterov"):
            ahead = gradient + momentum * buffer
            working.append(f"g = {shortest(gradient)} + {_factor(momentum)} · {_factor(buffer)} = {shortest(ahead)}")
            gradient = ahead
        else:
            gradient = buffer
    return _finished(at, working, f"{_factor(at.learning_rate)} · {_factor(gradient)}")


def _adam(at: WeightStep) -> UpdateText:
    gradient, working = _decayed(at)
    return _with_moments(at, gradient, working, "")


def _adam_with_decay(at: WeightStep) -> UpdateText:
    shrinking = ""
    if at.decay_rate:
        shrinking = f"{_factor(at.learning_rate)} · {_factor(at.decay_rate)} · {_factor(at.weight)} − "
    return _with_moments(at, at.gradient, [], shrinking)


def _with_moments(at: WeightStep, gradient: float, working: list[str], shrinking: str) -> UpdateText:
    power = str(int(at.after["step"])).translate(SUPERSCRIPTS)
    beta, beta_of_squares = at.options["betas"]
    working.append(_mean("m", beta, at.before.get("exp_avg", 0.0), gradient, at.after["exp_avg"]))
    former = at.before.get("exp_avg_sq", 0.0)
    working.append(_mean("v", beta_of_squares, former, gradient, at.after["exp_avg_sq"], "²"))
    mean, square = at.after["exp_avg_corrected"], at.after["exp_avg_sq_corrected"]
    working.append(f"m̂ = {shortest(at.after['exp_avg'])} / (1 − {shortest(beta)}{power}) = {shortest(mean)}")
    working.append(
        f"v̂ = {shortest(at.after['exp_avg_sq'])} / (1 − {shortest(beta_of_squares)}{power}) = {shortest(square)}"
    )
    root = f"(√{_factor(square)} + {shortest(at.options['eps'])})"
    return _finished(at, working, f"{shrinking}{_factor(at.learning_rate)} · {_factor(mean)} / {root}")


def _root_mean_square(at: WeightStep) -> UpdateText:
    gradient, working = _decayed(at)
    former, square = at.before.get("square_avg", 0.0), at.after["square_avg"]
    working.append(_mean("σ²", at.options["alpha"], former, gradient, square, "²"))
    scaled = f"{_factor(gradient)} / (√{_factor(square)} + {shortest(at.options['eps'])})"
    momentum = at.options.get("momentum", 0.0)
    if momentum:
        buffer, carried = at.after["momentum_buffer"], at.before.get("momentum_buffer", 0.0)
        working.append(f"m = {_factor(momentum)} · {_factor(carried)} + {scaled} = {shortest(buffer)}")
        scaled = _factor(buffer)
    return _finished(at, working, f"{_factor(at.learning_rate)} · {scaled}")


def _sum_of_squares(at: WeightStep) -> UpdateText:
    gradient, working = _decayed(at)
    former, total = at.before.get("sum", 0.0), at.after["sum"]
    working.append(f"Σg² = {shortest(former)} + {_factor(gradient)}² = {shortest(total)}")
    rate = at.after["decayed_learning_rate"]
    if at.options.get("lr_decay"):
        start, decay = shortest(at.learning_rate), _factor(at.options["lr_decay"])
        working.append(f"η = {start} / (1 + {int(at.after['step']) - 1} · {decay}) = {shortest(rate)}")
    root = f"(√{_factor(total)} + {shortest(at.options['eps'])})"
    return _finished(at, working, f"{_factor(rate)} · {_factor(gradient)} / {root}")


_TEXTS: dict[str, Callable[[WeightStep], UpdateText]] = {
    "SGD": _gradient_descent,
    "Adam": _adam,
    "AdamW": _adam_with_decay,
    "RMSprop": _root_mean_square,
    "Adagrad": _sum_of_squares,
}


def _decayed(at: WeightStep) -> tuple[float, list[str]]:
    """The gradient with λ w added to it, and the line that says so."""
    if not at.decay_rate:
        return at.gradient, []
    gradient = at.gradient + at.decay_rate * at.weight
    product = f"{_factor(at.decay_rate)} · {_factor(at.weight)}"
    return gradient, [f"g = {shortest(at.gradient)} + {product} = {shortest(gradient)}"]


def _mean(letter: str, share: float, former: float, gradient: float, result: float, power: str = "") -> str:
    rest = _factor(1.0 - share)
    return f"{letter} = {_factor(share)} · {_factor(former)} + {rest} · {_factor(gradient)}{power} = {shortest(result)}"


def _finished(at: WeightStep, working: list[str], taken: str) -> UpdateText:
    digits = 4
    while digits < MOST_DIGITS and at.weight != at.new_weight:
        if shortest(at.weight, digits) != shortest(at.new_weight, digits):
            break
        digits += 1
    old, new = shortest(at.weight, digits), shortest(at.new_weight, digits)
    return UpdateText(tuple(working), f"{old} − {taken} = {new}")


def _factor(value: float) -> str:
    """A number inside a product or behind a sign: in brackets where it is negative or has a power of ten."""
    text = shortest(value)
    return f"({text})" if text.startswith("−") or text[-1] in SUPERSCRIPT_DIGITS else text
