"""What is remembered between starts: recent files, theme, sizes. Types are stated: QSettings forgets them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from app.session.block_library import standard_folder

MOST_RECENT = 10


class WindowSettings:
    """A typed view of QSettings."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("GradCanvas", "GradCanvas")

    @property
    def theme_mode(self) -> str:
        """Which theme: system, light or dark."""
        return str(self._store.value("theme", "system", type=str))

    @theme_mode.setter
    def theme_mode(self, mode: str) -> None:
        self._store.setValue("theme", mode)

    @property
    def library_folder(self) -> Path:
        """Where the user's library of blocks is."""
        return Path(str(self._store.value("library", str(standard_folder()), type=str)))

    @library_folder.setter
    def library_folder(self, folder: Path) -> None:
        self._store.setValue("library", str(folder))

    @property
    def recent_files(self) -> list[Path]:
        """Files that were opened or saved last and are still there, the latest first."""
        joined = str(self._store.value("recent", "", type=str))
        return [path for line in joined.split("\n") if line and (path := Path(line)).exists()]

    def add_recent(self, path: Path) -> None:
        """Remember a file."""
        absolute = path.absolute()
        files = [absolute, *(other for other in self.recent_files if other != absolute)]
        self._store.setValue("recent", "\n".join(str(file) for file in files[:MOST_RECENT]))

    @property
    def open_families(self) -> set[str] | None:
        """Which families of the palette stand open; None before anybody chose."""
        joined = self._store.value("open_families", None)
        return None if joined is None else set(filter(None, str(joined).split("\n")))

    @open_families.setter
    def open_families(self, families: set[str]) -> None:
        self._store.setValue("open_families", "\n".join(sorted(families)))

    @property
    def about_open(self) -> bool:
        """Whether the inspector shows what a layer does."""
        return bool(self._store.value("about_open", True, type=bool))

    @about_open.setter
    def about_open(self, is_open: bool) -> None:
        self._store.setValue("about_open", is_open)

    def bytes_value(self, key: str) -> QByteArray:
        """Return a remembered size or place."""
        value = self._store.value(key, QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Remember a size or place."""
        self._store.setValue(key, value)
