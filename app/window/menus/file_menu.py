"""The menu File: documents in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions import ActionSpec

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

Key = QKeySequence.StandardKey


def file_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the menu File."""
    flow, exports = window.flow, window.exports
    return [
        ActionSpec("new", "File", "&New", flow.new, (Key.New,), "An empty drawing"),
        ActionSpec("open", "File", "&Open …", flow.open, (Key.Open,), "Open a drawing from a file"),
        ActionSpec("examples", "File", "&Examples …", window.show_gallery, ("Ctrl+E",), "Networks to start from"),
        ActionSpec(
            "save", "File", "&Save", flow.save, (Key.Save,), "Save the drawing, its weights too", separated=True
        ),
        ActionSpec("save_as", "File", "Save &as …", flow.save_as, ("Ctrl+Shift+S",), "Save under another name"),
        ActionSpec(
            "export_onnx",
            "File",
            "Export &ONNX …",
            exports.export_onnx,
            ("Ctrl+Shift+E",),
            "Write the trained network so that it runs elsewhere",
            enabled=lambda: window.warm_up.is_ready,
            separated=True,
        ),
        ActionSpec(
            "export_source",
            "File",
            "Export &PyTorch source …",
            exports.export_source,
            meaning="Write the network as a Python file",
            enabled=lambda: window.warm_up.is_ready,
        ),
        ActionSpec(
            "export_picture",
            "File",
            "Export a p&icture …",
            exports.export_picture,
            meaning="Write the drawing as a PNG file",
            enabled=lambda: window.warm_up.is_ready,
        ),
        ActionSpec(
            "import_onnx",
            "File",
            "&Import ONNX …",
            exports.import_onnx,
            meaning="Open a model of another program as a drawing",
            enabled=lambda: window.warm_up.is_ready,
        ),
        ActionSpec("quit", "File", "&Quit", window.close, (Key.Quit,), "Close the window", separated=True),
    ]
