"""Layers that decide how much of their input passes unchanged."""
