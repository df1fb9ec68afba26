"""Putting a theme on: Fusion, a complete palette, a small style sheet, and the bundled font."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.theme.theme import Theme

FONT_FOLDER = Path(__file__).parents[2] / "resources" / "fonts"
ICONS = (Path(__file__).parents[2] / "resources" / "icons").as_posix()
FAMILY = "Inter"
BASE_PIXELS = 13
"""Size of ordinary text at the system's standard font; a larger system font enlarges all."""


def install_fonts() -> None:
    """Make the bundled font known to Qt; needs a QGuiApplication."""
    for file in sorted(FONT_FOLDER.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))


def base_font(application_font: QFont) -> QFont:
    """Return the program's font, enlarged where the system's is larger than 10 points."""
    font = QFont(FAMILY)
    scale = max(1.0, application_font.pointSizeF() / 10.0) if application_font.pointSizeF() > 0 else 1.0
    font.setPixelSize(round(BASE_PIXELS * scale))
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give the whole program the theme's palette and style."""
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(_palette(theme))
    application.setStyleSheet(_style_sheet(theme))


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.surface,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.paper,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.problem,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.ToolTipBase: theme.surface,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted_text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
        role.Accent: theme.accent,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(theme.muted_text)
        faded.setAlpha(130)
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    return palette


def _style_sheet(theme: Theme) -> str:
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.surface}; border: 1px solid {theme.line}; padding: 6px; }}
    QPushButton {{ border: 1px solid {theme.line}; border-radius: 6px; padding: 5px 12px;
        background: {theme.surface}; }}
    QPushButton:hover {{ background: {theme.raised}; }}
    QPushButton:pressed {{ background: {theme.line}; }}
    QPushButton:checked {{ background: {theme.raised}; border-color: {theme.accent}; color: {theme.accent}; }}
    QPushButton:disabled {{ color: {theme.muted_text}; background: {theme.paper}; }}
    QPushButton:focus {{ border-color: {theme.accent}; }}
    QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.accent_text};
        border-color: {theme.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:disabled {{ background: {theme.raised}; color: {theme.muted_text};
        border-color: {theme.line}; }}
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {{ border: 1px solid {theme.line};
        border-radius: 5px; padding: 3px 7px; background: {theme.paper}; selection-background-color: {theme.accent};
        selection-color: {theme.accent_text}; min-height: 18px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.wire}; border-radius: 4px;
        background: {theme.paper}; }}
    QCheckBox::indicator:focus {{ border-color: {theme.accent}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url({ICONS}/check-{theme.name}.svg); }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QListWidget::item {{ padding: 6px 8px; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url({ICONS}/chevron-down-{theme.name}.svg); width: 10px; height: 7px; }}
    QSpinBox, QDoubleSpinBox {{ padding-right: 20px; min-height: 16px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
        QDoubleSpinBox::down-button {{ border: none; background: transparent; width: 20px; }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({ICONS}/chevron-up-{theme.name}.svg);
        width: 8px; height: 6px; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url({ICONS}/chevron-down-{theme.name}.svg);
        width: 8px; height: 6px; }}
    QPushButton::menu-indicator {{ image: url({ICONS}/chevron-down-{theme.name}.svg); width: 10px; height: 7px;
        subcontrol-position: right center; subcontrol-origin: padding; right: 10px; }}
    QPushButton[menu="true"] {{ padding-right: 28px; }}
    QPushButton[quiet="true"] {{ border: none; background: transparent; color: {theme.muted_text}; padding: 2px 8px; }}
    QPushButton[quiet="true"]:hover {{ color: {theme.text}; background: {theme.raised}; }}
    QPushButton[quiet="true"][problem="true"] {{ color: {theme.problem}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {theme.line}; border-radius: 4px; margin: 1px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {theme.wire}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {{
        border-color: {theme.accent}; }}
    QLineEdit[invalid="true"] {{ border-color: {theme.problem}; }}
    QTabBar::tab {{ padding: 8px 12px; border: none; background: transparent; color: {theme.muted_text}; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.accent}; font-weight: 600; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {theme.line}; }}
    QSplitter::handle {{ background: {theme.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QMenuBar {{ background: {theme.surface}; border-bottom: 1px solid {theme.line}; }}
    QMenuBar::item {{ padding: 5px 9px; background: transparent; }}
    QMenuBar::item:selected, QMenu::item:selected {{ background: {theme.raised}; color: {theme.text}; }}
    QMenu {{ background: {theme.surface}; border: 1px solid {theme.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; }}
    QMenu::item:disabled {{ color: {theme.muted_text}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
    QScrollArea, QTreeView, QListView {{ border: none; background: {theme.surface}; }}
    QTreeView, QListView {{ outline: none; show-decoration-selected: 0; }}
    QTreeView::item, QListView::item {{ padding: 3px; border-radius: 4px; border: none; }}
    QTreeView::branch {{ background: transparent; }}
    QTreeView::item:hover, QListView::item:hover {{ background: {theme.raised}; }}
    QTreeView::item:selected, QListView::item:selected {{ background: {theme.raised}; color: {theme.text}; }}
    QProgressBar {{ border: none; border-radius: 3px; background: {theme.raised}; height: 6px; max-height: 6px; }}
    QProgressBar::chunk {{ border-radius: 3px; background: {theme.accent}; }}
    QStatusBar {{ border-top: 1px solid {theme.line}; color: {theme.muted_text}; }}
    QStatusBar::item {{ border: none; }}
    QLabel[muted="true"] {{ color: {theme.muted_text}; }}
    QLabel[problem="true"] {{ color: {theme.problem}; }}
    QLabel[heading="true"] {{ font-weight: 600; font-size: 15px; }}
    QToolButton[section="true"] {{ border: none; font-weight: 600; color: {theme.muted_text}; font-size: 11px;
        padding: 2px 0; }}
    QToolButton[section="true"]:focus, QToolButton[section="true"]:hover {{ color: {theme.text}; }}
    QLabel[section="true"] {{ font-weight: 600; color: {theme.muted_text}; font-size: 11px; }}
    """
