"""A document's network as an ONNX file, checked against PyTorch before it is called done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import onnx
from onnx import helper

from compiler.build import compile_program
from compiler.inferring import named_shapes
from compiler.length_words import axis_lengths
from compiler.onnx.any_length import refuse_fixed_lengths
from compiler.onnx.emitter import Emitter
from compiler.onnx.length_notes import write_lengths
from compiler.onnx.neuron_notes import write_notes
from compiler.onnx.program import emit_program, value_info
from compiler.onnx.verification import compared
from compiler.program import ModuleInput, Program, lower
from compiler.shapes import BATCH, Shape
from compiler.weights import collect_weights
from graph_model import Document, ExportError
from graph_model.document_file.atomic import write_atomically
from graph_model.version import VERSION

OPSET = 20
IR_VERSION = 9
TOLERANCE = 1e-4
BATCH_SIZES = (1, 2, 7)
BATCH_AT_OTHER_LENGTHS = 2
LARGEST_FILE = 2**31 - 1


@dataclass(frozen=True)
class ExportReport:
    """What was exported. `max_abs_difference`: the largest difference from PyTorch on the samples that were run."""

    path: Path
    max_abs_difference: float
    opset: int
    file_size: int
    nodes: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    samples: int
    dynamic_axes: Mapping[str, str]
    """Name of each dynamic axis but the batch -> which lengths it takes, in words."""


def export_onnx(
    document: Document, path: str | Path, *, check_inputs: Sequence[Any] | None = None, tolerance: float = TOLERANCE
) -> ExportReport:
    """Write the network with the document's weights as ONNX, with a dynamic batch, the dynamic axes of its Inputs and
    the canvas's names.

    The file is checked by onnx.checker and run by onnxruntime beside PyTorch, on `check_inputs` (one array
    (samples, *shape) for each Input) if given and on random numbers, at several batch sizes. Raises CompileError for
    a drawing that cannot run; ExportError, with nothing written, if a kind cannot be expressed (or not for any length
    of a dynamic axis), if the two differ by more than `tolerance` (where values above 1 are expected, that share of the
    largest), or if the file cannot be written.
    """
    path = Path(path)
    program = lower(document.graph)
    module = compile_program(program, document.training.seed, document.weights).eval()
    model = make_model(program, collect_weights(module), document)
    content = _checked(model)
    difference = compared(content, module, _trials(program), check_inputs)
    if not difference.share <= tolerance:
        large = difference.largest > difference.share
        raise ExportError(
            f"The ONNX file was not written: run by onnxruntime, the network differs from PyTorch by "
            f"{difference.largest:.2g}, "
            + (f"which is {difference.share:.2g} of its largest value, " if large else "")
            + f"and {tolerance:g} is the most that is accepted."
        )
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
    return ExportReport(
        path=path,
        max_abs_difference=difference.largest,
        opset=OPSET,
        file_size=len(content),
        nodes=len(model.graph.node),
        inputs=tuple(entry.name for entry in model.graph.input),
        outputs=tuple(entry.name for entry in model.graph.output),
        samples=difference.samples,
        dynamic_axes=axis_lengths(program.lengths),
    )


def make_model(program: Program, weights: dict[str, numpy.ndarray[Any, Any]], document: Document) -> onnx.ModelProto:
    """Return the model of a program; raises ExportError for a kind that ONNX cannot express."""
    emitter = Emitter(program, weights)
    emit_program(emitter)
    lengths = program.lengths
    refuse_fixed_lengths(emitter, lengths)
    shapes = named_shapes(program, lengths)
    outputs = [value_info(step.node.name, shapes[step.node.id, 0]) for step in program.outputs]
    inputs = [value_info(given.name, _taken(given, shapes)) for given in program.inputs]
    graph = helper.make_graph(emitter.nodes, program.graph.name or "network", inputs, outputs, emitter.initializers)
    graph.doc_string = document.description
    model = helper.make_model(
        graph,
        producer_name="GradCanvas",
        producer_version=VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    write_notes(model, program, emitter)
    write_lengths(model, program, lengths)
    return model


def _trials(program: Program) -> list[tuple[Program, int]]:
    """The program with each batch size, and at another length of each dynamic axis."""
    others = {name: other for (name, _), other in reversed(program.lengths.samples().items())}
    return [*((program, size) for size in BATCH_SIZES), *((other, BATCH_AT_OTHER_LENGTHS) for other in others.values())]


def _taken(given: ModuleInput, shapes: Mapping[tuple[str, int], Shape]) -> Shape:
    """The shape that the module takes at an input."""
    return (BATCH, *given.shape) if given.is_of_scalars else shapes[given.steps[0].node.id, 0]


def _checked(model: onnx.ModelProto) -> bytes:
    if model.ByteSize() > LARGEST_FILE:
        raise ExportError("The network is larger than 2 GB, which one ONNX file cannot hold.")
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise ExportError(f"The ONNX file was not written, since it would not be valid: {first_line}") from error
    return bytes(model.SerializeToString())
