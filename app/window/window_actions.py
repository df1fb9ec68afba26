"""The actions of the main window: one table for menus, shortcuts and the command search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions import ActionSpec
from app.canvas import commands
from app.session import clipboard
from app.window.step_actions import step_actions

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

Key = QKeySequence.StandardKey
MENUS = ("File", "Edit", "View", "Arrange", "Run", "Help")


def window_actions(window: MainWindow) -> list[ActionSpec]:
    """Return all actions, menu by menu."""
    return [
        *_file(window),
        *_edit(window),
        *_view(window),
        *_arrange(window),
        *_run(window),
        *step_actions(window),
        *_help(window),
    ]


def _file(window: MainWindow) -> list[ActionSpec]:
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


def _edit(window: MainWindow) -> list[ActionSpec]:
    session, canvas, stack = window.session, window.canvas, window.session.undo_stack

    def has_selection() -> bool:
        return bool(session.selection)

    def has_anything() -> bool:
        return bool(session.selection or session.selected_wires)

    return [
        ActionSpec("undo", "Edit", "&Undo", stack.undo, (Key.Undo,), "Take the last edit back", stack.canUndo),
        ActionSpec("redo", "Edit", "&Redo", stack.redo, (Key.Redo,), "Do it again", stack.canRedo),
        ActionSpec(
            "cut",
            "Edit",
            "Cu&t",
            session.cut,
            (Key.Cut,),
            "Copy the selection and remove it",
            has_selection,
            separated=True,
        ),
        ActionSpec(
            "copy", "Edit", "&Copy", session.copy, (Key.Copy,), "Copy the selected nodes and their wires", has_selection
        ),
        ActionSpec(
            "paste",
            "Edit",
            "&Paste",
            lambda: commands.paste(canvas),
            (Key.Paste,),
            "Paste what was copied",
            clipboard.has_fragment,
        ),
        ActionSpec(
            "duplicate",
            "Edit",
            "&Duplicate",
            session.duplicate,
            ("Ctrl+D",),
            "A copy beside the selection",
            has_selection,
        ),
        ActionSpec(
            "delete",
            "Edit",
            "De&lete",
            session.delete_selection,
            (Key.Delete, "Backspace"),
            "Remove what is selected",
            has_anything,
            scope=canvas,
        ),
        ActionSpec(
            "select_all",
            "Edit",
            "Select &all",
            lambda: commands.select_all(canvas),
            (Key.SelectAll,),
            "All nodes",
            separated=True,
            scope=canvas,
        ),
        ActionSpec(
            "rename",
            "Edit",
            "Re&name",
            lambda: commands.rename_selected(canvas),
            ("F2",),
            "Give a node another name",
            has_selection,
            scope=canvas,
        ),
        ActionSpec(
            "find_layer",
            "Edit",
            "&Add a layer …",
            lambda: commands.start_quick_search(canvas),
            ("Space",),
            "Search a layer and place it",
            scope=canvas,
        ),
        ActionSpec(
            "find_in_palette",
            "Edit",
            "Search in the pa&lette",
            window.focus_palette,
            ("Ctrl+L",),
            "Go to the search field",
        ),
    ]


def _view(window: MainWindow) -> list[ActionSpec]:
    canvas = window.canvas
    specs = [
        ActionSpec("zoom_in", "View", "Zoom &in", lambda: commands.zoom_in(canvas), (Key.ZoomIn, "Ctrl+="), "Larger"),
        ActionSpec("zoom_out", "View", "Zoom &out", lambda: commands.zoom_out(canvas), (Key.ZoomOut,), "Smaller"),
        ActionSpec("zoom_to_100", "View", "&Actual size", lambda: commands.zoom_to_100(canvas), ("Ctrl+0",), "100 %"),
        ActionSpec(
            "zoom_to_fit",
            "View",
            "Zoom to &fit",
            lambda: commands.zoom_to_fit(canvas),
            ("Ctrl+1", "Home"),
            "See the whole drawing",
            scope=canvas,
        ),
    ]
    for key, title, part, shortcut in (
        ("palette", "&Palette", window.palette, "Ctrl+Alt+1"),
        ("inspector", "I&nspector", window.inspector, "Ctrl+Alt+2"),
        ("panels", "Pa&nels", window.tabs, "Ctrl+Alt+3"),
    ):
        specs.append(
            ActionSpec(
                f"show_{key}",
                "View",
                title,
                lambda part=part: part.setVisible(part.isHidden()),
                (shortcut,),
                "Show or hide it",
                checked=lambda part=part: not part.isHidden(),
                separated=key == "palette",
            )
        )
    for mode, title in (("system", "Theme: as the &system"), ("light", "Theme: &light"), ("dark", "Theme: &dark")):
        specs.append(
            ActionSpec(
                f"theme_{mode}",
                "View",
                title,
                lambda mode=mode: window.use_theme(mode),
                meaning="Colours of the program",
                checked=lambda mode=mode: window.theme_source.mode == mode,
                separated=mode == "system",
            )
        )
    return specs


def _arrange(window: MainWindow) -> list[ActionSpec]:
    canvas, session = window.canvas, window.session

    def several() -> bool:
        return len(session.selection) > 1

    specs = [
        ActionSpec(
            "arrange",
            "Arrange",
            "Automatic &layout",
            lambda: commands.arrange(canvas),
            ("Ctrl+Shift+L",),
            "Lay the drawing out in order",
        )
    ]
    for side in ("left", "centre", "right", "top", "middle", "bottom"):
        specs.append(
            ActionSpec(
                f"align_{side}",
                "Arrange",
                f"Align {side}",
                lambda side=side: commands.align(canvas, side),
                meaning="Line the selected nodes up",
                enabled=several,
                separated=side == "left",
            )
        )
    for axis, title in (("horizontal", "Distribute horizontally"), ("vertical", "Distribute vertically")):
        specs.append(
            ActionSpec(
                f"distribute_{axis}",
                "Arrange",
                title,
                lambda axis=axis: commands.distribute(canvas, axis),
                meaning="Equal distances between the selected nodes",
                enabled=lambda: len(session.selection) > 2,
            )
        )
    return specs


def _run(window: MainWindow) -> list[ActionSpec]:
    control = window.control

    def ready() -> bool:
        return window.warm_up.is_ready

    def idle() -> bool:
        return ready() and not control.busy

    return [
        ActionSpec("run", "Run", "&Run or pause", control.toggle, ("Ctrl+R", "F5"), "Train the network", ready),
        ActionSpec("step", "Run", "One &step", control.step, ("F10",), "Train on one minibatch", idle),
        ActionSpec("epoch", "Run", "One &epoch", control.epoch, ("F11",), "Train to the end of the epoch", idle),
        ActionSpec(
            "stop",
            "Run",
            "S&top",
            control.stop,
            ("Shift+F5",),
            "End the run; what was learned stays",
            lambda: control.state in ("preparing", "running", "paused"),
        ),
        ActionSpec(
            "reset",
            "Run",
            "Rese&t",
            control.reset,
            ("Ctrl+Shift+R",),
            "Forget what was learned in this run",
            lambda: control.engine is not None,
        ),
        ActionSpec("show_problems", "Run", "Show &problems", window.show_problems, ("Ctrl+Shift+M",), "What is wrong"),
    ]


def _help(window: MainWindow) -> list[ActionSpec]:
    return [
        ActionSpec(
            "commands",
            "Help",
            "&Find a command …",
            window.find_command,
            ("Ctrl+K", "F1"),
            "All commands and their keys",
        ),
        ActionSpec("about", "Help", "&About GradCanvas", window.show_about, meaning="Version and licence"),
    ]
