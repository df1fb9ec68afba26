"""Recursive networks: one function joins parts to larger parts, along a tree."""
