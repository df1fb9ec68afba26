"""What can be said of a kind, from its declaration alone: for inspector, window, web page and terminal.

Knows no Qt.
"""

from app.documentation.article import article, linked
from app.documentation.sheet import Sheet, sheet_of

__all__ = ["Sheet", "article", "linked", "sheet_of"]
