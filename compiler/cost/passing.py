"""The most memory that one training step holds at once, found by walking forward through a drawing and back.

Going forward, a value stays until the last node that reads it has run, and longer if autograd keeps it. Going back,
each node gives back what was kept for it, and gradients come and go; those of the weights stay.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.arrivals import result_key
from compiler.cost.flow import Flow
from compiler.cost.measuring import Amount
from compiler.cost.parameters import BYTES_PER_NUMBER
from compiler.program import Step


@dataclass(frozen=True)
class ActivationPeak:
    """Bytes beside weights, optimizer and copies. `kept`: when the forward pass has ended. `forward`, `backward`: the
    most during that pass, backward with the gradients of the weights that are there by then."""

    kept: int
    forward: int
    backward: int

    @property
    def most(self) -> int:
        """The most during the step."""
        return max(self.forward, self.backward)


@dataclass(frozen=True)
class LossCost:
    """What computing the loss takes; bytes. `targets`: what the outputs are compared with. `kept`: what autograd keeps
    for the loss besides outputs and targets. `forward`: the most that is taken beyond outputs and targets while it is
    computed. `backward`: the most beyond all these in its backward pass, the gradients of the outputs included."""

    targets: Amount
    kept: Amount
    forward: Amount
    backward: Amount
    keeps_outputs: bool


NO_LOSS = LossCost(Amount(), Amount(), Amount(), Amount(), keeps_outputs=False)


def activation_peak(flow: Flow, batch: int, learning: bool = True, loss: LossCost = NO_LOSS) -> ActivationPeak:
    """Return the peak of one step with a batch of so many samples; `learning=False`: of a forward pass alone."""
    walk = _Walk(flow, batch, learning, loss)
    walk.forward()
    kept, forward = walk.live, walk.peak
    walk.peak = 0
    if learning:
        walk.backward()
    return ActivationPeak(kept, forward, walk.peak)


class _Walk:
    """Holds blocks as torch does: each until nobody needs it any more."""

    def __init__(self, flow: Flow, batch: int, learning: bool, loss: LossCost) -> None:
        self.flow, self.batch, self.learning, self.loss = flow, batch, learning, loss
        self.live = 0
        self.peak = 0
        self.steps = list(flow.steps)
        self.sizes = {block: size.of(batch) for block, size in flow.sizes.items()}
        self.holders: dict[str, int] = {}
        self.gradients: dict[str, str] = {}
        """Key of a value -> the block that its gradient lies in."""
        outputs = [step.node.id for step in flow.program.outputs if step.node.id in flow.reads]
        self.answers = {block for one in outputs for block in flow.reads[one] if block is not None}
        """The blocks that the loss reads."""

    def forward(self) -> None:
        """Run forward; the caller holds the inputs all the while."""
        readers: dict[str, int] = {}
        for step in self.steps:
            for block in self.flow.reads[step.node.id]:
                if block is not None:
                    readers[block] = readers.get(block, 0) + 1
        # The loss reads the outputs, after all nodes have run.
        for block in self.answers:
            readers[block] = readers.get(block, 0) + 1
        inputs = [step for step in self.steps if step.kind.brings_data]
        self.live += self.loss.targets.of(self.batch)
        for step in self.steps:
            self._run(step, readers)
        self.peak = max(self.peak, self.live + self.loss.forward.of(self.batch))
        if self.learning:
            self.live += self.loss.kept.of(self.batch)
        if not self.loss.keeps_outputs:
            self._release_answers()
        for step in inputs:
            for block in self.flow.gives[step.node.id]:
                self._release(block)

    def _run(self, step: Step, readers: dict[str, int]) -> None:
        own = self.flow.figures[step.node.id]
        reads, gives = self.flow.reads[step.node.id], self.flow.gives[step.node.id]
        for block in reads:
            if block is not None and block not in self.holders:
                self._take(block, readers[block])
        self.peak = max(self.peak, self.live + own.forward_peak.of(self.batch))
        for block in dict.fromkeys(gives):
            if block not in self.holders:
                self._take(block, readers.get(block, 0) + 1)
            else:
                self.holders[block] += 1
        if self.learning:
            self.live += own.inner.of(self.batch)
            for block in self._keeps(step):
                self.holders[block] += 1
        self.peak = max(self.peak, self.live)
        for block in reads:
            if block is not None:
                self._release(block)
        if not step.kind.brings_data:
            for block in dict.fromkeys(gives):
                self._release(block)

    def backward(self) -> None:
        """Run backward from the loss, which begins with the gradients of the outputs."""
        self._begin_with_loss()
        for step in reversed(self.steps):
            self._back(step)

    def _begin_with_loss(self) -> None:
        self.peak = self.live + self.loss.backward.of(self.batch)
        for step in self.flow.program.outputs:
            for source in step.sources if step.node.id in self.flow.figures else ():
                if self.flow.figures[source.node.id].backward_peak.of(self.batch):
                    self._add_gradient(source.key, f"loss of {source.key}", self._size_of(source.key))
        self.peak = max(self.peak, self.live)
        self.live -= self.loss.kept.of(self.batch)
        if self.loss.keeps_outputs:
            self._release_answers()

    def _back(self, step: Step) -> None:
        own = self.flow.figures[step.node.id]
        keys = [result_key(step.node.id, port) for port in range(len(own.outputs))]
        arrived = {key: self.gradients.pop(key) for key in keys if key in self.gradients}
        if arrived:
            self.peak = max(self.peak, self.live + own.backward_peak.of(self.batch))
        self.live -= own.inner.of(self.batch)
        for block in self._keeps(step):
            self._release(block)
        if arrived:
            self.live += own.trained_numbers * BYTES_PER_NUMBER
            self._send_on(step, arrived)
        for block in arrived.values():
            self._release(block)
        self.peak = max(self.peak, self.live)

    def _send_on(self, step: Step, arrived: dict[str, str]) -> None:
        own = self.flow.figures[step.node.id]
        for place, keys in enumerate(self.flow.sources[step.node.id]):
            size, port = own.gradients[place].of(self.batch), own.passes_on[place]
            block = None if port is None else arrived.get(result_key(step.node.id, port))
            for key in keys:
                if block is not None:
                    self._pass_gradient(key, block)
                elif size:
                    self._add_gradient(key, f"gradient of {key} from {step.node.id} {place}", size // len(keys))

    def _pass_gradient(self, key: str, block: str) -> None:
        """A gradient that is the one that arrived, as that of a sum is."""
        if key not in self.gradients:
            self.gradients[key] = block
            self.holders[block] += 1

    def _add_gradient(self, key: str, block: str, size: int) -> None:
        """A gradient of its own; where one is already there it is added to that, and gone."""
        if key in self.gradients:
            self.peak = max(self.peak, self.live + size)
            return
        self.sizes[block] = size
        self._take(block, 1)
        self.gradients[key] = block

    def _release_answers(self) -> None:
        for block in self.answers:
            self._release(block)

    def _keeps(self, step: Step) -> list[str]:
        """The blocks that autograd keeps for a step."""
        own = self.flow.figures[step.node.id]
        pairs = [*zip(self.flow.reads[step.node.id], own.keeps_inputs, strict=False)]
        pairs += [*zip(self.flow.gives[step.node.id], own.keeps_outputs, strict=False)]
        return [block for block, kept in pairs if kept and block is not None]

    def _size_of(self, key: str) -> int:
        node_id, _, port = key.partition(":")
        return self.sizes[self.flow.gives[node_id][int(port or 0)]]

    def _take(self, block: str, holders: int) -> None:
        self.holders[block] = holders
        self.live += self.sizes[block]

    def _release(self, block: str) -> None:
        self.holders[block] -= 1
        if not self.holders[block]:
            self.live -= self.sizes[block]
            del self.holders[block]
