"""The run script: sets up once, recovers from interruptions, and says what is missing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "run.py"


class Script:
    """The script with its own environment, and requirements that need no network: none."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GRADCANVAS_VENV", str(folder / "environment"))
        self.module = load_script()
        self.requirements = folder / "requirements.txt"
        self.requirements.write_text("# nothing\n")
        self.tests = folder / "requirements-test.txt"
        self.tests.write_text("# nothing more\n")
        self.environment = folder / "environment"
        self.commands: list[list[str]] = []
        real = subprocess.run

        def note(command: list[str], **named: Any) -> Any:
            self.commands.append([str(part) for part in command])
            return real(command, **named)

        monkeypatch.setattr(self.module.subprocess, "run", note)

    def set_up(self, *requirements: Path) -> list[str]:
        """Set up; return which of `venv` and `pip install` that took."""
        self.commands.clear()
        python = self.module.set_up(*(requirements or (self.requirements,)))
        assert python.exists()
        assert not (self.environment / "unfinished").exists()
        return [command[2] for command in self.commands if command[1] == "-m"]


def load_script() -> ModuleType:
    specification = importlib.util.spec_from_file_location("run_script", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def script(tmp_path, monkeypatch) -> Script:
    return Script(tmp_path, monkeypatch)


def test_the_second_start_takes_no_set_up_nor_does_a_start_after_the_tests(script):
    assert script.set_up() == ["venv", "pip"]
    assert script.set_up() == []
    assert script.commands == []
    script.requirements.write_text("# changed\n")
    assert script.set_up(script.requirements, script.tests) == ["pip"]
    assert script.set_up(script.requirements, script.tests) == []
    assert script.set_up() == []


def test_an_interrupted_set_up_is_made_anew(script):
    python = script.environment / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (script.environment / "unfinished").touch()
    assert script.set_up() == ["venv", "pip"]


def test_a_failed_installation_is_not_taken_for_a_whole_one(script):
    script.requirements.write_text("/nowhere/at/all.whl\n")
    with pytest.raises(subprocess.CalledProcessError):
        script.set_up()
    script.requirements.write_text("# mended\n")
    assert script.set_up() == ["pip"]


def test_a_broken_environment_is_made_anew(script):
    script.environment.mkdir()
    (script.environment / "pyvenv.cfg").touch()
    assert script.set_up() == ["venv", "pip"]


def test_a_folder_that_is_no_environment_is_left_alone(script):
    script.environment.mkdir()
    (script.environment / "thesis.txt").write_text("years of work")
    with pytest.raises(OSError, match="no Python environment"):
        script.set_up()
    assert (script.environment / "thesis.txt").read_text() == "years of work"


def test_two_at_once_set_up_once(script):
    threads = [threading.Thread(target=script.module.set_up, args=(script.requirements,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sum("venv" in command for command in script.commands) == 1


def pretend(module: ModuleType, monkeypatch: pytest.MonkeyPatch, **answers: Any) -> list[tuple[str, ...]]:
    """Replace what the script asks of the machine; return the commands that it then runs."""
    ran: list[tuple[str, ...]] = []
    status = answers.pop("status", 0)

    def run(*command: Any, folder: Path | None = None) -> int:
        ran.append(tuple(str(part) for part in command[1:]))
        return status if "demonstrate" not in command else 0

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "set_up", lambda *requirements: Path(sys.executable))
    for name, answer in {"missing_libraries": [], "missing_programs": [], "install_packages": False, **answers}.items():
        monkeypatch.setattr(module, name, lambda *arguments, answer=answer: answer)
    return ran


EDITOR = ("-m", "app", "Vanishing gradients")
DEMONSTRATION = ("-m", "app", "demonstrate")


@pytest.mark.parametrize(
    ("answers", "commands", "said"),
    [
        ({"has_display": True}, [EDITOR], ""),
        ({"has_display": False}, [DEMONSTRATION], "There is no display"),
        ({"has_display": True, "status": -6, "can_open_a_window": False}, [EDITOR, DEMONSTRATION], "Qt cannot open a"),
        ({"has_display": True, "status": -6, "can_open_a_window": True}, [EDITOR], ""),
        ({"has_display": True, "missing_libraries": ["libegl1"]}, [], "apt-get install libegl1"),
        ({"has_display": False, "missing_libraries": ["libegl1"]}, [DEMONSTRATION], "apt-get install libegl1"),
        ({"has_display": True, "missing_libraries": ["libegl1"], "install_packages": True}, [EDITOR], ""),
    ],
)
def test_it_opens_the_editor_or_does_the_job_without(monkeypatch, capsys, answers, commands, said):
    module = load_script()
    ran = pretend(module, monkeypatch, **answers)
    module.main([])
    assert ran == commands
    written = capsys.readouterr()
    assert said in written.out + written.err


def test_the_tests_run_whatever_the_checks_say_and_the_status_tells_of_both(monkeypatch, capsys):
    module = load_script()
    ran = pretend(module, monkeypatch)
    monkeypatch.setattr(module, "passes", lambda python, check: check[0] != "mypy")
    assert module.main(["test"]) == 1
    assert ran == [("-m", "pytest")]
    assert "This check failed (see above): mypy" in capsys.readouterr().err
    assert module.main(["test", "-k", "x"]) == 0
    assert ran[-1] == ("-m", "pytest", "-k", "x")


def test_missing_test_packages_are_named_in_one_line(monkeypatch, capsys):
    module = load_script()
    pretend(module, monkeypatch, missing_libraries=["libegl1"], missing_programs=["xvfb", "xdotool"])
    assert module.main(["test"]) == 1
    assert capsys.readouterr().err == (
        "The tests need system packages that are missing: apt-get install libegl1 xvfb xdotool\n"
    )


def test_an_older_python_is_told(monkeypatch, capsys):
    module = load_script()
    monkeypatch.setattr(module.sys, "version_info", (3, 9, 1))
    assert module.main([]) == 1
    assert capsys.readouterr().err.startswith("GradCanvas needs Python 3.11 or later; this is ")


def test_every_requirement_is_pinned_exactly():
    for name in ("requirements.txt", "requirements-test.txt"):
        for line in (ROOT / "packaging" / name).read_text().splitlines():
            assert line.startswith("#") or line.count("==") == 1, line


def test_it_needs_nothing_but_the_standard_library(tmp_path):
    (tmp_path / "file").touch()
    imported = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--version"],
        env={"GRADCANVAS_VENV": str(tmp_path / "file")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError" not in imported.stderr
    assert "The set-up stopped" in imported.stderr
