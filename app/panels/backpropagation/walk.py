"""Where in the computation one is: before, at or after each of its stages, or looking at all of it at once."""

from __future__ import annotations

from app.training.backpropagation.quantities import Stage


class Walk:
    """A place among the stages of a trace. `index` None: all at once."""

    def __init__(self) -> None:
        self.stages: tuple[Stage, ...] = ()
        self.index: int | None = None
        self._forward: dict[str, int] = {}
        self._backward: dict[str, int] = {}
        self._wire_forward: dict[str, int] = {}
        self._wire_backward: dict[str, int] = {}

    def follow(self, stages: tuple[Stage, ...]) -> None:
        """Take the stages of another trace, and stay at the same place if there still is one."""
        self.stages = stages
        if self.index is not None:
            self.index = min(self.index, len(stages) - 1) if stages else None
        self._forward, self._backward, self._wire_forward, self._wire_backward = {}, {}, {}, {}
        for number, stage in enumerate(stages):
            if stage.kind in ("forward", "loss"):
                self._forward.update((node, number) for node in stage.node_ids)
                self._wire_forward.update((wire, number) for wire in stage.wire_ids)
            if stage.kind in ("backward", "loss"):
                self._backward.update((node, number) for node in stage.node_ids)
                self._wire_backward.update((wire, number) for wire in stage.wire_ids)

    @property
    def stage(self) -> Stage | None:
        """The present stage; None: all at once."""
        return None if self.index is None or not self.stages else self.stages[self.index]

    @property
    def is_backward(self) -> bool:
        """Whether the backward pass has begun."""
        return self.index is None or (self.stage is not None and self.stage.kind in ("backward", "update"))

    @property
    def loss_is_known(self) -> bool:
        """Whether the loss was computed."""
        return self.is_backward or (self.stage is not None and self.stage.kind == "loss")

    def go(self, index: int | None) -> None:
        """Go to a stage, or look at all at once."""
        self.index = None if index is None or not self.stages else max(0, min(index, len(self.stages) - 1))

    def forth(self) -> None:
        """One stage on; from all at once to the first."""
        self.go(0 if self.index is None else self.index + 1)

    def back(self) -> None:
        """One stage back; from all at once to the last."""
        self.go(len(self.stages) - 1 if self.index is None else self.index - 1)

    def jump_to(self, node: str | None, wire: str | None) -> bool:
        """Go to the stage at which a node or a wire has its turn in the present pass; whether there is one."""
        if self.index is None:
            return False
        forward, backward = (self._forward, self._backward) if node else (self._wire_forward, self._wire_backward)
        chosen = node or wire or ""
        wanted = (backward if self.is_backward or wire else forward).get(chosen, forward.get(chosen))
        if wanted is None:
            return False
        self.go(wanted)
        return True

    def forward_known(self, node: str) -> bool:
        """Whether a node's answer was computed."""
        return self.index is None or self._forward.get(node, -1) <= self.index

    def backward_known(self, node: str) -> bool:
        """Whether ∂l/∂z of a node was computed; the inputs have theirs when the way back has come to its end."""
        return self.index is None or self._backward.get(node, len(self.stages) - 1) <= self.index

    def wire_forward_known(self, wire: str) -> bool:
        """Whether what a wire brings has been used."""
        return self.index is None or self._wire_forward.get(wire, -1) <= self.index

    def wire_backward_known(self, wire: str) -> bool:
        """Whether ∂l/∂w of a wire was computed."""
        return self.index is None or self._wire_backward.get(wire, len(self.stages) - 1) <= self.index

    def waiting(self) -> tuple[frozenset[str], frozenset[str]]:
        """The nodes and wires that the present pass has not reached yet."""
        if self.index is None:
            return frozenset(), frozenset()
        nodes, wires = (
            (self._backward, self._wire_backward) if self.is_backward else (self._forward, self._wire_forward)
        )
        return (
            frozenset(node for node, number in nodes.items() if number > self.index),
            frozenset(wire for wire, number in wires.items() if number > self.index),
        )
