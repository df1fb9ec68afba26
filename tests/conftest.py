"""What all tests share: Qt without a display, and drawings to work with."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings

from graph_model import Graph
from tests.drawings import chain

# Where the suite decides over a change, it must not depend on luck: there the examples are always the same ones.
settings.register_profile(
    "suite",
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("suite")


@pytest.fixture
def small_network() -> Graph:
    """Input(4) -> Linear(3, ReLU) -> Linear(2) -> Output."""
    return chain(
        ("Input", "x", {"shape": [4]}),
        ("Linear", "hidden", {"out_features": 3, "activation": "ReLU"}),
        ("Linear", "last", {"out_features": 2}),
        ("Output", "y", {}),
    )
