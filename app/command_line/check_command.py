"""`check`: a document's problems."""

from __future__ import annotations

import argparse
import json

from app.command_line.documents import add_document_argument, open_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_document_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(options: argparse.Namespace) -> int:
    """Print the problems, one a line; status 1 if the drawing cannot run."""
    from compiler import check

    problems = check(open_named(options.file).graph)
    if options.json:
        print(
            json.dumps(
                [
                    {
                        "severity": problem.severity,
                        "node": problem.node,
                        "message": problem.message,
                        "fixes": [fix.label for fix in problem.fixes],
                    }
                    for problem in problems
                ],
                ensure_ascii=False,
            )
        )
    else:
        for problem in problems:
            print(f"{problem.severity}: {problem.message}")
        if not problems:
            print("no problems")
    return 1 if any(problem.severity == "error" for problem in problems) else 0
