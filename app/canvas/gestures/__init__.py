"""Movements of the hand on the canvas, one small class each."""
