"""An OpenID provider that no one here wrote: `oidc-provider` (JavaScript, OpenID Certified), installed once, started on loopback, ended by its pid.

In: where it sends browsers back to, and the client it knows. Out: its issuer. The installation is kept outside the checkout, in $XDG_CACHE_HOME
or ~/.cache. Without `node` and `npm`, or where npm cannot get what it needs, `install` says why, and the tests that wanted it are skipped.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parent / "oidc"
_INSTALL_SECONDS, _END_SECONDS = 120, 5


class CannotInstall(Exception):
    """There is no such provider on this machine; the text says why."""


def install() -> Path:
    """Its folder, made where it is not there yet."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        raise CannotInstall(f"{' and '.join(missing)} not found: Node.js of 20 or newer is needed")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(PROJECT.iterdir()))).hexdigest()[:16]
    home = os.environ.get("XDG_CACHE_HOME")
    made = (Path(home) if home else Path.home() / ".cache") / "maritime-passenger-gateway" / "openid-provider" / digest
    if not made.is_dir():
        _make(made)
    return made


def _make(made: Path) -> None:
    """In a folder beside it, renamed when it is whole; of two that install at once the first counts."""
    made.parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(dir=made.parent))
    try:
        shutil.copytree(PROJECT, working, dirs_exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        try:
            done = subprocess.run(
                command, cwd=working, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise CannotInstall(f"npm did not end within {_INSTALL_SECONDS} s") from None
        if done.returncode != 0:
            said = next(
                (line for line in done.stderr.splitlines() if "ERR" in line or "error" in line), "it said nothing"
            )
            raise CannotInstall(f"npm could not install it: {said[:200]}")
        if not made.is_dir():
            working.rename(made)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def free_issuer() -> str:
    """An address for one. To a browser "localhost" and 127.0.0.1 are two sites, as a port and its provider are."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://localhost:{probe.getsockname()[1]}"


@contextmanager
def running(folder: Path, issuer: str, back: str, client: str, secret: str) -> Iterator[None]:
    """A running one."""
    command = ["node", "provider.mjs", issuer, back, client, secret]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
