"""Resampling: the same content with more or fewer values."""
