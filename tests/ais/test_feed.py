"""Lines from receivers: connections that break, datagrams, endless lines; and what a person is told of a wrong option."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from gateway.ais.feed import Line, listening, of_file, of_tcp, of_udp
from gateway.ais.ships import Sighting
from gateway.ais.waiting import Waiting
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
        said: list[str] = []
        found = taken(of_tcp("127.0.0.1", receiver.getsockname()[1], stop, said.append), 6, stop)
        thread.join()
    assert [one.strip() for one in found if not one.startswith(b"x")] == [
        b"!one",
        b"!two",
        b"!cut",
        b"!three",
        b"!four",
    ]
    assert [one.rpartition(": ")[2] for one in said[1:2]] == ["it closed the connection; tried again in 1 s"]


def test_datagrams_are_heard() -> None:
    stop = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        heard = listening("127.0.0.1", 0)
        port = heard.getsockname()[1]
        lines = of_udp(heard, stop)
        thread = threading.Timer(0.05, lambda: sender.sendto(b"!one\r\n!two\r\n", ("127.0.0.1", port)))
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


def test_an_address_that_another_program_has_is_said(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        result = gw("ais", "--port", "EETLL", "--udp", f"{port}", "--token", "x", GATEWAY_STATE=str(tmp_path))
    assert (result.exit_code, result.output.strip()) == (
        1,
        f"Error: 127.0.0.1:{port} cannot be listened on (Address already in use); give an address of this machine and a port that is free",
    )


def test_a_gateway_that_refuses_is_said(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"".join(lines(crossing())))
    problem = {"title": "Not allowed", "detail": "this is for operators"}
    with answering({("POST", "/v1/calls"): (403, problem)}) as server:
        done = in_a_process("ais", "--file", log, "--port", "FIHEL=60.155,24.955", "--port", "EETLL", "--to", server.url, "--token", "x", GATEWAY_STATE=str(tmp_path))  # fmt: skip
    assert done.returncode == 1
    assert b"Not allowed: this is for operators" in done.stderr


def test_what_could_not_be_sent_is_sent_with_the_next(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway is away while a ship crosses, or something else answers there; when it is back, it hears of departure and arrival."""
    monkeypatch.setenv("GATEWAY_STATE", str(tmp_path))
    heard = [(line, one.at) for one in crossing() for line in lines([one], tagged=False)]
    answers: dict[tuple[str, str], tuple[int, Any]] = {
        ("POST", "/v1/calls"): (503, {"title": "Away", "detail": "come again"})
    }
    with answering(answers) as server:

        def desk() -> ais.Desk:
            return ais.Desk(server.url, "x", frozenset(), ("EETLL", "FIHEL=60.155,24.955"))

        desk().follow(heard)
        assert "not sent yet, 2 wait: Away: come again" in capsys.readouterr().err
        answers["POST", "/v1/calls"] = (200, {"welcome": "to another program"})
        desk().follow([])
        assert "not sent yet, 2 wait: what answers at" in capsys.readouterr().err
        answers["POST", "/v1/calls"] = (200, {"findings": []})
        desk().follow([])
        assert "2 sightings sent, 0 ships heard" in capsys.readouterr().out
    sent = msgspec.json.decode(server.requests[-1][3])["sightings"]
    assert [sorted(one) for one in sent] == [
        ["atd", "departure_port", "imo", "ship_type", "vessel"],
        ["arrival_port", "ata", "atd", "departure_port", "imo", "ship_type", "vessel"],
    ]


def test_a_disk_that_fails_is_said_and_what_is_no_sighting_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1.json").write_bytes(b"{")
    said: list[str] = []
    waiting = Waiting(tmp_path, said.append)
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError(28, "No space left on device")))
    waiting.add(Sighting(imo="9074729", vessel="SPECIMEN STAR", ship_type=60))
    assert said == [f"{tmp_path} cannot be written (No space left on device): what waits is lost if this ends now"]
    assert len(waiting.first(9)) == 1  # in memory
    waiting.done(list(waiting.first(9)))
    assert (len(waiting), sorted(tmp_path.iterdir())) == (0, [tmp_path / "1.json"])
