"""Reads one received file; what could harm the machine is decoded in a child process of few rights and little memory.

In: the bytes and the carrier's options. Out: a `Reading`: too large, empty, unknown, bombs, a child that dies are findings.
Only a child that somebody told to end is none: that is an InterruptedError, because the file has done nothing.
The child starts isolated (`-I -S`, no environment), imports only the decoder's own file, takes the bytes, becomes nobody where
it was root, and gives up memory, time, processes, core dumps and every new file descriptor: with none it can open neither a
file nor a socket, so it needs no network namespace. Its error output is thrown away unread: it could hold a passenger's value.
"""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from typing import IO, Any, cast

import msgspec

from gateway import formats
from gateway.findings import Finding, Rule, Severity, worst
from gateway.formats import JailedFormat
from gateway.formats.raw import Reading

MOST_BYTES = 32 << 20
_MOST_ANSWER = 96 << 20  # three times the most that can come in; 100,000 persons are some 30 MB

TOO_LARGE = Rule(
    id="T-01",
    severity=Severity.ERROR,
    text="the file is larger than {most} MB",
    hint="send one list in one file; the largest ship's list has 2 MB",
)
NOT_RECOGNISED = Rule(
    id="T-02",
    severity=Severity.ERROR,
    text="this is no format that is read here",
    hint="send PAXLST, a workbook (.xlsx, .xls, .ods), CSV or the common JSON (schemas/manifest.schema.json); not a PDF, a picture or an archive",
)
GAVE_UP = Rule(
    id="T-06",
    severity=Severity.ERROR,
    text="reading the file took more {what} than a list needs, so it was given up",
    hint="copy the list alone into a new workbook, save it as .xlsx and send that",
)
BROKE_OFF = Rule(
    id="T-19",
    severity=Severity.ERROR,
    text="the file could not be read: its reader broke off",
    hint="open it in the program that made it, save it as .xlsx and send it again; if that does not help, tell the help desk",
)
EMPTY = Rule(
    id="T-16",
    severity=Severity.ERROR,
    text="the file is empty",
    hint="export the list again and look at the file's size before you send it; the export, or an upload, may have broken off",
)
RULES = (TOO_LARGE, NOT_RECOGNISED, GAVE_UP, EMPTY, BROKE_OFF)

_CHILD = """
import os, resource, sys
file, path, memory, cpu = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sys.path[:] = path.split(os.pathsep)
space = {"__name__": "decoder"}
with open(file, "rb") as source:
    exec(compile(source.read(), file, "exec"), space)
data = sys.stdin.buffer.read()
try:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
except OSError:
    pass
for name, limit in (("CORE", 0), ("NPROC", 0), ("FSIZE", 0), ("CPU", cpu), ("AS", memory), ("NOFILE", 0)):
    try:
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (limit, limit))
    except (AttributeError, ValueError, OSError):
        pass
try:
    answer = space["decode"](data)
except MemoryError:
    os._exit(3)
sys.stdout.buffer.write(answer)
sys.stdout.buffer.flush()
os._exit(0)
"""
_NO_MEMORY = {
    3,
    -6,
}  # our own word for a MemoryError; SIGABRT, with which an allocation that fails in Rust ends the process
_TOLD_TO_END = {-1, -2, -15}  # SIGHUP, SIGINT, SIGTERM: a service that stops tells every process of it
_NO_TIME = {-24, -9}  # SIGXCPU, or SIGKILL: the hard limit, or our own clock


def read_file(
    data: bytes,
    options: Mapping[str, Any] | None = None,
    *,
    format: str | None = None,
    memory_bytes: int = 1 << 30,
    cpu_seconds: int = 20,
    wall_seconds: float = 30,
) -> Reading:
    """What is in this file. `format` names the reader where the sender said it; else the bytes say it. Blocks: use a thread."""
    if len(data) > MOST_BYTES:
        return Reading(findings=[TOO_LARGE.at(most=MOST_BYTES >> 20)])
    if not data or data.isspace():
        return Reading(findings=[EMPTY.at()])
    reader = formats.named(format) if format else formats.recognise(data)
    if reader is None:
        return Reading(findings=[NOT_RECOGNISED.at()])
    if not reader.JAILED:
        return reader.read(data, options or {})
    jailed = cast(JailedFormat, reader)
    grid, found = grid_of(jailed, data, memory_bytes, cpu_seconds, wall_seconds)
    if grid is None:
        return Reading(findings=found)
    try:
        reading = jailed.read_grid(grid, options or {})
    except msgspec.MsgspecError:  # not a whole grid
        reading = Reading(findings=[BROKE_OFF.at()])
    return Reading(lists=reading.lists, findings=[*found, *reading.findings])


def grid_of(
    reader: JailedFormat,
    data: bytes,
    memory_bytes: int = 1 << 30,
    cpu_seconds: int = 20,
    wall_seconds: float = 30,
) -> tuple[bytes | None, list[Finding]]:
    """The grid that the child found in a file, None where there is none; and what is to be said of that."""
    found = reader.guard(data)
    if worst(found) is Severity.ERROR:
        return None, found
    status, grid = decode(reader, data, memory_bytes, cpu_seconds, wall_seconds)
    if status in _TOLD_TO_END:
        raise InterruptedError("the reader was told to end")  # the file is not to blame: it is read again later
    if status in _NO_MEMORY or status in _NO_TIME:
        what = "memory" if status in _NO_MEMORY else "time"
        return None, [*found, GAVE_UP.at(what=what)]
    return (grid, found) if status == 0 else (None, [*found, BROKE_OFF.at()])


def decode(
    reader: JailedFormat, data: bytes, memory_bytes: int, cpu_seconds: int, wall_seconds: float
) -> tuple[int, bytes]:
    """The child's exit status and its answer. Whatever becomes of the child, this process goes on."""
    file = sys.modules[reader.decode.__module__].__file__ or ""
    path = ":".join(entry for entry in sys.path if entry.startswith("/"))
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _CHILD, file, path, str(memory_bytes), str(cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    clock = Timer(wall_seconds, child.kill)
    clock.daemon = True
    clock.start()
    try:
        return _exchange(child, data)
    finally:
        clock.cancel()
        child.kill()
        child.wait()


def _exchange(child: "subprocess.Popen[bytes]", data: bytes) -> tuple[int, bytes]:
    """The child takes all before it says anything, so one after the other cannot jam."""
    to, back = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
    with back:
        with suppress(BrokenPipeError), to:
            to.write(data)
        answer = back.read(_MOST_ANSWER + 1)
    if len(answer) > _MOST_ANSWER:
        return 3, b""
    return child.wait(), answer
