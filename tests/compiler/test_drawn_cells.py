"""One time step of recurrent cells, drawn from layers, products and sums, is what PyTorch's cells compute."""

from __future__ import annotations

import numpy
import onnxruntime
import pytest
import torch
from torch import nn

from app.training.backpropagation import trace_example
from compiler import check, compile_graph, export_onnx, to_source
from compiler.weights import collect_weights
from graph_model import Document, Graph, Node

INPUTS, CELLS = 3, 4


class Cell(Graph):
    """A drawing with short words for its wires."""

    def drawn(self, kind: str, *sources: Node | str, **parameters: object) -> Node:
        """Add a node and wire the sources to its ports, or all of them to a variadic one."""
        node = self.add(kind, **parameters)
        ports = self.kind_of(node).inputs
        for number, source in enumerate(sources):
            self.connect(source, node, input=min(number, len(ports) - 1))
        return node

    def gate(self, name: str, kind: str, *sources: Node | str) -> Node:
        """σ or tanh of a fully connected layer on x and on h, each with weights of its own."""
        halves = [self.drawn("Linear", source, name=f"{name} of {source}", out_features=CELLS) for source in sources]
        return self.drawn(kind, self.drawn("Add", *halves), name=name)


def lstm() -> Cell:
    """c′ = zᶠ⊙c + zⁱ⊙z and h′ = zᵒ⊙tanh(c′)."""
    cell = Cell("LSTM cell")
    for name, size in (("x", INPUTS), ("h", CELLS), ("c", CELLS)):
        cell.add("Input", name=name, shape=[size])
    gates = [cell.gate(name, "Tanh" if name == "g" else "Sigmoid", "x", "h") for name in "ifgo"]
    kept = cell.drawn("Multiply", gates[1], "c", name="kept")
    taken = cell.drawn("Multiply", gates[0], gates[2], name="taken")
    memory = cell.drawn("Add", kept, taken, name="memory")
    cell.drawn("Output", cell.drawn("Multiply", gates[3], cell.drawn("Tanh", memory)), name="h′")
    return cell


def gru() -> Cell:
    """h̃ = tanh(W x + r⊙(U h)) and h′ = z⊙h + (1−z)⊙h̃."""
    cell = Cell("GRU cell")
    for name, size in (("x", INPUTS), ("h", CELLS)):
        cell.add("Input", name=name, shape=[size])
    reset, update = (cell.gate(name, "Sigmoid", "x", "h") for name in "rz")
    of_x, of_h = (cell.drawn("Linear", source, name=f"n of {source}", out_features=CELLS) for source in "xh")
    candidate = cell.drawn("Expression", of_x, of_h, reset, expression="tanh(a + r ⊙ b)", name="candidate")
    mixed = cell.drawn("Expression", "h", candidate, update, expression="z ⊙ h + (1 − z) ⊙ n", name="mixed")
    cell.drawn("Output", mixed, name="h′")
    return cell


def weights_for(graph: Graph, cell: nn.RNNCellBase, gates: str) -> dict[str, numpy.ndarray]:
    """A cell's weights as those of the drawing's layers "i of x", "i of h", …"""
    found = {}
    for suffix, source in (("ih", "x"), ("hh", "h")):
        for name in ("weight", "bias"):
            blocks = getattr(cell, f"{name}_{suffix}").detach().chunk(len(gates))
            for gate, block in zip(gates, blocks, strict=True):
                found[f"{graph.node_named(f'{gate} of {source}').id}.{name}"] = block.numpy()
    return found


CASES = [(lstm, nn.LSTMCell, "ifgo"), (gru, nn.GRUCell, "rzn")]


@pytest.mark.parametrize(("draw", "cell_class", "gates"), CASES)
def test_a_drawn_cell_computes_what_pytorchs_does(draw, cell_class, gates):
    graph = draw()
    assert check(graph) == []
    cell = cell_class(INPUTS, CELLS)
    module = compile_graph(graph, weights=weights_for(graph, cell, gates))
    x, h, c = torch.randn(5, INPUTS), torch.randn(5, CELLS), torch.randn(5, CELLS)
    expected = cell(x, (h, c))[0] if gates == "ifgo" else cell(x, h)
    found = module(x, h, c) if gates == "ifgo" else module(x, h)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("draw", [lstm, gru])
def test_a_drawn_cell_is_traced_and_leaves_as_onnx_and_as_source(draw, tmp_path):
    graph = draw()
    module = compile_graph(graph, seed=3).eval()
    document = Document(graph, weights=collect_weights(module))
    inputs = [torch.randn(1, *node.parameters["shape"]) for node in graph.nodes() if node.kind == "Input"]
    answer = module(*inputs)
    trace = trace_example(document, [tensor[0].numpy() for tensor in inputs], 0)
    numpy.testing.assert_allclose(trace.output, answer[0].detach().numpy(), atol=1e-6)
    nn.functional.cross_entropy(answer, torch.tensor([0])).backward()
    gradients = trace.gradients()
    for node_id, attribute in module.attribute_of.items():
        if graph.node(node_id).kind == "Linear":
            expected = getattr(module, attribute).weight.grad
            numpy.testing.assert_allclose(gradients[f"{node_id}.weight"], expected, atol=1e-6)
    assert export_onnx(document, tmp_path / "cell.onnx").max_abs_difference <= 1e-5
    session = onnxruntime.InferenceSession(str(tmp_path / "cell.onnx"))
    names = [entry.name for entry in session.get_inputs()]
    (found,) = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)})
    numpy.testing.assert_allclose(found, answer.detach().numpy(), atol=1e-6)
    namespace: dict[str, type[nn.Module]] = {"__name__": "drawn"}  # type: ignore[dict-item]
    exec(compile(to_source(document), "drawn.py", "exec"), namespace)
    network = namespace["Network"]()
    network.load_state_dict(module.state_dict())
    torch.testing.assert_close(network(*inputs), answer)
