"""Schedules: what can be read is read, everything else is said with its line or path, nothing raises."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding, Severity
from gateway.obligations import Exemption, ExpectedCall, parse_schedule
from gateway.obligations.schedule import RULES
from tests.often import often
from tests.sailing import at

HEADER = "carrier,service,vessel,imo,voyage,departure_port,arrival_port,distance_nm,etd,eta"
LINE = "specimen,ferry,SPECIMEN STAR,1234567,V1,FIHEL,EETLL,44,2026-07-20T13:00,2026-07-20T15:30"


def read(*lines: str) -> tuple[list[ExpectedCall], list[Finding]]:
    return parse_schedule("\n".join((HEADER, *lines)).encode(), "csv")


def said(findings: list[Finding]) -> list[tuple[str, int | None, str | None]]:
    return [(finding.code, finding.place.line, finding.place.column) for finding in findings]


def changed(**cells: str) -> str:
    names, row = HEADER.split(","), LINE.split(",")
    return ",".join(cells.get(name, value) for name, value in zip(names, row, strict=True))


def test_a_good_line() -> None:
    (call,), findings = read(LINE)
    assert findings == []
    assert call.id == "specimen-1234567-v1-fihel-eetll-20260720"
    assert (call.carrier, call.service, call.vessel, call.imo) == ("specimen", "ferry", "SPECIMEN STAR", "1234567")
    assert (call.departure_port, call.arrival_port, call.distance_nm) == ("FIHEL", "EETLL", 44.0)
    assert call.etd is not None
    assert (call.etd.at, call.etd.source) == (at("2026-07-20T10:00"), "schedule")  # Helsinki is at +03:00 in July
    assert call.status == "planned"


def test_calls_without_a_distance_are_said_once_with_their_number() -> None:
    lines = [changed(voyage=f"V{n}", distance_nm="" if n else "44") for n in range(4)]
    calls, findings = read(*lines)
    assert len(calls) == 4
    (finding,) = findings
    assert (finding.code, finding.severity) == ("S-11", Severity.INFO)
    assert finding.text.startswith("3 of 4 calls have no distance")
    assert "over 20 nautical miles" in finding.text
    assert "distance_nm" in finding.hint
    assert [f.code for f in read(changed(distance_nm="far"))[1]] == [
        "S-04"
    ]  # that one was given, and is told by itself


def test_every_column_is_read() -> None:
    entry = {
        "id": "C1", "carrier": "specimen", "service": "Cruise", "vessel": "SPECIMEN STAR", "voyage": "V1",
        "departure_port": "GRPIR", "arrival_port": "MTMLA", "previous_port": "TRIST", "next_port": "ITCVV",
        "distance_nm": 540.5, "etd": "2026-07-20T18:00", "atd": "2026-07-20T18:10+03:00", "eta": "2026-07-22T07:30",
        "ata": "2026-07-22T05:40Z", "boarding_closed": "2026-07-20T17:30", "atd_source": "AIS", "status": "cancelled",
        "capacity": 2400, "exemptions": ["EU-9841-LIST until 2027-05-31: certificate 12", "*"],
    }  # fmt: skip
    calls, findings = parse_schedule(msgspec.json.encode({"calls": [entry]}), "json", source="port office")
    assert findings == []
    (call,) = calls
    assert call.atd is not None
    assert call.etd is not None
    assert call.ata is not None
    assert call.boarding_closed is not None
    assert (call.id, call.service, call.status, call.passenger_capacity) == ("C1", "cruise", "cancelled", 2400)
    assert (call.previous_port, call.next_port, call.distance_nm) == ("TRIST", "ITCVV", 540.5)
    assert (call.atd.at, call.atd.source, call.etd.source) == (at("2026-07-20T15:10"), "AIS", "port office")
    assert (call.ata.at, call.boarding_closed.at) == (at("2026-07-22T05:40"), at("2026-07-20T14:30"))
    assert call.exemptions == (
        Exemption("EU-9841-LIST", "certificate 12", date(2027, 5, 31)),
        Exemption("*", "exemption in the schedule"),
    )
    assert parse_schedule(msgspec.json.encode([entry]), "json", source="port office")[0] == calls


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_headers_and_encodings(delimiter: str) -> None:
    header = "Carrier,Service,Ship,IMO number,Voyage number,From,To,Distance,ETD,ETA"
    text = f"{header}\n\n{LINE.replace('SPECIMEN STAR', 'SPECIMEN ÅND')}\n".replace(",", delimiter)
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        (call,), findings = parse_schedule(text.encode(encoding), "csv")
        assert findings == []
        assert call.vessel == "SPECIMEN ÅND"


def test_every_problem_has_its_line() -> None:
    calls, findings = read(
        LINE,
        changed(carrier="", departure_port="NOWHERE AT ALL", etd=""),
        changed(service="train", imo="1234568"),
        changed(voyage="V2", distance_nm="far", eta="2026-07-20"),
        changed(voyage="V3", eta="2026-07-20T09:00"),
        LINE,
    )
    assert [call.voyage for call in calls] == ["V1", "V2", "V3"]
    assert said(findings) == [
        ("S-04", 3, "departure_port"), ("S-03", 3, None), ("S-03", 3, None),
        ("S-04", 4, "service"), ("S-04", 4, "imo"),
        ("S-04", 5, "eta"), ("S-04", 5, "distance_nm"),
        ("S-08", 6, "eta"),
        ("S-09", 7, None),
    ]  # fmt: skip
    assert "line 2" in findings[-1].text
    assert {finding.text for finding in findings if finding.code == "S-03"} == {
        "carrier is missing, so this call is left out",
        "etd or atd is missing, so this call is left out",
    }
    assert all(call.eta is None for call in calls[1:])


def test_problems_in_json_have_their_path() -> None:
    entries = [{"carrier": "specimen", "colour": "blue"}, 7]
    calls, findings = parse_schedule(msgspec.json.encode({"calls": entries}), "json")
    assert calls == []
    paths = {(finding.code, finding.place.path, finding.place.column) for finding in findings}
    assert ("S-02", "/calls/0", "colour") in paths
    assert ("S-03", "/calls/0", None) in paths
    assert ("S-04", "/calls/1", None) in paths


def test_local_times_in_the_nights_when_the_clocks_change() -> None:
    calls, findings = read(
        changed(etd="2026-10-25T03:30", eta="2026-10-25T07:00"),
        changed(voyage="V2", etd="2026-10-25T03:30+02:00", eta="2026-10-25T07:00"),
        changed(voyage="V3", etd="2026-03-29T03:30", eta="2026-03-29T07:00"),
    )
    assert said(findings) == [("S-06", 2, "etd"), ("S-05", 4, "etd")]
    assert [call.etd.at for call in calls if call.etd] == [at("2026-10-25T00:30"), at("2026-10-25T01:30")]


def test_ids_are_stable_and_tell_sailings_apart() -> None:
    first, moved = read(LINE)[0][0], read(changed(etd="2026-07-20T13:45"))[0][0]
    assert first.id == moved.id
    ids = {read(changed(**{name: value}))[0][0].id for name, value in
           {"voyage": "V2", "arrival_port": "SESTO", "carrier": "another", "etd": "2026-07-19T13:00"}.items()}  # fmt: skip
    assert len(ids | {first.id}) == 5


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", "csv"), (b"\xff\xfe\x00", "csv"), (b"a,b\n1,2", "csv"), (b"", "json"), (b"{", "json"), (b"7", "json"),
     (b'{"calls": 1}', "json"), (b"[" * 100_000, "json"), (b'"\xff"', "json"), (HEADER.encode() + b'\n"' + b"x" * 200_000, "csv")],
)  # fmt: skip
def test_no_schedule_at_all_is_said(data: bytes, kind: str) -> None:
    calls, findings = parse_schedule(data, kind)  # type: ignore[arg-type]
    assert calls == []
    assert findings


def test_rules_have_their_own_id_and_a_hint() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.hint for rule in RULES)


@often(75)
@given(st.data())
def test_no_cell_makes_it_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*HEADER.split(","), "exemptions", "capacity", "status", "boarding_closed"]))
    value = data.draw(
        st.one_of(
            st.text(max_size=30), st.integers(), st.floats(), st.lists(st.text(max_size=5), max_size=3), st.none(),
            st.sampled_from(["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "²", "1e9", "-1", "*", "nan", "2026-W01-1T10:00"]),
        )
    )  # fmt: skip
    entry = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | {name: value}
    parse_schedule(msgspec.json.encode([entry]), "json")
    parse_schedule(f"{HEADER},{name}\n{LINE},{value}".encode("utf-8", "surrogatepass"), "csv")


@often(40)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    parse_schedule(data, "csv")
    parse_schedule(HEADER.encode() + b"\n" + data, "csv")
    parse_schedule(data, "json")
