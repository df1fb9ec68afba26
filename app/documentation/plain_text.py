"""A kind's documentation for a terminal."""

from __future__ import annotations

import textwrap

from app.documentation.sheet import ParameterEntry, PortEntry, Sheet

WIDTH = 100


def plain_text(sheet: Sheet) -> str:
    """Return the documentation in lines of at most WIDTH characters."""
    lines = [f"{sheet.name}  ({sheet.family})", "", *_wrapped(sheet.title)]
    lines += ["", f"    {sheet.formula}"] if sheet.formula else []
    for paragraph in sheet.paragraphs:
        lines += ["", *_wrapped(paragraph)]
    for heading, ports in (("Takes", sheet.inputs), ("Gives", sheet.outputs)):
        if ports:
            lines += ["", heading, *(line for port in ports for line in _port(port))]
    if sheet.needs:
        lines += ["", *_wrapped(" ".join(sheet.needs))]
    if sheet.parameters:
        lines += ["", "Parameters", *(line for entry in sheet.parameters for line in _parameter(entry))]
    lines.append("")
    for heading, text in (
        ("PyTorch", sheet.torch),
        ("ONNX", sheet.onnx),
        ("Source", sheet.source),
        ("Also called", ", ".join(sheet.also_called)),
    ):
        lines += _wrapped(f"{heading}: {text}") if text else []
    return "\n".join(lines)


def _port(port: PortEntry) -> list[str]:
    notes = f" ({', '.join(port.notes)})" if port.notes else ""
    said = " ".join((port.meaning, *port.needs)).strip()
    return _wrapped(f"{port.name}{notes}" + (f": {said}" if said else ""), "  ")


def _parameter(entry: ParameterEntry) -> list[str]:
    when = f"; {entry.relevance}" if entry.relevance else ""
    return [
        *_wrapped(f"{entry.name} = {entry.default}: {entry.meaning}", "  "),
        *_wrapped(entry.accepted + when, "      "),
    ]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + ("    " if indent else ""))
