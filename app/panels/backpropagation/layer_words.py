"""A layer and the update in words: vectors in short, with their shapes."""

from __future__ import annotations

from html import escape

from app.panels.backpropagation import page
from app.panels.backpropagation.figures import figure, root_mean_square, size_text, vector
from app.panels.backpropagation.neuron_words import activation_name
from app.panels.backpropagation.walk import Walk
from app.training.backpropagation.quantities import Array, LayerNumbers
from app.training.backpropagation.updates import UpdateTable
from graph_model import Graph

MOST_UPDATES = 12


def layer_words(numbers: LayerNumbers, walk: Walk, weight: str, is_wide: bool) -> str:
    """Return the explanation of a layer as rich text, as far as the walk has come.

    `weight`: the words about one of its weights: a third column where there is room, else above the others.
    """
    title = page.heading(escape(numbers.name), _kind_words(numbers))
    if not walk.forward_known(numbers.id):
        return title + page.words("Its turn has not come yet: go on with ▶.")
    forward = page.section("Forward pass")
    for number, array in enumerate(numbers.inputs):
        forward += page.formula(f"{'x' if len(numbers.inputs) == 1 else f'x, input {number}'} {_array(array)}")
    if numbers.activation != "Identity":
        forward += page.formula(f"z {_array(numbers.z)}")
        forward += page.formula(f"a = {activation_name(numbers.activation)}(z) {_array(numbers.output)}")
    else:
        forward += page.formula(f"a {_array(numbers.output)}")
    backward = page.section("Backward pass")
    if not walk.backward_known(numbers.id):
        return title + page.columns(forward, backward + page.words("Known once the way back has come here."))
    backward += page.formula(f"∂l/∂a {_array(numbers.upstream)}")
    if numbers.activation != "Identity":
        backward += page.formula(f"∂l/∂z = {activation_name(numbers.activation)}′(z) · ∂l/∂a {_array(numbers.delta)}")
    for name, gradient in numbers.gradients.items():
        backward += page.formula(f"∂l/∂{escape(name)} {_array(gradient)}")
    for number, gradient in enumerate(numbers.input_gradients):
        which = "∂l/∂x" if len(numbers.inputs) == 1 else f"∂l/∂x, input {number}"
        backward += page.formula(f"{which}, handed back {_array(gradient)}")
    if is_wide and weight:
        return title + page.columns(forward, backward, weight)
    return title + weight + page.columns(forward, backward)


def update_words(table: UpdateTable | None, graph: Graph, names: dict[str, str]) -> str:
    """Return what the optimizer makes of the gradients at its first step. `names`: weight name -> what it is called."""
    text = page.heading("Update", "every weight takes its step, all at once")
    if table is None:
        return text + page.words("Computing the optimizer's step …")
    text += page.words(
        f"{escape(table.optimizer)} with learning rate η = {figure(table.learning_rate)}, on this one example. "
        f"The loss goes from {figure(table.losses[0])} to {figure(table.losses[-1])}."
    )
    rows = [row for row in table.rows if row.step == 1]
    shown = [
        [
            escape(names.get(row.name, row.name) + (str(list(row.index)) if row.index else "")),
            figure(row.weight),
            figure(row.gradient),
            row.formula if row.trainable else "frozen",
        ]
        for row in rows[:MOST_UPDATES]
    ]
    return text + page.table(["weight", "w", "∂l/∂w", "new w"], shown)


def _kind_words(numbers: LayerNumbers) -> str:
    words = numbers.kind
    if numbers.activation != "Identity":
        words += f", then {numbers.activation}"
    if numbers.parameters:
        words += ", " + ", ".join(f"{name} {size_text(array.shape)}" for name, array in numbers.parameters.items())
    return escape(words)


def _array(array: Array) -> str:
    """Shape, first numbers and size of an array."""
    if array.size == 1:
        return f"= {page.result(figure(float(array.ravel()[0])))}"
    size = f"<span class='muted'>[{size_text(array.shape)}]</span>"
    text = f"{size} = {vector(array)}"
    if array.size > 4:
        text += f", <span class='muted'>RMS {figure(root_mean_square(array))}</span>"
    return text
