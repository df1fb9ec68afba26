"""The part of the menu Blocks that is about the user's library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.actions import ActionSpec
from app.canvas.block_commands import selected_definition, selected_place
from app.window.saying import said
from graph_model import DocumentError
from graph_model.carrying import inside, weights_of

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def library_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the library."""
    return [
        ActionSpec(
            "save_block",
            "Blocks",
            "&Save block to the library",
            said(window, lambda: _save(window)),
            meaning="Keep the selected or the open block in a file, for other documents: the palette lists it",
            enabled=lambda: selected_definition(window.session) is not None,
            separated=True,
        ),
        ActionSpec(
            "show_library",
            "Blocks",
            "Show the library's folder",
            said(window, lambda: _show_folder(window)),
            meaning="The folder with a file for each block of the library, to share them",
        ),
        ActionSpec(
            "choose_library",
            "Blocks",
            "Choose the library's folder …",
            said(window, lambda: _choose_folder(window)),
            meaning="Keep the blocks of the library in another folder",
        ),
    ]


def _save(window: MainWindow) -> str:
    identifier = selected_definition(window.session)
    assert identifier is not None
    session = window.session
    graph, place = session.graph, selected_place(session)
    known = weights_of(graph, session.level.weights, [place.id]) if place is not None else session.level.weights
    weights = inside(graph.definitions.body(identifier), known, place)
    file = window.library.save(graph, identifier, weights)
    name = graph.definitions.definition(identifier).name
    if weights:
        return window.tr("'{0}' is in the library, with the weights that it has learned: {1}.").format(name, file)
    return window.tr("'{0}' is in the library: {1}.").format(name, file)


def _show_folder(window: MainWindow) -> str:
    folder = window.library.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"The library's folder {folder} cannot be made: {error.strerror or error}.") from error
    window.library.refresh()
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
    return window.tr("The library's folder is {0}.").format(folder)


def _choose_folder(window: MainWindow) -> str | None:
    present = str(window.library.folder)
    chosen = QFileDialog.getExistingDirectory(window, window.tr("The library's folder"), present)
    if not chosen:
        return None
    window.settings.library_folder = window.library.folder = Path(chosen)
    return window.tr("The library's folder is {0}.").format(chosen)
