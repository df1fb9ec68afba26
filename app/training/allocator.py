"""Large blocks of memory go back to the system as soon as they are free."""

from __future__ import annotations

import ctypes
import platform
import sys
from pathlib import Path

LARGE = 2**20
"""Bytes. Left alone, the C library on Linux raises this limit to 32 MiB once such blocks have been freed: activations
then lie in a heap, which keeps what is freed between them, and more is resident than the prediction counts.

The price is time of the system, which must hand out and clear each block anew. Measured in fresh processes with one
thread, seven of each in turn, CPU time of training steps against the limit left alone: ResNet-18 with batches of 16
takes 31 % more with 1 MiB (1.09 million page faults in two steps, not 0.29), 24 % with 4 MiB, 8 % with 8 MiB, 3 % less
with 16 MiB and with ROOMY. U-Net and Transformer with batches of 50 and digits_convolution with 128 have no such
blocks: within the noise of 3 % with every limit.
With 16 MiB the prediction is 0.61 of what is resident for ResNet-18, 0.71 for ResNet-50, 0.79 for AlexNet, 0.88 for
GoogLeNet, MobileNetV2 and DenseNet-121; with 1 MiB 0.98 to 1.00. So a run begins with 1 MiB, that one that is said to
fit does, and goes on with ROOMY where its first steps took little of the memory that there is."""
ROOMY = 32 * 2**20
"""The same, where there is plenty: then freed blocks are kept for the next step."""
PLENTY = 4
"""So many times what the process holds must be free."""
STATUS, MEMORY = Path("/proc/self/status"), Path("/proc/meminfo")
TOP = 64 * 2**20
"""Bytes of free memory at the end of the heap that are left there: what the C library arrives at by itself. With none,
each step of a small network would take its memory from the system anew."""
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""malloc.h's numbers of these settings."""


def give_large_blocks_back() -> None:
    """Let the C library take blocks of LARGE bytes and more from the system one by one; nothing where it is not glibc.

    Holds for the whole process, until a run says that there is plenty.
    """
    if _has_glibc():
        library = ctypes.CDLL(None)
        library.mallopt(MMAP_THRESHOLD, LARGE)
        library.mallopt(TRIM_THRESHOLD, TOP)


def keep_blocks_if_there_is_plenty() -> None:
    """Let blocks below ROOMY bytes stay with the process if it has taken little of the memory so far.

    To be called once a run has taken its first steps, for then its peak is known.
    """
    if _has_glibc() and PLENTY * _bytes(STATUS, "VmHWM:") < _bytes(MEMORY, "MemAvailable:"):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, ROOMY)


def _has_glibc() -> bool:
    return sys.platform == "linux" and platform.libc_ver()[0] == "glibc"


def _bytes(file: Path, entry: str) -> int:
    """An entry of one of Linux's tables, which count in KiB."""
    (line,) = (line for line in file.read_text().splitlines() if line.startswith(entry))
    return int(line.split()[1]) * 1024


__all__ = ["LARGE", "give_large_blocks_back", "keep_blocks_if_there_is_plenty"]
