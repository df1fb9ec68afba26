"""Rich text of the explanations: headings, lines of formulas, links to nodes and wires."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from app.theme import Theme

LINK_NODE, LINK_WIRE = "node:", "wire:"


def node_link(identifier: str, name: str) -> str:
    """A node's name; a click on it goes there."""
    return f'<a href="{LINK_NODE}{identifier}">{escape(name)}</a>'


def wire_link(identifier: str, text: str) -> str:
    """A wire; a click on it explains it."""
    return f'<a href="{LINK_WIRE}{identifier}">{escape(text)}</a>'


def heading(title: str, beside: str = "") -> str:
    """What is explained."""
    return f'<p class="heading">{title}<span class="muted">&nbsp;&nbsp;{beside}</span></p>'


def section(title: str) -> str:
    """What a column is about."""
    return f'<p class="section">{escape(title)}</p>'


def formula(*lines: str) -> str:
    """Lines of one formula, each continuing the one before."""
    first, *further = lines
    inner = "".join(f"<br>&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in further)
    return f'<p class="formula">{first}{inner}</p>'


def words(text: str) -> str:
    """A sentence beside the formulas."""
    return f'<p class="muted">{text}</p>'


def result(text: str) -> str:
    """The number at the end of a formula."""
    return f"<b>{text}</b>"


def columns(*parts: str, first: int | None = None) -> str:
    """Columns side by side; `first`: how many per cent of the width the first one takes."""
    even = 100 // max(1, len(parts))
    widths = [even] * len(parts) if first is None else [first] + [(100 - first) // (len(parts) - 1)] * (len(parts) - 1)
    cells = "".join(
        f'<td width="{width}%" style="padding-right: 16px;">{part}</td>'
        for width, part in zip(widths, parts, strict=True)
    )
    return f'<table width="100%" cellspacing="0" cellpadding="0"><tr>{cells}</tr></table>'


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of figures; the first column is text."""
    head = "".join(f'<td class="muted" align="{_align(index)}">{text}</td>' for index, text in enumerate(header))
    body = "".join(
        "<tr>" + "".join(f'<td align="{_align(index)}">{text}</td>' for index, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<table cellspacing="0" cellpadding="3"><tr>{head}</tr>{body}</table>'


def style_sheet(theme: Theme) -> str:
    """The theme's colours and sizes for the above."""
    return (
        f"p {{ margin: 0 0 5px 0; }} a {{ color: {theme.accent}; text-decoration: none; }}"
        f" .heading {{ font-size: 15px; font-weight: 600; margin-bottom: 6px; }}"
        f" .section {{ font-weight: 600; color: {theme.muted_text}; margin-bottom: 3px; }}"
        f" .muted {{ color: {theme.muted_text}; font-weight: 400; font-size: 13px; }}"
        f" .formula {{ margin-bottom: 6px; }}"
    )


def _align(index: int) -> str:
    return "left" if index == 0 else "right"
