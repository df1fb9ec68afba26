"""The inspector's page while nothing is selected: the document and how it is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.inspector.form import ParameterForm
from app.session import EditorSession
from app.training.datasets import DatasetKind, dataset_kind, datasets
from app.training.losses import losses
from app.training.optimizers import optimizers
from graph_model import DataError
from graph_model.document import SetDescription, SetGraphName, SetTraining
from graph_model.parameters import Choice, Integer, Parameter, Real


def general_settings() -> dict[str, Parameter]:
    """Return the settings that every training has, as parameters."""
    return {
        "dataset": Choice(name="dataset", default="digits", choices=tuple(datasets()), meaning=_titles(datasets())),
        "loss": Choice(name="loss", default="cross_entropy", choices=tuple(losses()), meaning=_titles(losses())),
        "optimizer": Choice(
            name="optimizer", default="SGD", choices=tuple(optimizers()), meaning=_meanings(optimizers())
        ),
        "learning_rate": Real(
            name="learning_rate",
            minimum=0.0,
            maximum=1000.0,
            exclusive_minimum=True,
            meaning="η: how far each step goes against the gradient. Can be changed while training runs.",
        ),
        "batch_size": Integer(name="batch_size", minimum=1, meaning="Examples in a minibatch: one step each."),
        "epochs": Integer(name="epochs", minimum=1, meaning="How often all training examples are seen."),
        "validation_fraction": Real(
            name="validation_fraction",
            minimum=0.0,
            maximum=0.9,
            meaning="The share of examples that is held back, to see how well the network does on new ones.",
        ),
        "seed": Integer(name="seed", minimum=0, meaning="Equal seeds give equal random weights and order of examples."),
    }


class DocumentPage(QWidget):
    """Name, description and training settings. `learning_rate_entered` is for a run that is going on."""

    learning_rate_entered = Signal(float)

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the drawing"))
        self.name.editingFinished.connect(self._rename)
        self.description = QPlainTextEdit()
        self.description.setPlaceholderText(self.tr("What this drawing shows"))
        self.description.setMinimumHeight(110)
        self.description.setMinimumWidth(80)
        self.description.setTabChangesFocus(True)
        self.description.textChanged.connect(self._describe)
        self.general = ParameterForm(general_settings())
        self.general.entered.connect(self._set)
        self._options: dict[str, tuple[str, ParameterForm]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 16, 16, 16)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.name)
        self._layout.addWidget(self.description)
        self._layout.addWidget(_section(self.tr("Training")))
        self._layout.addWidget(self.general)
        self._slots: dict[str, QVBoxLayout] = {}
        for what in ("dataset_options", "optimizer_options"):
            self._slots[what] = QVBoxLayout()
            self._layout.addLayout(self._slots[what])
        self.about_data, self.about_loss = _about(), _about()
        for about in (self.about_data, self.about_loss):
            self._layout.addWidget(about)
        self._layout.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Show what the document is now."""
        document = self.session.document
        if not self.name.isModified():
            self.name.setText(document.graph.name)
        if self.description.toPlainText() != document.description:
            blocked = self.description.blockSignals(True)
            self.description.setPlainText(document.description)
            self.description.blockSignals(blocked)
        training = document.training
        self.general.show_values({name: getattr(training, name) for name in self.general.fields})
        self._explain()
        known_dataset, known_optimizer = datasets().get(training.dataset), optimizers().get(training.optimizer)
        self._show_options(
            "dataset_options",
            training.dataset,
            known_dataset.options if known_dataset else {},
            training.dataset_options,
        )
        self._show_options(
            "optimizer_options",
            training.optimizer,
            known_optimizer.options if known_optimizer else {},
            training.optimizer_options,
        )

    def _explain(self) -> None:
        """Say what the chosen dataset and loss are; nothing of those that are not there, which the problems name."""
        training = self.session.document.training
        try:
            data = _about_data(dataset_kind(training.dataset, training.dataset_options))
        except DataError:
            data = ""
        loss = losses().get(training.loss)
        self.about_data.setText(data)
        self.about_loss.setText(loss.meaning if loss else "")

    def _show_options(self, what: str, owner: str, declared: Any, given: Any) -> None:
        """Show the options of the chosen dataset or optimizer, in a form that is made anew for another one."""
        former = self._options.get(what)
        if former is None or former[0] != owner:
            if former is not None:
                former[1].setParent(None)
                former[1].deleteLater()
            form = ParameterForm(declared)
            form.entered.connect(lambda name, value, what=what: self._set_option(what, name, value))
            self._slots[what].addWidget(form)
            self._options[what] = (owner, form)
        defaults = {name: parameter.default for name, parameter in declared.items()}
        self._options[what][1].show_values({**defaults, **given})

    def _set(self, name: str, value: Any) -> None:
        training = self.session.document.training
        changes: dict[str, Any] = {name: value}
        if name == "optimizer" and value != training.optimizer:
            changes |= {"optimizer_options": {}, "learning_rate": optimizers()[value].learning_rate}
        if name == "dataset" and value != training.dataset:
            changes["dataset_options"] = {}
        self._apply(SetTraining(replace(training, **changes)), self.tr("Change {0}").format(name))
        if "learning_rate" in changes:
            self.learning_rate_entered.emit(changes["learning_rate"])

    def _set_option(self, what: str, name: str, value: Any) -> None:
        training = self.session.document.training
        options = {**getattr(training, what), name: value}
        self._apply(SetTraining(replace(training, **{what: options})), self.tr("Change {0}").format(name))

    def _rename(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self._apply(SetGraphName(self.name.text().strip() or "untitled"), self.tr("Rename drawing"))

    def _describe(self) -> None:
        edit = SetDescription(self.description.toPlainText())
        self.session.apply(edit, self.tr("Change description"), "description")

    def _apply(self, edit: Any, text: str) -> None:
        self.session.apply(edit, text)


def _about() -> QLabel:
    """A label that explains a choice."""
    label = QLabel()
    label.setProperty("muted", True)
    label.setWordWrap(True)
    label.setMinimumWidth(80)
    return label


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("section", True)
    return label


def _titles(registry: Any) -> str:
    return "\n".join(f"{name}: {entry.title}" for name, entry in registry.items())


def _about_data(kind: DatasetKind) -> str:
    """What a dataset is, what it feeds and what it wants, and where it is from."""
    fed = ", ".join(f"{part.name} {_shape(part.shape)}" for part in kind.inputs)
    wanted = ", ".join(
        f"{target.name} {_shape(target.shape)} of {target.classes} classes"
        if target.classes
        else f"{target.name} {_shape(target.shape)}"
        for target in kind.targets
    )
    return f"{kind.meaning}\nInput: {fed}. Target: {wanted}.\n{kind.source}"


def _shape(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]" if shape else "one a sample"


def _meanings(registry: Any) -> str:
    return "\n".join(f"{name}: {entry.meaning}" for name, entry in registry.items())
