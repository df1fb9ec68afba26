"""Spatial transformers: an image or feature map is resampled as a small network says."""
