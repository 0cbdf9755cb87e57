"""./gw simulate: what it refuses, and that it has done nothing when it refuses."""

import socket
from pathlib import Path
from typing import Any

import pytest

from gateway.simulate.fleet import LINES
from tests.cli.desk import answering, gw

Answers = dict[tuple[str, str], tuple[int, Any]]
RECIPIENTS, CALLS, TOKENS = ("GET", "/v1/recipients"), ("GET", "/v1/calls"), ("POST", "/v1/tokens")
SHORT = ("--days", "1", "--lines", "1", "--token", "t")


def gateway(name: str = "training", recipients: tuple[str, ...] = (), carriers: tuple[str, ...] = ()) -> Answers:
    """What such a gateway answers."""
    known = {"gateway": name, "recipients": [{"id": id} for id in recipients]}
    return {RECIPIENTS: (200, known), CALLS: (200, {"calls": [{"carrier": id} for id in carriers]})}


@pytest.mark.parametrize(
    ("answers", "said", "status"),
    [
        (gateway("gateway"), "is called 'gateway': a season is only sailed through a gateway whose GATEWAY_NAME", 2),
        (gateway("Port of Esempio"), "--prepare", 2),
        (gateway(recipients=("demo-nsw", "fi-nemo")), "this gateway delivers to fi-nemo", 2),
        (gateway(carriers=("ornek-feribot", "real-line")), "expects sailings of real-line", 2),
        ({RECIPIENTS: (200, {"recipients": []})}, "no gateway that can be trained on", 2),
        ({RECIPIENTS: (200, b"<html>")}, "what answers there is no gateway", 1),
        ({RECIPIENTS: (403, {"title": "Not allowed", "detail": "this is for operator"})}, "this is for operator", 1),
        ({RECIPIENTS: (500, b"")}, "the answer was 500 without a reason", 1),
    ],
)
def test_a_gateway_that_is_not_for_training_is_left_alone(answers: Answers, said: str, status: int) -> None:
    with answering(answers) as server:
        done = gw("simulate", "--to", server.url, *SHORT)
    assert said in done.output
    assert done.exit_code == status
    assert {method for method, _, _, _ in server.requests} == {"GET"}


@pytest.mark.parametrize("option", ["--yes", "--force", "--yes-this-is-a-training-gateway"])
def test_there_is_no_way_around(option: str) -> None:
    assert gw("simulate", option, *SHORT).exit_code == 2


def test_a_gateway_that_does_not_know_the_lines_is_told_how_it_can() -> None:
    refused = {"title": "No such subject", "detail": "there is no carrier with this id in the catalogue"}
    with answering(gateway("Training desk") | {TOKENS: (400, refused)}) as server:
        done = gw("simulate", "--to", server.url, *SHORT)
    assert done.exit_code == 2
    assert "--prepare" in done.output


def test_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        done = gw("simulate", "--to", f"http://127.0.0.1:{taken.getsockname()[1]}", *SHORT)
    assert done.exit_code == 1
    assert "cannot be reached" in done.output


def test_a_season_that_is_over_is_not_sailed_again() -> None:
    token = {"token": "x", "id": "0" * 64}

    with answering(gateway() | {TOKENS: (201, token)}) as server:
        server.answers |= {("GET", "/v1/tokens"): (200, {"tokens": []}), ("POST", "/v1/calls"): (400, b"")}
        first = gw("simulate", "--to", server.url, *SHORT, "--from", "2026-07-20", "--speed", "1000", "--seed", "4")
        note = next(body for method, path, _, body in server.requests if (method, path) == TOKENS).decode()
        key = note.partition("training season ")[2].partition(" ")[0]
        old = {"created_at": "2026-01-01T00:00:00Z", "note": f"training season {key} begins 2026-01-01T00:00:00+00:00"}
        server.answers["GET", "/v1/tokens"] = (200, {"tokens": [old]})
        done = gw("simulate", "--to", server.url, *SHORT, "--from", "2026-07-20", "--speed", "1000", "--seed", "4")
    assert first.exit_code == 1  # this server takes no schedule
    assert done.exit_code == 2
    assert "this season ended here" in done.output
    assert "--seed 5" in done.output


@pytest.mark.parametrize(
    "words",
    [("--speed", "0"), ("--speed", "2000"), ("--days", "0"), ("--days", "121"), ("--lines", "0"), ("--only", "yachts"),
     ("--from", "yesterday"), ("--size", "0"), ("--seed", "-1"), ("--to", "ftp://127.0.0.1", "--token", "t")],
)  # fmt: skip
def test_options_have_their_ranges(words: tuple[str, ...]) -> None:
    done = gw("simulate", *words)
    assert done.exit_code == 2, done.output


def test_what_will_happen_is_printed_the_same_each_time() -> None:
    words = ("simulate", "--print", "--from", "2026-07-20", "--days", "1", "--only", "cruise", "--lines", "1")
    told = [
        [line[21:] for line in gw(*words).output.splitlines()] for _ in range(2)
    ]  # without the moment at which it begins
    assert told[0] == told[1]
    assert any("has departed" in line for line in told[0])
    assert gw(*words, "--seed", "2").output.splitlines()[0][21:] != told[0][0]


def test_profiles_for_a_training_gateway_are_written(tmp_path: Path) -> None:
    done = gw("simulate", "--prepare", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert {file.stem for file in (tmp_path / "new" / "carriers").iterdir()} == LINES.keys()
    assert "GATEWAY_NAME=training" in done.output
    assert f"GATEWAY_KEYS={tmp_path / 'new' / 'keys'}" in done.output  # never the authority's own recipients
    assert list((tmp_path / "new" / "keys").iterdir()) == []
    assert gw("simulate", "--prepare", tmp_path / "new").exit_code == 0
