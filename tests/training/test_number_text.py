"""Numbers as people write them."""

from __future__ import annotations

import pytest

from app.training.number_text import scientific, shortest


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2, "0.2"), (-1.5, "−1.5"), (100.0, "100"), (2.5e-4, "2.5·10⁻⁴"), (1e-8, "10⁻⁸"), (-1e-3, "−10⁻³"), (0.0, "0")],
)
def test_shortest_leaves_out_figures_that_say_nothing(value, text):
    assert shortest(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.2, "0.20"), (1.7e-10, "1.7·10⁻¹⁰"), (float("inf"), "∞"), (float("nan"), "not a number")]
)
def test_scientific_keeps_its_number_of_digits(value, text):
    assert scientific(value) == text
