"""Which drawn recurrent blocks compute what nn.RNN, nn.LSTM or nn.GRU computes, by their formulas.

Source: the formulas in the documentation of torch.nn.RNN, torch.nn.LSTM and torch.nn.GRU.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.program import OverTime, Program
from compiler.standard_cells.algebra import (
    Activated,
    Atom,
    Bias,
    Formula,
    Product,
    Read,
    Weighted,
    activated,
    added,
    atom,
    ends,
    multiplied,
    number,
    part,
    width_of,
)
from compiler.standard_cells.reading import formulas

NAMES = {"RNN_TANH": "nn.RNN", "RNN_RELU": "nn.RNN", "LSTM": "nn.LSTM", "GRU": "nn.GRU"}
PLACES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

Term = tuple[str, tuple[int, int], tuple[int, int] | None, float]
"""Name of a parameter, its rows and columns (None: all it has), and its factor; no name: the factor is the value."""
Gates = tuple[tuple[Term, ...], ...]
"""For each gate, in torch's order, or for each part of it one after the other, the terms whose sum its weights or its
bias are."""


Gate = dict[str, list[Term]]
Found = tuple[str, list[Gate]]
Used = tuple[str, int, int, int]
"""A parameter, its rows from … to, and the first of its columns."""
MOST_PARTS = 64
"""Neurons that were drawn unit by unit lie apart in their column, and each is looked up by itself; for more of them
than this, the look-up would take longer than it saves."""


@dataclass(frozen=True)
class StandardCell:
    """A drawn cell as torch's kernel takes it.

    `kernel`: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU". `hidden`: how many numbers its state has. `states`: the numbers
    of the Delays that hold h and, of an LSTM, c. `layout`: weight_ih, weight_hh, bias_ih, bias_hh of each direction.
    """

    kernel: str
    hidden: int
    states: tuple[int, ...]
    layout: tuple[tuple[Gates, ...], ...]

    @property
    def arguments(self) -> dict[str, Any]:
        """What the module that runs it is made with, beside what every block over time is."""
        return {"kernel": self.kernel, "states": list(self.states), "layout": self.layout}

    @property
    def name(self) -> str:
        """The class of torch.nn that computes the same."""
        return NAMES[self.kernel]


def standard_cell(over_time: OverTime) -> StandardCell | None:
    """Return as what a block that is applied over time can run, or None if its time steps run one by one."""
    shapes = over_time.delay_shapes
    given = over_time.programs[0].inputs
    if over_time.sequences != (True,) or len(given[0].shape) != 1 or not over_time.outputs:
        return None
    if len(shapes) not in (1, 2) or any(len(shape) != 1 or shape != shapes[0] for shape in shapes):
        return None
    cells = [_cell(program, over_time.outputs, shapes[0][0]) for program in over_time.programs]
    first = cells[0]
    if first is None or any(cell is None or cell.states != first.states for cell in cells):
        return None
    layout = tuple(cell.layout[0] for cell in cells if cell is not None)
    return StandardCell(first.kernel, first.hidden, first.states, layout)


def _cell(program: Program, outputs: int, hidden: int) -> StandardCell | None:
    vectors = formulas(program)
    if any(width_of(vector) != hidden for vector in vectors):
        return None
    cuts = sorted({0}.union(*(ends(vector) for vector in vectors)))
    if len(cuts) > MOST_PARTS:
        return None
    for states in itertools.permutations(range(len(vectors) - outputs)):
        found = [
            _part(program, outputs, states, [part(vector, start, stop)[0].formula for vector in vectors], start, stop)
            for start, stop in itertools.pairwise(cuts)
        ]
        parts = [one for one in found if one is not None]
        if len(parts) == len(found) and len({kernel for kernel, _, _ in parts}) == 1 and _are_own(parts):
            gates = [gate for together in zip(*(gates for _, gates, _ in parts), strict=True) for gate in together]
            layout = tuple(tuple(tuple(gate[place]) for gate in gates) for place in PLACES)
            return StandardCell(parts[0][0], hidden, states, (layout,))
    return None


def _part(
    program: Program, outputs: int, states: Sequence[int], values: list[Formula], start: int, stop: int
) -> tuple[str, list[Gate], list[Used]] | None:
    """The numbers start … stop of a cell."""
    following = values[outputs:]
    if any(answer != following[states[0]] for answer in values[:outputs]):
        return None
    x, h = (Read(number, 0, int(program.inputs[number].shape[0])) for number in (0, 1 + states[0]))
    reading = _Cell(x, h, stop - start, [atom(Read(1 + state, start, stop)) for state in states])
    if len(states) == 2:
        found = reading.lstm([following[state] for state in states])
    else:
        found = reading.rnn(following[0]) or reading.gru(following[0])
    return None if found is None else (*found, reading.used)


def _are_own(parts: Sequence[tuple[str, list[Gate], list[Used]]]) -> bool:
    """Whether no weight takes part twice, as each gate of torch's cells has weights of its own."""
    used = [one for _, _, found in parts for one in found]
    by_column: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for name, start, stop, column in used:
        by_column.setdefault((name, column), []).append((start, stop))
    rows = [itertools.pairwise(sorted(ranges)) for ranges in by_column.values()]
    return all(first[1] <= second[0] for pairs in rows for first, second in pairs)


