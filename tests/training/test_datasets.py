"""The data: real digits, generated sets, and a split that keeps the classes' shares."""

from __future__ import annotations

import numpy
import pytest

from app.training.datasets import datasets, load, split
from graph_model import DataError


def test_the_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    reference = load_digits()
    digits = load("digits")
    numpy.testing.assert_array_equal(digits.inputs[:, 0] * 16, reference.images)
    numpy.testing.assert_array_equal(digits.targets, reference.target)
    assert digits.inputs.shape == (1797, 1, 8, 8)


@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "xor"])
def test_generated_sets_have_two_classes_and_a_seed(name):
    one, same, other = (load(name, {"samples": 200}, seed) for seed in (1, 1, 2))
    assert one.inputs.shape == (200, 2)
    assert set(one.targets) == {0, 1}
    numpy.testing.assert_array_equal(one.inputs, same.inputs)
    assert not numpy.array_equal(one.inputs, other.inputs)


def test_no_straight_line_separates_them():
    from sklearn.linear_model import LogisticRegression

    for name in ("moons", "circles", "spirals", "xor"):
        data = load(name, {"samples": 1000, "noise": 0.02})
        assert LogisticRegression().fit(data.inputs, data.targets).score(data.inputs, data.targets) < 0.92, name


@pytest.mark.parametrize("name", list(datasets()))
def test_the_split_keeps_shares_and_loses_nothing(name):
    data = load(name)
    parts = split(data, 0.2, seed=3)
    assert len(parts.training) + len(parts.validation) == len(data)
    for label in range(data.classes):
        count = (data.targets == label).sum()
        share = (parts.validation.targets == label).sum() / count
        assert share == pytest.approx(0.2, abs=0.5 / count)
        assert (parts.training.targets == label).any()
    again = split(data, 0.2, seed=3)
    numpy.testing.assert_array_equal(parts.validation.inputs, again.validation.inputs)


def test_without_validation_everything_is_for_training():
    data = load("xor")
    assert len(split(data, 0.0).training) == len(data)


def test_wrong_names_and_options_are_said():
    with pytest.raises(DataError, match=r"There is no dataset 'cats'\. There are digits"):
        load("cats")
    with pytest.raises(DataError, match="samples must be a whole number"):
        load("xor", {"samples": 1})
