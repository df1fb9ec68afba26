"""The inspector: parameters of what is selected, or of the document."""

from app.inspector.inspector import Inspector

__all__ = ["Inspector"]
