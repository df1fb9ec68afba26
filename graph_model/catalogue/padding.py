"""Padding: a border is added to a signal, an image or a volume."""
