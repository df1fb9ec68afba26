"""A port that nothing is wired to: the wire that is offered is the one that somebody most likely means."""

from __future__ import annotations

from graph_model import Document, Graph
from graph_model.structure import structural_problems
from tests.block_drawings import between, residual_block


def offers(graph: Graph) -> dict[str, list[str]]:
    """Name of a node that lacks a wire -> what is offered for it."""
    missing = [problem for problem in structural_problems(graph) if "nothing wired to it" in problem.message]
    return {problem.node: [fix.label for fix in problem.fixes] for problem in missing}


def mended(graph: Graph) -> list[tuple[str, str]]:
    """The wires there are once every first fix has been taken, one after the other."""
    document = Document(graph)
    for _ in range(20):
        missing = [one for one in structural_problems(graph) if "nothing wired to it" in one.message]
        if not missing:
            break
        document.apply(missing[0].fixes[0].edit)
    return [(graph.node(wire.source).name, graph.node(wire.target).name) for wire in graph.wires()]


def test_nodes_that_were_placed_one_after_the_other_are_wired_in_that_order():
    graph = Graph("placed")
    for kind in ("Input", "Linear", "ReLU", "Output"):
        graph.add(kind)
    assert offers(graph) == {
        "linear": ["Wire 'input' to it", "Remove 'linear'"],
        "relu": ["Wire 'linear' to it", "Remove 'relu'"],
        "output": ["Wire 'relu' to it", "Remove 'output'"],
    }
    assert mended(graph) == [("input", "linear"), ("linear", "relu"), ("relu", "output")]


def test_what_leads_nowhere_yet_comes_before_what_is_wired_already():
    graph = Graph("branch")
    x, first, second = graph.add("Input", name="x"), graph.add("Linear", name="a"), graph.add("Linear", name="b")
    graph.connect(x, first)
    graph.connect(x, second)
    graph.connect(first, graph.add("Output", name="y"))
    graph.add("Output", name="z")
    assert offers(graph) == {"z": ["Wire 'b' to it", "Remove 'z'"]}


def test_an_input_that_was_placed_after_its_layer_is_offered_if_it_is_the_only_one():
    graph = Graph("late")
    graph.connect(graph.add("Linear", name="layer"), graph.add("Output", name="y"))
    assert offers(graph) == {"layer": ["Remove 'layer'"]}
    graph.add("Input", name="x")
    assert offers(graph) == {"layer": ["Wire 'x' to it", "Remove 'layer'"]}
    graph.add("Input", name="other")
    assert offers(graph) == {"layer": ["Remove 'layer'"]}


def test_a_node_that_would_close_a_loop_is_not_offered():
    graph = Graph("loop")
    first, second = graph.add("Linear", name="first"), graph.add("Linear", name="second")
    graph.connect(first, second)
    assert offers(graph) == {"first": ["Remove 'first'"]}


def test_the_second_port_gets_the_second_branch():
    graph = Graph("ports")
    x, left, right = graph.add("Input", name="x"), graph.add("Linear", name="left"), graph.add("Linear", name="right")
    graph.connect(x, left)
    graph.connect(x, right)
    join = graph.add("Bilinear", name="join")
    graph.connect(left, join)
    (problem,) = [one for one in structural_problems(graph) if one.node == "join" and one.severity == "error"]
    assert problem.fixes[0].label == "Wire 'right' to it"
    Document(graph).apply(problem.fixes[0].edit)
    assert [wire.input for wire in graph.incoming(join)] == [0, 1]


def test_inside_a_block_the_wire_is_drawn_at_all_its_places():
    graph = Graph("blocks")
    residual_block(graph)
    between(graph, [6], ("@residual", "one", {}), ("@residual", "two", {}))
    document = Document(graph)
    body = graph.definitions.body("@residual")
    name = next(node.name for node in body.nodes() if node.kind == "Add")
    removed = [wire.id for wire in body.wires() if body.node(wire.target).name == name]
    for identifier in removed:
        body.disconnect(identifier)
    (problem,) = [one for one in structural_problems(graph) if "nothing wired to it" in one.message]
    assert problem.node == f"one/{name}"
    document.apply(problem.fixes[0].edit)
    assert len(body.incoming(body.node_named(name))) == 1
    assert not [one for one in structural_problems(graph) if "nothing wired to it" in one.message]
