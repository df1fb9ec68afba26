"""Very small and very large numbers as people write them, 4.5·10⁻⁵, and as a computer reads them, 4.5e-5."""

from __future__ import annotations

import re

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LOWERED = {ord(upper): lower for upper, lower in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True)}
POWER = re.compile(r"(?:(?P<mantissa>[\d.]+)\s*[·*×]\s*)?10(?P<exponent>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")


def power_of_ten(exponent: int) -> str:
    """Write 10 to a whole power: 10⁻⁸."""
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def full_number(value: float, digits: int) -> str:
    """Write a number with up to `digits` significant digits: 0.5, −3, 4.5·10⁻⁵, 10⁻⁸."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    if exponent:
        power = power_of_ten(int(exponent))
        mantissa = mantissa.replace("1", power) if mantissa in ("1", "-1") else f"{mantissa}·{power}"
    return mantissa.replace("-", "−")


def computer_text(text: str) -> str:
    """Write the numbers in a text as `float` reads them: "−4.5·10⁻⁵, 10⁻⁸" becomes "-4.5e-5, 1e-8"."""

    def written(found: re.Match[str]) -> str:
        return f"{found['mantissa'] or '1'}e{found['exponent'].translate(LOWERED)}"

    return POWER.sub(written, text).replace("−", "-")
