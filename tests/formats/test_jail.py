"""Whatever a file does, the gateway goes on: the child is the one that dies, and what it may do is next to nothing."""

import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gateway import formats, jail
from gateway.findings import Finding
from gateway.formats import workbook
from gateway.formats.raw import RawList, Reading
from tests.formats.books import ANNA, HEADERS, OLE, book, xlsx
from tests.formats.test_workbook_guard import CORNERS, ONE
from tests.often import often

Make = Callable[[str], None]


@pytest.fixture
def decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Puts a jailed format in front of all others whose `decode` has this body and whose answer comes back as a finding."""

    def make(body: str) -> None:
        file = tmp_path / "decoding.py"
        file.write_text("import os, resource, socket\ndef decode(data):\n    " + body.replace("\n", "\n    "))
        file.chmod(0o644)
        spec = importlib.util.spec_from_file_location("decoding", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "decoding", module)
        spec.loader.exec_module(module)
        format = SimpleNamespace(
            NAME="probe",
            JAILED=True,
            recognise=lambda head: True,
            guard=lambda data: [],
            decode=module.decode,
            read_grid=lambda grid, options: Reading(findings=[Finding("T-99", jail.Severity.INFO, grid.decode())]),
        )
        monkeypatch.setattr(formats, "FORMATS", (format, *formats.FORMATS))

    return make


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def test_a_workbook_is_read_in_the_child_as_in_this_process() -> None:
    data = book(HEADERS, ANNA, OLE)
    jailed, here = jail.read_file(data), workbook.read(data, {})
    assert isinstance(jailed.lists[0], RawList)
    assert jailed.lists[0].columns["family_name"] == ["ERIKSSON", "TESTPERSON"]
    assert [str(finding) for finding in jailed.findings] == [str(finding) for finding in here.findings]
    assert [str(one) for one in jailed.lists] == [str(one) for one in here.lists]


def test_options_reach_the_reader_and_formats_without_a_jail_are_read_here() -> None:
    columns = {"Wie": "family_name", "Wer": "given_names"}
    csv = b"Wie;Wer\nERIKSSON;ANNA MARIA\n"
    for data in (csv, book(("Wie", "Wer"), ("ERIKSSON", "ANNA MARIA"))):
        reading = jail.read_file(data, {"columns": columns})
        assert isinstance(reading.lists[0], RawList)
        assert reading.lists[0].columns["given_names"] == ["ANNA MARIA"]


def test_without_its_guard_the_file_that_asks_for_512_gib_kills_only_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "guard", lambda data: [])
    me = psutil.Process()
    before = me.memory_info().rss
    assert codes(jail.read_file(xlsx(CORNERS))) == ["T-06"]
    assert me.memory_info().rss - before < 64 << 20
    assert codes(jail.read_file(xlsx(ONE + "</row>"))) == ["T-20"]  # and the next file is read


def test_without_its_guard_a_bomb_kills_only_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "guard", lambda data: [])
    rows = "".join(f'<row r="{n}">' + "<c><v>1</v></c>" * 200 + "</row>" for n in range(1, 6000))
    assert codes(jail.read_file(xlsx(rows), memory_bytes=80 << 20)) == ["T-06"]
    assert codes(jail.read_file(xlsx(rows), cpu_seconds=1, wall_seconds=0.3)) == ["T-06"]


@pytest.mark.parametrize(
    ("body", "limits", "code"),
    [
        ("while True: pass", {"wall_seconds": 0.5}, "T-06"),
        ("while True: pass", {"cpu_seconds": 1}, "T-06"),
        ("return b'x' * (2 << 30)", {"memory_bytes": 512 << 20}, "T-06"),
        ("return b'x' * (100 << 20)", {}, "T-06"),
        ("os.abort()", {}, "T-06"),
        ("raise ValueError('ERIKSSON')", {}, "T-19"),
        ("os._exit(0)", {}, "T-19"),
    ],
)
def test_a_child_that_fails_is_a_finding(
    decoder: Make, body: str, limits: Mapping[str, Any], code: str, capfd: Any
) -> None:
    decoder(body)
    monkey = cast(Any, formats.FORMATS[0])
    monkey.read_grid = workbook.read_grid
    began = time.perf_counter()
    reading = jail.read_file(b"x", **limits)
    assert codes(reading) == [code]
    assert time.perf_counter() - began < 10
    assert "ERIKSSON" not in str(capfd.readouterr())


@pytest.mark.parametrize("number", [1, 2, 15])
def test_a_child_that_was_told_to_end_says_nothing_about_the_file(decoder: Make, number: int) -> None:
    decoder(f"os.kill(os.getpid(), {number}); import time; time.sleep(9)")
    before = signal.getsignal(number)
    if before is signal.SIG_IGN:  # by nohup or a background shell: a child would inherit that
        signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(InterruptedError):
            jail.read_file(b"x")
    finally:
        signal.signal(number, before)


def test_the_child_can_open_nothing_start_nothing_and_is_nobody(decoder: Make) -> None:
    decoder(
        "said = []\n"
        "for attempt in (lambda: open('/etc/hostname'), lambda: socket.socket(), lambda: os.fork(), lambda: os.pipe()):\n"
        "    try:\n"
        "        attempt()\n"
        "        said.append('could')\n"
        "    except OSError as error:\n"
        "        said.append(error.strerror)\n"
        "said += [str(os.getuid()), str(dict(os.environ)), str(resource.getrlimit(resource.RLIMIT_CORE))]\n"
        "return '|'.join(said).encode()"
    )
    said = jail.read_file(b"x").findings[0].text.split("|")
    assert said[:2] == ["Too many open files"] * 2
    assert said[2] == "Resource temporarily unavailable"
    assert said[3] == "Too many open files"
    assert said[4] == str(os.getuid() or 65534)
    assert said[5] in ("{}", "{'LC_CTYPE': 'C.UTF-8'}")
    assert said[6] == "(0, 0)"


def test_no_child_and_no_descriptor_is_left() -> None:
    me = psutil.Process()
    jail.read_file(book(HEADERS, ANNA))
    before, children = me.num_fds(), me.children()
    for data in (book(HEADERS, ANNA), xlsx(CORNERS)):
        jail.read_file(data)
        jail._run(workbook.decode, data, 1 << 30, 20, 30)
    assert me.num_fds() == before
    assert me.children() == children


def test_too_large_and_unknown() -> None:
    assert codes(jail.read_file(bytes(jail.MOST_BYTES + 1))) == ["T-01"]
    assert codes(jail.read_file(b"\x89PNG\r\n\x1a\n" + bytes(100))) == ["T-02"]
    assert codes(jail.read_file(b"Surname;First name", format="delimitted")) == ["T-02"]
    assert codes(jail.read_file(b"just words", format="delimited")) == ["T-20"]


@pytest.mark.parametrize("data", [b"", b"\r\n", b" \t\n" * 1_000])
def test_an_empty_file_is_called_empty_whatever_format_was_said(data: bytes) -> None:
    for format in (None, "paxlst", "workbook"):
        (finding,) = jail.read_file(data, format=format).findings
        assert (finding.code, finding.text) == ("T-16", "the file is empty")


def test_what_is_not_recognised_is_told_what_is_read_and_no_more() -> None:
    (finding,) = jail.read_file(b"%PDF-1.7").findings
    for read in ("PAXLST", "EMSWe", ".xlsx", ".xls", ".ods", "CSV", "common JSON"):
        assert read in finding.hint
    assert "NOA" not in finding.hint


MAGIC = st.sampled_from(
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"UNB+", b"{", b"<html", b"\xff\xfe", b"a;b\n"]
)


@often(30, suppress_health_check=[HealthCheck.too_slow])
@given(start=MAGIC, rest=st.binary(max_size=2000))
def test_any_bytes_are_lists_or_findings(start: bytes, rest: bytes) -> None:
    reading = jail.read_file(start + rest)
    assert reading.lists or reading.findings


@often(25)
@given(at=st.integers(0, 6000), junk=st.binary(min_size=1, max_size=40))
def test_a_spoilt_workbook_is_lists_or_findings(at: int, junk: bytes) -> None:
    data = bytearray(book(HEADERS, ANNA, OLE))
    data[at : at + len(junk)] = junk
    reading = jail.read_file(bytes(data))
    assert reading.lists or reading.findings


def test_five_thousand_persons_in_half_a_second() -> None:
    data = book(HEADERS, *[(f"ERIKSSON{n}", *ANNA[1:5], f"L{n:08}") for n in range(5000)])
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        reading = jail.read_file(data)
        seconds.append(time.perf_counter() - began)
    assert isinstance(reading.lists[0], RawList)
    assert reading.lists[0].size == 5000
    assert min(seconds) < 0.5 * 4  # a figure of `./gw bench`; here only what a busy machine cannot excuse
