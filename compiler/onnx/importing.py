"""An ONNX file becomes a document."""

from __future__ import annotations

from pathlib import Path

from graph_model import Document


def import_onnx(path: str | Path) -> Document:
    """Read a model."""
    raise NotImplementedError
