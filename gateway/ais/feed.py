"""Lines of NMEA from a receiver (TCP, UDP) or a file.

In: an address or a path, and when to stop. Out: lines with the time at which they came (None from a file), and None whenever nothing came
for a second, so that whoever reads can do something else. A connection that breaks, or is silent for two minutes, is made again; the pause
before that grows to a minute.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.ais.sentences import LONGEST_LINE
from gateway.settings import utc_now

_TURN: Final = 1.0
_SILENT_TURNS: Final = 120
_LONGEST_PAUSE: Final = 60.0
_CHUNK: Final = 1 << 16

Line = tuple[bytes, datetime | None]


def of_file(path: Path) -> Iterator[Line]:
    """A recorded log."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE + 2):
            yield line, None


def of_udp(host: str, port: int, stop: threading.Event) -> Iterator[Line | None]:
    """Datagrams of one or more lines, sent to us."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as heard:
        heard.bind((host, port))
        heard.settimeout(_TURN)
        while not stop.is_set():
            try:
                data = heard.recv(_CHUNK)
            except TimeoutError:
                yield None
                continue
            now = utc_now()
            yield from ((line, now) for line in data.splitlines())


def of_tcp(host: str, port: int, stop: threading.Event) -> Iterator[Line | None]:
    """What a receiver sends to those that connect to it."""
    pause = _TURN
    while not stop.is_set():
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=10) as connection:
            connection.settimeout(_TURN)
            for line in _lines(connection, stop):
                pause = _TURN if line else pause
                yield line
        yield None
        stop.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _lines(connection: socket.socket, stop: threading.Event) -> Iterator[Line | None]:
    """Until the other end closes, or says nothing for long. What is longer than any line is given in pieces, and no line is made of it."""
    rest, silent = b"", 0
    while not stop.is_set() and silent < _SILENT_TURNS:
        try:
            data = connection.recv(_CHUNK)
        except TimeoutError:
            silent += 1
            yield None
            continue
        if not data:
            return
        silent, now = 0, utc_now()
        *lines, rest = (rest + data).split(b"\n")
        yield from ((line, now) for line in lines)
        if len(rest) > LONGEST_LINE:
            yield rest, now
            rest = b""
