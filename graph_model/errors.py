"""The family of errors that reach a person: each says what is wrong, where, and what to do."""

from __future__ import annotations


class GradCanvasError(Exception):
    """Something that a person can understand and mend; `str(error)` is the whole message."""


class EditError(GradCanvasError):
    """An edit that the drawing cannot take: an invalid value, a wire that would close a loop, ..."""


class DocumentError(GradCanvasError):
    """A file that cannot be read as a document, or a document that cannot be written."""


class CompileError(GradCanvasError):
    """A drawing that cannot become a module."""


class DataError(GradCanvasError):
    """Data that cannot be loaded, or that does not fit the drawing."""


class TrainingError(GradCanvasError):
    """Training that cannot start or cannot go on."""


class ExportError(GradCanvasError):
    """A network that cannot be written in another format, or whose copy does not agree with it."""
