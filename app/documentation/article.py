"""A kind's documentation as HTML, in the few tags that a browser and Qt's rich text both know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape

from app.documentation.sheet import ParameterEntry, PortEntry, Sheet

Link = Callable[[str], str]
"""Name of a kind -> where a link to it leads."""


def article(sheet: Sheet, known: Iterable[str], link: Link, shapes: Mapping[str, str] | None = None) -> str:
    """Return the documentation below its heading. All that comes from the declaration is escaped.

    `known`: names of kinds that become links where the text mentions them. `shapes`: what flows at a node just now:
    "in <port>" or "out <port>" -> a shape.
    """
    set_text = linked({name for name in known if name != sheet.name}, link)
    parts = [f"<p>{set_text(sheet.title)}</p>"]
    if sheet.formula:
        parts.append(f'<p class="formula">{escape(sheet.formula)}</p>')
    parts += [f"<p>{set_text(paragraph)}</p>" for paragraph in sheet.paragraphs]
    for heading, side, ports in (("Takes", "in", sheet.inputs), ("Gives", "out", sheet.outputs)):
        entries = [_port(port, set_text, (shapes or {}).get(f"{side} {port.name}", "")) for port in ports]
        if any(entries):
            parts.append(_section(heading, entries))
    if sheet.needs:
        parts.append(_section("Needs", [f"<p>{set_text(' '.join(sheet.needs))}</p>"]))
    if sheet.parameters:
        parts.append(_section("Parameters", [_parameter(entry, set_text) for entry in sheet.parameters]))
    for heading, text in (
        ("PyTorch", sheet.torch),
        ("ONNX", sheet.onnx),
        ("Source", sheet.source),
        ("Also called", ", ".join(sheet.also_called)),
    ):
        if text:
            parts.append(f'<p><span class="label">{heading}</span> {escape(text)}</p>')
    return "\n".join(parts)


def linked(names: Iterable[str], link: Link) -> Callable[[str], str]:
    """Return what escapes a text and makes links of the names of kinds in it.

    A name that is also an English word, such as Add, is one only within a sentence.
    """
    known = sorted(names, key=len, reverse=True)
    if not known:
        return escape
    pattern = re.compile(r"(?<![\w.])(?:" + "|".join(re.escape(name) for name in known) + r")(?!\w)")

    def set_text(text: str) -> str:
        pieces, end = [], 0
        for found in pattern.finditer(text):
            name = found.group()
            if name[1:].islower() and _begins_sentence(text[: found.start()]):
                continue
            pieces.append(escape(text[end : found.start()]))
            pieces.append(f'<a href="{escape(link(name))}">{escape(name)}</a>')
            end = found.end()
        return "".join((*pieces, escape(text[end:])))

    return set_text


def _begins_sentence(before: str) -> bool:
    stripped = before.rstrip()
    return not stripped or (stripped[-1] in ".:;" and stripped != before)


def _section(heading: str, entries: list[str]) -> str:
    return f"<h4>{heading}</h4>\n" + "\n".join(entry for entry in entries if entry)


def _port(port: PortEntry, set_text: Callable[[str], str], shape: str) -> str:
    said = " ".join((port.meaning, *port.needs)).strip()
    notes = ", ".join((*port.notes, *((f"now {shape}",) if shape else ())))
    if not (said or notes or port.name not in ("input", "output")):
        return ""
    between = ": " if said else ""
    noted = f' <span class="range">({escape(notes)})</span>' if notes else ""
    return f"<p><b>{escape(port.name)}</b>{noted}{between}{set_text(said)}</p>"


def _parameter(entry: ParameterEntry, set_text: Callable[[str], str]) -> str:
    when = f"; {entry.relevance}" if entry.relevance else ""
    accepted = set_text(f"{entry.accepted}; default {entry.default}{when}")
    return f'<p><b>{escape(entry.name)}</b> {set_text(entry.meaning)} <span class="range">{accepted}</span></p>'
