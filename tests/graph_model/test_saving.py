"""Saving is atomic: whatever happens on the way, the old or the new document is on disk, whole."""

from __future__ import annotations

import errno
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_model import Document, DocumentError, Graph, load_document, save_document
from tests.graph_model.saver import failing_at, heavy_document

ROOT = Path(__file__).parents[2]
unix = pytest.mark.skipif(os.name == "nt", reason="needs fork, signals and permissions")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_document(heavy_document(0), tmp_path / "a.gradcanvas")
    return tmp_path / "a.gradcanvas"


def number_in(path: Path) -> int:
    """The number that a document carries, once it proved whole."""
    document = load_document(path)
    weights = document.weights["w1.weight"]
    assert weights.shape == (200_000,)
    return document.training.seed


class Saver:
    """The process that saves and dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        command = [sys.executable, "-m", "tests.graph_model.saver", str(path)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, order: str) -> int:
        """Give an order; return the process id of the child that carries it out."""
        assert self.process.stdin is not None
        print(f"{order} {self.path}", file=self.process.stdin, flush=True)
        return int(self.line().removeprefix("pid "))

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def acknowledged(self) -> list[int]:
        """What the child said to have saved before it died."""
        lines = list(itertools.takewhile(lambda line: line not in ("dead", ""), iter(self.line, None)))
        return [int(line.removeprefix("saved ")) for line in lines]


@pytest.fixture
def saver(saved: Path) -> Iterator[Saver]:
    one = Saver(saved)
    yield one
    assert one.process.stdin is not None
    assert one.process.stdout is not None
    one.process.stdin.close()
    one.process.wait(20)
    one.process.stdout.close()


def kill_while_saving(saver: Saver, rounds: int) -> None:
    generator = random.Random(rounds)
    interrupted = 0
    for _ in range(rounds):
        child = saver.order("until killed")
        first = saver.line()
        time.sleep(generator.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        last = max(saver.acknowledged(), default=int(first.removeprefix("saved ")))
        found = number_in(saver.path)
        assert found in (last, last + 1), "an acknowledged save was lost"
        interrupted += any(name.endswith(".part") for name in os.listdir(saver.path.parent))
        for part in saver.path.parent.glob(".*.part"):
            part.unlink()
    assert interrupted > rounds // 10, "too few of the kills met a save half done"


@unix
def test_killed_while_saving_the_file_is_whole_and_no_acknowledged_save_is_lost(saver):
    kill_while_saving(saver, 60)


@unix
@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_killed_a_thousand_times_while_saving_the_file_is_whole(saver):
    kill_while_saving(saver, 1000)


@unix
def test_dead_before_any_system_call_the_file_is_whole(saver):
    found = []
    for number in itertools.count(1):
        saver.order(f"die at {number}")
        acknowledged = saver.acknowledged()
        found.append(number_in(saver.path) == number)
        if acknowledged:
            break
    assert len(found) >= 8, "saving makes more calls than were counted"
    assert found == sorted(found), "the new document was there, and then the old one again"


def test_failing_at_any_system_call_the_file_is_whole_and_nothing_is_left(saved):
    def no_space() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    refused = []
    for number in itertools.count(1):
        said = ""
        with failing_at(number, no_space) as made:
            try:
                save_document(heavy_document(number), saved)
            except DocumentError as error:
                said = str(error)
        assert os.listdir(saved.parent) == ["a.gradcanvas"]
        assert number_in(saved) == (0 if said else number)
        if said:
            assert "a.gradcanvas cannot be written: No space left on device. Nothing was changed." in said
            refused.append(made[number - 1])
        save_document(heavy_document(0), saved)
        if len(made) < number:
            break
    assert {"mkstemp", "write or flush", "fsync", "chmod", "replace"} <= set(refused)


@unix
def test_a_full_disk_is_said_and_the_old_document_stays(saved):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(DocumentError, match=r"a\.gradcanvas cannot be written: File too large"):
            save_document(heavy_document(1), saved)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert number_in(saved) == 0
    assert os.listdir(saved.parent) == ["a.gradcanvas"]


@unix
def test_a_read_only_folder_is_said():
    folder = Path(tempfile.mkdtemp())
    path = folder / "a.gradcanvas"
    save_document(heavy_document(0), path)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        with pytest.raises(DocumentError, match=r"a\.gradcanvas cannot be written: Permission denied"):
            save_document(heavy_document(1), path)
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
    assert number_in(path) == 0
    shutil.rmtree(folder)


@unix
def test_saving_through_a_link_writes_its_target_and_keeps_its_permissions(saved):
    saved.chmod(0o640)
    link = saved.with_name("link.gradcanvas")
    link.symlink_to(saved)
    save_document(heavy_document(1), link)
    assert link.is_symlink()
    assert number_in(saved) == 1
    assert saved.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["网络 ünïcode.gradcanvas", "𝛁" * 58 + ".gradcanvas", ".hidden", "no suffix"])
def test_any_name_that_the_system_takes_will_do(tmp_path, name):
    save_document(heavy_document(3), tmp_path / name)
    assert number_in(tmp_path / name) == 3


@pytest.mark.parametrize("name", ["nowhere/a.gradcanvas", "x" * 300, "", "zero\0byte"])
def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentError, match=r"cannot be written: "):
        save_document(Document(Graph()), name)
    assert os.listdir(tmp_path) == []


def test_half_a_character_is_said(tmp_path):
    with pytest.raises(DocumentError, match="half a character"):
        save_document(Document(Graph(), description="\ud83d"), tmp_path / "a.gradcanvas")
    assert os.listdir(tmp_path) == []
