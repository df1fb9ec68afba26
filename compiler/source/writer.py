"""A drawing as PyTorch source that runs without GradCanvas.

Nothing from a document is pasted as code: names become identifiers, values are written by repr.
"""

from __future__ import annotations

from compiler.index_limits import index_limit
from compiler.program import ModuleInput, Program, lower
from compiler.source.columns import class_texts
from compiler.source.network_class import NetworkClass, listed
from compiler.source.own_modules import own_texts
from graph_model import CompileError, Document

HEAD = '''"""A network drawn with GradCanvas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional
'''

LOADING = '''
def load_weights(network: Network, document: str) -> None:
    """Load the trained weights out of a .gradcanvas file (needs the package safetensors)."""
    import zipfile

    import safetensors.torch

    with zipfile.ZipFile(document) as archive:
        stored = safetensors.torch.load(archive.read("weights.safetensors"))
    state = network.state_dict()
    for name, (pieces, places) in PIECES.items():
        if all(piece in stored for piece in pieces):
            flat = state[name].reshape(-1).clone()
            flat[places] = torch.cat([stored[piece].reshape(-1) for piece in pieces])
            stored[name] = flat.view_as(state[name])
    stored.update({name: stored[other] for name, other in RENAMED.items() if other in stored})
    network.load_state_dict({name: stored.get(name, value) for name, value in state.items()})

'''


def to_source(document: Document) -> str:
    """Return PyTorch source of a document's network, as text.

    The module's state dict has the names of the compiled module's. Raises CompileError for a drawing with problems.
    """
    from compiler.checks import problems_of

    program = lower(document.graph)
    errors = [problem for problem in problems_of(program) if problem.severity == "error"]
    if errors:
        raise CompileError(errors[0].message)
    network = NetworkClass(program, document.training.seed)
    parts = [
        HEAD,
        f"NAME = {document.graph.name!r}\nDESCRIPTION = {document.description!r}\n",
        _names(network),
        class_texts(network.all_columns()),
        own_texts(network.all_called()),
        network.classes(),
        LOADING,
        _example(program),
    ]
    return "\n".join(part for part in parts if part)


def _names(network: NetworkClass) -> str:
    return (
        "# Parameter -> of which of the document's numbers it consists, and where in it they are.\n"
        f"PIECES: dict[str, tuple[list[str], list[int]]] = {network.pieces()!r}\n"
        "# Parameter -> what it is called in the document, where that differs.\n"
        f"RENAMED: dict[str, str] = {network.renamed()!r}\n"
    )


def _example(program: Program) -> str:
    samples = ", ".join(_sample(program, given) for given in program.inputs)
    return "\n".join(
        (
            "",
            'if __name__ == "__main__":',
            "    network = Network().eval()",
            '    # load_weights(network, "trained.gradcanvas")',
            "    with torch.no_grad():",
            f"        print(network({samples}))",
            "",
        )
    )


def _sample(program: Program, given: ModuleInput) -> str:
    limit = index_limit(program, given)
    if limit is None:
        return f"torch.randn(1, {listed(given.shape)})"
    return f"torch.randint({limit}, (1, {listed(given.shape)})).float()"
