"""How the program looks: two palettes, one font, and the scales that give values a colour."""

from app.theme.palettes import dark_theme, light_theme, theme_named
from app.theme.source import ThemeSource
from app.theme.style import apply_theme, install_fonts
from app.theme.theme import Theme

__all__ = ["Theme", "ThemeSource", "apply_theme", "dark_theme", "install_fonts", "light_theme", "theme_named"]
