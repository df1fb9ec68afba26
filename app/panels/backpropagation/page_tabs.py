"""The pages of the panel, to choose from: explanation, update and nudge."""

from __future__ import annotations

from PySide6.QtWidgets import QTabBar, QWidget

EXPLAIN, UPDATE, NUDGE = range(3)


class PageTabs(QTabBar):
    """One tab for each page, in the order of EXPLAIN, UPDATE and NUDGE."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        for title, meaning in (
            (self.tr("Explain"), self.tr("The selected neuron, wire or layer, spelled out with its numbers.")),
            (self.tr("Update"), self.tr("What the optimizer makes of the gradients, step by step.")),
            (self.tr("Nudge"), self.tr("Change one weight a little, and watch the change travel.")),
        ):
            self.setTabToolTip(self.addTab(title), meaning)
