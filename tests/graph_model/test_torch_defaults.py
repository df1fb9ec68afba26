"""A kind that bears the name of a class of torch.nn starts with that class's defaults, or says why not."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from torch import nn

from graph_model import kinds
from tests.graph_model.test_torch_coverage import LAYERS

ONE_MUST_BE_GIVEN = "torch has no start that works: one of the size and the factor must be given"
LAST_AXIS = "torch has none and guesses, or takes axis 1; the features of a sequence stand on the last one"
SMALL = "the paper's size is too large for what is learned here in minutes"
OTHERS: dict[tuple[str, str], str] = {
    **dict.fromkeys((("Softmax", "dim"), ("Softmin", "dim"), ("LogSoftmax", "dim")), LAST_AXIS),
    ("CosineSimilarity", "dim"): LAST_AXIS,
    ("PairwiseDistance", "keepdim"): "what is given keeps an axis for its features, so that a layer can follow",
    ("Upsample", "align_corners"): "torch's None is False, and warns",
    ("Upsample", "recompute_scale_factor"): "torch's None is False, and warns",
    ("Upsample", "scale_factor"): ONE_MUST_BE_GIVEN,
    ("UpsamplingNearest2d", "scale_factor"): ONE_MUST_BE_GIVEN,
    ("UpsamplingBilinear2d", "scale_factor"): ONE_MUST_BE_GIVEN,
    ("FractionalMaxPool2d", "output_ratio"): ONE_MUST_BE_GIVEN,
    ("FractionalMaxPool3d", "output_ratio"): ONE_MUST_BE_GIVEN,
    ("TransformerEncoderLayer", "dim_feedforward"): SMALL,
    ("TransformerDecoderLayer", "dim_feedforward"): SMALL,
    ("Transformer", "dim_feedforward"): SMALL,
    ("Transformer", "nhead"): SMALL,
    ("Transformer", "num_encoder_layers"): SMALL,
    ("Transformer", "num_decoder_layers"): SMALL,
}
"""(kind, parameter) -> why its default is not torch's."""


def defaults_of(layer: type[nn.Module]) -> dict[str, Any]:
    """What the constructor of a class, or of those that it hands its arguments on to, takes if nothing is said."""
    found: dict[str, Any] = {}
    for base in layer.__mro__[: layer.__mro__.index(nn.Module)]:
        if "__init__" in vars(base):
            for name, argument in inspect.signature(base.__init__).parameters.items():
                found.setdefault(name, argument.default)
    return {name: default for name, default in found.items() if default is not inspect.Parameter.empty}


COMPARED = [
    pytest.param(kind, name, kinds()[kind].parameters[name].default, default, id=f"{kind}.{name}")
    for kind in sorted(set(kinds()) & set(LAYERS))
    for name, default in defaults_of(getattr(nn, kind)).items()
    if name in kinds()[kind].parameters
]


@pytest.mark.parametrize(("kind", "name", "ours", "torchs"), COMPARED)
def test_a_default_is_torchs_unless_there_is_a_reason(kind, name, ours, torchs):
    assert (ours == torchs) != ((kind, name) in OTHERS)


def test_what_is_compared_is_most_of_what_the_layers_of_torch_take():
    assert len(COMPARED) > 200
    assert {(param.values[0], param.values[1]) for param in COMPARED} >= set(OTHERS)
