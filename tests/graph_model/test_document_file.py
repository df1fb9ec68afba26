"""Documents come back whole; bad files give a sentence; saving is atomic."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from graph_model import Document, DocumentError, TrainingSettings, load_document, save_document
from graph_model.document_file import structure_text
from graph_model.document_file.writer import WEIGHTS_MEMBER
from tests.drawings import worked_example


def sample_document() -> Document:
    document = Document(worked_example(), TrainingSettings(optimizer_options={"momentum": 0.9}), "“Text”\nwith lines")
    document.weights = {"w1.weight": numpy.float32(2.5), "n00.bias": numpy.arange(3, dtype=numpy.float32)}
    return document


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_document(sample_document(), tmp_path / "a.gradcanvas")
    return tmp_path / "a.gradcanvas"


def test_a_document_comes_back_whole(saved):
    document, original = load_document(saved), sample_document()
    assert structure_text(document) == structure_text(original)
    assert document.training == original.training
    assert set(document.weights) == set(original.weights)
    for name, value in original.weights.items():
        assert numpy.array_equal(document.weights[name], value)


def test_equal_documents_give_equal_bytes(saved, tmp_path):
    save_document(sample_document(), tmp_path / "b.gradcanvas")
    assert saved.read_bytes() == (tmp_path / "b.gradcanvas").read_bytes()


def test_a_bare_structure_is_kept_and_read_as_json(tmp_path):
    save_document(sample_document(), tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["name"] == "worked example"
    assert structure_text(load_document(tmp_path / "a.json")) == structure_text(sample_document())


def test_one_changed_parameter_changes_one_line(tmp_path):
    document = sample_document()
    before = structure_text(document).splitlines()
    document.graph.set(document.graph.node_named("n10"), bias=9.0)
    after = structure_text(document).splitlines()
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_weights_of_removed_nodes_are_not_saved(tmp_path):
    document = sample_document()
    document.graph.remove(document.graph.node_named("n00"))
    save_document(document, tmp_path / "a.gradcanvas")
    assert load_document(tmp_path / "a.gradcanvas").weights == {}


# Bad files


def structure(**changes: object) -> bytes:
    content = json.loads(structure_text(sample_document()))
    content.update(changes)
    return json.dumps(content).encode()


def node(**changes: object) -> dict[str, object]:
    return {"id": "n", "kind": "Linear", "name": "n", "position": [0, 0], "parameters": {}, **changes}


def wire(**changes: object) -> dict[str, object]:
    return {"id": "w", "source": "n", "target": "m", **changes}


def archive(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, contextlib.suppress(UserWarning):
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def loop() -> bytes:
    nodes = [node(id=name, name=name, kind="Add") for name in "abc"]
    pairs = ("ab", "bc", "ca")
    return structure(nodes=nodes, wires=[wire(id=f"w{pair}", source=pair[0], target=pair[1]) for pair in pairs])


class Exploit:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, ("touch executed",))


BAD_FILES = {
    "empty": (b"", "not a GradCanvas document"),
    "text": (b"hello", "not a GradCanvas document"),
    "another json": (b'{"a": 1}', 'lacks "format" and "version"'),
    "another format": (b'{"format": "x", "version": 1}', "says of itself that it is 'x'"),
    "newer": (structure(version=99), "written by a newer version of GradCanvas (format 99"),
    "version 0": (structure(version=0), "never existed"),
    "unknown kind": (structure(nodes=[node(kind="Teleport")], wires=[]), "There is no kind 'Teleport'"),
    "unknown field": (structure(surprise=1), "surprise"),
    "unknown parameter": (structure(nodes=[node(parameters={"speed": 1})], wires=[]), "has no parameter 'speed'"),
    "bad parameter": (structure(nodes=[node(parameters={"out_features": -1})], wires=[]), "out_features must be"),
    "huge parameter": (structure(nodes=[node(parameters={"out_features": 10**30})], wires=[]), "out_features must be"),
    "cycle": (loop(), "close a loop"),
    "dangling": (structure(nodes=[node()], wires=[wire()]), "dangling"),
    "two of one name": (structure(nodes=[node(), node(id="m")], wires=[]), "named 'n' already"),
    "two of one id": (structure(nodes=[node(), node(name="m")], wires=[]), "id 'n' already"),
    "id is no identifier": (structure(nodes=[node(id="../x")], wires=[]), "not an identifier"),
    "position is far away": (structure(nodes=[node(position=[1e300, 0])], wires=[]), "two finite numbers"),
    "training is senseless": (structure(training={"batch_size": 0}), "batch_size must be from 1"),
    "NaN": (structure_text(sample_document()).replace("0.1", "NaN", 1).encode(), "damaged or cut off"),
    "nested": (
        b'{"format":"gradcanvas","version":1,"name":"x","wires":[],"nodes":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "nested too deeply",
    ),
    "pickle": (pickle.dumps(Exploit()), "not a GradCanvas document"),
    "empty zip": (archive([]), "holds no document.json"),
    "pickle in the structure": (archive([("document.json", pickle.dumps(Exploit()))]), "not a GradCanvas document"),
    "pickle for weights": (
        archive([("document.json", structure()), (WEIGHTS_MEMBER, pickle.dumps(Exploit()))]),
        "weights are damaged",
    ),
    "climbing member": (archive([("document.json", structure()), ("../../evil", b"x")]), "'../../evil'"),
    "member twice": (archive([("document.json", structure())] * 2), "document.json"),
    "not a zip after all": (b"PK\x03\x04" + b"\0" * 100, "damaged or cut off"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gives_a_sentence_with_its_name(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content, sentence = BAD_FILES[case]
    path = tmp_path / "bad.gradcanvas"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        load_document(path)
    assert "bad.gradcanvas" in str(caught.value)
    assert sentence in str(caught.value)
    assert os.listdir(tmp_path) == ["bad.gradcanvas"]


def test_a_bomb_is_not_unpacked(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("document.json", b" " * 200_000_000)
    (tmp_path / "bomb.gradcanvas").write_bytes(buffer.getvalue())
    with pytest.raises(DocumentError, match="not believable"):
        load_document(tmp_path / "bomb.gradcanvas")


def test_every_truncation_gives_a_sentence(saved):
    content = saved.read_bytes()
    for length in range(0, len(content), 23):
        saved.write_bytes(content[:length])
        with pytest.raises(DocumentError, match=r"a\.gradcanvas"):
            load_document(saved)


def test_random_damage_is_a_document_or_a_sentence(saved):
    content = saved.read_bytes()
    generator = numpy.random.default_rng(0)
    for _ in range(2000):
        damaged = bytearray(content)
        for place in generator.integers(0, len(content), generator.integers(1, 8)):
            damaged[place] = generator.integers(0, 256)
        saved.write_bytes(bytes(damaged))
        with contextlib.suppress(DocumentError):
            load_document(saved)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "nothing.gradcanvas", tmp_path):
        with pytest.raises(DocumentError, match="cannot be read"):
            load_document(path)


# Saving


def test_saving_through_a_link_writes_its_target(saved, tmp_path):
    link = tmp_path / "link.gradcanvas"
    link.symlink_to(saved)
    document = sample_document()
    document.description = "changed"
    save_document(document, link)
    assert link.is_symlink()
    assert load_document(saved).description == "changed"


def test_a_folder_that_is_not_there_is_named_and_nothing_is_left(tmp_path):
    with pytest.raises(DocumentError, match=r"nowhere.* cannot be written"):
        save_document(sample_document(), tmp_path / "nowhere" / "a.gradcanvas")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "replace", "fdopen", "chmod"])
def test_a_failure_at_any_call_keeps_the_old_file_and_leaves_nothing(saved, monkeypatch, call):
    before = saved.read_bytes()

    def fail(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    document = sample_document()
    document.description = "changed"
    with pytest.raises(DocumentError, match="No space left on device"):
        save_document(document, saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["a.gradcanvas"]


SAVER = """
import sys
from dataclasses import replace
from tests.graph_model.test_document_file import sample_document
from graph_model import save_document
import numpy
document = sample_document()
document.weights["w1.weight"] = numpy.zeros(200_000, dtype=numpy.float32)
save_document(document, sys.argv[1])
print("ready", flush=True)
for number in range(10_000):
    document.training = replace(document.training, seed=number)
    save_document(document, sys.argv[1])
"""


def kill_while_saving(path: Path, rounds: int) -> None:
    for number in range(rounds):
        process = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * (number % 17))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert load_document(path).weights["w1.weight"].shape == (200_000,)


def test_killed_while_saving_the_file_is_whole(tmp_path):
    kill_while_saving(tmp_path / "a.gradcanvas", 25)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_killed_a_thousand_times_while_saving_the_file_is_whole(tmp_path):
    kill_while_saving(tmp_path / "a.gradcanvas", 1000)


def test_training_settings_survive(tmp_path):
    document = sample_document()
    document.training = replace(document.training, dataset="xor", dataset_options={"samples": 99}, learning_rate=1e-7)
    save_document(document, tmp_path / "a.json")
    assert load_document(tmp_path / "a.json").training == document.training
