"""Random drawings from the whole catalogue, with blocks: inferred = compiled = run = source = ONNX."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import numpy
import onnxruntime
import pytest
import torch
from hypothesis import given, settings

from compiler import compile_graph, export_onnx, import_onnx, to_source
from compiler.build import compile_program
from compiler.compiled_network import CompiledNetwork
from compiler.cost.parameters import parameter_counts
from compiler.inferring import shapes_of
from compiler.onnx.export import make_model
from compiler.over_time import all_programs
from compiler.program import Program, lower
from compiler.weights import collect_weights
from graph_model import Document, DocumentError, EditError, ExportError, Graph
from graph_model.blocks.ungrouping import ungroup
from tests.random_catalogue import KINDS, drawings, errors, grown
from tests.random_samples import samples_for

Tensors = tuple[torch.Tensor, ...]


def run(module: torch.nn.Module, inputs: list[torch.Tensor], seed: int = 0) -> Tensors:
    """What a module gives, with its training's chance as the seed says."""
    torch.manual_seed(seed)
    with torch.no_grad():
        given = module(*inputs)
    return given if isinstance(given, tuple) else (given,)


def assert_equal(found: Tensors, expected: Tensors, tolerance: float = 0.0) -> None:
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=tolerance, rtol=tolerance, equal_nan=True)


def trained(graph: Graph) -> Document:
    """A document whose weights are not those that compiling alone would give."""
    return Document(graph, weights=collect_weights(compile_graph(graph, seed=11)))


def is_steady(document: Document) -> bool:
    """Whether the last digits of float32 do not decide what a drawing gives: only then other programs agree."""
    program = lower(document.graph)
    module = compile_program(program, 0, document.weights).eval()
    for batch in (1, 2, 7):
        single = run(module.float(), samples_for(program, batch))
        double = run(module.double(), samples_for(program, batch, dtype=torch.float64))
        for one, other in zip(single, double, strict=True):
            if not torch.allclose(one.double(), other, atol=1e-6, rtol=1e-6, equal_nan=True):
                return False
            if not (torch.isfinite(one).all() and one.abs().max() < 100):
                return False
    return True


@given(drawings())
def test_shapes_are_as_inferred_at_any_batch_size_and_in_training(graph):
    assert_runs_as_inferred(graph)


def assert_runs_as_inferred(graph: Graph) -> None:
    assert errors(graph) == []
    program = lower(graph)
    shapes = shapes_of(program)
    module = compile_program(program)
    for training in (False, True):
        for batch in (2, 5):
            found = run(module.train(training), samples_for(program, batch))
            for output, step in zip(found, program.outputs, strict=True):
                assert ("batch", *output.shape[1:]) == shapes[step.node.id, 0]
                assert len(output) == batch
                assert output.dtype == torch.float32
    run(module.eval(), samples_for(program, 1))


@given(drawings())
def test_one_seed_gives_one_network_and_its_weights_go_into_another(graph):
    assert_compiles_alike(graph)


def assert_compiles_alike(graph: Graph) -> None:
    first, again = compile_graph(graph, seed=3), compile_graph(graph, seed=3)
    inputs = samples_for(lower(graph), 4)
    assert_equal(run(first, inputs), run(again, inputs))
    weights = collect_weights(first)
    other = compile_graph(graph, seed=4, weights=weights).eval()
    assert_equal(run(other, inputs), run(first.eval(), inputs))
    assert all(
        numpy.array_equal(array, weights[name], equal_nan=True) for name, array in collect_weights(other).items()
    )


@given(drawings())
def test_the_counted_parameters_are_those_of_the_module(graph):
    assert_counts_agree(graph)


def assert_counts_agree(graph: Graph) -> None:
    program = lower(graph)
    counted = sum(parameter_counts(program).values())
    assert counted == learned_numbers(compile_program(program), graph)


def learned_numbers(module: CompiledNetwork, graph: Graph) -> int:
    """How many numbers of a module are learned: its parameters, without those that a mask keeps at 0."""
    pruned = {
        step.owner: len(step.node.parameters["pruned"])
        for program in all_programs(lower(graph))
        for step in program.steps
        if step.node.parameters.get("pruned") and step.node.parameters["trainable"]
    }
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad) - sum(pruned.values())


@settings(max_examples=25)
@given(drawings())
def test_source_computes_the_same(graph):
    assert_source_agrees(graph)


def assert_source_agrees(graph: Graph) -> None:
    module = compile_graph(graph)
    namespace = {"__name__": "drawn"}
    exec(compile(to_source(Document(graph)), "drawn.py", "exec"), namespace)
    network = namespace["Network"]()
    network.load_state_dict(module.state_dict())
    inputs = samples_for(lower(graph), 3)
    assert_equal(run(network.eval(), inputs), run(module.eval(), inputs), 1e-5)
    assert_equal(run(network.train(), inputs), run(module.train(), inputs), 1e-5)


@settings(max_examples=25)
@given(drawings())
def test_onnx_agrees_or_is_refused_by_name(graph):
    assert_onnx_agrees(graph)


def is_refused_by_name(document: Document, program: Program, module: torch.nn.Module) -> bool:
    """Whether ONNX cannot express it; then a node must be named."""
    try:
        make_model(program, collect_weights(module), document)
    except ExportError as error:
        refusal = str(error)
        assert any(step.node.name in refusal for one in all_programs(program) for step in one.steps), refusal
        return True
    return False


def exported(document: Document, path: Path) -> onnxruntime.InferenceSession:
    """Write the file, whatever the samples say that the export tries, which may be no steady ones, and open it."""
    export_onnx(document, path, tolerance=math.inf)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path.read_bytes(), options)


def assert_onnx_agrees(graph: Graph) -> None:
    document = trained(graph)
    program = lower(graph)
    module = compile_program(program, 0, document.weights).eval()
    if is_refused_by_name(document, program, module) or not is_steady(document):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.onnx"
        session = exported(document, path)
        names = [entry.name for entry in session.get_inputs()]
        for batch in (1, 2, 7):
            inputs = samples_for(program, batch)
            found = session.run(None, dict(zip(names, (tensor.numpy() for tensor in inputs), strict=True)))
            assert_equal(tuple(torch.from_numpy(array) for array in found), run(module, inputs), 1e-4)
        with contextlib.suppress(DocumentError):
            back = import_onnx(path)
            after = compile_graph(back.graph, weights=back.weights).eval()
            assert_equal(run(after, inputs), run(module, inputs), 1e-4)


@given(drawings())
def test_ungrouped_by_hand_it_computes_the_same(graph):
    assert_ungrouped_agrees(graph)


def assert_ungrouped_agrees(graph: Graph) -> None:
    document = trained(graph)
    inputs = samples_for(lower(graph), 3)
    before = run(compile_graph(graph, weights=document.weights).eval(), inputs)
    flat = Document(graph.copy(), weights=dict(document.weights))
    while True:
        for place in flat.graph.places():
            with contextlib.suppress(EditError):
                flat.apply(ungroup(flat.graph, place).with_weights(flat))
                break
        else:
            break
    after = run(compile_graph(flat.graph, weights=flat.weights).eval(), inputs)
    assert_equal(after, before, 1e-6)


@pytest.mark.nightly
def test_every_kind_comes_up():
    counts = Counter(
        node.kind
        for seed in range(1500)
        for _, graph in grown(Random(seed)).definitions.graphs()
        for node in graph.nodes()
    )
    assert {kind.name for kind in KINDS if counts[kind.name] < 2} == set()
    for kind in ("Delay", "ScalarInput", "BlockInput", "BlockOutput"):
        assert counts[kind] >= 50
