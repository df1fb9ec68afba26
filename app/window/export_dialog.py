"""Exporting ONNX: the file is run beside PyTorch before the dialog says that it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.tasks import TaskRunner
from app.training.number_text import scientific
from graph_model import Document

SAMPLES = 64


class ExportDialog(QDialog):
    """Shows the progress of an export, then how well the file agrees with PyTorch, or why there is none."""

    def __init__(self, document: Document, path: Path, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export ONNX"))
        self.setMinimumWidth(460)
        self.path = path
        self.report: Any = None
        self.heading = QLabel(self.tr("Writing {0} …").format(path.name))
        self.heading.setProperty("heading", True)
        self.heading.setWordWrap(True)
        self.text = QLabel(self.tr("The network is written and run on real samples, beside PyTorch."))
        self.text.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        for widget in (self.heading, self.text, self.progress, self.buttons):
            layout.addWidget(widget)
        snapshot = document.copy()
        tasks.start(self.tr("Export"), lambda: export_with_samples(snapshot, path), self._succeeded, self._failed)

    def _succeeded(self, report: Any) -> None:
        self.report = report
        self.progress.hide()
        self.heading.setText(self.tr("Exported {0}").format(self.path.name))
        lines = (
            self.tr("Largest difference from PyTorch: {0}, on {1} samples").format(
                scientific(report.max_abs_difference), report.samples
            ),
            self.tr("Input {0}, output {1}").format(
                ", ".join(f"'{name}'" for name in report.inputs), ", ".join(f"'{name}'" for name in report.outputs)
            ),
            self.tr("Takes {0}").format("; ".join(_sizes_taken(report))),
            self.tr("{0} operators, opset {1}, {2} bytes").format(report.nodes, report.opset, f"{report.file_size:,}"),
            str(self.path),
        )
        self.text.setText("\n".join(lines))

    def _failed(self, sentence: str) -> None:
        self.progress.hide()
        self.heading.setText(self.tr("Nothing was exported"))
        self.text.setText(sentence)


def _sizes_taken(report: Any) -> list[str]:
    """Which sizes of its inputs are free."""
    return ["any batch size", *(f"'{name}' of {taken}" for name, taken in report.dynamic_axes.items())]


def export_with_samples(document: Document, path: Path) -> Any:
    """Export, checked on samples of the document's dataset where they fit, else on random numbers alone."""
    from app.training.data_on_device import input_shapes
    from app.training.datasets import load
    from compiler import export_onnx
    from graph_model import DataError

    try:
        dataset = load(document.training.dataset, document.training.dataset_options, document.training.seed)
        parts = zip(dataset.all_inputs, input_shapes(document), strict=True)
        samples = [array[:SAMPLES].reshape(-1, *shape) for array, shape in parts]
    except (DataError, ValueError):
        samples = None
    return export_onnx(document, path, check_inputs=samples)
