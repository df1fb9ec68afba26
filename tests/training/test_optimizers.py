"""The optimizers are torch's, with torch's defaults."""

from __future__ import annotations

import inspect

import pytest
import torch

from app.training.optimizers import optimizers


@pytest.mark.parametrize("kind", optimizers().values(), ids=list(optimizers()))
def test_options_have_the_defaults_of_torch(kind):
    declared = inspect.signature(getattr(torch.optim, kind.name)).parameters
    for name, option in kind.options.items():
        default = declared[name].default
        assert option.default == (list(default) if isinstance(default, tuple) else default), name
