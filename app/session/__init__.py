"""What is being edited: the open document, its undo history, the selection and the problems. No widgets."""

from app.session.editor_session import EditorSession

__all__ = ["EditorSession"]
