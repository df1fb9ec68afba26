"""Large blocks of memory go back to the system as soon as they are free."""

from __future__ import annotations

import ctypes
import platform
import sys

LARGE = 2**20
"""Bytes. Left alone, the C library on Linux raises this limit to 32 MiB once such blocks have been freed: activations
then lie in a heap, which keeps what is freed between them, and more is resident than the prediction counts.

The price is time of the system, which must hand out and clear each block anew. Measured in fresh processes with one
thread, seven of each in turn, CPU time of training steps against the limit left alone: ResNet-18 with batches of 16
takes 31 % more with 1 MiB (1.09 million page faults in two steps, not 0.29), 24 % with 4 MiB, 8 % with 8 MiB, 3 % less
with 16 and 32 MiB. U-Net and Transformer with batches of 50 and digits_convolution with 128 have no such blocks: within
the noise of 3 % with every limit.
With 16 MiB the prediction is 0.61 of what is resident for ResNet-18, 0.71 for ResNet-50, 0.79 for AlexNet, 0.88 for
GoogLeNet, MobileNetV2 and DenseNet-121; with 1 MiB 0.98 to 1.00. So it stays at 1 MiB: a run that is
said to fit does."""
TOP = 64 * 2**20
"""Bytes of free memory at the end of the heap that are left there: what the C library arrives at by itself. With none,
each step of a small network would take its memory from the system anew."""
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""malloc.h's numbers of these settings."""


def give_large_blocks_back() -> None:
    """Let the C library take blocks of LARGE bytes and more from the system one by one; nothing where it is not glibc.

    Holds for the whole process from then on.
    """
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(MMAP_THRESHOLD, LARGE)
        library.mallopt(TRIM_THRESHOLD, TOP)


__all__ = ["LARGE", "give_large_blocks_back"]
