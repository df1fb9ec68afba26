"""How a kind's documentation looks where Qt sets it."""

from __future__ import annotations


def style(muted: str, raised: str) -> str:
    """Return a style sheet for Qt's rich text; `muted`, `raised`: colours as #rrggbb."""
    return (
        "h4 { margin-top: 10px; margin-bottom: 2px; } p { margin-top: 2px; margin-bottom: 4px; } a { text-decoration: "
        f"none; }} h4, .range, .label {{ color: {muted}; }} .formula {{ background-color: {raised}; }}"
    )
