"""What is fed to an embedding must stay below the size of its vocabulary."""

from __future__ import annotations

from compiler import export_onnx
from compiler.index_limits import index_limit
from compiler.program import lower
from graph_model import Document, Graph
from tests.block_drawings import define


def test_an_input_must_stay_below_the_smallest_vocabulary_that_it_reaches():
    graph = Graph()
    words = graph.add("Input", name="words", shape=[2, 3])
    numbers = graph.add("Input", name="numbers", shape=[4])
    flat = graph.add("Flatten")
    graph.connect(words, flat)
    for size in (9, 5):
        bag = graph.add("EmbeddingBag", num_embeddings=size)
        graph.connect(flat, bag)
        graph.connect(bag, graph.add("Output"))
    graph.connect(numbers, graph.add("Output"))
    program = lower(graph)
    assert [index_limit(program, given) for given in program.inputs] == [5, None]


def test_what_comes_after_an_embedding_sets_no_limit_for_its_input():
    graph = Graph()
    previous = graph.add("Input", name="x", shape=[3])
    for size in (20, 4):
        bag = graph.add("EmbeddingBag", num_embeddings=size)
        graph.connect(previous, bag)
        previous = bag
    graph.connect(previous, graph.add("Output"))
    program = lower(graph)
    assert [index_limit(program, given) for given in program.inputs] == [20]


def test_a_block_over_time_passes_on_what_is_asked_inside(tmp_path):
    graph = Graph()
    body = define(graph, "reader")
    word, number = body.add("BlockInput", name="word"), body.add("BlockInput", name="number")
    bag, added = body.add("EmbeddingBag", num_embeddings=3, embedding_dim=2), body.add("Add")
    for source, target in ((word, bag), (bag, added), (number, added), (added, body.add("BlockOutput"))):
        body.connect(source, target)
    place = graph.add("@reader", name="reader", over_time="both")
    for port, shape in enumerate(([4, 2], [4, 2])):
        graph.connect(graph.add("Input", shape=shape), place, input=port)
    graph.connect(place, graph.add("Output"))
    program = lower(graph)
    assert [index_limit(program, given) for given in program.inputs] == [3, None]
    assert export_onnx(Document(graph), tmp_path / "a.onnx").max_abs_difference < 1e-5
