"""Embeddings: a learned vector for each entry of a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_model.catalogue import shared_parameters as shared
from graph_model.kind import Kind, Port, TorchCall
from graph_model.objection import CAME, Needs, Objection, Shapes
from graph_model.onnx_operator import OnnxOperator
from graph_model.parameters import Choice, Integer


class VocabularyTable(Kind):
    """Base of the embeddings."""

    family = "Embedding"
    learnable = True
    inputs = (Port("input", indices=True, below="num_embeddings", meaning="Places in the vocabulary, counted from 0."),)
    num_embeddings = Integer(default=100, minimum=1, meaning="Size of the vocabulary: indices are 0 up to one less.")
    embedding_dim = Integer(default=32, minimum=1, meaning="Length of the vector of each entry.")
    padding_idx = Integer(
        default=None,
        optional=True,
        minimum=0,
        meaning="The entry that only fills up; its vector starts as 0 and is not trained.",
    )
    trainable = shared.trainable()

    def objection(self, parameters: Mapping[str, Any], shapes: Shapes) -> Objection | None:
        """The entry that fills up must be one of the vocabulary's."""
        entry = parameters["padding_idx"]
        if entry is None or entry < parameters["num_embeddings"]:
            return None
        words = f"padding_idx = {entry} to be one of its entries, 0 to num_embeddings − 1"
        return Objection(f"receives {CAME}, but needs {words}", {"padding_idx": None})

    def summary(self, parameters: Mapping[str, Any]) -> str:
        return f"{parameters['num_embeddings']} → {parameters['embedding_dim']}"


class Embedding(VocabularyTable):
    """Gives a learned vector for each index, such as the place of a word in a vocabulary.

    Takes whole numbers of any shape, (batch, time), and gives (batch, time, embedding_dim). It equals a Linear without
    bias after one-hot vectors, but only looks rows up.
    """

    also_called = ("lookup table", "word vectors", "token embedding")
    formula = "a = row number x of W"
    source = "Bengio et al., A Neural Probabilistic Language Model (2003)"
    torch = TorchCall("torch.nn.Embedding", arguments=("num_embeddings", "embedding_dim", "padding_idx"))
    onnx = OnnxOperator(emitter="embedding.embedding")


class EmbeddingBag(VocabularyTable):
    """Gives one vector for a bag of indices: the mean, sum or largest of their learned vectors.

    Takes (batch, n) whole numbers and gives (batch, embedding_dim). The order of the indices does not matter: a bag of
    words. The entry padding_idx does not count.
    """

    also_called = ("bag of words",)
    formula = "a = mean, sum or max over i of row number xᵢ of W"
    source = "Joulin et al., Bag of Tricks for Efficient Text Classification (2016)"
    mode = Choice(
        default="mean",
        choices=("sum", "mean", "max"),
        meaning="How the vectors of a bag become one; max: the largest number of each feature.",
    )
    torch = TorchCall("torch.nn.EmbeddingBag", arguments=("num_embeddings", "embedding_dim", "mode", "padding_idx"))
    onnx = OnnxOperator(emitter="embedding.embedding_bag")
    needs = Needs(ranks=(2,), words="a bag of indices for each sample: (batch, n)")
