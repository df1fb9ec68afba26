"""How a drawing runs: shapes, the torch module, ONNX and PyTorch source.

torch is imported when a name is first used, not with the package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler.build import compile_graph
    from compiler.checks import check
    from compiler.inferring import infer_shapes
    from compiler.onnx import export_onnx, import_onnx
    from compiler.source import to_source

_HOME = {
    "compile_graph": "compiler.build",
    "infer_shapes": "compiler.inferring",
    "check": "compiler.checks",
    "export_onnx": "compiler.onnx",
    "import_onnx": "compiler.onnx",
    "to_source": "compiler.source",
}

__all__ = ["check", "compile_graph", "export_onnx", "import_onnx", "infer_shapes", "to_source"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