class _Cell:
    """Compares what some numbers of a cell's state become with the formulas of the standard cells.

    `x`, `h`: all that arrives and all of h, which the weights see. `states`: those numbers of h and, of an LSTM, of c.
    """

    def __init__(self, x: Read, h: Read, width: int, states: Sequence[Formula]) -> None:
        self.x, self.h, self.width, self.states = x, h, width, states
        self.used: list[Used] = []

    def rnn(self, following: Formula) -> Found | None:
        """h′ = tanh(W x + b + U h + b′), or with ReLU."""
        for function, kernel in (("Tanh", "RNN_TANH"), ("ReLU", "RNN_RELU")):
            for one in _activations(following, function):
                gate = self._gate(one.of) if following == atom(one) else None
                if gate is not None:
                    return kernel, [gate]
        return None

    def lstm(self, following: Sequence[Formula]) -> Found | None:
        """c′ = f ⊙ c + i ⊙ g and h′ = o ⊙ tanh(c′)."""
        h, c = following
        for o in _activations(h, "Sigmoid"):
            if h != multiplied(atom(o), activated("Tanh", c)):
                continue
            for i, f in itertools.permutations(_activations(c, "Sigmoid"), 2):
                for g in _activations(c, "Tanh"):
                    if c == added(multiplied(atom(f), self.states[1]), multiplied(atom(i), atom(g))):
                        return self._found("LSTM", [self._gate(one.of) for one in (i, f, g, o)])
        return None

    def gru(self, following: Formula) -> Found | None:
        """h′ = (1 − z) ⊙ n + z ⊙ h, or z and 1 − z the other way round: 1 − σ(a) = σ(−a)."""
        h = self.states[0]
        for z, n in itertools.product(_activations(following, "Sigmoid"), _activations(following, "Tanh")):
            for kept, new, sign in ((h, atom(n), 1.0), (atom(n), h, -1.0)):
                if following == added(added(new, multiplied(atom(z), new), -1.0), multiplied(atom(z), kept)):
                    update = added(number(0.0), z.of, sign)
                    for r in _activations(n.of, "Sigmoid"):
                        gates = [self._gate(r.of), self._gate(update), self._candidate(n.of, r)]
                        return self._found("GRU", gates)
        return None

    def _found(self, kernel: str, gates: list[Gate | None]) -> Found | None:
        known = [gate for gate in gates if gate is not None]
        return (kernel, known) if len(known) == len(gates) else None

    def _gate(self, formula: Formula) -> Gate | None:
        """W x + b + U h + b′ as terms for W, U and the two biases."""
        gate: Gate = {place: [] for place in PLACES}
        for product, coefficient in _in_order(formula):
            place = self._place(product)
            if place is None:
                return None
            if place == "bias_ih" and product and gate["bias_ih"] and not gate["bias_hh"]:
                place = "bias_hh"
            gate[place].append(self._term(product, coefficient))
        return self._whole(gate)

    def _candidate(self, formula: Formula, reset: Activated) -> Gate | None:
        """W x + b + r ⊙ (U h + b′) of a GRU."""
        gate: Gate = {place: [] for place in PLACES}
        for product, coefficient in _in_order(formula):
            is_reset = (reset, 1) in product
            rest = product - {(reset, 1)}
            place = self._place(rest)
            if place is None or (place == "weight_hh") != (is_reset and place != "bias_ih"):
                return None
            gate["bias_hh" if is_reset and place == "bias_ih" else place].append(self._term(rest, coefficient))
        return self._whole(gate)

    def _whole(self, gate: Gate) -> Gate | None:
        """The gate, with zeros for a bias that it lacks; None if it does not look at x and at h."""
        for place in ("bias_ih", "bias_hh"):
            gate[place] = gate[place] or [("", (0, self.width), None, 0.0)]
        return gate if gate["weight_ih"] and gate["weight_hh"] else None

    def _place(self, product: Product) -> str | None:
        one = _single(product)
        if isinstance(one, Weighted):
            return {self.x: "weight_ih", self.h: "weight_hh"}.get(one.read)
        return "bias_ih" if not product or isinstance(one, Bias) else None

    def _term(self, product: Product, coefficient: float) -> Term:
        one = _single(product)
        if isinstance(one, Weighted):
            self.used.append((one.weight, one.start, one.stop, one.column))
            columns = (one.column, one.column + one.read.stop)
            return one.weight, (one.start, one.stop), columns, coefficient
        if isinstance(one, Bias):
            self.used.append((one.bias, one.start, one.stop, 0))
            return one.bias, (one.start, one.stop), None, coefficient
        return "", (0, self.width), None, coefficient


def _single(product: Product) -> Atom | None:
    factors = [one for one, power in product if power == 1]
    return factors[0] if len(factors) == 1 == len(product) else None


def _activations(formula: Formula, function: str) -> Iterator[Activated]:
    """The different activations among the factors of a formula."""
    atoms = dict.fromkeys(one for product, _ in formula for one, _ in product)
    return (one for one in atoms if isinstance(one, Activated) and one.function == function)


def _in_order(formula: Formula) -> list[tuple[Product, float]]:
    """The products in an order that is always the same: sets have none."""
    return sorted(formula, key=lambda entry: [repr(one) for one, _ in entry[0] if not isinstance(one, Activated)])
