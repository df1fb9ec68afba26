"""A kind in two or three lines, for where the mouse rests."""

from __future__ import annotations

from html import escape

from graph_model import Kind


def tooltip(kind: Kind) -> str:
    """Name, formula and the one sentence that says what it does, as rich text."""
    formula = f"<br>{escape(kind.formula)}" if kind.formula else ""
    others = f"<br>Also called: {escape(', '.join(kind.also_called))}." if kind.also_called else ""
    return f"<p><b>{escape(kind.name)}</b>{formula}<br>{escape(kind.title)}{others}</p>"
