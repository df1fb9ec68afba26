"""Embeddings: whole numbers, such as the places of words in a vocabulary, become vectors."""
