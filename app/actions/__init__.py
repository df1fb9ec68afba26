"""What a person can do: one table from which menus, shortcuts, the command search and tests are made."""

from app.actions.table import ActionSpec, ActionTable

__all__ = ["ActionSpec", "ActionTable"]
