"""What a kind is: the one declaration from which palette, inspector, checks, compiler and ONNX all read.

Declaring a kind imports no torch: modules are named by their dotted names.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from graph_model.objection import Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Parameter, Size

FAMILIES = (
    "Terminals",
    "Neurons",
    "Blocks",
    "Linear",
    "Embedding",
    "Convolution",
    "Pooling",
    "Resampling",
    "Recurrent",
    "Attention",
    "Activation",
    "Normalization",
    "Regularization",
    "Shape",
    "Arithmetic",
    "Combine",
)


@dataclass(frozen=True)
class Port:
    """A place where wires start or end.

    `variadic`: takes any number of wires, in the order of connecting. `gathers`: several neurons may be
    wired to it; they are stacked to one vector (batch, n) in the order of connecting. `optional`: may stay without a
    wire; the module then gets None. `indices`: takes whole numbers, such as the place of a word in a vocabulary: what
    arrives is rounded towards 0. An output of `indices` gives whole numbers; they stay such on the way to an input that
    takes them, and are data everywhere else.
    """

    name: str
    variadic: bool = False
    gathers: bool = True
    meaning: str = ""
    optional: bool = False
    indices: bool = False
    below: str = ""
    """The parameter that all indices must be below."""
    places: bool = False
    """The indices are places in a map of what the node gives."""


@dataclass(frozen=True)
class TorchCall:
    """How a kind is called in torch, as data.

    `module`: dotted name of an nn.Module class, made as module(**inferred, **arguments) and called on the inputs, port
    after port. `function`: dotted name of a function called on the inputs, for what has no state: on all ports, or
    pairwise on what arrives at a variadic one; `sequence` says that it takes them as one list.
    `inferred`: constructor argument -> where its value is found: "last" (size of the last axis of the first input),
    "channels" (size of its axis 1), "time" (of its axis 1 as well), "sample" (the sizes of all axes but the batch) or
    "rank" (the number of axes, the batch included); "last:1" looks at the second input. Where the node has a parameter
    of that name that is not empty, the parameter wins. `arguments`: the node's parameters that are passed on under
    their own names. `fixed`: arguments that are always the same. `result`: for a module that returns more than the
    kind has outputs, which entry is the output. A kind with several outputs returns a tuple or list of them.
    """

    module: str | None = None
    function: str | None = None
    arguments: tuple[str, ...] = ()
    inferred: Mapping[str, str] = field(default_factory=dict)
    sequence: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    result: int | None = None


class Kind:
    """Base of all declarations. A subclass's docstring is the documentation; its Parameter attributes are the
    parameters, in the order of writing. One instance of each subclass stands in the catalogue."""

    family: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("output"),)
    torch: ClassVar[TorchCall | None] = None
    onnx: ClassVar[OnnxOperator | None] = None
    needs: ClassVar[Needs] = Needs()
    learnable: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False
    """An activation that is applied to each number by itself."""
    gives_scalar: ClassVar[bool] = False
    """The output is one number for each sample, (batch,); several are gathered where they arrive."""
    weighs_wires: ClassVar[bool] = False
    """Each wire that arrives carries a weight of its own."""
    picks_elements: ClassVar[bool] = False
    """Each wire that arrives may pick one number of its source."""
    brings_data: ClassVar[bool] = False
    """Data enters the network here."""
    follows_batch: ClassVar[bool] = False
    """Nothing is wired to it, and yet it gives a value for each sample: its module gets the network's first input, only
    to see how large the batch is."""
    steps_through_time: ClassVar[bool] = False
    """Its module does the same at each time step, along axis 1 of its first input: a few steps tell the shapes."""
    stands_in: ClassVar[str] = ""
    """"block": only inside a block; "network": only outside of blocks."""
    passes_through: ClassVar[bool] = False
    """It gives what arrives at a port of the block, be it a tensor or single numbers."""
    default_name: ClassVar[str] = ""
    """What a new node is called; by default the kind's name in small letters."""
    source: ClassVar[str] = ""
    """Where the definition comes from: a paper, a section, a lecture."""
    also_called: ClassVar[tuple[str, ...]] = ()
    """Other names by which somebody may look for it, in small letters."""

    def __init__(self) -> None:
        self.name = type(self).__name__
        documentation = inspect.cleandoc(type(self).__doc__ or "")
        self.title = documentation.partition("\n")[0]
        self.documentation = re.sub(r"(?<!\n)\n(?!\n)", " ", documentation)
        self.parameters: dict[str, Parameter] = {}
        for base in reversed(type(self).__mro__):
            for name, value in vars(base).items():
                if isinstance(value, Parameter):
                    self.parameters[name] = dataclasses.replace(value, name=name)

    def declared_for(self, parameters: Mapping[str, Any]) -> Kind:
        """The declaration as it is for a node with these parameters: most kinds are the same for all; one whose ports
        depend on them returns itself with other ports (see `with_ports`)."""
        return self

    def with_ports(self, *, inputs: tuple[Port, ...] | None = None, outputs: tuple[Port, ...] | None = None) -> Kind:
        """The same declaration with other ports."""
        varied: Any = copy.copy(self)
        varied.inputs = self.inputs if inputs is None else inputs
        varied.outputs = self.outputs if outputs is None else outputs
        return varied  # type: ignore[no-any-return]

    def call(self, parameters: Mapping[str, Any]) -> TorchCall | None:
        """How a node of the kind with these parameters is called in torch; for most kinds, as declared."""
        return self.torch

    def needs_at(self, port: int) -> Needs:
        """What is needed of what arrives at one input port."""
        return self.needs.ports.get(self.inputs[port].name, self.needs)

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """What is wrong with shapes that have as many axes as the kind needs, or with the parameters; None if nothing
        is, as far as the declaration knows: torch has the last word."""
        return None

    def summary(self, parameters: Mapping[str, Any]) -> str:
        """The chief parameters in a few characters, as shown beside the kind's name on the canvas."""
        return ""

    def written_size(self, name: str, parameters: Mapping[str, Any]) -> str:
        """The value of a parameter that is a size, one number for each of its axes."""
        declared = self.parameters[name]
        return size_text(parameters[name], declared.dimensions if isinstance(declared, Size) else 1)

    def __repr__(self) -> str:
        return f"<Kind {self.name}>"


def size_text(value: int | list[int], dimensions: int = 2) -> str:
    """A size as written on the canvas: 3 -> '3×3', in one dimension '3'; [3, 5] -> '3×5'."""
    return "×".join(str(entry) for entry in ([value] * dimensions if isinstance(value, int) else value))
