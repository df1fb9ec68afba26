"""Attention: each query looks at all keys and takes a mean of their values."""
