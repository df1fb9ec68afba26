"""Long work beside the window: one task at a time in a thread, with a result or an error at the end."""

from app.tasks.runner import TaskRunner

__all__ = ["TaskRunner"]
