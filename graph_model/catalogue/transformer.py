"""Transformers: attention and feed-forward layers with residual connections and normalization."""
