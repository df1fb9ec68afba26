"""The published models of the gallery are those that were published."""

from __future__ import annotations

from functools import lru_cache

import pytest
import torch
from torch.nn import functional

from app.training import train
from app.training.gallery import TOPICS, open_example
from app.training.readiness import training_problems
from compiler import check, compile_graph, export_onnx, to_source
from compiler.cost import parameter_counts
from compiler.inferring import shapes_of
from compiler.program import lower
from compiler.weights import collect_weights
from graph_model import Document, TrainingError
from graph_model.blocks import InDefinition
from graph_model.edits import SetParameters

FIGURES = {
    "lenet_5": 61_706,
    "alexnet": 61_100_840,
    "vgg_11": 132_863_336,
    "vgg_16": 138_357_544,
    "vgg_19": 143_667_240,
    "googlenet": 6_624_904,
    "resnet_18": 11_689_512,
    "resnet_50": 25_557_032,
    "resnet_152": 60_192_808,
    "mobilenet_v2": 3_504_872,
    "densenet_121": 7_978_856,
    "u_net_2015": 31_030_658,
    "mlp_mixer_s16": 18_528_264,
    "vision_transformer": 86_567_656,
}
"""Numbers that are learned. torchvision's but for LeNet-5, U-Net (counted from the papers) and MLP-Mixer (timm)."""
ANSWERS = {"lenet_5": (10,), "u_net_2015": (2, 388, 388)}
"""Shape of the answer for one sample; (1000,) for the others."""
NIGHTLY = ("googlenet", "densenet_121", "mlp_mixer_s16", "vision_transformer", "resnet_50")
SMALL = ("lenet_5", "mobilenet_v2", "resnet_18", *(pytest.param(name, marks=pytest.mark.nightly) for name in NIGHTLY))


@lru_cache(maxsize=2)
def opened(name: str) -> Document:
    """An example, not to be changed."""
    return open_example(name)


def images(document: Document, count: int) -> torch.Tensor:
    (node,) = (node for node in document.graph.nodes() if node.kind == "Input")
    return torch.randn(count, *node.parameters["shape"], generator=torch.Generator().manual_seed(1))


def test_every_published_model_is_checked_here():
    assert set(FIGURES) == set(TOPICS["Published models"])


@pytest.mark.parametrize(("name", "figure"), FIGURES.items())
def test_it_has_as_many_parameters_as_was_published_and_says_so(name, figure):
    document = opened(name)
    program = lower(document.graph)
    assert check(document.graph) == []
    assert sum(parameter_counts(program).values()) == figure
    assert f"{figure:,} parameters" in document.description
    (output,) = (node for node in document.graph.nodes() if node.kind == "Output")
    (wire,) = document.graph.incoming(output)
    assert shapes_of(program)[wire.source, wire.output] == ("batch", *ANSWERS.get(name, (1000,)))


@pytest.mark.parametrize("name", FIGURES)
def test_every_block_says_what_it_is_for_and_is_used(name):
    definitions = opened(name).graph.definitions
    for definition in definitions:
        assert len(definition.description) > 30
        assert definitions.places(definition.id)


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "lenet_5"])
def test_what_cannot_be_trained_here_says_that_the_data_do_not_fit(name):
    document = opened(name)
    problems = training_problems(document)
    assert "but a sample of 'Handwritten digits' has 64" in problems[0].message
    assert "Run says that the data set does not fit" in document.description
    with pytest.raises(TrainingError, match="a sample of 'Handwritten digits' has 64"):
        train(document, steps=1)


def test_lenet_trains_as_described():
    document = open_example("lenet_5")
    assert "more than 93 %" in document.description
    assert train(document).history.validation_accuracy[-1] > 0.93


@pytest.mark.parametrize("name", SMALL)
def test_it_runs_and_its_source_and_its_onnx_compute_the_same(name, tmp_path):
    document = opened(name)
    module = compile_graph(document.graph, seed=0).eval()
    x = images(document, 2)
    with torch.no_grad():
        answers = module(x)
        assert answers.shape == (2, *ANSWERS.get(name, (1000,)))
        namespace: dict = {"__name__": "drawn"}
        exec(to_source(document), namespace)
        network = namespace["Network"]().eval()
        network.load_state_dict(module.state_dict())
        torch.testing.assert_close(network(x), answers)
    document = Document(document.graph, document.training, document.description, collect_weights(module))
    assert export_onnx(document, tmp_path / "a.onnx").max_abs_difference < 1e-5


def resnet_18(x: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """ResNet-18 by plain formulas, with the weights of the drawing."""

    def convolution(x: torch.Tensor, path: str, stride: int, padding: int) -> torch.Tensor:
        x = functional.conv2d(x, weights[f"{path}/convolution.weight"], stride=stride, padding=padding)
        norm = {part: weights[f"{path}/normalization.{part}"] for part in ("running_mean", "running_var")}
        scale, shift = (weights[f"{path}/normalization.{part}"] for part in ("weight", "bias"))
        mean, variance = norm["running_mean"], norm["running_var"]
        factor = scale / torch.sqrt(variance + 1e-5)
        return x * factor[:, None, None] + (shift - mean * factor)[:, None, None]

    def block(x: torch.Tensor, path: str, stride: int) -> torch.Tensor:
        y = torch.relu(convolution(x, f"{path}/conv1", stride, 1))
        y = convolution(y, f"{path}/conv2", 1, 1)
        return torch.relu(y + (x if stride == 1 else convolution(x, f"{path}/projection", stride, 0)))

    x = torch.relu(convolution(x, "conv1", 2, 3))
    x = functional.max_pool2d(x, 3, 2, 1)
    for stage in (2, 3, 4, 5):
        for number in (1, 2):
            x = block(x, f"conv{stage}_{number}", 2 if stage > 2 and number == 1 else 1)
    return x.mean(dim=(2, 3)) @ weights["classifier.weight"].T + weights["classifier.bias"]


def test_resnet_18_computes_what_its_formulas_say():
    document = opened("resnet_18")
    module = compile_graph(document.graph, seed=3)
    with torch.no_grad():
        module.train()(images(document, 4))  # so that means and variances are no longer 0 and 1
        module.eval()
        weights = {name: torch.from_numpy(array) for name, array in collect_weights(module).items()}
        x = images(document, 2)
        torch.testing.assert_close(module(x), resnet_18(x, weights), rtol=1e-4, atol=1e-4)


def test_resnet_18_is_eight_places_of_one_block_and_an_edit_of_it_changes_all():
    document = open_example("resnet_18")
    graph = document.graph
    places = [node for node in graph.nodes() if node.kind == "@basic_block"]
    assert len(places) == 8
    before = sum(parameter_counts(lower(graph)).values())
    conv2 = graph.definitions.body("@basic_block").node_named("conv2")
    document.apply(InDefinition("@basic_block", SetParameters(conv2.id, {"kernel_size": 1, "padding": 0})))
    assert check(graph) == []
    saved = sum(2 * 8 * width * width for width in (64, 128, 256, 512))
    assert sum(parameter_counts(lower(graph)).values()) == before - saved


def test_resnet_152_has_152_layers_with_weights_in_four_small_drawings():
    document = opened("resnet_152")
    layers = [step for step in lower(document.graph).steps if step.kind.name in ("Conv2d", "Linear")]
    projections = [step for step in layers if "projection" in step.node.id]
    assert len(layers) - len(projections) == 152
    drawings = [document.graph, *(graph for _, graph in document.graph.definitions.graphs())]
    assert max(len(graph.nodes()) for graph in drawings) < 12
