"""Errors inside Qt's callbacks are not lost: they reach sys.excepthook, once each, and the view stays alive."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def guarded(callback: Function) -> Function:
    """Wrap a method that Qt calls: an exception in it goes to sys.excepthook instead of being printed and forgotten.

    The same place fails only once, for a broken paint would otherwise report itself at every frame.
    """

    @functools.wraps(callback)
    def call(self: Any, *arguments: Any) -> Any:
        try:
            return callback(self, *arguments)
        except Exception as error:
            reported: set[tuple[str, str]] = self.__dict__.setdefault("reported_errors", set())
            key = (callback.__name__, repr(error))
            if key not in reported:
                reported.add(key)
                sys.excepthook(type(error), error, error.__traceback__)
            return None

    return call  # type: ignore[return-value]
