"""The recipient kit of deploy/recipient/, as the programs they are and as modules."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

KIT = Path(__file__).resolve().parents[2] / "deploy" / "recipient"


def module(name: str) -> ModuleType:
    """One of its programs, imported; it imports nothing of the gateway."""
    spec = importlib.util.spec_from_file_location(f"kit_{name}", KIT / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # its dataclass asks for it
    spec.loader.exec_module(made)
    return made


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """As the recipient runs it: from its own folder, with nothing of the gateway in reach."""
    command = [str(KIT / program)] if program.endswith(".sh") else [sys.executable, "-E", str(KIT / program)]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, timeout=30, check=False)
