"""An access point that no one here wrote: phase4 (Java, from Maven Central), built once, started on loopback, ended by its pid.

In: a folder for its keys and for what it receives. Out: its address, what came, and messages that it sends when it is told to.
The build is kept outside the checkout, in $XDG_CACHE_HOME or ~/.cache. Without `java` and `mvn`, or where Maven cannot get what
it needs, `build` says why, and the tests that wanted it are skipped with that reason.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

PROJECT = Path(__file__).parent / "phase4"
BUILD_SECONDS, START_SECONDS, ANSWER_SECONDS, END_SECONDS = 150, 40, 40, 5


class CannotBuild(Exception):
    """There is no such access point on this machine; the text says why."""


def build() -> list[str]:
    """The class path, made where it is not there yet."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        raise CannotBuild(f"{' and '.join(missing)} not found: a JDK of 17 or newer and Maven are needed")
    sources = sorted(path for path in PROJECT.rglob("*") if path.suffix in (".java", ".xml"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    made = cache() / f"phase4-peer-{digest}"
    if not made.is_dir():
        _make(made)
    return [str(made / "target" / "classes"), str(made / "target" / "lib" / "*")]


def cache() -> Path:
    """Where peers that were built are kept."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "maritime-passenger-gateway"


def _make(made: Path) -> None:
    """In a folder beside it, renamed when it is whole; of two that build at once the first counts."""
    made.parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(dir=made.parent))
    try:
        shutil.copytree(PROJECT, working, dirs_exist_ok=True)
        command = ["mvn", "--batch-mode", "--quiet", "package"]
        try:
            done = subprocess.run(
                command, cwd=working, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise CannotBuild(f"Maven did not end within {BUILD_SECONDS} s") from None
        if done.returncode != 0:
            said = next((line for line in done.stdout.splitlines() if "ERROR" in line), "it said nothing")
            raise CannotBuild(f"Maven could not build it: {said[:200]}")
        if not made.is_dir():
            working.rename(made)
    finally:
        shutil.rmtree(working, ignore_errors=True)


class AccessPoint:
    """A running one. Its folder holds keys and certificates as `peer.Peer` says."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder, self._process, self._lines = folder, process, Queue[str]()
        Thread(target=self._listen, daemon=True).start()
        self._asked = 0
        self.url = f"https://127.0.0.1:{self._port()}/as4"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())

    def _port(self) -> int:
        try:
            while not (line := self._lines.get(timeout=START_SECONDS)).startswith("ready "):
                pass
        except Empty:
            raise AssertionError(f"phase4 did not start; it said:\n{self.log}") from None
        return int(line.removeprefix("ready "))

    @property
    def log(self) -> str:
        """The end of what it said."""
        return (self.folder / "log").read_text(errors="replace")[-6000:]

    def received(self) -> list[tuple[dict[str, str], list[bytes]]]:
        """Every message so far: what it said, and its parts."""
        found = sorted((self.folder / "received").glob("*.txt"), key=lambda path: int(path.stem))
        return [(_told(path), _parts(path)) for path in found]

    def send(self, wanted: Mapping[str, Any], payload: bytes | None = None) -> dict[str, str]:
        """Sends a message; what came of it: `result`, `receipt`, `matches` (the receipt's digests), `errors`."""
        self._asked += 1
        file = self.folder / f"send-{self._asked}"
        lines = [f"{name}={value}" for name, value in wanted.items()]
        if payload is not None:
            content = self.folder / f"payload-{self._asked}"
            content.write_bytes(payload)
            lines.append(f"payload={content}")
        file.write_text("\n".join(line.replace("\\", "\\\\") for line in lines))
        assert self._process.stdin is not None
        self._process.stdin.write(f"{file}\n")
        self._process.stdin.flush()
        answer, deadline = Path(f"{file}.out"), time.monotonic() + ANSWER_SECONDS
        while not answer.exists():
            assert time.monotonic() < deadline, f"phase4 did not answer; it said:\n{self.log}"
            time.sleep(0.02)
        return _told(answer)


def _told(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def _parts(file: Path) -> list[bytes]:
    numbers = range(1, 1 + len(list(file.parent.glob(f"{file.stem}.[0-9]*"))))
    return [(file.parent / f"{file.stem}.{number}").read_bytes() for number in numbers]


@contextmanager
def running(class_path: list[str], folder: Path) -> Iterator[AccessPoint]:
    """Started with the block and ended with it; should we die, its standard input closes and it ends by itself."""
    command = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", os.pathsep.join(class_path)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "peer.Peer", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        yield AccessPoint(folder, process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()
