"""Transposed convolutions: each value is spread over a field, and the map grows."""
