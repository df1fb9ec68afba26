"""Every declaration is whole, and says the truth about torch and ONNX."""

from __future__ import annotations

import inspect

import pytest

from graph_model import kinds
from graph_model.kind import FAMILIES
from graph_model.parameters import complete_values

ALL = pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)


@ALL
def test_it_is_documented_and_has_a_place(kind):
    assert kind.title.endswith((".", ":"))
    assert kind.formula
    assert kind.family in FAMILIES


@ALL
def test_every_parameter_has_a_meaning_and_takes_its_own_default(kind):
    for parameter in kind.parameters.values():
        assert parameter.meaning.endswith("."), parameter.name
        assert parameter.validate(parameter.default) == parameter.default
        assert parameter.expected()


@ALL
def test_torch_knows_what_it_names(kind):
    from compiler.construction import resolve

    if kind.torch is None:
        assert kind.name in ("Input", "ScalarInput", "Output", "Neuron", "BlockInput", "BlockOutput", "Delay")
        return
    target = resolve(kind.torch.module or kind.torch.function)
    if kind.torch.module is not None:
        arguments = set(inspect.signature(target).parameters)
        if arguments == {"args", "kwargs"}:
            defaults = {name: kind.parameters[name].default for name in kind.torch.arguments}
            assert target(**dict.fromkeys(kind.torch.inferred, 1), **defaults, **kind.torch.fixed)
            return
        assert {*kind.torch.arguments, *kind.torch.inferred, *kind.torch.fixed} <= arguments
    assert set(kind.torch.arguments) <= set(kind.parameters)


@ALL
def test_onnx_knows_its_operator(kind):
    from onnx import defs

    if kind.onnx is not None and kind.onnx.operator:
        schema = defs.get_schema(kind.onnx.operator, 20)
        assert {*kind.onnx.attributes, *kind.onnx.fixed} <= set(schema.attributes)


@ALL
def test_its_summary_can_be_written(kind):
    values = {name: parameter.default for name, parameter in kind.parameters.items()}
    assert isinstance(kind.summary(values), str)


@pytest.mark.parametrize(
    ("kind", "given", "summary"),
    [
        ("Conv1d", {"kernel_size": 7, "out_channels": 16}, "7, 16"),
        ("Conv2d", {"kernel_size": 3, "out_channels": 16}, "3×3, 16"),
        ("Conv2d", {"kernel_size": [3, 5], "out_channels": 16}, "3×5, 16"),
        ("ConvTranspose3d", {"kernel_size": 2, "out_channels": 4}, "2×2×2, 4"),
        ("MaxPool1d", {"kernel_size": 4}, "4"),
        ("AdaptiveAvgPool3d", {"output_size": 1}, "→ 1×1×1"),
        ("FractionalMaxPool3d", {"output_size": 2, "output_ratio": None}, "→ 2×2×2"),
        ("Scale", {"factor": 1.0, "shift": -1.0}, "x − 1"),
        ("Scale", {"factor": 0.25, "shift": 0.0}, "0.25x"),
        ("Scale", {"factor": 2.0, "shift": 3.0}, "2x + 3"),
    ],
)
def test_the_canvas_says_sizes_along_as_many_axes_as_there_are(kind, given, summary):
    declared = kinds()[kind]
    assert declared.summary(complete_values(declared.parameters, given, kind)) == summary
