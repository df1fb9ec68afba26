"""LSTMs with other gates than the usual ones."""
