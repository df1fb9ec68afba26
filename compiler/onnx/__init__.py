"""ONNX: out through the catalogue's declarations, and back in through the same."""

from compiler.onnx.export import ExportReport, export_onnx
from compiler.onnx.importing import import_onnx

__all__ = ["ExportReport", "export_onnx", "import_onnx"]
