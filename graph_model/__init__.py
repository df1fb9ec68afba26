"""The drawing: what can be drawn, the graph of it, its edits and checks, and the document file.

Knows neither Qt nor torch nor ONNX.
"""

from graph_model.catalogue import kinds
from graph_model.document import Document, TrainingSettings
from graph_model.document_file import load_document, save_document
from graph_model.errors import (
    CompileError,
    DataError,
    DocumentError,
    EditError,
    ExportError,
    GradCanvasError,
    TrainingError,
)
from graph_model.graph import Graph
from graph_model.kind import Kind
from graph_model.problem import Fix, Problem
from graph_model.values import Node, Wire

__all__ = [
    "CompileError",
    "DataError",
    "Document",
    "DocumentError",
    "EditError",
    "ExportError",
    "Fix",
    "GradCanvasError",
    "Graph",
    "Kind",
    "Node",
    "Problem",
    "TrainingError",
    "TrainingSettings",
    "Wire",
    "kinds",
    "load_document",
    "save_document",
]
