"""Reading the command line. Exit status: 0 done, 1 the input is at fault (message on stderr), 2 usage."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from graph_model.errors import GradCanvasError
from graph_model.version import VERSION

COMMANDS = {
    "examples": "list the gallery: name, file, one line",
    "train": "train a document",
    "check": "list a document's problems",
    "analyze": "say what a network costs: parameters, multiply-adds, memory, the largest batch that fits",
    "export": "write a document's network as ONNX",
    "import": "read an ONNX model into a document",
    "code": "write a document's network as PyTorch source",
    "render": "draw a picture of a document",
    "demonstrate": "train the first example without a window, and write its ONNX file and its picture",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in COMMANDS and not given[0].startswith("-")):
        return _edit(given)
    parser = make_parser()
    options = parser.parse_args(given)
    module = importlib.import_module(f"app.command_line.{options.command}_command")
    try:
        status = int(module.run(options))
        sys.stdout.flush()
        return status
    except GradCanvasError as error:
        print(f"gradcanvas: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("gradcanvas: interrupted", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who read the output has gone, as `head` does; what is left of it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="gradcanvas",
        description="Draw neural networks, train them, watch their gradients. Without a command: open the editor.",
        usage="gradcanvas [FILE] | gradcanvas COMMAND ...",
    )
    parser.add_argument("--version", action="version", version=f"GradCanvas {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, meaning in COMMANDS.items():
        one = commands.add_parser(
            name, prog=f"gradcanvas {name}", help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."
        )
        importlib.import_module(f"app.command_line.{name}_command").add_arguments(one)
    return parser


def _edit(arguments: list[str]) -> int:
    if len(arguments) > 1:
        print(f"gradcanvas: '{arguments[0]}' is no command, and only one file can be opened.", file=sys.stderr)
        return 2
    if sys.platform == "win32":
        # torch's libraries must be loaded before Qt's there (torch >= 2.9, WinError 1114).
        import torch  # noqa: F401
    from app.window.start import run_editor

    return int(run_editor(arguments[0] if arguments else None))
