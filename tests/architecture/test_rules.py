"""Rules that keep the house as it was designed."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("graph_model", "compiler", "app")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 320

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "tempfile.mktemp"}
FORBIDDEN_METHODS = {"extractall", "load_state_dict_from_url", "read_pickle"}
FORBIDDEN_NAMES = {"torch.load", "torch.hub", "onnx.hub", "torch.jit", "numpy.fromfile"}
FORBIDDEN_IMPORTS = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "yaml",
    "tarfile",
    "code",
}
FORBIDDEN_ARGUMENTS = {"allow_pickle": "False", "shell": "False", "weights_only": "True"}


def loaded_after(statement: str) -> set[str]:
    script = f"import sys; {statement}; print('\\n'.join(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_drawing_loads_nothing_heavy():
    assert not {"networkx", "numpy", "torch", "onnx", "PySide6"} & loaded_after("import graph_model")


def test_importing_the_window_loads_neither_torch_nor_plots():
    loaded = loaded_after("import app.window.start")
    assert not {"torch", "onnx", "onnxruntime", "pyqtgraph"} & loaded


def test_importing_compiler_and_training_loads_no_torch():
    assert "torch" not in loaded_after("import compiler.unfolding, app.training, app.training.gallery")


def test_the_contracts_name_every_room_of_the_app():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (training,) = (contract for contract in contracts if contract.get("source_modules") == ["app.training"])
    rooms = {f"app.{path.parent.name}" for path in (ROOT / "app").glob("*/__init__.py")} - {"app.training"}
    assert rooms <= set(training["forbidden_modules"])


def test_packaging_is_no_package():
    assert not (ROOT / "packaging" / "__init__.py").exists()


def offences(tree: ast.AST) -> list[str]:
    """What in a source could execute or unpickle something that was read."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if ast.unparse(node.func) in FORBIDDEN_CALLS:
                found.append(ast.unparse(node))
            for argument in node.keywords:
                if ast.unparse(argument.value) != FORBIDDEN_ARGUMENTS.get(
                    argument.arg or "", ast.unparse(argument.value)
                ):
                    found.append(ast.unparse(node))
        if isinstance(node, ast.Attribute) and (node.attr in FORBIDDEN_METHODS or ast.unparse(node) in FORBIDDEN_NAMES):
            found.append(ast.unparse(node))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            names = {f"{module}.{alias.name}" if module else alias.name for alias in node.names}
            if {name.partition(".")[0] for name in names} & FORBIDDEN_IMPORTS or names & FORBIDDEN_NAMES:
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_executes_or_unpickles_what_it_reads(path):
    assert offences(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import yaml",
        "from torch import load",
        "torch.load(path, weights_only=True)",
        "numpy.load(path, allow_pickle=True)",
        "subprocess.run(command, shell=True)",
        "archive.extractall(folder)",
        "unpack = archive.extractall",
        "onnx.hub.load(name)",
        "eval(text)",
        "exec(text)",
    ],
)
def test_the_rule_above_finds_what_it_is_there_for(source):
    assert offences(ast.parse(source))


def test_resources_hold_no_code():
    assert [
        path for path in (ROOT / "resources").rglob("*") if path.suffix in (".py", ".pyc", ".so", ".pkl", ".pt")
    ] == []


def test_the_top_level_is_as_the_house_was_planned():
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a clone")
    folders = {name.partition("/")[0] for name in done.stdout.splitlines() if "/" in name}
    assert folders <= {"app", "graph_model", "compiler", "resources", "tests", "packaging", ".ci"}


def test_imports_follow_the_contracts():
    """The contracts stand in pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_stay_short():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in (*SOURCES, *TESTS)}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_qt_gives_back_what_it_takes(qapp):
    """PySide6 6.12.0 loses a reference to None at every such call on Python 3.11, and then aborts."""
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(100_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 1000
