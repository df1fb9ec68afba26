"""How large a layer may be to be unfolded."""

from __future__ import annotations

MOST_WIRES = 4_000
"""More wires than these can be neither seen one by one nor edited fluently."""
