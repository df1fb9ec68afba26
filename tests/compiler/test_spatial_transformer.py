"""The spatial transformer resamples as six numbers say, and a drawn localisation network learns them."""

from __future__ import annotations

import math

import pytest
import torch

from compiler import check, compile_graph, infer_shapes
from compiler.modules.spatial_transformer import SpatialTransformer
from graph_model import Graph


def localised(*, size: int = 6, **parameters: object) -> Graph:
    """An image, a localisation network of one layer, and the transformer that takes both."""
    graph = Graph("localised")
    x = graph.add("Input", name="x", shape=[1, 8, 8])
    flat = graph.add("Flatten", name="flat")
    theta = graph.add("Linear", name="theta", out_features=size, weight_init="zeros")
    transformer = graph.add("SpatialTransformer", name="st", **parameters)
    graph.connect(x, flat)
    graph.connect(flat, theta)
    graph.connect(x, transformer)
    graph.connect(theta, transformer, input=1)
    graph.connect(transformer, graph.add("Output", name="y"))
    return graph


def resampled(image: torch.Tensor, theta: list[float], **parameters: object) -> torch.Tensor:
    return SpatialTransformer(**parameters)(image, torch.tensor([theta], dtype=torch.float32))  # type: ignore[arg-type]


def test_the_identity_leaves_an_image_as_it_is():
    image = torch.randn(1, 2, 5, 7)
    torch.testing.assert_close(resampled(image, [1, 0, 0, 0, 1, 0]), image)
    torch.testing.assert_close(resampled(image, [0, 0, 0, 0, 0, 0], add_identity=True), image)


def test_a_shift_moves_by_whole_pixels_and_brings_in_zeros():
    image = torch.randn(1, 1, 4, 4)
    moved = resampled(image, [1, 0, 2 / 4, 0, 1, 0])
    torch.testing.assert_close(moved[..., :-1], image[..., 1:])
    torch.testing.assert_close(moved[..., -1], torch.zeros(1, 1, 4))


def test_a_quarter_turn_is_torchs_rot90():
    image = torch.randn(1, 3, 6, 6)
    angle = math.pi / 2
    theta = [math.cos(angle), -math.sin(angle), 0.0, math.sin(angle), math.cos(angle), 0.0]
    torch.testing.assert_close(resampled(image, theta), torch.rot90(image, 1, (2, 3)), atol=1e-5, rtol=0)


def test_half_a_pixel_is_the_mean_of_two():
    image = torch.tensor([[[[0.0, 1.0, 4.0, 9.0]]]])
    assert resampled(image, [1, 0, 1 / 4, 0, 1, 0])[0, 0, 0, :3].tolist() == [0.5, 2.5, 6.5]


def test_a_localisation_network_learns_a_shift():
    graph = localised(add_identity=True)
    module = compile_graph(graph, seed=0)
    rows = torch.linspace(-1, 1, 8)
    blob = torch.exp(-4 * (rows[:, None] ** 2 + rows**2))[None, None]
    target = resampled(blob, [1, 0, 0.3, 0, 1, -0.2])
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(module(blob), target)
        loss.backward()
        optimizer.step()
    theta = module.theta(blob.flatten(1))[0]
    assert theta[2].item() == pytest.approx(0.3, abs=0.03)
    assert theta[5].item() == pytest.approx(-0.2, abs=0.03)


def test_it_stands_on_any_feature_map_and_gives_any_size():
    graph = localised(output_size=[4, 6])
    graph.disconnect(graph.incoming("st", 0)[0])
    graph.connect("x", graph.add("Conv2d", name="maps", out_channels=5))
    graph.connect("maps", "st", input=0)
    assert infer_shapes(graph)["st", 0] == ("batch", 5, 4, 6)
    assert compile_graph(graph)(torch.randn(3, 1, 8, 8)).shape == (3, 5, 4, 6)


def test_another_number_of_parameters_is_said_and_mended_where_they_come_from():
    graph = localised(size=4)
    (problem,) = check(graph)
    assert problem.node == "st"
    assert "(batch, 4) from 'theta'" in problem.message
    assert "its port 'theta' needs six numbers for each sample" in problem.message
    assert problem.fixes[0].label == "Use out_features = 6 in 'theta'"
    graph.apply(problem.fixes[0].edit)
    assert check(graph) == []


def test_what_is_no_map_is_said():
    graph = localised()
    graph.disconnect(graph.incoming("st", 0)[0])
    graph.connect("flat", "st", input=0)
    (problem,) = check(graph)
    assert "at its port 'input', but needs feature maps: (batch, channels, height, width)." in problem.message
