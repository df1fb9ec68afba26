"""How a kind's documentation looks where Qt sets it."""

from __future__ import annotations


def style(muted: str, raised: str) -> str:
    """Return a style sheet for Qt's rich text; `muted`, `raised`: colours as #rrggbb."""
    return f"""
    h4 {{ margin-top: 10px; margin-bottom: 2px; color: {muted}; }}
    p {{ margin-top: 2px; margin-bottom: 4px; }}
    a {{ text-decoration: none; }}
    b, h2, h4 {{ font-weight: 600; }}
    .range, .label {{ color: {muted}; }}
    .formula {{ background-color: {raised}; }}
    """
