"""What is looked at: the selection and the chosen time steps, in the paths by which the numbers know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.panels.backpropagation.computing import Computing
from app.panels.backpropagation.time_steps import TimeSteps
from app.panels.backpropagation.weights import ChosenWeight, weight_title
from app.session import EditorSession
from graph_model import Graph

if TYPE_CHECKING:
    from app.training.backpropagation.trace import Trace


class Sight:
    """Follows session and numbers; `steps` chooses among the time steps."""

    def __init__(self, session: EditorSession, computing: Computing) -> None:
        self.session = session
        self.computing = computing
        self.steps = TimeSteps()

    @property
    def trace(self) -> Trace | None:
        """The numbers at the chosen time steps."""
        trace = self.computing.trace
        if trace is None:
            return None
        level = self.session.level
        chosen = (*self.session.selection, *self.session.selected_wires)
        meant = [level.path_of(identifier) for identifier in chosen]
        return self.steps.follow(trace, [*sorted(meant), level.path])

    @property
    def graph(self) -> Graph:
        """The drawing without its blocks; beside it the bodies of those over time, as they were for the numbers."""
        trace = self.computing.trace
        return self.session.level.flat if trace is None or not trace.places else trace.graph

    @property
    def nodes(self) -> frozenset[str]:
        """The paths of the selected nodes that have numbers."""
        paths = (self.steps.path(self.session.level.path_of(node)) for node in self.session.selection)
        return frozenset(filter(self.graph.has_node, paths))

    @property
    def wires(self) -> frozenset[str]:
        """The paths of the selected wires that have numbers."""
        paths = (self.steps.path(self.session.level.path_of(wire)) for wire in self.session.selected_wires)
        return frozenset(filter(self.graph.has_wire, paths))

    def owner_of(self, path: str) -> str:
        """What the names of the weights of a node or a wire begin with."""
        trace, graph = self.computing.trace, self.graph
        if trace is None:
            return path
        is_known = trace.knows(graph.node(path)) if graph.has_node(path) else trace.knows_wire(path)
        return trace.owner_of(path) if is_known else path

    def title_of(self, weight: ChosenWeight) -> str:
        """What a weight is called."""
        trace = self.computing.trace
        return weight_title(weight, self.graph, str if trace is None else trace.first_use)

    def wire_with(self, owner: str) -> str | None:
        """The selected wire that has a weight, or else the first one; None for the weight of a node."""
        trace = self.computing.trace
        wire = owner if trace is None else trace.first_use(owner)
        selected = [one for one in sorted(self.wires) if self.owner_of(one) == owner]
        return next((one for one in (*selected, wire) if self.graph.has_wire(one)), None)
