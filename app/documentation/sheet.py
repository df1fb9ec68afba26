"""All that a declaration says, in words and in order, before it is set as HTML or as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.documentation.needs_words import needs_sentences
from app.documentation.realisation import onnx_words, torch_words
from graph_model import Kind
from graph_model.kind import Port
from graph_model.parameters import Parameter


@dataclass(frozen=True)
class PortEntry:
    """One port. `notes`: what may arrive there, in words. `needs`: sentences, where they differ from the others'."""

    name: str
    meaning: str
    notes: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class ParameterEntry:
    """One parameter. `accepted`: type and range in words. `relevance`: when it matters at all."""

    name: str
    accepted: str
    default: str
    meaning: str
    relevance: str


@dataclass(frozen=True)
class Sheet:
    """What a kind is. `title`: one sentence. `paragraphs`: shapes, and what to know beside. Empty texts: nothing to
    say. `torch` may name a class or function, and says how it is called."""

    name: str
    family: str
    title: str
    paragraphs: tuple[str, ...]
    formula: str
    also_called: tuple[str, ...]
    inputs: tuple[PortEntry, ...]
    outputs: tuple[PortEntry, ...]
    needs: tuple[str, ...]
    parameters: tuple[ParameterEntry, ...]
    torch: str
    onnx: str
    source: str


def sheet_of(kind: Kind) -> Sheet:
    """Return what a kind's declaration says; the kind may be a block's, or declared for one node's parameters."""
    rest = kind.documentation.removeprefix(kind.title)
    shapes = ["Takes and gives any shape (batch, …), and treats each number by itself."] if kind.elementwise else []
    return Sheet(
        name=kind.name,
        family=kind.family,
        title=kind.title,
        paragraphs=(*shapes, *(part.strip() for part in rest.split("\n\n") if part.strip())),
        formula=kind.formula,
        also_called=kind.also_called,
        inputs=_ports(kind, kind.inputs),
        outputs=_ports(kind, kind.outputs),
        needs=tuple(needs_sentences(kind.needs)),
        parameters=tuple(_parameter(name, parameter) for name, parameter in kind.parameters.items()),
        torch=torch_words(kind),
        onnx=onnx_words(kind),
        source=kind.source,
    )


def _ports(kind: Kind, ports: Sequence[Port]) -> tuple[PortEntry, ...]:
    return tuple(
        PortEntry(
            port.name,
            port.meaning,
            tuple(_notes(port)),
            tuple(needs_sentences(kind.needs.ports[port.name]) if port.name in kind.needs.ports else ()),
        )
        for port in ports
    )


def _notes(port: Port) -> list[str]:
    said = (
        (port.variadic, "any number of wires"),
        (port.optional, "may stay without a wire"),
        (port.indices, "whole numbers"),
        (bool(port.below), f"each below {port.below}"),
    )
    return [words for holds, words in said if holds]


def _parameter(name: str, parameter: Parameter) -> ParameterEntry:
    unit = f" {parameter.unit}" if parameter.unit else ""
    return ParameterEntry(
        name=name,
        accepted=parameter.expected() + unit + (", or empty" if parameter.optional else ""),
        default=value_words(parameter.default) + unit,
        meaning=parameter.meaning,
        relevance=_relevance(parameter),
    )


def _relevance(parameter: Parameter) -> str:
    if parameter.relevant_if is None:
        return ""
    other, values = parameter.relevant_if
    if len(values) > 4 and all(isinstance(value, int) for value in values):
        return f"matters while {other} is {min(values)} or more"
    return f"matters while {other} is {' or '.join(value_words(value) for value in values)}"


def value_words(value: Any) -> str:
    """Write a parameter's value as a person reads it: 'empty' for None and for an empty text."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_words(entry) for entry in value) + "]"
    return f"{value:g}".replace("-", "−") if isinstance(value, (int, float)) else str(value)
