"""The PyPI package `as4` in a virtual environment of its own: it wants an older `cryptography` than we do.

In: nothing. Out: its interpreter, made once and kept outside the checkout, in $XDG_CACHE_HOME or ~/.cache; `CannotBuild` says why
there is none.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.interop.access_point import CannotBuild, cache

LOCK = Path(__file__).with_name("requirements-as4.txt")
BUILD_SECONDS = 150


def interpreter() -> Path:
    """Made where it is not there yet; of two that make it at once the first counts."""
    made = cache() / f"python-as4-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not made.is_dir():
        _make(made)
    return made / "bin" / "python"


def _make(made: Path) -> None:
    made.parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(dir=made.parent))
    try:
        _run([sys.executable, "-m", "venv", str(working)])
        python = str(working / "bin" / "python")
        _run(
            [
                python,
                "-m",
                "pip",
                "--disable-pip-version-check",
                "install",
                "--quiet",
                "--require-hashes",
                "-r",
                str(LOCK),
            ]
        )
        if not made.is_dir():
            working.rename(made)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"the package index did not answer within {BUILD_SECONDS} s") from None
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if "ERROR" in line), "it said nothing")
        raise CannotBuild(f"pip could not install it: {said[:200]}")
