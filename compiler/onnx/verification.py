"""Running an ONNX model with onnxruntime beside the PyTorch module that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import onnxruntime
import torch
from torch import nn

from compiler.index_limits import index_limit
from compiler.program import Program
from graph_model import ExportError

Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True)
class Comparison:
    """How far both runtimes are apart: `largest` in all, and `share`, in relation to the largest value that is expected
    where that is above 1, for single precision keeps so many digits and no more. `samples`: how many were run."""

    largest: float = 0.0
    share: float = 0.0
    samples: int = 0

    def joined(self, other: Comparison) -> Comparison:
        """Both as one."""
        largest, share = max(self.largest, other.largest), max(self.share, other.share)
        return Comparison(largest, share, self.samples + other.samples)


def compared(
    content: bytes,
    module: nn.Module,
    trials: Sequence[tuple[Program, int]],
    given: Sequence[Any] | None,
) -> Comparison:
    """Run both and return how far they are apart.

    `trials`: with which batch sizes and, as programs, at which lengths random numbers are run; the first as drawn.
    `given`: samples that are run too.

    Raises ExportError if onnxruntime cannot run the model.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    result = Comparison()
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        for batch in _batches(trials, given):
            names = [entry.name for entry in session.get_inputs()]
            found = session.run(None, dict(zip(names, batch, strict=True)))
            with torch.no_grad():
                expected = module(*[torch.from_numpy(array) for array in batch])
            several = expected if isinstance(expected, tuple) else (expected,)
            for one, other in zip(found, several, strict=True):
                result = result.joined(_difference(numpy.asarray(one), other.detach().numpy()))
            result = result.joined(Comparison(samples=len(batch[0]) if batch else 0))
    except ExportError:
        raise
    except Exception as error:
        if type(error).__module__.startswith("onnxruntime"):
            first_line = str(error).strip().partition("\n")[0]
            raise ExportError(f"The ONNX file was not written: onnxruntime cannot run it: {first_line}") from error
        raise
    return result


def _difference(found: Array, expected: Array) -> Comparison:
    if found.shape != expected.shape:
        raise ExportError(
            f"The ONNX file was not written: onnxruntime gives shape {found.shape}, PyTorch {expected.shape}."
        )
    if not numpy.array_equal(numpy.isnan(found), numpy.isnan(expected)):
        return Comparison(float("inf"), float("inf"))
    largest = float(numpy.abs(numpy.nan_to_num(found) - numpy.nan_to_num(expected)).max(initial=0.0))
    values = numpy.abs(expected[numpy.isfinite(expected)])
    return Comparison(largest, largest / max(1.0, float(values.max(initial=0.0))))


def _batches(trials: Sequence[tuple[Program, int]], given: Sequence[Any] | None) -> Iterator[list[Array]]:
    generator = numpy.random.default_rng(0)
    inputs = trials[0][0].inputs
    limits = [index_limit(trials[0][0], given) for given in inputs]
    for program, size in trials:
        shapes = [given.shape for given in program.inputs]
        yield [
            (
                generator.standard_normal((size, *shape))
                if limit is None
                else generator.integers(limit, size=(size, *shape))
            ).astype(numpy.float32)
            for shape, limit in zip(shapes, limits, strict=True)
        ]
    if given is not None:
        shapes = [given.shape for given in inputs]
        arrays = [numpy.ascontiguousarray(array, dtype=numpy.float32) for array in given]
        yield [
            array if array.ndim == 1 + len(shape) else array.reshape(-1, *shape)
            for array, shape in zip(arrays, shapes, strict=True)
        ]
