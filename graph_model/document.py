"""A document: a drawing, how it is to be trained, what it says about itself, and its trained weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from psygnal import Signal

from graph_model.blocks.flattening import flatten, paths_to
from graph_model.edits import Edit
from graph_model.errors import EditError
from graph_model.graph import Graph

if TYPE_CHECKING:
    import numpy


@dataclass(frozen=True)
class TrainingSettings:
    """How a drawing is trained. Names of datasets, losses and optimizers are those that app.training offers.

    `optimizer_options`: the optimizer's further arguments by PyTorch's names, e.g. {"momentum": 0.9}.
    `batch_size` in examples; `validation_fraction`: the share of examples held back for validation.
    """

    dataset: str = "digits"
    loss: str = "cross_entropy"
    optimizer: str = "SGD"
    learning_rate: float = 0.1
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 100
    epochs: int = 20
    validation_fraction: float = 0.2
    seed: int = 0
    device: str = "auto"
    dataset_options: Mapping[str, Any] = field(default_factory=dict)


class Drawn(Protocol):
    """A drawing with its trained weights: a document, or the body of a block at one place, with the weights that it has
    there under the names that they have inside."""

    @property
    def graph(self) -> Graph:
        """The nodes and wires."""
        ...

    @property
    def weights(self) -> Mapping[str, numpy.ndarray[Any, Any]]:
        """Name -> array, as in a document."""
        ...


class Document:
    """A drawing with its training settings, description and trained weights.

    `weights`: name -> array. The name is "<node id>.<parameter>" ("hidden_1.weight", "norm.running_mean"); a
    weight on a wire is "<wire id>.weight"; what is inside a block has a path for an id: "layer1/conv1.weight". Weights
    of nodes that are gone stay until the document is saved, so that undoing a removal brings them back.
    """

    changed = Signal(object)

    def __init__(
        self,
        graph: Graph | None = None,
        training: TrainingSettings | None = None,
        description: str = "",
        weights: Mapping[str, numpy.ndarray[Any, Any]] | None = None,
    ) -> None:
        self.graph = Graph() if graph is None else graph
        self.training = TrainingSettings() if training is None else training
        self.description = description
        self.weights: dict[str, numpy.ndarray[Any, Any]] = dict(weights or {})
        self.graph.changed.connect(self._announce)

    def apply(self, edit: Edit | DocumentEdit) -> Edit | DocumentEdit:
        """Apply an edit of the drawing or of the document, and return its inverse; raises EditError."""
        if isinstance(edit, (SetTraining, SetGraphName, SetDescription)):
            inverse = edit.apply_to(self)
            self.changed.emit(edit)
            return inverse
        if isinstance(edit, WithWeights):
            return edit.apply_to(self)
        return self.graph.apply(edit)

    def copy(self) -> Document:
        """Return an equal document that shares nothing with this one that could change."""
        return Document(self.graph.copy(), self.training, self.description, dict(self.weights))

    def living_weights(self) -> dict[str, numpy.ndarray[Any, Any]]:
        """Return the weights whose node or wire is in the drawing or in a block that is placed there."""
        flat = flatten(self.graph)
        owners = set(flat.owners.values())
        return {
            name: array
            for name, array in self.weights.items()
            if any(
                flat.graph.has_node(path) or flat.graph.has_wire(path) or path in owners
                for path in paths_to(name.partition(".")[0])
            )
        }

    def _announce(self, edit: object) -> None:
        self.changed.emit(edit)


@dataclass(frozen=True)
class SetTraining:
    """Put other training settings in the place of the present ones."""

    training: TrainingSettings

    def apply_to(self, document: Document) -> SetTraining:
        """Change the document and return the inverse."""
        former, document.training = document.training, self.training
        return SetTraining(former)


@dataclass(frozen=True)
class SetGraphName:
    """Give the drawing another name."""

    name: str

    def apply_to(self, document: Document) -> SetGraphName:
        """Change the document and return the inverse."""
        former, document.graph.name = document.graph.name, self.name
        return SetGraphName(former)


@dataclass(frozen=True)
class SetDescription:
    """Put another description in the place of the present one."""

    description: str

    def apply_to(self, document: Document) -> SetDescription:
        """Change the document and return the inverse."""
        former, document.description = document.description, self.description
        return SetDescription(former)


@dataclass(frozen=True)
class WithWeights:
    """Change the drawing and trained weights in one step.

    `weights`: name -> array to put into Document.weights, or None to take out what is there, so that the weight starts
    as the drawing says. Announced as the edit of the drawing that it holds, once the weights are in place.
    """

    edit: Edit
    weights: Mapping[str, numpy.ndarray[Any, Any] | None]

    def apply_to(self, document: Document) -> WithWeights:
        """Change the document and return the inverse; raises EditError and changes nothing if refused."""
        former = {name: document.weights.get(name) for name in self.weights}
        _put(document.weights, self.weights)
        try:
            return WithWeights(document.graph.apply(self.edit), former)
        except EditError:
            _put(document.weights, former)
            raise


def _put(weights: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, array in changes.items():
        if array is None:
            weights.pop(name, None)
        else:
            weights[name] = array


DocumentEdit = SetTraining | SetGraphName | SetDescription | WithWeights
