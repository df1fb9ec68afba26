"""The texts around nodes, laid out once and kept until their node changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText, QTransform

from app.canvas import sizes

FAMILY = "Inter"
LONGEST_TEXT = 2 * sizes.BESIDE - 8


class Line(NamedTuple):
    """One line of text, laid out."""

    text: QStaticText
    width: float


class Caption(NamedTuple):
    """The texts of a node: name and kind above; below, what is always shown and what is shown from near."""

    name: Line
    kind: Line | None
    subtitles: tuple[Line, ...]
    details: tuple[Line, ...]

    @property
    def width(self) -> float:
        """Width of the widest line that is always shown."""
        return max(line.width for line in (self.name, self.kind, *self.subtitles) if line is not None)

    @property
    def details_width(self) -> float:
        """Width of the widest line that is shown from near."""
        return max((line.width for line in self.details), default=0.0)

    @property
    def lines_below(self) -> int:
        """How many lines stand below the node, without a value."""
        return len(self.subtitles) + len(self.details)


class CaptionTexts(NamedTuple):
    """The same, as plain texts."""

    name: str
    kind: str
    subtitles: list[str]
    details: list[str]


class CaptionBook:
    """Captions by node id. `describe` tells the texts of a node when they are needed for the first time."""

    def __init__(self, describe: Callable[[str], CaptionTexts]) -> None:
        self._describe = describe
        self._captions: dict[str, Caption] = {}

    def of(self, identifier: str) -> Caption:
        """Return a node's texts."""
        caption = self._captions.get(identifier)
        if caption is None:
            texts = self._describe(identifier)
            caption = Caption(
                line(texts.name, True),
                line(texts.kind) if texts.kind else None,
                tuple(line(text) for text in texts.subtitles),
                tuple(line(text) for text in texts.details),
            )
            self._captions[identifier] = caption
        return caption

    def forget(self, identifiers: Iterable[str] | None = None) -> None:
        """Lay out these nodes' texts anew, or everybody's."""
        if identifiers is None:
            self._captions.clear()
        else:
            for identifier in identifiers:
                self._captions.pop(identifier, None)


def name_font() -> QFont:
    """The font of names."""
    return _font(sizes.NAME_SIZE, True)


def text_font(strong: bool = False) -> QFont:
    """The font of everything else; figures all have one width."""
    return _font(sizes.TEXT_SIZE, strong)


@lru_cache(maxsize=16)
def _font(pixels: int, strong: bool) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=8192)
def line(text: str, is_name: bool = False, strong: bool = False) -> Line:
    """Lay out one line; of a text that is too long the middle is left out, for names often differ at their ends."""
    font = name_font() if is_name else text_font(strong)
    metrics = QFontMetricsF(font)
    shown = text
    if len(text) > 12 and metrics.horizontalAdvance(text) > LONGEST_TEXT:
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, LONGEST_TEXT)
    static = QStaticText(shown)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(QTransform(), font)
    return Line(static, static.size().width())
