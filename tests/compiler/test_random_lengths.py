"""Random drawings with axes of any length: what is accepted works at other lengths, what is refused can be mended."""

from __future__ import annotations

import math
import tempfile
from itertools import islice
from pathlib import Path
from random import Random

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import check, compile_graph, to_source
from compiler.build import compile_program
from compiler.index_limits import index_limit
from compiler.over_time import all_programs
from compiler.program import Program, lower
from graph_model import Document, Graph
from graph_model.edits import SetParameters
from tests.compiler.test_random_catalogue import (
    Tensors,
    assert_equal,
    exported,
    is_refused_by_name,
    run,
    trained,
)
from tests.random_catalogue import drawings, errors
from tests.random_samples import samples_for

CHANCE = st.randoms(use_true_random=False)
LONGEST = 24
"""Greater lengths are not run: they take long, and show what these show."""


def name_axes(random: Random, graph: Graph) -> None:
    """Let axes of Inputs have any length, at random; some share a name."""
    named: dict[str, int] = {}
    for node in [node for node in graph.nodes() if node.kind == "Input"]:
        names: list[str] = []
        for length in node.parameters["shape"]:
            free = [name for name in ("a", "b", "c") if name not in names and named.get(name, length) == length]
            name = random.choice(free) if free and random.random() < 0.4 else "-"
            names.append(name)
            if name != "-":
                named[name] = length
        graph.apply(SetParameters(node.id, {"dynamic_axes": ", ".join(names)}))


def mend_lengths(graph: Graph) -> None:
    """Apply the fix of one refusal after the other; each names a node, and leaves a drawing without that problem."""
    for _ in range(4):
        problems = errors(graph)
        if not problems:
            return
        problem = problems[0]
        assert "cannot have any length" in problem.message
        assert problem.node in {step.node.name for one in all_programs(lower(graph)) for step in one.steps}
        assert problem.node in problem.message
        graph.apply(problem.fixes[0].edit)
        axis = problem.message.split("'")[1]
        assert not [one for one in errors(graph) if f"The axis '{axis}' " in one.message], problem
    assert not check(graph), "three axes need three fixes at most"


def other_lengths(program: Program) -> list[Program]:
    """The program at lengths that are said to work, as far as they are short."""
    samples = program.lengths.samples().items()
    return [other for (_, length), other in samples if length <= LONGEST]


@settings(max_examples=20)
@given(drawings(), CHANCE)
def test_what_is_refused_names_a_node_and_can_be_mended(graph, random):
    name_axes(random, graph)
    mend_lengths(graph)


@settings(max_examples=12)
@given(drawings(), CHANCE)
def test_one_module_and_its_source_take_every_length(graph, random):
    name_axes(random, graph)
    mend_lengths(graph)
    assert_takes_lengths(graph)


def assert_takes_lengths(graph: Graph) -> None:
    others = other_lengths(lower(graph))
    if not others:
        return
    module = compile_graph(graph, seed=3)
    namespace = {"__name__": "drawn"}
    exec(compile(to_source(Document(graph)), "drawn.py", "exec"), namespace)
    network = namespace["Network"]()
    network.load_state_dict(module.state_dict())
    for other in others:
        for training in (False, True):
            inputs = samples_for(other, 3)
            found = run(module.train(training), inputs)
            for output, step in zip(found, other.outputs, strict=True):
                assert tuple(output.shape) == (3, *step.input_shapes[0][1:])
            assert_equal(run(network.train(training), inputs), found, 1e-5)


@settings(max_examples=12)
@given(drawings(), CHANCE)
def test_onnx_takes_every_length_or_refuses_by_name(graph, random):
    name_axes(random, graph)
    mend_lengths(graph)
    assert_onnx_takes_lengths(graph)


def assert_onnx_takes_lengths(graph: Graph) -> str:
    """Return why nothing was compared, or ""."""
    program = lower(graph)
    others = other_lengths(program)
    if not others:
        return "no length"
    document = trained(graph)
    module = compile_program(program, 0, document.weights).eval()
    if is_refused_by_name(document, program, module):
        return "refused"
    with tempfile.TemporaryDirectory() as folder:
        session = exported(document, Path(folder) / "a.onnx")
    names = [entry.name for entry in session.get_inputs()]
    compared = False
    for other in islice((one for one in others if not meet_in_one_place(one)), 3):
        for batch in (1, 3):
            inputs = samples_for(other, batch)
            expected = run(module.float(), inputs)
            if not is_steady(module, other, batch, expected):
                continue
            found = session.run(None, dict(zip(names, (tensor.numpy() for tensor in inputs), strict=True)))
            assert_equal(tuple(torch.from_numpy(array) for array in found), expected, 1e-4)
            compared = True
    return "" if compared else "unsteady"


def meet_in_one_place(program: Program) -> bool:
    """Whether an unpooling has to put two values into one place, where either may stay."""
    unpools = any(step.kind.name.startswith("MaxUnpool") for step in program.steps)
    limits = [(index_limit(program, given), math.prod(given.shape[1:])) for given in program.inputs]
    return unpools and any(limit is not None and count > limit for limit, count in limits)


def is_steady(module: torch.nn.Module, program: Program, batch: int, single: Tensors) -> bool:
    """Whether the last digits of float32 do not decide what comes out: only then other programs agree."""
    double = run(module.double(), samples_for(program, batch, dtype=torch.float64))
    module.float()
    return all(
        torch.allclose(one.double(), other, atol=1e-6, rtol=1e-6) and bool(one.abs().max() < 100)
        for one, other in zip(single, double, strict=True)
        if one.numel()
    )
