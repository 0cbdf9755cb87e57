"""./gw send, calls and token: what they ask of a gateway, and what they make of whatever answers."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from gateway.findings import Finding, Place, Severity
from gateway.settings import utc_now
from tests.cli.desk import answering, gw

FINDING = Finding(
    "P-20", Severity.ERROR, "the sex is missing", Place(line=3, person=2), "give F, M or X", "98/41/EC art. 5"
)
ANSWER: dict[str, Any] = {
    "submission": "7c4a",
    "persons": 3,
    "errors": 1,
    "warnings": 0,
    "lists": [
        {
            "format": "delimited",
            "kind": "passengers",
            "persons": 3,
            "call": "SP1147",
            "deliveries": [
                {"recipient": "mt-nsw", "form": "emswe-xml", "persons": 2, "left_out": [[3, ["birth_date"]]]}
            ],
            "not_sent": [["gr-piu", "lists: the entry does not cover this voyage"]],
        },
        {"format": "delimited", "kind": "crew", "persons": 1, "call_reason": "none fits", "held": "E-31: not complete"},
    ],
    "findings": [
        {"code": "P-20", "severity": "error", "text": FINDING.text, "place": {"line": 3, "person": 2}, "hint": FINDING.hint, "cites": FINDING.cites}
    ],
}  # fmt: skip
POST = ("POST", "/v1/submissions")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Surname;Forename\nERIKSSON;ANNA MARIA\n")
    return path


def test_a_gateway_s_call_is_explained_and_its_sailings_are_replayed(tmp_path: Path) -> None:
    call = {
        "id": "S 1", "carrier": "specimen", "service": "ferry", "departure_port": "FIHEL", "arrival_port": "EETLL",
        "vessel": "Specimen Star", "distance_nm": 44.0, "etd": {"at": "2026-07-20T10:00:00Z", "source": "test"},
    }  # fmt: skip
    sums = {
        "obligation": "X-1", "title": "x", "sailings": 2, "met": 1, "late": 0, "incomplete": 1, "missing": 0, "open": 0,
        "fields": {"cabin": 7},
    }  # fmt: skip
    failing = {
        "call": "S 1",
        "obligation": "X-1",
        "state": "incomplete",
        "deadline": None,
        "explanation": "soon",
        "fields": {"cabin": 7},
    }
    answers = {
        ("GET", "/v1/calls/S%201"): (200, {"call": call, "times": [], "due": []}),
        ("POST", "/v1/what-if"): (200, {"sums": [sums], "failing": [failing]}),
    }
    with answering(answers) as server:
        told = gw("obligations", "explain", "S 1", "--to", server.url, "--token", "secret")
        tried = gw(
            "obligations", "what-if", "--on", "2028-01-02", "--days", "9", "--to", server.url, "--token", "secret"
        )
    assert "EU-9841-LIST (counted)" in told.output
    assert server.requests[-1][1] == "/v1/what-if?days=9&on=2028-01-02"
    assert tried.exit_code == 1
    assert "  S 1: X-1 incomplete (cabin of 7); soon" in tried.output


def test_a_file_is_submitted_and_the_answer_shown(file: Path) -> None:
    with answering({POST: (200, ANSWER)}) as server:
        result = gw("send", file, "--to", f"{server.url}/", "--token", "secret", "--call", "SP 1147")
    ((method, path, headers, body),) = server.requests
    assert (method, path, body) == ("POST", "/v1/submissions?call=SP+1147", file.read_bytes())
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Prefer"] == "wait=30"
    assert len(headers["Idempotency-Key"]) == 32
    assert result.exit_code == 1
    for line in (
        "submission 7c4a",
        "delimited: passengers, 3 persons, call SP1147",
        "  to mt-nsw as emswe-xml: 2 persons",
        "    without person 3: birth_date is needed there",
        "  not to gr-piu: lists: the entry does not cover this voyage",
        "delimited: crew, 1 person, call unknown: none fits",
        "  held back: E-31: not complete",
        "P-20  error    line 3: the sex is missing",
        "               hint: give F, M or X",
        "               98/41/EC art. 5",
        "3 persons, 1 error, 0 warnings",
    ):
        assert line in result.output.splitlines()


def test_a_clean_submission_ends_well(file: Path) -> None:
    clean = ANSWER | {"errors": 0, "findings": []}
    with answering({POST: (200, clean)}) as server:
        assert gw("send", file, "--to", server.url, "--token", "x").exit_code == 0


def test_several_files_are_one_submission(file: Path) -> None:
    other = file.parent / 'odd "name"\r\n.csv'
    other.write_bytes(b"x")
    with answering({POST: (200, ANSWER)}) as server:
        gw("send", file, other, "--to", server.url, "--token", "x")
    ((_, _, headers, body),) = server.requests
    boundary = headers["Content-Type"].partition("boundary=")[2]
    assert headers["Content-Type"].startswith("multipart/form-data")
    assert body.count(f"--{boundary}".encode()) == 3
    assert b'filename="odd%20%22name%22%0D%0A.csv"' in body


def test_the_token_may_be_in_the_environment(file: Path) -> None:
    with answering({POST: (200, ANSWER)}) as server:
        gw("send", file, "--to", server.url, GATEWAY_TOKEN="from-there")
    assert server.requests[0][2]["Authorization"] == "Bearer from-there"
    assert gw("carriers", GATEWAY_TOKEN="from-there").exit_code == 0


def test_what_is_not_processed_yet_is_said(file: Path) -> None:
    with answering({POST: (202, {"id": "7c4a", "state": "received"})}) as server:
        result = gw("send", file, "--to", server.url, "--token", "x", "--wait", "0")
    assert result.exit_code == 0
    assert "submission 7c4a\nreceived and stored; not processed yet" in result.output


def test_files_that_came_before_are_said_to_be_so(file: Path) -> None:
    before = ANSWER | {"received_at": "2026-11-20T12:00:00Z"}
    now = ANSWER | {"received_at": utc_now().isoformat()}
    said = "these files were received before, at 2026-11-20T12:00:00Z: nothing was filed anew"
    for answer, is_repeat in ((before, True), (now, False)):
        with answering({POST: (200, answer)}) as server:
            assert (said in gw("send", file, "--to", server.url, "--token", "x").output) == is_repeat


def test_the_receipt_is_kept(file: Path) -> None:
    answers = {POST: (200, ANSWER), ("GET", "/v1/submissions/7c4a/receipt"): (200, {"receipt": "signed"})}
    kept = file.parent / "receipt.json"
    with answering(answers) as server:
        result = gw("send", file, "--to", server.url, "--token", "x", "--receipt", kept)
    assert f"receipt kept in {kept}" in result.output
    assert json.loads(kept.read_text()) == {"receipt": "signed"}


PROBLEM = {"type": "about:blank", "title": "Not signed in", "detail": "the token is not known", "status": 401}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, PROBLEM, "Error: Not signed in: the token is not known"),
        (500, b"<html>oops</html>", "the answer was 500 without a reason"),
        (500, [1, 2], "the answer was 500 without a reason"),
        (500, b"", "the answer was 500 without a reason"),
        (200, b"<html>some other server</html>", "is no gateway"),
        (200, b"", "is no gateway"),
    ],
)
def test_whatever_answers_becomes_a_sentence(file: Path, status: int, body: Any, said: str) -> None:
    with answering({POST: (status, body)}) as server:
        result = gw("send", file, "--to", server.url, "--token", "x")
    assert result.exit_code == 1
    assert said in result.output


def test_a_server_of_another_kind_becomes_a_sentence(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            one, _ = listener.accept()
            with one:
                one.recv(1000)
                one.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        result = gw("send", file, "--to", f"http://127.0.0.1:{listener.getsockname()[1]}", "--token", "x")
        thread.join()
    assert result.exit_code == 1
    assert "is no gateway" in result.output


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("http://127.0.0.1:1", 1, "cannot be reached"),
        ("127.0.0.1:8460", 2, "begins with http:// or https://"),
        ("file:///etc/passwd", 2, "begins with http:// or https://"),
        ("http://[", 1, "is no gateway"),
        ("http://127.0.0.1:port", 1, "is no gateway"),
        ("http://a b", 1, "is no gateway"),
    ],
)
def test_an_address_that_will_not_do(file: Path, url: str, status: int, said: str) -> None:
    result = gw("send", file, "--to", url, "--token", "x")
    assert result.exit_code == status, result.output
    assert said in result.output


def test_a_certificate_that_is_none(file: Path) -> None:
    result = gw("send", file, "--to", "https://127.0.0.1:1", "--token", "x", "--ca", file)
    assert result.exit_code == 1


def test_a_schedule_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(b"id,carrier\n")
    finding = {"code": "S-03", "severity": "error", "place": "line 2", "text": "no port", "hint": "give one"}
    answer = {"calls": 3, "changed": ["a", "b"], "carriers_without_profile": ["new-line"], "findings": [finding]}
    with answering({("POST", "/v1/calls"): (200, answer)}) as server:
        result = gw("calls", "import", path, "--to", server.url, "--token", "x")
        (tmp_path / "calls.json").write_bytes(b"[]")
        gw("calls", "import", tmp_path / "calls.json", "--to", server.url, "--token", "x")
    assert [request[2]["Content-Type"] for request in server.requests] == ["text/csv", "application/json"]
    assert result.exit_code == 1
    assert "S-03  error    line 2: no port; give one" in result.output
    assert "no profile for carrier new-line: add carriers/new-line.toml" in result.output
    assert "3 calls read, 2 new or changed" in result.output


def test_calls_are_listed() -> None:
    call = {
        "id": "SP1147", "state": "due", "departure_port": "GRPIR", "arrival_port": "MTMLA", "vessel": None,
        "imo": "1234567", "on_board": None,
    }  # fmt: skip
    with answering(
        {("GET", "/v1/calls"): (200, {"calls": [call, call | {"on_board": 0, "vessel": "SPECIMEN STAR"}]})}
    ) as server:
        result = gw("calls", "list", "--to", server.url, "--token", "x")
    first, second = result.output.splitlines()
    assert first.split() == ["due", "GRPIR-MTMLA", "1234567", "-", "SP1147"]
    assert second.split() == ["due", "GRPIR-MTMLA", "SPECIMEN", "STAR", "0", "SP1147"]


def test_a_token_is_shown_once() -> None:
    made = {"token": "abc", "expires_at": "2027-11-21T12:00:00Z"}
    with answering({("POST", "/v1/tokens"): (201, made)}) as server:
        result = gw("token", "new", "carrier", "specimen", "--days", "30", "--to", server.url, "--token", "x")
    assert json.loads(server.requests[0][3]) == {"kind": "carrier", "subject": "specimen", "days": 30, "note": ""}
    assert result.stdout == "abc\n"
    assert "for carrier specimen, until 2027-11-21" in result.stderr


def test_people_get_a_link_that_is_shown_once() -> None:
    made = {
        "name": "anna",
        "kind": "desk",
        "subject": "compliance",
        "waits": True,
        "link": "/enrol?link=abc",
        "expires_at": "2026-11-23T12:00:00Z",
    }
    with answering({("POST", "/v1/people"): (201, made), ("POST", "/v1/people/anna/link"): (201, made)}) as server:
        at = ("--to", server.url, "--token", "x")
        added = gw("people", "add", "anna", "--role", "desk", "--subject", "compliance", *at)
        assert added.stdout == f"{server.url}/enrol?link=abc\n"
        assert "for anna (desk compliance) alone: good once, until 2026-11-23T12:00 UTC" in added.stderr
        assert "does nothing until a colleague" in added.stderr
        assert gw("people", "link", "anna", *at).stdout == added.stdout
    assert json.loads(server.requests[0][3]) == {"name": "anna", "kind": "desk", "subject": "compliance", "email": ""}


def test_people_are_listed_and_disabled() -> None:
    one = {
        "name": "anna",
        "email": "",
        "kind": "desk",
        "subject": "c",
        "provider": None,
        "created_at": "2026-11-22T12:00:00Z",
        "created_by": "x",
        "waits": False,
    }
    states = ({"enrolled_at": None, "disabled_at": None}, {"enrolled_at": "2026-11-22T12:00:00Z", "disabled_at": None})
    ended = {"enrolled_at": None, "disabled_at": "2026-11-23T12:00:00Z"}
    listed = {
        "people": [one | state for state in (*states, ended)]
        + [one | states[0] | {"provider": "https://id.example"}, one | states[1] | {"waits": True}]
    }
    entry = {"id": 7, "at": "2026-11-22T12:00:00.5Z", "event": "signed-in", "about": {"by": "anna", "failed": "2"}}
    role = one | states[1] | {"waits": True}
    answers: Any = {
        ("GET", "/v1/people"): (200, listed),
        ("DELETE", "/v1/people/anna"): (204, b""),
        ("POST", "/v1/people/anna/role"): (200, role),
        ("GET", "/v1/people/log"): (200, {"entries": [entry], "before": None}),
    }
    with answering(answers) as server:
        at = ("--to", server.url, "--token", "x")
        told = gw("people", "list", *at).output
        assert gw("people", "disable", "anna", *at).output == "anna is signed out everywhere and is not let in again\n"
        assert gw("people", "log", *at).output == "2026-11-22T12:00:00Z signed-in                by=anna failed=2\n"
        changed = gw("people", "role", "anna", "--role", "desk", "--subject", "c", *at)
        assert changed.stdout == "anna is desk c from now on\n"
        assert "does nothing until a colleague" in changed.stderr
        assert json.loads(server.requests[-1][3]) == {"kind": "desk", "subject": "c"}
    for words in (
        "has a link, or needs a new one",
        "since 2026-11-22",
        "disabled 2026-11-23",
        "signs in with https://id.example",
        "waits for a colleague to confirm it",
    ):
        assert words in told
    with answering({("GET", "/v1/people"): (200, {"people": []})}) as server:
        assert "nobody yet" in gw("people", "list", "--to", server.url, "--token", "x").output


def test_the_operator_s_own_token_is_found_in_the_state(tmp_path: Path) -> None:
    (tmp_path / "operator.token").write_text("from-the-state\n")
    with answering({("GET", "/v1/calls"): (200, {"calls": []})}) as server:
        assert gw("calls", "list", "--to", server.url, GATEWAY_STATE=str(tmp_path)).exit_code == 0
    assert server.requests[0][2]["Authorization"] == "Bearer from-the-state"
    missing = gw("calls", "list", "--to", server.url, GATEWAY_STATE=str(tmp_path / "nowhere"))
    assert missing.exit_code == 2
    assert "give --token, or start the gateway here once" in missing.output


def test_the_gateway_on_this_machine_is_asked_where_it_listens() -> None:
    """GATEWAY_HOST and GATEWAY_PORT say where that is, to `./gw run` and to the commands that speak to it."""
    made = {"token": "abc", "expires_at": "2027-11-21T12:00:00Z"}
    answers: Any = {("POST", "/v1/tokens"): (200, made), ("GET", "/v1/calls"): (200, {"calls": []})}
    with answering(answers) as server:
        where = {"GATEWAY_PORT": str(server.server_port), "GATEWAY_HOST": "0.0.0.0"}
        assert gw("token", "new", "carrier", "specimen", "--token", "x", **where).exit_code == 0
        assert gw("calls", "list", "--token", "x", **where).exit_code == 0
    assert [path for _, path, _, _ in server.requests] == ["/v1/tokens", "/v1/calls"]


def test_recipients_and_transfers_are_asked_where_the_settings_say_too() -> None:
    answers: Any = {("GET", f"/v1/{name}"): (200, {name: []}) for name in ("recipients", "transfers")}
    with answering(answers) as server:
        for name in ("recipients", "transfers"):
            assert gw(name, "--token", "x", GATEWAY_PORT=str(server.server_port)).exit_code == 0
    assert [path for _, path, _, _ in server.requests] == ["/v1/recipients", "/v1/transfers"]


@pytest.mark.parametrize(
    "wrong", [("--since", "yesterday"), ("--since", "2026-11-21T00:00:00"), ("--delivery", "the last one")]
)
def test_what_cannot_be_replayed_is_said_before_the_gateway_is_asked(wrong: tuple[str, str]) -> None:
    result = gw("recipients", "replay", "ut-piu", *wrong, "--token", "secret")
    assert result.exit_code == 2
    assert f"Invalid value for '{wrong[0]}'" in result.output


def test_no_sailing_that_a_law_binds_is_said(tmp_path: Path) -> None:
    with answering({("POST", "/v1/what-if"): (200, {"sums": [], "failing": []})}) as server:
        result = gw("obligations", "what-if", "--to", server.url, "--token", "secret")
    assert result.exit_code == 0
    assert "nothing was due" in result.output


@pytest.mark.parametrize(
    ("meant", "wrong"),
    [
        (("--voyage", "9999840", "GRPIR", "tomorrow"), "--voyage"),
        (("--delivery", "the last one"), "--delivery"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_the_gateway_is_asked(meant: tuple[str, ...], wrong: str) -> None:
    with answering({}) as server:
        result = gw(
            "transfers", "request", "--holder", "ut-piu", *meant, "--purpose", "border", "--legal-basis", "act 1",
            "--to", server.url, "--token", "secret",
        )  # fmt: skip
    assert result.exit_code == 2
    assert f"Invalid value for '{wrong}'" in result.output
    assert not server.requests


def test_scores_are_told_as_numbers_and_as_a_sheet() -> None:
    nothing = dict.fromkeys(("part", "numerator", "denominator", "share", "seconds", "low", "high", "reason")) | {
        "sailings": 40
    }
    card = {
        "carrier": "specimen", "route": None, "sailings": 40, "excused": 1, "undetermined": 0, "fields": {},
        "values": [
            nothing | {"metric": "coverage", "numerator": 38, "denominator": 40, "share": 0.95},
            nothing | {"metric": "lateness", "part": "median", "seconds": 1200},
            nothing | {"metric": "reconciliation", "reason": "nobody has entered it"},
        ],
    }  # fmt: skip
    said = {
        "from": "2026-07-01T00:00:00Z",
        "until": "2026-08-01T00:00:00Z",
        "closed": None,
        "terms": "2026-1",
        "cards": [card],
    }
    query = "carrier=specimen&from=2026-07-01&until=2026-08-01"
    chosen = ("--carrier", "specimen", "--from", "2026-07-01", "--until", "2026-08-01", "--token", "x")
    with answering({("GET", "/v1/scorecards"): (200, said)}) as server:
        told = gw("scores", *chosen, "--to", server.url)
        sheet = gw("scores", *chosen, "--csv", "--to", server.url)
    assert told.exit_code == sheet.exit_code == 0, told.output
    assert {request[1] for request in server.requests} == {f"/v1/scorecards?{query}"}
    assert "2026-07-01 until 2026-08-01, terms 2026-1, not closed" in told.output
    assert [line.split() for line in told.output.splitlines()[3:]] == [
        ["coverage", "38", "of", "40", "95.0%"],
        ["lateness", "median", "20", "min"],
        ["reconciliation", "-", "nobody", "has", "entered", "it"],
    ]
    assert sheet.output.splitlines()[1].startswith(
        "specimen,2026-07-01T00:00:00Z,2026-08-01T00:00:00Z,coverage,,38,40,0.95"
    )
