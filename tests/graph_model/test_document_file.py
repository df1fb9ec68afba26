"""Documents come back whole; whatever else a file holds gives a sentence that names it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import tracemalloc
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model import Document, DocumentError, TrainingSettings, kinds, load_document, save_document
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


def weights_of_type(name: str) -> bytes:
    header = json.dumps({"w1.weight": {"dtype": name, "shape": [1], "data_offsets": [0, 2]}}).encode()
    return len(header).to_bytes(8, "little") + header + b"ab"


def archive(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a member is there twice is meant
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
    "id is a keyword": (structure(nodes=[node(id="class")], wires=[]), "not an identifier"),
    "id is the module's own": (structure(nodes=[node(id="_modules")], wires=[]), "not an identifier"),
    "id is another's to Python": (structure(nodes=[node(id="ﬁ")], wires=[]), "not an identifier"),
    "id is taken by Python": (structure(nodes=[node(id="self")], wires=[]), "not an identifier"),
    "huge shape": (structure(nodes=[node(kind="Input", parameters={"shape": [10**9] * 3})], wires=[]), "shape must be"),
    "many dimensions": (
        structure(nodes=[node(kind="Input", parameters={"shape": [1] * 9})], wires=[]),
        "shape must be",
    ),
    "number beyond floats": (structure(training={"learning_rate": 10**400}), "Number out of range"),
    "half a character": (structure().replace(b"worked", rb"\ud83d"), "damaged or cut off"),
    "not utf-8": (structure().replace(b"worked", b"w\xf6rked"), "damaged or cut off"),
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
    "packed by other means": (archive([("document.json", structure())], zipfile.ZIP_LZMA), "packed in a way"),
    "weights of an unknown type": (
        archive([("document.json", structure()), (WEIGHTS_MEMBER, weights_of_type("BF16"))]),
        "weights are damaged",
    ),
    "weights longer than their file": (
        archive([("document.json", structure()), (WEIGHTS_MEMBER, b"\xff" * 8)]),
        "weights are damaged",
    ),
    "not a zip after all": (b"PK\x03\x04" + b"\0" * 100, "damaged or cut off"),
}


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
    for member in ("document.json", WEIGHTS_MEMBER):
        bomb = archive([(member, b" " * 100_000_000), ("document.json", b"{}")], zipfile.ZIP_DEFLATED)
        (tmp_path / "bomb.gradcanvas").write_bytes(bomb)
        with pytest.raises(DocumentError, match=r"bomb\.gradcanvas.*(not believable|does not have)"):
            load_document(tmp_path / "bomb.gradcanvas")


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path):
    bomb = bytearray(archive([("document.json", b" " * 100_000_000)], zipfile.ZIP_DEFLATED))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    (tmp_path / "bomb.gradcanvas").write_bytes(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError, match=r"bomb\.gradcanvas.*damaged"):
            load_document(tmp_path / "bomb.gradcanvas")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", ["gradcanvas", "json"])
def test_every_truncation_gives_a_sentence(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    save_document(sample_document(), path)
    content = path.read_bytes().rstrip()
    for length in range(0, len(content), 23):
        path.write_bytes(content[:length])
        with pytest.raises(DocumentError, match=rf"a\.{suffix}"):
            load_document(path)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(sorted(kinds()))
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def opened(path: Path) -> tuple[Document | None, str]:
    try:
        return load_document(path), ""
    except DocumentError as error:
        return None, str(error)


@settings(max_examples=300)
@given(st.data())
def test_any_value_in_any_place_is_a_document_or_a_sentence(tmp_path_factory, data):
    content = json.loads(structure())
    place = content
    while True:
        key = data.draw(st.sampled_from(range(len(place)) if isinstance(place, list) else sorted(place)))
        if not isinstance(place[key], (list, dict)) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    path = tmp_path_factory.getbasetemp() / "changed.json"
    path.write_text(json.dumps(content))
    document, sentence = opened(path)
    if document is None:
        assert "changed.json" in sentence
    else:
        again = structure_text(document)
        path.write_text(again)
        assert structure_text(load_document(path)) == again


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


def test_what_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "nothing.gradcanvas", tmp_path, "zero\0byte"):
        with pytest.raises(DocumentError, match="cannot be read"):
            load_document(path)


def test_training_settings_survive(tmp_path):
    document = sample_document()
    document.training = replace(document.training, dataset="xor", dataset_options={"samples": 99}, learning_rate=1e-7)
    save_document(document, tmp_path / "a.json")
    assert load_document(tmp_path / "a.json").training == document.training
