"""Tensors that stand in the drawing itself: learned or fixed."""
