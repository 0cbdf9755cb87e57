"""Lines of NMEA from a receiver (TCP, UDP) or a file.

In: an address or a path, and when to stop. Out: lines with the time at which they came (None from a file), and None whenever nothing came
for a second, so that whoever reads can do something else. A connection that breaks, or is silent for two minutes, is made again; the pause
before that grows to a minute, and each time it is said why: a receiver that is away must not look like a sea without ships.
"""

import socket
import threading
from collections.abc import Callable, Iterator
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


def listening(host: str, port: int) -> socket.socket:
    """A socket that hears what is sent to this address; OSError where it is not ours, or another program's."""
    heard = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        heard.bind((host, port))
    except OSError:
        heard.close()
        raise
    return heard


def of_udp(heard: socket.socket, stop: threading.Event) -> Iterator[Line | None]:
    """Datagrams of one or more lines, sent to us."""
    with heard:
        heard.settimeout(_TURN)
        while not stop.is_set():
            try:
                data = heard.recv(_CHUNK)
            except TimeoutError:
                yield None
                continue
            now = utc_now()
            yield from ((line, now) for line in data.splitlines())


def of_tcp(host: str, port: int, stop: threading.Event, tell: Callable[[str], None]) -> Iterator[Line | None]:
    """What a receiver sends to those that connect to it."""
    pause = _TURN
    while not stop.is_set():
        try:
            with socket.create_connection((host, port), timeout=10) as connection:
                tell(f"connected to the receiver at {host}:{port}")
                connection.settimeout(_TURN)
                for line in _lines(connection, stop):
                    pause = _TURN if line else pause
                    yield line
        except OSError as error:
            tell(f"the receiver at {host}:{port}: {error.strerror or error}; tried again in {pause:.0f} s")
        yield None
        stop.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _lines(connection: socket.socket, stop: threading.Event) -> Iterator[Line | None]:
    """OSError when the other end closes, or says nothing for long. What is longer than any line is given in pieces, and no line is made of
    it; what stands after the last line end is given too, for it may be whole."""
    rest, silent = b"", 0
    while not stop.is_set():
        try:
            data = connection.recv(_CHUNK)
        except TimeoutError:
            silent += 1
            if silent == _SILENT_TURNS:
                raise TimeoutError("nothing came for two minutes") from None
            yield None
            continue
        silent, now = 0, utc_now()
        *lines, rest = (rest + data).split(b"\n") if data else (rest, b"")
        yield from ((line, now) for line in lines)
        if not data:
            raise ConnectionError("it closed the connection")
        if len(rest) > LONGEST_LINE:
            yield rest, now
            rest = b""
