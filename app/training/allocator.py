"""Large blocks of memory go back to the system as soon as they are free."""

from __future__ import annotations

import ctypes

LARGE = 2**20
"""Bytes. Left alone, the C library on Linux raises this limit to 32 MiB once such blocks have been freed: activations
then lie in a heap, which keeps what is freed between them. Measured: a third less memory at the peak of a Transformer,
a step as fast as before (faulting such a block in costs little beside computing what is in it)."""
TOP = 64 * 2**20
"""Bytes of free memory at the end of the heap that are left there: what the C library arrives at by itself. With none,
each step of a small network would take its memory from the system anew."""
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""malloc.h's numbers of these settings."""


def give_large_blocks_back() -> None:
    """Let the C library take blocks of LARGE bytes and more from the system one by one; does nothing where it is not
    glibc."""
    mallopt = _mallopt()
    if mallopt is not None:
        mallopt(MMAP_THRESHOLD, LARGE)
        mallopt(TRIM_THRESHOLD, TOP)


def takes_large_blocks_apart() -> bool:
    """Return whether large blocks lie outside the heap once `give_large_blocks_back` was called."""
    return _mallopt() is not None


def _mallopt() -> ctypes._NamedFuncPointer | None:  # noqa
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018
    except (AttributeError, OSError, TypeError):
        return None
    return library.mallopt
