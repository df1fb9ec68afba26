"""What a kind is: the one declaration from which palette, inspector, checks, compiler and ONNX all read.

Declaring a kind imports no torch: modules are named by their dotted names.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Parameter

FAMILIES = (
    "Terminals",
    "Neurons",
    "Linear",
    "Convolution",
    "Pooling",
    "Recurrent",
    "Activation",
    "Normalization",
    "Regularization",
    "Shape",
    "Combine",
)


@dataclass(frozen=True)
class Port:
    """A place where wires start or end.

    `variadic`: takes any number of wires, in the order of connecting. `gathers`: several neurons may be
    wired to it; they are stacked to one vector (batch, n) in the order of connecting.
    """

    name: str
    variadic: bool = False
    gathers: bool = True
    meaning: str = ""


@dataclass(frozen=True)
class TorchCall:
    """How a kind is called in torch, as data.

    `module`: dotted name of an nn.Module class, made as module(**inferred, **arguments). `function`: dotted
    name of a function called on the inputs, for what has no state; `sequence` says that it takes them as one
    list.
    `inferred`: constructor argument -> "last" (size of the last axis of the first input) or "channels" (size
    of its axis 1). `arguments`: the node's parameters that are passed on under their own names. `fixed`: arguments of
    the constructor that are always the same. `result`: for a module that returns a tuple, which entry is the output.
    """

    module: str | None = None
    function: str | None = None
    arguments: tuple[str, ...] = ()
    inferred: Mapping[str, str] = field(default_factory=dict)
    sequence: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    result: int | None = None


@dataclass(frozen=True)
class Needs:
    """What a kind needs from each of its inputs, for a message in the student's words.

    `ranks`: accepted numbers of axes, the batch included (empty: any). `words`: what is needed, e.g.
    '(batch, channels, height, width)'. `same_shape`: all inputs of the variadic port must have one shape.
    `fix_by_flattening`: a Flatten before it mends an input with too many axes.
    """

    ranks: tuple[int, ...] = ()
    words: str = ""
    same_shape: bool = False
    fix_by_flattening: bool = False
    axis: str = ""
    """The parameter that names an axis: it must be one of the input's, and not the batch."""


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
    default_name: ClassVar[str] = ""
    """What a new node is called; by default the kind's name in small letters."""
    source: ClassVar[str] = ""
    """Where the definition comes from: a paper, a section, a lecture."""

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

    @property
    def has_activation(self) -> bool:
        """Whether the kind carries an activation of its own (parameter "activation")."""
        return "activation" in self.parameters

    def call(self, parameters: Mapping[str, Any]) -> TorchCall | None:
        """How a node of the kind with these parameters is called in torch; for most kinds, as declared."""
        return self.torch

    def summary(self, parameters: Mapping[str, Any]) -> str:
        """The chief parameters in a few characters, as shown beside the kind's name on the canvas."""
        return ""

    def __repr__(self) -> str:
        return f"<Kind {self.name}>"


def size_text(value: int | list[int]) -> str:
    """A size as written on the canvas: 3 -> '3×3', [3, 5] -> '3×5'."""
    return f"{value}×{value}" if isinstance(value, int) else "×".join(str(entry) for entry in value)
