"""All kinds on one HTML page that needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from app.documentation.article import article
from app.documentation.sheet import sheet_of
from graph_model import Kind
from graph_model.version import VERSION

STYLE = """
:root { color-scheme: light dark; --text: #1b2430; --muted: #5d6878; --paper: #fbfcfd; --line: #dfe4ea;
  --raised: #eef1f5; --accent: #3b5bdb; }
@media (prefers-color-scheme: dark) { :root { --text: #e7ebf0; --muted: #9aa5b4; --paper: #12151a; --line: #2f3742;
  --raised: #262d37; --accent: #8ea8ff; } }
body { font: 15px/1.5 Inter, system-ui, sans-serif; color: var(--text); background: var(--paper); margin: 0; }
nav { position: fixed; top: 0; bottom: 0; width: 15em; overflow-y: auto; padding: 16px; box-sizing: border-box;
  border-right: 1px solid var(--line); font-size: 13px; }
nav a { display: block; padding: 1px 0; }
nav summary { color: var(--muted); font-weight: 600; padding: 4px 0; cursor: pointer; }
main { margin-left: 15em; padding: 16px 32px; max-width: 46em; }
a { color: var(--accent); text-decoration: none; } a:hover, a:focus { text-decoration: underline; }
section { border-top: 1px solid var(--line); padding: 8px 0 16px; }
h1 { font-size: 22px; } h2 { font-size: 19px; margin-top: 40px; } h3 { font-size: 17px; margin: 8px 0 0; }
h4 { font-size: 13px; color: var(--muted); margin: 14px 0 2px; } p { margin: 4px 0; }
.formula { background: var(--raised); padding: 6px 10px; border-radius: 6px; overflow-x: auto; }
.range, .label { color: var(--muted); font-size: 13px; }
@media (max-width: 700px) { nav { position: static; width: auto; border: none; } main { margin: 0; padding: 16px; } }
"""


def web_page(kinds: Iterable[Kind]) -> str:
    """Return the documentation of kinds, family by family in their order, with a table of contents and links."""
    chosen = list(kinds)
    names = [kind.name for kind in chosen]
    families = [(family, list(members)) for family, members in groupby(chosen, key=lambda kind: kind.family)]
    contents = "\n".join(_contents(family, members) for family, members in families)
    body = "\n".join(_family(family, members, names) for family, members in families)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>GradCanvas {escape(VERSION)}: layers and blocks</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<nav aria-label="Layers">\n{contents}\n</nav>\n<main>\n<h1>Layers and blocks</h1>\n'
        f"<p>What can be drawn in GradCanvas {escape(VERSION)}: {len(chosen)} kinds. Sizes are written as PyTorch has "
        f"them, the batch first.</p>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _contents(family: str, members: list[Kind]) -> str:
    links = "\n".join(f'<a href="#{escape(kind.name)}">{escape(kind.name)}</a>' for kind in members)
    return f"<details open>\n<summary>{escape(family)}</summary>\n{links}\n</details>"


def _family(family: str, members: list[Kind], names: list[str]) -> str:
    sections = "\n".join(
        f'<section id="{escape(kind.name)}">\n<h3>{escape(kind.name)}</h3>\n'
        f"{article(sheet_of(kind), names, '#{}'.format)}\n</section>"
        for kind in members
    )
    return f"<h2>{escape(family)}</h2>\n{sections}"
