"""Lines from receivers: connections that break, datagrams, endless lines; and what a person is told of a wrong option."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.ais.feed import Line, of_file, of_tcp, of_udp
from gateway.cli import ais
from tests.ais.voyage import crossing, lines
from tests.cli.desk import answering, gw
from tests.cli.desk import process as in_a_process


def taken(lines: Iterator[Line | None], count: int, stop: threading.Event) -> list[bytes]:
    found = []
    for line in lines:
        if line is not None:
            assert line[1] is not None
            found.append(line[0])
        if len(found) == count:
            stop.set()
    return found


def test_a_connection_that_breaks_is_made_again() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as receiver:

        def serve() -> None:
            for text in (b"!one\r\n!two\r\n!cut", b"!three\r\n" + b"x" * 3000 + b"\n!four\n"):
                connection, _ = receiver.accept()
                connection.sendall(text)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        found = taken(of_tcp("127.0.0.1", receiver.getsockname()[1], stop), 5, stop)
        thread.join()
    assert [one.strip() for one in found if not one.startswith(b"x")] == [b"!one", b"!two", b"!three", b"!four"]


def test_datagrams_are_heard() -> None:
    stop = threading.Event()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free,
    ):
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        lines = of_udp("127.0.0.1", port, stop)
        thread = threading.Timer(0.2, lambda: sender.sendto(b"!one\r\n!two\r\n", ("127.0.0.1", port)))
        thread.start()
        assert taken(lines, 2, stop) == [b"!one", b"!two"]


def test_a_log_without_line_ends_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a" * 5000)
    assert max(len(line) for line, _ in of_file(path)) < 1100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing option '--port'"),
        (["--port", "EETLL"], "give one of --tcp, --udp and --file"),
        (["--port", "FIHEL", "--udp", "10110"], "no position is known of FIHEL: give it in degrees"),
        (["--port", "FIHEL=600,20", "--udp", "10110"], "no position is known of FIHEL"),
        (["--port", "FIHEL=here", "--udp", "10110"], "no position is known of FIHEL"),
        (["--port", "XXXXX", "--udp", "10110"], "no sea port of UN/LOCODE"),
        (["--port", "EETLL", "--tcp", "receiver.example"], "is no address"),
    ],
)
def test_a_wrong_option_is_said(words: list[str], said: str) -> None:
    result = gw("ais", *words, "--token", "x")
    assert result.exit_code == 2
    assert said in result.output


def test_a_gateway_that_refuses_is_said(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"".join(lines(crossing())))
    problem = {"title": "Not allowed", "detail": "this is for operators"}
    with answering({("POST", "/v1/calls"): (403, problem)}) as server:
        done = in_a_process("ais", "--file", log, "--port", "FIHEL=60.155,24.955", "--port", "EETLL", "--to", server.url, "--token", "x")  # fmt: skip
    assert done.returncode == 1
    assert b"Not allowed: this is for operators" in done.stderr


def test_what_could_not_be_sent_is_sent_with_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """The gateway is away while a ship crosses; when it is back, it hears of the departure and the arrival."""
    heard = [(line, one.at) for one in crossing() for line in lines([one], tagged=False)]
    away: dict[tuple[str, str], tuple[int, Any]] = {
        ("POST", "/v1/calls"): (503, {"title": "Away", "detail": "come again"})
    }
    with answering(away) as server:
        desk = ais.Desk(server.url, "x", frozenset(), ("EETLL", "FIHEL=60.155,24.955"))
        desk.follow(heard, patient=True)
        assert "not sent yet, 2 wait: Away: come again" in capsys.readouterr().err
        away["POST", "/v1/calls"] = (200, {"findings": []})
        desk.follow([None], patient=True)
        desk.tell()
    assert "2 sightings sent, 1 ships heard" in capsys.readouterr().out
