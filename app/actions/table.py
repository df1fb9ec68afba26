"""Registered actions: id, text, shortcut, meaning, when they are possible, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

Shortcut = QKeySequence.StandardKey | str


@dataclass(frozen=True)
class ActionSpec:
    """One action. `menu`: where it stands; `enabled`: whether it is possible now; `checked`: for one that is on or
    off. `separated`: a line stands before it in the menu."""

    id: str
    menu: str
    text: str
    callback: Callable[[], object]
    shortcuts: tuple[Shortcut, ...] = ()
    meaning: str = ""
    enabled: Callable[[], bool] = field(default=lambda: True)
    checked: Callable[[], bool] | None = None
    separated: bool = False
    scope: QWidget | None = None
    """The shortcut works while this widget has the focus (so that Space and Delete keep their meaning elsewhere);
    None: in the whole window."""


class ActionTable:
    """The actions of a window as QActions, kept enabled and checked as their specs say."""

    def __init__(self, window: QWidget, specs: Iterable[ActionSpec]) -> None:
        self.specs = {spec.id: spec for spec in specs}
        self.actions: dict[str, QAction] = {}
        for spec in self.specs.values():
            action = QAction(spec.text, window)
            action.setObjectName(spec.id)
            action.setShortcuts(_sequences(spec.shortcuts))
            action.setToolTip(spec.meaning or spec.text)
            action.setStatusTip(spec.meaning)
            action.setCheckable(spec.checked is not None)
            action.triggered.connect(lambda _=False, spec=spec: self._run(spec))
            if spec.scope is not None:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            (spec.scope or window).addAction(action)
            self.actions[spec.id] = action
        self.refresh()

    def __getitem__(self, identifier: str) -> QAction:
        return self.actions[identifier]

    def refresh(self) -> None:
        """Ask every spec again whether it is possible, and on."""
        for identifier, spec in self.specs.items():
            action = self.actions[identifier]
            action.setEnabled(spec.enabled())
            if spec.checked is not None:
                action.setChecked(spec.checked())

    def fill(self, menu: QMenu, title: str) -> None:
        """Put the actions of one menu into it, in the order of the table."""
        for identifier, spec in self.specs.items():
            if spec.menu == title:
                if spec.separated:
                    menu.addSeparator()
                menu.addAction(self.actions[identifier])

    def _run(self, spec: ActionSpec) -> None:
        spec.callback()
        self.refresh()


def _sequences(shortcuts: tuple[Shortcut, ...]) -> list[QKeySequence]:
    sequences: list[QKeySequence] = []
    for shortcut in shortcuts:
        if isinstance(shortcut, str):
            sequences.append(QKeySequence(shortcut))
        else:
            sequences.extend(QKeySequence.keyBindings(shortcut))
    return sequences
