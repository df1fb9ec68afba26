"""The document file: reading and writing `.gradcanvas` and `.json`. Nothing in a file is ever executed."""

from graph_model.document_file.reader import load_document, read_heading
from graph_model.document_file.writer import save_document, structure_text

__all__ = ["load_document", "read_heading", "save_document", "structure_text"]
