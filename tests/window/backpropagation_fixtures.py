"""The worked example of the lectures in the backpropagation panel."""

from __future__ import annotations

import pytest

from app.panels.backpropagation.panel import BackpropagationPanel
from app.training.gallery import open_example
from tests.window.backpropagation_hand import (
    open_panel,
    type_example,
)


@pytest.fixture
def worked(window, qtbot) -> BackpropagationPanel:
    """The worked example of the lectures with x = (1, −1)."""
    panel = open_panel(window, qtbot, open_example("worked_example_neurons"))
    type_example(panel, qtbot, "1, -1")
    return panel
