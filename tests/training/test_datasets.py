"""The data: real digits, generated sets, and a split that keeps the classes' shares."""

from __future__ import annotations

import numpy
import pytest

from app.training.datasets import datasets, load, split
from app.training.datasets.dataset import IGNORED
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
def test_the_split_loses_nothing_and_is_the_same_again(name):
    data = load(name)
    parts, again = split(data, 0.2, seed=3), split(data, 0.2, seed=3)
    assert len(parts.training) + len(parts.validation) == len(data)
    assert len(parts.validation) == pytest.approx(0.2 * len(data), abs=5)
    numpy.testing.assert_array_equal(parts.validation.inputs, again.validation.inputs)
    together = numpy.concatenate([parts.training.targets, parts.validation.targets])
    assert sorted(map(tuple, together.reshape(len(data), -1))) == sorted(
        map(tuple, data.targets.reshape(len(data), -1))
    )


@pytest.mark.parametrize(
    "name", [name for name, kind in datasets().items() if kind.classes and not kind.targets[0].shape]
)
def test_the_split_keeps_the_shares_of_the_classes(name):
    data = load(name)
    parts = split(data, 0.2, seed=3)
    for label in range(data.classes):
        count = (data.targets == label).sum()
        share = (parts.validation.targets == label).sum() / count
        assert share == pytest.approx(0.2, abs=0.5 / count)
        assert (parts.training.targets == label).any()


def test_what_has_an_order_is_split_into_a_beginning_and_an_end():
    data = load("text")
    parts = split(data, 0.25)
    numpy.testing.assert_array_equal(numpy.concatenate([parts.training.inputs, parts.validation.inputs]), data.inputs)


def test_without_validation_everything_is_for_training():
    data = load("xor")
    assert len(split(data, 0.0).training) == len(data)


def test_wrong_names_and_options_are_said():
    with pytest.raises(DataError, match=r"There is no dataset 'cats'\. There are digits"):
        load("cats")
    with pytest.raises(DataError, match="samples must be a whole number"):
        load("xor", {"samples": 1})


@pytest.mark.parametrize("name", list(datasets()))
def test_each_dataset_is_as_it_says_and_is_documented(name):
    kind, data = datasets()[name], load(name)
    assert kind.meaning.endswith(".")
    assert kind.source.endswith(".")
    assert [array.shape[1:] for array in data.all_inputs] == [part.shape for part in kind.inputs]
    assert [array.shape[1:] for array in data.all_targets] == [target.shape for target in kind.targets]
    assert {len(array) for array in (*data.all_inputs, *data.all_targets)} == {len(data)}
    assert all(array.dtype == numpy.float32 for array in data.all_inputs)
    for target, array in zip(kind.targets, data.all_targets, strict=True):
        if target.classes:
            assert array.dtype == numpy.int64
            assert set(numpy.unique(array)) - {IGNORED} <= set(range(target.classes))
        else:
            assert array.dtype == numpy.float32
            assert target.lowest <= array.min() <= array.max() <= target.highest
    if kind.options:
        again, other = load(name), load(name, seed=1)
        for one, same in zip(data.all_inputs, again.all_inputs, strict=True):
            numpy.testing.assert_array_equal(one, same)
        assert name in ("digits", "text") or not numpy.array_equal(data.inputs, other.inputs)


def test_digits_of_another_size_keep_their_brightness_and_their_edges():
    small, large = load("digits"), load("digits", {"size": 16})
    assert large.inputs.shape == (1797, 1, 16, 16)
    numpy.testing.assert_allclose(large.inputs.mean(), small.inputs.mean(), rtol=0.01)
    numpy.testing.assert_array_equal(large.inputs[:, :, 0, 0], small.inputs[:, :, 0, 0])
    numpy.testing.assert_allclose(
        large.inputs[:, 0, 1, 1],
        small.inputs[:, 0, :2, :2].reshape(-1, 4) @ [0.5625, 0.1875, 0.1875, 0.0625],
        rtol=1e-5,
    )


def test_digits_can_be_their_own_target_and_have_two():
    image = load("digits", {"target": "image"})
    numpy.testing.assert_array_equal(image.targets, image.inputs)
    digit, loop = load("digits", {"target": "digit and loop"}).all_targets
    assert set(digit[loop == 1]) == {0, 6, 8, 9}
    assert set(digit[loop == 0]) == {1, 2, 3, 4, 5, 7}


def test_a_digit_that_is_not_distorted_is_the_enlarged_one():
    straight = load("distorted_digits", {"rotation": 0.0, "shrinking": 0.0, "shift": 0.0, "samples": 40})
    plain = load("digits", {"size": 16})
    for image, digit in zip(straight.inputs[:, 0, 1:-1, 1:-1], straight.targets, strict=True):
        distances = numpy.abs(plain.inputs[:, 0, 1:-1, 1:-1] - image).max(axis=(1, 2))
        assert distances.min() < 1e-6
        assert plain.targets[distances.argmin()] == digit


