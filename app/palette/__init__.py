"""The palette: everything that can be drawn, to be searched and dragged."""

from app.palette.palette import Palette

__all__ = ["Palette"]
