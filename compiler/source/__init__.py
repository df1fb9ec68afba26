"""A drawing as PyTorch source that runs without GradCanvas."""

from compiler.source.writer import to_source

__all__ = ["to_source"]
