"""Backpropagation of one example, step by step: the panel, its pages, and the numbers that it writes on the canvas."""
