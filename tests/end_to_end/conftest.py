"""A hand for the real window on a real display."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.display import Hand, display


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    for program in ("Xvfb", "xdotool", "openbox"):
        assert shutil.which(program), f"{program} is missing; packaging/run.py test installs it"
    with display() as name:
        one = Hand(name, tmp_path)
        try:
            one.wait(lambda: one.ask("ready"))
            yield one
        finally:
            one.close()
