"""Which nodes of a drawing are computed together, and in which order."""

from __future__ import annotations

from compiler.program import Program, Step


def stage_order(program: Program) -> list[tuple[str, tuple[Step, ...]]]:
    """Return title and nodes of each stage, in the order of running.

    A stage is a column (all neurons of one depth), all maxout groups of one depth, or a layer. Titles are as in
    compiler.layers: "column 1", "column 2", ...; a single neuron, like a layer, keeps its own name.
    """
    stages: dict[tuple[int, int], list[Step]] = {}
    for position, step in enumerate(program.steps):
        if step.kind.outputs and not step.kind.brings_data:
            rank = -2 if step.kind.weighs_wires else -1 if step.kind.gives_scalar else position
            stages.setdefault((step.depth, rank), []).append(step)
    titled: list[tuple[str, tuple[Step, ...]]] = []
    column = groups = 0
    for _, steps in sorted(stages.items(), key=lambda stage: stage[0]):
        title = steps[0].node.name
        if steps[0].kind.weighs_wires:
            column += 1
            title = title if len(steps) == 1 else f"column {column}"
        elif steps[0].kind.gives_scalar:
            groups += 1
            title = title if len(steps) == 1 else f"maxout groups {groups}"
        titled.append((title, tuple(steps)))
    return titled
