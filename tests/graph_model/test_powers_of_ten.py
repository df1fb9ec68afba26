"""What is written as 4.5·10⁻⁵ is read back as that number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.powers_of_ten import computer_text, full_number


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.51e-5, "4.51·10⁻⁵"), (-0.5, "−0.5"), (1e-8, "10⁻⁸"), (-1e-8, "−10⁻⁸"), (2.0, "2"), (3e12, "3·10¹²")],
)
def test_no_number_is_written_as_a_computer_does(value, text):
    assert full_number(value, 7) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_was_written_is_read_back(value):
    assert float(computer_text(full_number(value, 17))) == value


def test_each_number_of_a_list_is_read():
    assert computer_text("−4.5·10⁻⁵, 10⁻⁸, 0.5, 2*10³") == "-4.5e-5, 1e-8, 0.5, 2e3"
