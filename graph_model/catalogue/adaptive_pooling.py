"""Adaptive pooling: a map of any size is brought down to a fixed one."""
