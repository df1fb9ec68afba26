"""Sets GradCanvas up in a virtual environment of its own, and starts it or its tests.

    python3 packaging/run.py [FILE or command ...]     the editor, or any command of it
    python3 packaging/run.py test [pytest arguments]   the whole suite

Needs nothing but Python 3.11 or later. Once set up, a start takes no set-up.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Path(os.environ.get("GRADCANVAS_VENV") or ROOT / ".venv").absolute()
UNFINISHED = ENVIRONMENT / "unfinished"
REQUIREMENTS = ROOT / "packaging" / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "packaging" / "requirements-test.txt"
EXAMPLE = "Vanishing gradients"
OLDEST_PYTHON = (3, 11)

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("lint-imports",), ("mypy",))
TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}


def main(arguments: list[str]) -> int:
    """Set up what is needed and carry out the command."""
    if sys.version_info < OLDEST_PYTHON:
        return complain(f"GradCanvas needs Python 3.11 or later; this is {sys.version.split()[0]}.")
    try:
        if arguments[:1] == ["test"]:
            return test(arguments[1:])
        return start(arguments)
    except subprocess.CalledProcessError as error:
        return complain(f"The set-up stopped: {' '.join(map(str, error.cmd[:6]))} … failed (see above).")
    except OSError as error:
        return complain(f"The set-up stopped: {error}.")


def start(arguments: list[str]) -> int:
    """Open the editor on the first example; without a display, do the same job without a window."""
    python = set_up(REQUIREMENTS)
    if arguments:
        return run(python, "-m", "app", *arguments)
    missing = missing_libraries()
    if missing and not install_packages(missing):
        complain(f"Qt needs system libraries that are missing. On Debian: apt-get install {' '.join(missing)}")
        if has_display():
            return 1
    if not has_display():
        return demonstrate(python, "There is no display")
    status = run(python, "-m", "app", EXAMPLE)
    if status == 0 or can_open_a_window(python):
        return status
    return demonstrate(python, "Qt cannot open a window here")


def demonstrate(python: Path, reason: str) -> int:
    """Do the editor's first job without a window."""
    print(f"{reason}, so the example is trained without a window.\n", flush=True)
    return run(python, "-m", "app", "demonstrate")


def test(arguments: list[str]) -> int:
    """Run the tests; before the whole suite, check style, structure and types.

    Whatever the checks find, the tests run, so that pytest has the last word; the exit status tells of both.
    """
    python = set_up(REQUIREMENTS, TEST_REQUIREMENTS)
    missing = [*missing_libraries(), *missing_programs()]
    if missing and not install_packages(missing):
        return complain(f"The tests need system packages that are missing: apt-get install {' '.join(missing)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    checks = CHECKS if not arguments else ()
    failed = [check for check in checks if not passes(python, check)]
    for check in failed:
        complain(f"This check failed (see above): {' '.join(check)}")
    status = run(python, "-m", "pytest", *arguments, folder=ROOT)
    return status or (1 if failed else 0)


def passes(python: Path, check: tuple[str, ...]) -> bool:
    """Whether a check of the sources succeeds."""
    print(f"\n$ {' '.join(check)}", flush=True)
    return run(python.parent / check[0], *check[1:], folder=ROOT) == 0


def set_up(*requirements: Path) -> Path:
    """Return the environment's Python, with the requirements installed."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not is_installed(python, requirements):
        with alone():
            if not is_installed(python, requirements):
                install(python, requirements)
    return python


def is_installed(python: Path, requirements: Sequence[Path]) -> bool:
    """Whether the environment holds what these files ask for."""
    if not python.exists() or UNFINISHED.exists():
        return False
    return all(stamp.exists() and stamp.read_text() == wanted for stamp, wanted in map(stamp_for, requirements))


def stamp_for(requirements: Path) -> tuple[Path, str]:
    """Return the file that says what was installed, and what it should say."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode() + requirements.read_bytes())
    return ENVIRONMENT / f"installed-{requirements.stem}", digest.hexdigest()


def install(python: Path, requirements: Sequence[Path]) -> None:
    """Install the requirements, in a new environment where there is none, a broken one, or another Python's."""
    print(f"Setting up in {ENVIRONMENT} (once; this takes a few minutes) …", flush=True)
    if UNFINISHED.exists() or not is_of_this_python(python):
        make_environment()
    UNFINISHED.touch()
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for file in requirements:
        command += ["-r", str(file)]
    try:
        subprocess.run(command, check=True)
    except subprocess.CalledProcessError:
        UNFINISHED.unlink()  # pip gave up in good order; what was there before still works
        raise
    for stamp, content in map(stamp_for, requirements):
        stamp.write_text(content)
    UNFINISHED.unlink()


def make_environment() -> None:
    """Make a new environment; only an environment is ever removed for it."""
    if ENVIRONMENT.exists() and any(ENVIRONMENT.iterdir()):
        if not (UNFINISHED.exists() or (ENVIRONMENT / "pyvenv.cfg").exists()):
            raise OSError(f"{ENVIRONMENT} is not empty, and no Python environment. GRADCANVAS_VENV can name another")
        shutil.rmtree(ENVIRONMENT)
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not install_packages([package]):
            raise OSError(f"this Python cannot make environments. On Debian: apt-get install {package}")
    ENVIRONMENT.mkdir(parents=True, exist_ok=True)
    UNFINISHED.touch()
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)


def is_of_this_python(python: Path) -> bool:
    """Whether the environment works and was made by a Python of this version."""
    question = "import pip, sys; print(sys.version_info[:2])"
    try:
        answer = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return answer.strip() == f"{sys.version_info[:2]}"


@contextmanager
def alone() -> Iterator[None]:
    """Let a second set-up wait for the first, where the system can do that."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with ENVIRONMENT.with_name(f"{ENVIRONMENT.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def has_display() -> bool:
    """Whether a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_open_a_window(python: Path) -> bool:
    """Whether Qt starts on this display; it ends the process that asks where it does not."""
    question = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    return subprocess.run([str(python), "-c", question], capture_output=True, check=False).returncode == 0


def missing_libraries() -> list[str]:
    """Return the Debian packages of the Qt libraries that are not there (Linux only)."""
    if not sys.platform.startswith("linux"):
        return []
    finder = shutil.which("ldconfig") or "/sbin/ldconfig"
    try:
        known = subprocess.run([finder, "-p"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return []
    return [package for library, package in QT_LIBRARIES.items() if known and library not in known]


def missing_programs() -> list[str]:
    """Return the Debian packages of the programs for the end-to-end tests that are not there (Linux only)."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages, as root on Debian or Ubuntu; return whether that was possible."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} …", flush=True)
    update, add = ("update",), ("install", "-y", "--no-install-recommends", *packages)
    # A package list that cannot be fetched need not be one that matters here: the installation tells.
    for command in (update, add):
        done = subprocess.run(["apt-get", "-q", *command], env=environment, check=False, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def run(*command: str | Path, folder: Path | None = None) -> int:
    """Run a command, in a folder or in the present one, and return its exit status."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        return subprocess.run([str(part) for part in command], env=environment, cwd=folder, check=False).returncode
    except KeyboardInterrupt:
        return 130


def complain(sentence: str) -> int:
    """Print a sentence on stderr; return the exit status for it."""
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
