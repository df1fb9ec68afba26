"""Examples of comparisons of two inputs."""

import torch

from tests.kind_examples.example import Example


def _length(x: torch.Tensor, dim: int) -> torch.Tensor:
    return (x * x).sum(dim, keepdim=True).sqrt()


def _cosine(dim: int):
    def reference(_, one, other):
        return (one * other).sum(dim, keepdim=True) / (_length(one, dim) * _length(other, dim))

    return reference


EXAMPLES = [
    Example("CosineSimilarity", {}, ([6], [6]), reference=_cosine(-1), comes_back=False),
    Example("CosineSimilarity", {"dim": 1}, ([5, 7], [5, 7]), reference=_cosine(1), comes_back=False),
    Example("CosineSimilarity", {"dim": -2}, ([4, 9, 8], [4, 9, 8]), reference=_cosine(-2), comes_back=False),
    Example("CosineSimilarity", {"keepdim": False, "eps": 5.0}, ([5, 7], [5, 7]), comes_back=False),
    Example("PairwiseDistance", {}, ([6], [6]), comes_back=False),
    Example("PairwiseDistance", {"p": 1.0, "eps": 0.25}, ([5, 7], [5, 7]), comes_back=False),
    Example("PairwiseDistance", {"p": 3.0, "keepdim": False}, ([5, 7], [5, 7]), comes_back=False),
]
