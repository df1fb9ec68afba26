"""A canvas that shows a small drawing at 100 %, and a hand for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from app.canvas.view import CanvasView
from app.session import EditorSession
from app.theme import ThemeSource, install_fonts
from graph_model import Document
from tests.window.canvas_hand import Hand, chain


@pytest.fixture
def session(qtbot) -> EditorSession:
    return EditorSession()


@pytest.fixture
def canvas(qtbot, session) -> CanvasView:
    install_fonts()
    session.open_document(Document(chain()))
    canvas = CanvasView(session, ThemeSource("light", session))
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.activateWindow()
    canvas.setFocus()
    canvas.viewpoint.zoom_to(1.0)
    canvas.viewpoint.look_at(QPointF(0, 0))
    return canvas


@pytest.fixture
def hand(canvas) -> Hand:
    return Hand(canvas)
