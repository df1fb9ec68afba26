"""Examples of the family Embedding."""

from tests.kind_examples.example import Example

EXAMPLES = [
    Example("Embedding", {"num_embeddings": 11, "embedding_dim": 3}, ([5],), vocabulary=11),
    Example("Embedding", {"num_embeddings": 11, "embedding_dim": 3, "padding_idx": 2}, ([5, 4],), vocabulary=11),
    Example("EmbeddingBag", {}, ([6],), vocabulary=100, comes_back=False),
    Example("EmbeddingBag", {"num_embeddings": 5, "mode": "sum"}, ([6],), vocabulary=5, comes_back=False),
    Example("EmbeddingBag", {"num_embeddings": 5, "mode": "max"}, ([6],), vocabulary=5, comes_back=False),
    *(
        Example("EmbeddingBag", {"num_embeddings": 3, "mode": mode, "padding_idx": 1}, ([n],), 3, comes_back=False)
        for mode in ("mean", "sum", "max")
        for n in (1, 4)
    ),
]
