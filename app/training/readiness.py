"""Can this document be trained? Its drawing, its data and its settings must fit together."""

from __future__ import annotations

from collections.abc import Iterable

from app.training.datasets import dataset_kind
from app.training.input_fit import input_problems
from app.training.losses import loss_kind
from app.training.optimizers import option_values
from app.training.output_fit import output_problems
from app.training.training_program import lower_for
from compiler.checks import problems_of
from compiler.cost import parameter_counts
from compiler.program import lower
from graph_model import DataError, Document, Problem, TrainingError

NOTHING_LEARNS = "No node has weights, so there is nothing to learn: add a Linear or a Neuron."
ALL_IS_FROZEN = "Every weight and bias is frozen, so there is nothing to learn: let training change some of them."


def training_problems(document: Document) -> list[Problem]:
    """Return what keeps a document from being trained: the drawing's problems, then those with data and settings."""
    program = lower(document.graph)
    problems = problems_of(program)
    if any(problem.severity == "error" for problem in problems):
        return problems
    try:
        kind = dataset_kind(document.training.dataset, document.training.dataset_options)
    except DataError as error:
        return [*problems, Problem("error", None, str(error))]
    program = lower_for(document.graph, kind)
    unfit = list(input_problems(program, kind))
    problems.extend(unfit)
    settings = list(_settings_problems(document))
    if all(problem.fixes for problem in unfit):  # What cannot be fed needs no words about its answer.
        settings = settings or list(output_problems(document, program, kind))
    problems.extend(settings)
    if not any(parameter_counts(program).values()):
        frozen = any(step.kind.learnable for step in program.steps)
        problems.append(Problem("error", None, ALL_IS_FROZEN if frozen else NOTHING_LEARNS))
    return problems


def _settings_problems(document: Document) -> Iterable[Problem]:
    settings = document.training
    try:
        loss_kind(settings.loss)
    except TrainingError as error:
        yield Problem("error", None, str(error))
    try:
        option_values(settings.optimizer, settings.optimizer_options)
    except TrainingError as error:
        yield Problem("error", None, str(error))
