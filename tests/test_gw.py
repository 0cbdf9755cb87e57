"""`./gw` on machines that lack something: one sentence that says what to do, never a traceback; and quick when all is there.

The script is run as it is, with a virtual environment of its own in a temporary folder, so nothing here touches `.venv`.
"""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def gw(*arguments: str, venv: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [str(ROOT / "gw"), *arguments],
        env=kept | {"GW_VENV": str(venv)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def interpreter(folder: Path, body: str) -> str:
    """A program that answers as some Python would; what it does not play is left to the real one."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\ncase "$*" in\n{body}\n*) exec "{sys.executable}" "$@" ;;\nesac\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_old_python_is_named_with_what_to_do(tmp_path: Path) -> None:
    old = interpreter(tmp_path, '*version_info*) exit 1 ;;\n-V) echo "Python 3.9.2"; exit 0 ;;')
    done = gw("--help", venv=tmp_path / "venv", PYTHON=old)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed, found: Python 3.9.2" in done.stderr
    assert "apt install python3" in done.stderr


def test_no_python_at_all(tmp_path: Path) -> None:
    done = gw("--help", venv=tmp_path / "venv", PYTHON="no-such-python")
    assert done.returncode == 3
    assert "found: none" in done.stderr


def test_a_python_without_venv_says_which_package_to_install(tmp_path: Path) -> None:
    bare = interpreter(tmp_path, "*ensurepip*) exit 1 ;;")
    done = gw("--help", venv=tmp_path / "venv", PYTHON=bare)
    assert done.returncode == 3
    assert "no 'venv' module" in done.stderr
    assert "apt install python3-venv" in done.stderr


@pytest.mark.parametrize("command", ["--help", "test"])
def test_without_a_network_it_says_so_and_can_be_run_again(tmp_path: Path, command: str) -> None:
    closed = "http://127.0.0.1:9/simple"  # nothing listens on the discard port
    unreachable = {"PIP_INDEX_URL": closed, "UV_INDEX_URL": closed, "UV_DEFAULT_INDEX": closed, "UV_OFFLINE": "0"}
    nothing_kept = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    venv = tmp_path / "venv"
    done = gw(command, venv=venv, PYTHON=sys.executable, UV_HTTP_RETRIES="0", **unreachable, **nothing_kept)
    assert done.returncode == 3
    assert "the package index is out of reach" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path(f"{venv}.lock").exists(), "the next run must not wait for this one"


def test_the_second_start_is_quick(tmp_path: Path) -> None:
    """Nothing is installed again: the stamps are looked at, then Python starts. The limit is generous for a busy machine."""
    start = time.monotonic()
    done = subprocess.run([str(ROOT / "gw"), "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert "Commands:" in done.stdout
    assert time.monotonic() - start < 3


def test_where_nothing_may_be_written_it_does_not_wait_for_another(tmp_path: Path) -> None:
    done = gw("--help", venv=tmp_path / "no such folder" / "venv", PYTHON=sys.executable)
    assert done.returncode == 3
    assert "run ./gw --help once as the owner" in done.stderr


def test_a_link_to_it_is_as_good(tmp_path: Path) -> None:
    (tmp_path / "gw").symlink_to(ROOT / "gw")
    done = subprocess.run([str(tmp_path / "gw"), "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_where_python_may_write_nothing_the_tests_still_compile_each_module_once(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    for name in ("python", "chromium"):  # the interpreter tells what it was given; a browser is there already
        (venv / "bin" / name).write_text("#!/bin/sh\nenv\n")
        (venv / "bin" / name).chmod(0o755)
    for stamp, lock in ((".runtime", "requirements.txt"), (".dev", "requirements-dev.txt")):
        made = subprocess.run(["cksum"], input=(ROOT / lock).read_bytes(), capture_output=True, check=True).stdout
        (venv / stamp).write_bytes(made.strip().replace(b" ", b"-"))
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    told = gw("test", venv=venv, PATH=path, PYTHONDONTWRITEBYTECODE="1").stdout.splitlines()
    assert f"PYTHONPYCACHEPREFIX={venv}/compiled" in told
    assert not any(line.startswith("PYTHONDONTWRITEBYTECODE") for line in told)
    assert not any(
        line.startswith("PYTHONPYCACHEPREFIX") for line in gw("test", venv=venv, PATH=path).stdout.splitlines()
    )
