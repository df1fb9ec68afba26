"""What backpropagation computes, as plain values: for a neuron, a wire, a layer, one weight of a layer.

Letters are the lectures': l is the loss of one example, z = Σ w x + b, a = σ(z), δ = ∂l/∂z. All numbers are float64;
arrays are those of one sample, without the batch: (n,), (time, n), (channels, height, width).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy

Array = numpy.ndarray[Any, Any]
Number = float | Array
"""One number, or an array of them on a wire that carries a whole vector."""

StageKind = Literal["forward", "loss", "backward", "update"]


@dataclass(frozen=True)
class Stage:
    """One step of the whole computation: a column of neurons or a layer forwards, the loss, the same backwards, update.

    `node_ids`: the nodes whose numbers become known (loss: the Outputs; update: all that have weights).
    `wire_ids`: forward: the wires that bring their inputs; loss: the wires to the Outputs; backward: the same wires as
    forward, whose ∂l/∂w becomes known now; update: all wires with a weight.
    `back_wire_ids`: backward only: the wires through which ∂l/∂a comes back from the nodes that these feed.
    """

    kind: StageKind
    title: str
    node_ids: tuple[str, ...]
    wire_ids: tuple[str, ...]
    back_wire_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """One summand of a weighted sum: what one wire adds.

    `node`: id of the neuron or layer at the other end. Arriving at a neuron: `value` is the input x and `product` w ·
    x. Leaving it towards a neuron: `value` is δ of that neuron and `product` w · δ. Where the wire has no weight (from
    or to a layer, an Output, a maxout group) `weight` is None and `value` and `product` are both what passes. A wire
    that carries a whole vector to a neuron has arrays for `weight` and `value`; `product` is their sum of products.
    `element`: which number of the other end's output the wire picks.
    """

    node: str
    wire: str
    weight: Number | None
    value: Number
    product: float
    element: int | None = None


@dataclass(frozen=True)
class NeuronNumbers:
    """The numbers of one neuron: z = Σ incoming + b, a = σ(z); upstream = Σ outgoing, delta = slope · upstream.

    `slope`: σ′(z). `upstream`: ∂l/∂a. `delta`: ∂l/∂z. `bias_gradient`: ∂l/∂b of this neuron alone, equal to delta;
    `shared_bias_gradient`: the sum over all neurons that share the bias. A maxout group and a scalar input have no bias
    (None) and slope 1; a maxout group's incoming products are what arrives, of which z is the largest.
    `learned_slope`: what a PReLU neuron learns for negative z; None for all others.
    Source: Hung-yi Lee, Backpropagation.
    """

    id: str
    name: str
    kind: str
    activation: str
    z: float
    a: float
    slope: float
    upstream: float
    delta: float
    bias: float | None
    bias_gradient: float | None
    shared_bias_gradient: float | None
    bias_trainable: bool
    bias_tie: str | None
    learned_slope: float | None
    learned_slope_gradient: float | None
    incoming: tuple[Term, ...]
    outgoing: tuple[Term, ...]


@dataclass(frozen=True)
class WireNumbers:
    """The numbers of one wire to a neuron: ∂l/∂w = input (forward) × δ of its target (backward).

    `input`: ∂z/∂w, what the weight multiplies. `slope`, `upstream`, `delta`: of the neuron at its end. `gradient`:
    this wire's own input · delta; `shared_gradient`: the sum over all wires that share its weight (equal where it is
    not tied). `returned`: what goes back along it to its source, w · δ. Arrays (n,) for `input`, `weight`, the
    gradients and `returned` where it carries a whole vector. `weight_name`: its name in Document.weights.

    A wire to a layer, an Output or a maxout group has no weight: `weight`, `weight_name`, `slope`, `upstream`,
    `gradient` and `shared_gradient` are None, `input` is what passes forwards, `delta` and `returned` are what comes
    back.
    """

    id: str
    source: str
    target: str
    input: Number
    weight: Number | None
    slope: float | None
    upstream: float | None
    delta: Number
    returned: Number
    gradient: Number | None
    shared_gradient: Number | None
    trainable: bool
    tie: str | None
    weight_name: str | None


@dataclass(frozen=True)
class LayerNumbers:
    """The numbers of a layer, an Input or an Output, in vector form.

    `inputs`: one array for each input, as the layer receives it. `output`: a. `upstream`: ∂l/∂output. `z`, `delta`:
    before its own activation, and ∂l/∂z; without one they are the output and the upstream. `input_gradients`: ∂l/∂input
    for each input. `parameters` and `gradients`: by the names that PyTorch gives ("weight", "bias"). An Output's output
    is what arrives, its upstream ∂l/∂y. `trainable`: whether training changes the parameters. `pruned`: pairs (neuron,
    input) of connections that a Linear does not have; the gradient of their weights is 0. Of a layer with several
    outputs, all this is of the first; `further_upstreams`: ∂l/∂ of the others. `ports`: where each input arrives.
    """

    id: str
    name: str
    kind: str
    activation: str
    inputs: tuple[Array, ...]
    output: Array
    upstream: Array
    z: Array
    delta: Array
    input_gradients: tuple[Array, ...]
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    trainable: bool
    pruned: tuple[tuple[int, int], ...] = ()
    ports: tuple[str, ...] = ()
    further_upstreams: tuple[Array, ...] = ()


@dataclass(frozen=True)
class OutputNumbers:
    """What one Output adds to the loss: l = Σ weight · loss, over all Outputs.

    `loss`: its own, before it is weighed; `loss_name`: which one, a name of app.training.losses. `answer`: y, what it
    receives; `target`: what that should be, None where it is compared with nothing; `target_number`: which of the
    example's targets that is. `gradient`: ∂ of its own loss by y; `weight` times that is ∂l/∂y, where the way back
    begins.
    """

    id: str
    name: str
    loss_name: str
    weight: float
    target_number: int | None
    target: int | Array | None
    answer: Array
    loss: float
    gradient: Array


@dataclass(frozen=True)
class WeightTerm:
    """What one place adds to ∂l/∂w of a shared weight: input × δ.

    `place`: the position in the layer's output: () for a vector, (time,) for a sequence, (y, x) for a map, (x,) in 1-D.
    """

    place: tuple[int, ...]
    input: float
    delta: float
    product: float


Multiplied = Literal["x", "h", "1"]


@dataclass(frozen=True)
class Gate:
    """Which part of a recurrent layer a weight belongs to.

    `gate`: "input", "forget", "cell" or "output". `unit`: which memory cell of its `layer`, both counted from 0.
    `backwards`: whether it belongs to the direction that begins at the last time step. `multiplies`: "x", what this
    layer reads at a time step, "h", what the layer itself gave one step before (0 at its first), or "1" for a bias.
    """

    gate: str
    unit: int
    layer: int
    backwards: bool
    multiplies: Multiplied


@dataclass(frozen=True)
class WeightNumbers:
    """One weight of a layer spelled out: `gradient` = Σ products of `terms`.

    For a bias, the input of each term is 1. Where padding lies under a convolution's tap, and for a connection that was
    pruned, the input is 0. For a scale of a batch normalization it is the normalized x, for a learned slope min(0, z).
    `gate`: for a recurrent layer, whose terms are those of the time steps; δ is that of what the gate's function takes.
    """

    node: str
    parameter: str
    index: tuple[int, ...]
    weight: float
    gradient: float
    terms: tuple[WeightTerm, ...]
    trainable: bool
    gate: Gate | None = None


@dataclass(frozen=True)
class StateNumbers:
    """What one Delay carries through time: h. `id`: the path of the Delay.

    `values`: h_t, what arrives there at each time step, (time, *shape); `gradients`: ∂l/∂h_t, all of it: through what
    is answered at that step and through all that follows. `start`: what it holds at first, and ∂l/∂ of that.
    """

    id: str
    name: str
    values: Array
    gradients: Array
    start: Array
    start_gradient: Array


@dataclass(frozen=True)
class PlaceOverTime:
    """A block that is applied at each of `time` steps; `shown`: the one that is shown, counted from 0.

    `starts`: for each direction what the paths of its nodes begin with, the forward one first if it has both;
    `reads_backwards`: whether it is the one that reads from the last step on.
    """

    place: str
    starts: tuple[str, ...]
    reads_backwards: tuple[bool, ...]
    time: int
    shown: int


@dataclass(frozen=True)
class ReadingNumbers:
    """One direction in which a block is applied over time. `place`: its path; `path`: what those in it begin with.

    `backwards`: it reads from the last time step on. `time`: how many steps there are. `states`: its Delays.
    """

    place: str
    path: str
    backwards: bool
    time: int
    states: tuple[StateNumbers, ...]
