"""The blocks that come with the program compute what PyTorch's own modules compute; they train, and they export."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from app.session.block_library import OWN_FOLDER
from compiler import check, compile_graph, export_onnx, to_source
from compiler.weights import collect_weights
from graph_model import Document, Graph
from graph_model.blocks.library import LibraryBlock, library_blocks

BLOCKS = {block.name: block for block in library_blocks(OWN_FOLDER, is_own=True)}
SHAPES: dict[str, list[list[int]]] = {
    "naive RNN cell": [[5, 6]],
    "LSTM cell with peepholes": [[5, 6]],
    "GRU cell": [[5, 6]],
    "convolution–norm–ReLU": [[3, 8, 8]],
    "residual block": [[16, 8, 8]],
    "bottleneck": [[64, 8, 8]],
    "inverted residual": [[16, 8, 8]],
    "dense layer that appends": [[7, 8, 8]],
    "transformer encoder block (pre-norm)": [[5, 32]],
    "additive attention step": [[9], [5, 6], [5, 7]],
}


def drawing(name: str) -> Document:
    """Inputs → the block → an output."""
    graph = Graph(name)
    pasted = BLOCKS[name].placed_in(graph)
    graph.apply(pasted.edit)
    (place,) = pasted.nodes
    for number, shape in enumerate(SHAPES[name]):
        graph.connect(graph.add("Input", name=f"in {number}", shape=shape), place, input=number)
    graph.connect(place, graph.add("Output", name="out"))
    return Document(graph)


def data(name: str, batch: int = 3) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(batch, *shape, generator=generator) for shape in SHAPES[name]]


def test_every_file_of_the_programs_library_can_be_used_and_says_what_it_is():
    assert set(BLOCKS) == set(SHAPES)
    for block in BLOCKS.values():
        assert isinstance(block, LibraryBlock)
        assert block.problem == ""
        assert block.kind is not None
        assert block.kind.title.endswith((".", ").")), block.name
        assert block.kind.definition.colour


@pytest.mark.parametrize("name", SHAPES)
def test_it_runs_trains_exports_and_is_written_as_source(name, tmp_path):
    document = drawing(name)
    assert check(document.graph) == []
    module = compile_graph(document.graph, seed=0)
    inputs = data(name)
    target = torch.randn_like(module(*inputs), requires_grad=False)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    losses = []
    for _ in range(15):
        optimizer.zero_grad()
        loss = functional.mse_loss(module(*inputs), target)
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in module.parameters())
    assert losses[-1] < 0.97 * losses[0]
    document.weights = collect_weights(module)
    assert export_onnx(document, tmp_path / "block.onnx").max_abs_difference < 1e-5
    namespace: dict = {"__name__": "drawn"}
    exec(compile(to_source(document), "drawn.py", "exec"), namespace)
    assert namespace["Network"]().eval()(*inputs).shape == target.shape


def compiled(name: str) -> tuple[nn.Module, dict[str, Tensor]]:
    """The module in evaluation, and its weights by the names of the nodes in the block."""
    document = drawing(name)
    module = compile_graph(document.graph, seed=2).eval()
    (place,) = document.graph.places()
    body = document.graph.definitions.body(place.kind)
    weights = {}
    for key, array in collect_weights(module).items():
        node, _, parameter = key.removeprefix(f"{place.id}/").partition(".")
        weights[f"{body.node(node).name}.{parameter}"] = torch.tensor(array)
    return module, weights


def recurrent(
    theirs: nn.RNNBase, from_x: list[Tensor], from_h: list[Tensor], biases: list[tuple[Tensor, Tensor]]
) -> None:
    """Put the weights of the gates on x and on h, and their two biases, into a module of torch."""
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.cat(from_x))
        theirs.weight_hh_l0.copy_(torch.cat(from_h))
        theirs.bias_ih_l0.copy_(torch.cat([bias for bias, _ in biases]))
        theirs.bias_hh_l0.copy_(torch.cat([bias for _, bias in biases]))


NOTHING = torch.zeros(32)


def test_the_naive_cell_is_torchs_rnn():
    module, weights = compiled("naive RNN cell")
    theirs = nn.RNN(6, 32, batch_first=True)
    recurrent(theirs, [weights["W x.weight"]], [weights["U h.weight"]], [(weights["W x.bias"], NOTHING)])
    (x,) = data("naive RNN cell")
    torch.testing.assert_close(module(x), theirs(x)[0], atol=1e-6, rtol=1e-5)


def test_the_gru_cell_is_torchs_gru():
    module, weights = compiled("GRU cell")
    theirs = nn.GRU(6, 32, batch_first=True)
    gates = [weights[f"{gate}.weight"] for gate in "rz"]
    recurrent(
        theirs,
        [*(gate[:, :6] for gate in gates), weights["n of x.weight"]],
        [*(gate[:, 6:] for gate in gates), weights["n of h.weight"]],
        [
            *((weights[f"{gate}.bias"], NOTHING) for gate in "rz"),
            (weights["n of x.bias"], weights["n of h.bias"]),
        ],
    )
    (x,) = data("GRU cell")
    torch.testing.assert_close(module(x), theirs(x)[0], atol=1e-6, rtol=1e-5)


def lstm_by_formula(x: Tensor, weights: dict[str, Tensor]) -> Tensor:
    h = c = torch.zeros(len(x), 32)
    answers = []

    def layer(gate: str, step: Tensor) -> Tensor:
        return torch.cat([step, h], 1) @ weights[f"{gate} of x and h.weight"].T + weights[f"{gate} of x and h.bias"]

    def peephole(gate: str) -> Tensor:
        (value,) = [array for key, array in weights.items() if key.startswith(f"peephole {gate}.")]
        return value

    for step in x.unbind(1):
        f = torch.sigmoid(layer("f", step) + peephole("f") * c)
        i = torch.sigmoid(layer("i", step) + peephole("i") * c)
        c = f * c + i * torch.tanh(layer("g", step))
        h = torch.sigmoid(layer("o", step) + peephole("o") * c) * torch.tanh(c)
        answers.append(h)
    return torch.stack(answers, 1)


def test_the_lstm_cell_is_the_formula_and_without_peepholes_torchs_lstm():
    module, weights = compiled("LSTM cell with peepholes")
    (x,) = data("LSTM cell with peepholes")
    torch.testing.assert_close(module(x), lstm_by_formula(x, weights), atol=1e-6, rtol=1e-5)
    theirs = nn.LSTM(6, 32, batch_first=True)
    gates = [weights[f"{gate} of x and h.weight"] for gate in "ifgo"]
    biases = [(weights[f"{gate} of x and h.bias"], NOTHING) for gate in "ifgo"]
    recurrent(theirs, [gate[:, :6] for gate in gates], [gate[:, 6:] for gate in gates], biases)
    document = drawing("LSTM cell with peepholes")
    (place,) = document.graph.places()
    body = document.graph.definitions.body(place.kind)
    found = {
        f"{place.id}/{body.node_named(name.rpartition('.')[0]).id}.{name.rpartition('.')[2]}": (
            numpy.zeros_like(value) if name.startswith("peephole") else value.numpy()
        )
        for name, value in weights.items()
    }
    without = compile_graph(document.graph, weights=found).eval()
    torch.testing.assert_close(without(x), theirs(x)[0], atol=1e-6, rtol=1e-5)


def normalized(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    w = {part: weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")}
    return functional.batch_norm(x, w["running_mean"], w["running_var"], w["weight"], w["bias"])


def convolved(x: Tensor, weights: dict[str, Tensor], name: str, groups: int = 1) -> Tensor:
    kernel = weights[f"{name}.weight"]
    return functional.conv2d(x, kernel, padding=kernel.shape[-1] // 2, groups=groups)


def residual(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    inner = torch.relu(normalized(convolved(x, w, "convolution 1"), w, "norm 1"))
    return torch.relu(x + normalized(convolved(inner, w, "convolution 2"), w, "norm 2"))


def bottleneck(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    inner = torch.relu(normalized(convolved(x, w, "narrow"), w, "norm 1"))
    inner = torch.relu(normalized(convolved(inner, w, "convolve"), w, "norm 2"))
    return torch.relu(x + normalized(convolved(inner, w, "widen"), w, "norm 3"))


def inverted(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    inner = functional.relu6(normalized(convolved(x, w, "widen"), w, "norm 1"))
    inner = functional.relu6(normalized(convolved(inner, w, "each by itself", groups=96), w, "norm 2"))
    return x + normalized(convolved(inner, w, "narrow"), w, "norm 3")


def dense(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    return torch.cat([x, convolved(torch.relu(normalized(x, w, "norm")), w, "new channels")], dim=1)


def brick(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    return torch.relu(normalized(convolved(x, w, "convolution"), w, "norm"))


def attention(query: Tensor, keys: Tensor, values: Tensor, w: dict[str, Tensor]) -> Tensor:
    compared = torch.tanh((query @ w["W q.weight"].T)[:, None] + keys @ w["U k.weight"].T + w["U k.bias"])
    share = torch.softmax(compared @ w["score.weight"].T, dim=1)
    return (share * values).sum(1)


FORMULAS: dict[str, Callable[..., Tensor]] = {
    "residual block": residual,
    "bottleneck": bottleneck,
    "inverted residual": inverted,
    "dense layer that appends": dense,
    "convolution–norm–ReLU": brick,
    "additive attention step": attention,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_it_computes_its_formula(name):
    module, weights = compiled(name)
    inputs = data(name)
    torch.testing.assert_close(module(*inputs), FORMULAS[name](*inputs, weights), atol=1e-5, rtol=1e-5)


def test_the_transformer_block_is_torchs_layer():
    name = "transformer encoder block (pre-norm)"
    module, weights = compiled(name)
    theirs = nn.TransformerEncoderLayer(32, 4, 128, 0.0, "gelu", batch_first=True, norm_first=True).eval()
    parts = {
        "norm 1.": "norm1.",
        "norm 2.": "norm2.",
        "widen.": "linear1.",
        "narrow.": "linear2.",
        "attention.": "self_attn.",
    }
    state = {}
    for key, value in weights.items():
        (start,) = [part for part in parts if key.startswith(part)]
        state[key.replace(start, parts[start])] = value
    theirs.load_state_dict(state)
    (x,) = data(name)
    torch.testing.assert_close(module(x), theirs(x), atol=1e-5, rtol=1e-5)
