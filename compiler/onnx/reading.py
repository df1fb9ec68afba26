"""Reading an ONNX file that may be anything: limits first, then protobuf, then ONNX's own checks."""

from __future__ import annotations

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from graph_model import DocumentError

LARGEST_FILE = 2**31 - 1
MOST_NODES = 100_000
OLDEST_OPSET = 7


def read_model(path: Path) -> onnx.ModelProto:
    """Return a checked model; raises DocumentError naming the file and what is wrong. Executes nothing.

    Weights in a file beside it are read only if they lie in the same folder: onnx refuses every other path.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DocumentError(f"{path.name} is larger than 2 GB, which no ONNX file is.")
        model = onnx.load(str(path))
        if not model.graph.node and not model.graph.output:
            raise DocumentError(f"{path.name} is not an ONNX model.")
        onnx.checker.check_model(model)
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (DecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path.name} is not an ONNX model, or it is damaged.") from error
    except (onnx.checker.ValidationError, ValueError, RuntimeError, TypeError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise DocumentError(f"{path.name} is not a valid ONNX model: {first_line}") from error
    _check_size(path, model)
    return model


def _check_size(path: Path, model: onnx.ModelProto) -> None:
    if len(model.graph.node) > MOST_NODES:
        raise DocumentError(f"{path.name} has {len(model.graph.node):,} operators; at most {MOST_NODES:,} are read.")
    for entry in model.opset_import:
        if entry.domain in ("", "ai.onnx") and entry.version < OLDEST_OPSET:
            raise DocumentError(f"{path.name} uses opset {entry.version}; opset {OLDEST_OPSET} is the oldest read.")
    if model.functions:
        raise DocumentError(f"{path.name} defines functions of its own, which are not read yet.")
