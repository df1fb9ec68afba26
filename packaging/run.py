"""Sets GradCanvas up in a virtual environment of its own, and starts it or its tests.

    python3 packaging/run.py [FILE or command ...]     the editor, or any command of it
    python3 packaging/run.py test [pytest arguments]   the whole suite

Needs nothing but Python 3.11 or later. Once set up, a start takes no set-up.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Path(os.environ.get("GRADCANVAS_VENV", ROOT / ".venv"))
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
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
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
        print("There is no display, so the example is trained without a window.\n", flush=True)
        return run(python, "-m", "app", "demonstrate")
    return run(python, "-m", "app", EXAMPLE)


def test(arguments: list[str]) -> int:
    """Check style, structure and types, then run the tests."""
    python = set_up(REQUIREMENTS, TEST_REQUIREMENTS)
    missing = [*missing_libraries(), *missing_programs()]
    if missing and not install_packages(missing):
        return complain(f"The tests need system packages that are missing: apt-get install {' '.join(missing)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports",),
        ("mypy",),
    )
    if not arguments:
        for check in checks:
            print(f"\n$ {' '.join(check)}", flush=True)
            if run(python.parent / check[0], *check[1:]) != 0:
                return 1
    return run(python, "-m", "pytest", *arguments)


def set_up(*requirements: Path) -> Path:
    """Return the environment's Python, with the requirements installed."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = ENVIRONMENT / f"installed-{requirements[-1].stem}"
    wanted = fingerprint(*requirements)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"Setting up in {ENVIRONMENT} (once; this takes a few minutes) …", flush=True)
    if not python.exists() or not has_pip(python):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for file in requirements:
        install += ["-r", str(file)]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)
    return python


def fingerprint(*requirements: Path) -> str:
    """Return what tells whether an environment is up to date."""
    digest = hashlib.sha256(sys.version.encode())
    for file in requirements:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def has_pip(python: Path) -> bool:
    """Whether an environment is whole; one whose making was interrupted is not."""
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def has_display() -> bool:
    """Whether a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


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
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return True


def run(*command: str | Path) -> int:
    """Run a command in the repository and return its exit status."""
    environment = dict(os.environ)
    paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    inside = command[1:3] in (("-m", "pytest"),) or not str(command[0]).endswith(("python", "python.exe"))
    try:
        return subprocess.run(
            [str(part) for part in command], env=environment, cwd=ROOT if inside else None, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def complain(sentence: str) -> int:
    """Print a sentence on stderr; return the exit status for it."""
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
