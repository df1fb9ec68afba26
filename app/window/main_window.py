"""The main window: it puts the parts together and holds no logic of theirs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QMessageBox, QSplitter, QVBoxLayout, QWidget

from app.actions import ActionTable
from app.actions.search import CommandSearch
from app.canvas.view import CanvasView
from app.inspector import Inspector
from app.palette import Palette
from app.panels.chosen import ChosenStatistic
from app.session import EditorSession
from app.session.block_library import BlockLibrary
from app.tasks import TaskRunner
from app.theme import ThemeSource
from app.training.gallery import open_example
from app.window.breadcrumb import Breadcrumb
from app.window.canvas_menu import show_canvas_menu
from app.window.document_flow import DocumentFlow
from app.window.documentation import Documentation
from app.window.exports import Exports
from app.window.gallery_dialog import GalleryDialog
from app.window.message_bar import MessageBar
from app.window.panels import PanelTabs
from app.window.run_bar import RunBar
from app.window.run_control import RunControl
from app.window.run_display import RunDisplay
from app.window.saying import say_offers
from app.window.settings import WindowSettings
from app.window.status import StatusLine
from app.window.warm_up import WarmUp
from app.window.window_actions import MENUS, window_actions
from graph_model import GradCanvasError
from graph_model.document_file.schema import SUFFIX
from graph_model.version import VERSION

STANDARD_SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """One document in one window."""

    def __init__(self, session: EditorSession, theme_source: ThemeSource, settings: WindowSettings) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.session = session
        session.setParent(self)
        self.theme_source = theme_source
        self.settings = settings
        # The canvas is the first to hear of an edit: others may make it paint, and it must know by then what is gone.
        self.canvas = CanvasView(session, theme_source)
        self.library = self.canvas.shelf.library = BlockLibrary(settings.library_folder, self)
        self.breadcrumb = Breadcrumb(session, theme_source)
        self.tasks = TaskRunner(self)
        self.control = RunControl(session, self)
        self.chosen = ChosenStatistic(self)
        self.warm_up = WarmUp(self)
        self.bar = RunBar()
        self.messages = MessageBar(theme_source)
        self.palette = Palette(theme_source)
        self.inspector = Inspector(session)
        self.tabs = PanelTabs(session, theme_source, self.chosen, self.control)
        self.flow = DocumentFlow(self, session, settings, self.tell)
        self.exports = Exports(self, session, self.flow, self.tasks, theme_source, self.tell)
        self.status = StatusLine(session, self.control, self.tabs.problems, self.statusBar())
        self.documentation = Documentation(self)
        self.actions_table = ActionTable(self, window_actions(self))
        self.display = RunDisplay(self)
        self._lay_out()
        self._make_menus()
        self._connect()
        self._show_title()

    def after_first_paint(self) -> None:
        """What may wait until the window is there: plots, torch, the view of the whole drawing."""
        self.canvas.zoom_to_fit()
        self.palette.show_library(self.library)
        self.tabs.make_plots()
        self.warm_up.start()

    # What actions do

    def tell(self, sentence: str, node: str | None = None) -> None:
        """Say something across the window."""
        self.messages.tell(sentence, node)

    def show_gallery(self) -> None:
        """Let an example be chosen and open it."""
        dialog = GalleryDialog(self, self.theme_source.theme, self.session.live_check.compiler_ready)
        if dialog.exec() == GalleryDialog.DialogCode.Accepted:
            self.open_example(dialog.chosen.file.stem)

    def open_example(self, name: str) -> None:
        """Open an example as a new document."""
        try:
            self.flow.open_document(open_example(name))
        except GradCanvasError as error:
            self.tell(str(error))

    def focus_palette(self) -> None:
        """Go to the palette's search field."""
        self.palette.show()
        self.palette.search.setFocus()
        self.palette.search.selectAll()

    def use_theme(self, mode: str) -> None:
        """Choose a theme, and remember it."""
        self.settings.theme_mode = mode
        self.theme_source.set_mode(mode)

    def show_problems(self) -> None:
        """Bring the problems to the front."""
        self.tabs.show()
        self.tabs.show_problems()

    def show_analysis(self) -> None:
        """Bring the table of costs to the front."""
        self.tabs.show()
        self.tabs.show_analysis()

    def find_command(self) -> None:
        """Search all commands."""
        CommandSearch(self.actions_table, self).open()

    def show_about(self) -> None:
        """Say what this is."""
        QMessageBox.about(
            self,
            self.tr("About GradCanvas"),
            self.tr(
                "GradCanvas {0}: draw neural networks, train them, watch their gradients.\n\nMIT licence. "
                "Font: Inter (SIL Open Font License). Digits: UCI Machine Learning Repository (CC BY 4.0)."
            ).format(VERSION),
        )

    # Events

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before work or a run is lost; end every thread."""
        if self.control.busy and not self._may_end_run():
            event.ignore()
            return
        if not self.flow.may_lose():
            event.ignore()
            return
        self.settings.set_bytes("geometry", self.saveGeometry())
        self.settings.set_bytes("columns", self.columns.saveState())
        self.settings.set_bytes("rows", self.rows.saveState())
        self.control.close()
        self.tasks.close()
        self.tabs.analyze.close_tasks()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A document's file may be dropped on the window."""
        if _dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped file."""
        path = _dropped_file(event)
        if path is not None:
            self.flow.open_file(path)

    def _may_end_run(self) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Training is going on"),
            self.tr("Stop training and close the window? What was learned so far is kept in the document."),
            buttons.Close | buttons.Cancel,
            buttons.Cancel,
        )
        if answer == buttons.Close:
            self.control.stop_and_keep()
            return True
        return False

    # Putting together

    def _lay_out(self) -> None:
        self.rows = QSplitter(Qt.Orientation.Vertical)
        drawing = QWidget()
        above = QVBoxLayout(drawing)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self.breadcrumb)
        above.addWidget(self.canvas, 1)
        self.rows.addWidget(drawing)
        self.rows.addWidget(self.tabs)
        self.rows.setStretchFactor(0, 3)
        self.rows.setStretchFactor(1, 2)
        self.rows.setCollapsible(0, False)
        self.columns = QSplitter()
        for widget, stretch in ((self.palette, 0), (self.rows, 1), (self.inspector, 0)):
            self.columns.addWidget(widget)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setCollapsible(1, False)
        self.palette.setMinimumWidth(150)
        self.inspector.setMinimumWidth(260)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.bar, self.messages, self.columns):
            layout.addWidget(part, 1 if part is self.columns else 0)
        self.setCentralWidget(central)
        room = self.screen().availableSize()
        self.resize(min(STANDARD_SIZE[0], room.width() - 8), min(STANDARD_SIZE[1], room.height() - 40))
        self.columns.setSizes([190, 924, 326])
        self.rows.setSizes([500, 330])
        self.restoreGeometry(self.settings.bytes_value("geometry"))
        self.columns.restoreState(self.settings.bytes_value("columns"))
        self.rows.restoreState(self.settings.bytes_value("rows"))

    def _make_menus(self) -> None:
        for title in MENUS:
            menu = self.menuBar().addMenu(f"&{title}")
            menu.aboutToShow.connect(self.actions_table.refresh)
            self.actions_table.fill(menu, title)
            if title == "File":
                recent = QMenu(self.tr("Open &recent"), menu)
                recent.aboutToShow.connect(lambda recent=recent: self._fill_recent(recent))
                menu.insertMenu(self.actions_table["examples"], recent)
        export = QMenu(self.bar.export)
        for identifier in ("export_onnx", "export_source", "export_picture"):
            export.addAction(self.actions_table[identifier])
        export.aboutToShow.connect(self.actions_table.refresh)
        self.bar.export.setMenu(export)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.settings.recent_files:
            menu.addAction(str(path), lambda path=path: self.flow.open_file(path))
        if menu.isEmpty():
            menu.addAction(self.tr("none yet")).setEnabled(False)

    def _connect(self) -> None:
        session, control, bar = self.session, self.control, self.bar
        bar.use_actions(self.actions_table)
        control.stepped.connect(self.actions_table.refresh)
        bar.device_chosen.connect(lambda device: setattr(control, "device", device))
        self.palette.chosen.connect(lambda kind: self.canvas.place_kind(kind, connect=True))
        self.inspector.learning_rate_entered.connect(control.set_learning_rate)
        self.tabs.jump_requested.connect(self._jump)
        self.tabs.annotations_changed.connect(self.canvas.set_annotations)
        self.messages.jump_requested.connect(self._jump_to_name)
        self.status.problems_requested.connect(self.show_problems)
        say_offers(self)
        control.told.connect(self.tell)
        control.refused.connect(self._refused)
        self.warm_up.ready.connect(self._warmed_up)
        self.warm_up.failed.connect(self.tell)
        for signal in (
            session.selection_changed,
            session.edited,
            session.checked,
            session.level_changed,
            control.state_changed,
        ):
            signal.connect(lambda *_: self.actions_table.refresh())
        for signal in (session.dirty_changed, session.path_changed, session.edited, session.document_replaced):
            signal.connect(lambda *_: self._show_title())
        for signal in (session.level_changed, session.edited, session.document_replaced):
            signal.connect(lambda *_: self.palette.follow(session.graph))
        session.weights_changed.connect(self.canvas.refresh_weights)
        self.canvas.inspect_requested.connect(self._inspect)
        self.canvas.menu_requested.connect(lambda place, _hit: show_canvas_menu(self, place))
        session.document_replaced.connect(self.canvas.zoom_to_fit)
        session.document_replaced.connect(self.messages.hide)

    def _warmed_up(self) -> None:
        from app.training.device import available_devices

        self.bar.show_devices(available_devices())
        self.session.live_check.use_compiler()
        self.actions_table.refresh()
        self.display.show_state()

    def _refused(self, problems: list[object]) -> None:
        self.tabs.problems.show_extra(problems)  # type: ignore[arg-type]
        self.show_problems()

    def _inspect(self, node_id: str) -> None:
        """Go to a node's parameters."""
        self.session.select([node_id])
        self.inspector.show()
        self.inspector.focus_first_field()

    def _jump(self, path: str) -> None:
        """Go to the node that a path leads to, through the blocks in which it lies."""
        node = self.session.show(path)
        if node is not None:
            self.canvas.reveal(node)

    def _jump_to_name(self, name: str) -> None:
        """The same for a name, which is a path of names: 'layer1/conv1'."""
        path = self.session.level.path_named(name)
        if path is not None:
            self._jump(path)

    def _show_title(self) -> None:
        name = self.session.document.graph.name
        self.bar.show_title(name, self.session.dirty)
        self.setWindowTitle(f"{name}[*] – GradCanvas")
        self.setWindowModified(self.session.dirty)


def _dropped_file(event: QDragEnterEvent | QDropEvent) -> Path | None:
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if path.suffix.lower() in (SUFFIX, ".json"):
            return path
    return None
