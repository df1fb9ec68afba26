"""External memory: a table that a network reads from and writes to by content."""