def test_a_quarter_turn_turns_the_image():
    from app.training.datasets.image_sampling import sample

    image = numpy.arange(9.0).reshape(1, 3, 3)
    rows, columns = numpy.meshgrid(numpy.arange(3.0), numpy.arange(3.0), indexing="ij")
    numpy.testing.assert_array_equal(sample(image, columns[None], 2 - rows[None])[0], numpy.rot90(image[0]))
    assert not sample(image, rows[None] + 5, columns[None]).any()


def test_a_frames_label_is_the_last_cue_and_the_bit_two_steps_later():
    data = load("frames", {"noise": 0.0, "samples": 20})
    for frames, labels in zip(data.inputs, data.targets, strict=True):
        last = None
        for step, (is_a, is_b, _) in enumerate(frames):
            last = 0 if is_a else 1 if is_b else last
            expected = 2 * last + frames[step + 2, 2] if step < 28 else IGNORED
            assert labels[step] == expected
    delayed = load("frames", {"noise": 0.0, "samples": 20, "delay": 2})
    numpy.testing.assert_array_equal(delayed.inputs, data.inputs)
    numpy.testing.assert_array_equal(delayed.targets[:, 2:], data.targets[:, :-2])
    assert (delayed.targets[:, :2] == IGNORED).all()
    fewer = load("frames", {"noise": 0.0, "samples": 20, "every": 4})
    assert fewer.kind.targets[0].shape == (7,)
    numpy.testing.assert_array_equal(fewer.targets, data.targets[:, 3:28:4])


def test_the_sum_is_that_of_the_two_marked_numbers():
    data = load("adding", {"samples": 50, "steps": 11})
    numbers, marks = data.inputs[:, :, 0], data.inputs[:, :, 1]
    assert (marks[:, :5].sum(axis=1) == 1).all()
    assert (marks.sum(axis=1) == 2).all()
    expected = [row[mark == 1].sum() for row, mark in zip(numbers, marks, strict=True)]
    numpy.testing.assert_allclose(data.targets[:, 0], expected, rtol=1e-6)


def test_letters_are_reversed_and_sorted_and_the_answer_so_far_begins_with_the_start():
    for name, answer in (("reversal", lambda row: list(row[::-1])), ("sorting", sorted)):
        data = load(name, {"samples": 30, "length": 5, "letters": 4})
        source, previous = data.all_inputs
        assert [answer(row) for row in source.tolist()] == data.targets.tolist()
        numpy.testing.assert_array_equal(previous[:, 1:], data.targets[:, :-1])
        assert not previous[:, 0].any()
        assert data.kind.class_names == ("start", "a", "b", "c", "d")
    assert len(load("reversal", {"inputs": "source"}).all_inputs) == 1


def test_what_is_to_be_copied_comes_before_the_sign():
    data = load("copy", {"samples": 30})
    assert data.inputs.shape == (30, 12, 9)
    numpy.testing.assert_array_equal(data.inputs[:, :5, :8].argmax(axis=2), data.targets[:, 7:])
    assert (data.targets[:, :7] == IGNORED).all()
    assert (data.inputs[:, 6, 8] == 1).all()
    assert not data.inputs[:, 7:].any()


def test_the_value_recalled_stood_beside_the_key():
    data = load("associative_recall", {"samples": 40})
    for pairs, value in zip(data.inputs, data.targets, strict=True):
        asked = pairs[-1, :6].argmax()
        found = [row[6:].argmax() for row in pairs[:-1] if row[asked] == 1]
        assert found == [value]


def test_parity_counts_the_ones_and_no_pattern_comes_twice():
    data = load("parity", {"bits": 6})
    assert len(data) == len(numpy.unique(data.inputs, axis=0)) == 64
    numpy.testing.assert_array_equal(data.inputs.sum(axis=1) % 2, data.targets)
    so_far = load("parity", {"bits": 6, "target": "parity so far"})
    numpy.testing.assert_array_equal(so_far.inputs, data.inputs)
    for bits, classes in zip(so_far.inputs, so_far.targets, strict=True):
        assert [sum(bits[: place + 1]) % 2 for place in range(6)] == classes.tolist()


def test_expressions_have_the_truth_that_python_gives_them():
    data = load("expressions", {"samples": 60, "depth": 3})
    names = ("&", "|", "^")

    def text(leaves):
        if len(leaves) == 1:
            return str(int(leaves[0][0]))
        middle = len(leaves) // 2
        return f"({text(leaves[:middle])} {names[leaves[middle][1:].argmax()]} {text(leaves[middle:])})"

    assert [eval(text(leaves)) for leaves in data.inputs] == data.targets.tolist()


def test_signals_without_noise_have_their_forms():
    data = load("signals", {"samples": 30, "noise": 0.0})
    for wave, form in zip(data.inputs[:, 0], data.targets, strict=True):
        levels = len(numpy.unique(numpy.round(wave, 4)))
        assert (levels == 2) == (form == 1)


def test_the_text_is_read_whole_and_the_target_is_the_next_character():
    from app.training.datasets.text import CHARACTERS, TEXT_FILE, character_numbers

    text = TEXT_FILE.read_text()
    assert 10_000 < len(text) < 20_000
    assert "".join(CHARACTERS[number] for number in character_numbers()) == text
    data = load("text", {"length": 16})
    numpy.testing.assert_array_equal(data.inputs[:, 1:], data.targets[:, :-1])
