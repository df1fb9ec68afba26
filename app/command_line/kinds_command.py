"""`kinds`: what can be drawn, as a list, as one kind's documentation, or as a web page of all."""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

from app.documentation import sheet_of
from app.documentation.plain_text import plain_text
from app.documentation.web_page import web_page
from graph_model import ExportError, kinds
from graph_model.errors import GradCanvasError
from graph_model.kind_search import matching_kinds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A name, or the file of the web page, or neither."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("name", nargs="?", help="a kind, e.g. Conv2d: print its documentation")
    what.add_argument("--html", metavar="OUT", help="write the documentation of all kinds as one HTML page")


def run(options: argparse.Namespace) -> int:
    """Print or write what is asked for."""
    if options.html:
        path = Path(options.html)
        try:
            path.write_text(web_page(kinds().values()), encoding="utf-8")
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
        print(f"{path}: {len(kinds())} kinds")
    elif options.name:
        print(_documentation(options.name))
    else:
        for family, members in groupby(kinds().values(), key=lambda kind: kind.family):
            print(family)
            for kind in members:
                print(f"  {kind.name:26} {kind.title}")
    return 0


def _documentation(name: str) -> str:
    catalogue = kinds()
    exact = next((kind for kind in catalogue.values() if kind.name.casefold() == name.casefold()), None)
    if exact is not None:
        return plain_text(sheet_of(exact))
    similar = ", ".join(kind.name for kind in matching_kinds(name, catalogue.values())[:5])
    hint = f"Perhaps you mean one of {similar}." if similar else "`gradcanvas kinds` lists all that there are."
    raise GradCanvasError(f"There is no kind '{name}'. {hint}")
