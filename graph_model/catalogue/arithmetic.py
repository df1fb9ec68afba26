"""Arithmetic on what arrives, value by value."""
