"""`examples`: the gallery."""

from __future__ import annotations

import argparse

from app.training.gallery import gallery


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes none."""


def run(options: argparse.Namespace) -> int:
    """Print name, file and one line for each example."""
    for example in gallery():
        print(f"{example.title}\n  {example.file}\n  {example.first_line}")
    return 0
