"""Running an ONNX model with onnxruntime beside the PyTorch module that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy
import onnxruntime
import torch
from torch import nn

from compiler.index_limits import index_limit
from compiler.program import Program
from graph_model import ExportError

Array = numpy.ndarray[Any, Any]


def largest_difference(
    content: bytes,
    module: nn.Module,
    trials: Sequence[tuple[Program, int]],
    given: Sequence[Any] | None,
) -> tuple[float, int]:
    """Return the largest absolute difference between both runtimes, and on how many samples it was looked for.

    `trials`: with which batch sizes and, as programs, at which lengths random numbers are run; the first as drawn.
    `given`: samples that are run too.

    Raises ExportError if onnxruntime cannot run the model.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    largest, samples = 0.0, 0
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        for batch in _batches(trials, given):
            names = [entry.name for entry in session.get_inputs()]
            found = session.run(None, dict(zip(names, batch, strict=True)))
            with torch.no_grad():
                expected = module(*[torch.from_numpy(array) for array in batch])
            several = expected if isinstance(expected, tuple) else (expected,)
            for one, other in zip(found, several, strict=True):
                largest = _larger(largest, numpy.asarray(one), other.detach().numpy())
            samples += len(batch[0]) if batch else 0
    except ExportError:
        raise
    except Exception as error:
        if type(error).__module__.startswith("onnxruntime"):
            first_line = str(error).strip().partition("\n")[0]
            raise ExportError(f"The ONNX file was not written: onnxruntime cannot run it: {first_line}") from error
        raise
    return largest, samples


def _larger(largest: float, found: Array, expected: Array) -> float:
    if found.shape != expected.shape:
        raise ExportError(
            f"The ONNX file was not written: onnxruntime gives shape {found.shape}, PyTorch {expected.shape}."
        )
    if not numpy.array_equal(numpy.isnan(found), numpy.isnan(expected)):
        return float("inf")
    difference = numpy.abs(numpy.nan_to_num(found) - numpy.nan_to_num(expected))
    return max(largest, float(difference.max(initial=0.0)))


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
