"""Freed blocks stay with the process only where there is plenty of memory."""

from __future__ import annotations

import sys

import pytest

from app.training import allocator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux is told")


class Library:
    """Takes down what the C library is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def mallopt(self, setting: int, value: int) -> None:
        self.told.append((setting, value))


@pytest.fixture
def library(monkeypatch, tmp_path):
    (tmp_path / "status").write_text("VmPeak: 900 kB\nVmHWM:\t  500 kB\n")
    monkeypatch.setattr(allocator, "STATUS", tmp_path / "status")
    monkeypatch.setattr(allocator, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(allocator, "_has_glibc", lambda: True)
    found = Library()
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: found)
    return found


@pytest.mark.parametrize(("free", "told"), [(2_001, [(allocator.MMAP_THRESHOLD, allocator.ROOMY)]), (2_000, [])])
def test_blocks_are_kept_where_four_times_as_much_is_free(library, tmp_path, free, told):
    (tmp_path / "meminfo").write_text(f"MemTotal: 9000 kB\nMemAvailable: {free} kB\n")
    allocator.keep_blocks_if_there_is_plenty()
    assert library.told == told


def test_a_run_begins_with_giving_large_blocks_back(library):
    allocator.give_large_blocks_back()
    assert (allocator.MMAP_THRESHOLD, allocator.LARGE) in library.told
