"""Numbers as people write them: 1.7·10⁻¹⁰."""

from __future__ import annotations

import math

from graph_model.powers_of_ten import SUPERSCRIPTS, power_of_ten


def scientific(value: float, digits: int = 2) -> str:
    """Write a number with `digits` significant digits: 1.7·10⁻¹⁰; numbers from 0.01 to 9,999 plainly."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    magnitude = abs(float(f"{value:.{digits - 1}e}"))
    if magnitude >= 0.01 and abs(value) < 9999.5:
        decimals = max(0, digits - 1 - math.floor(math.log10(magnitude)))
        return f"{value:.{decimals}f}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', '−')}·{power_of_ten(int(exponent))}"


def shortest(value: float, digits: int = 4) -> str:
    """Write a number like `scientific`, without figures that say nothing: 0.2, 2.5·10⁻⁴, 10⁻⁸."""
    mantissa, dot, power = scientific(value, digits).partition("·")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    if power and mantissa.lstrip("−") == "1":
        return mantissa.replace("1", power)
    return f"{mantissa}{dot}{power}"


__all__ = ["SUPERSCRIPTS", "power_of_ten", "scientific", "shortest"]
