"""Bookings in PNRGOV: who travels with whom, when it was booked, how to reach them; nothing makes the reader raise, and
what is read serves booking alone."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import formats
from gateway.formats import paxlst, pnrgov
from gateway.formats.raw import RawList, Reading
from gateway.manifest import Purpose
from gateway.normalise import normalise
from tests.often import often

SAMPLE = (Path(__file__).parents[1] / "golden" / "pnrgov" / "two-bookings" / "input.edi").read_bytes()
ODD = (Path(__file__).parents[1] / "golden" / "pnrgov" / "infant-and-odd" / "input.edi").read_bytes()

TRAVELLERS = {
    "gtas/pnrgov/loader_pnr1.txt": (2, {"B-02", "B-04", "E-08"}),
    "gtas/pnrgov/parsers_pnrMessagePg75.txt": (2, {"B-04", "B-06", "E-03", "E-08"}),
    "gtas/pnrgov/parsers_pnrMessagePg76.txt": (2, {"E-08"}),
    "gtas/pnrgov/parsers_pnrMessagePg77.txt": (1, {"B-04", "E-08"}),
    "misc/pnrgov_log_multipart_norway.txt": (0, {"B-02", "B-10", "E-08", "E-31"}),
}


def read(*segments: str, leg: bool = True) -> tuple[RawList, list[str]]:
    """A message of one booking of travellers 1 and 2 with these segments behind them."""
    voyage = ["TVL+310526:1800:010626:0500+ITBRI+GRPIR+SP+0417"] if leg else []
    body = [
        "MSG+:22",
        "ORG+SP",
        *voyage,
        "SRC",
        "RCI+SP:SPEC1A::150226:1030",
        "TIF+TESTA+PERSON:A:1",
        "TIF+TESTB+PERSON:A:2",
    ]
    text = "'".join(
        ["UNB+IATA:1+A+B+260530:1200+1", "UNH+1+PNRGOV:11:1:IA+X", *body, *segments, "UNT+0+1", "UNZ+1+1", ""]
    )
    reading = pnrgov.read(text.encode(), {})
    [raw] = reading.lists
    assert isinstance(raw, RawList)
    return raw, [finding.code for finding in reading.findings if finding.code != "E-08"]


@pytest.mark.parametrize("name", TRAVELLERS)
def test_published_messages(shared_data: Path, name: str) -> None:
    data = (shared_data / "edifact" / name).read_bytes()
    assert formats.recognise(data) is pnrgov
    reading = pnrgov.read(data, {})
    size, codes = TRAVELLERS[name]
    assert [raw.size for raw in reading.lists if isinstance(raw, RawList)] == [size]
    assert {finding.code for finding in reading.findings} == codes


def test_the_tolerant_syntax_is_the_same_for_all_edifact() -> None:
    folded = b"\r\n".join(SAMPLE[at : at + 60] for at in range(0, len(SAMPLE), 60))
    other = SAMPLE[9:].replace(b"'", b"$").replace(b"+", b"|")
    for variant in (b"QU TESTXH\r\n" + folded, other):
        assert formats.recognise(variant) is pnrgov
        raw, as_sent = (pnrgov.read(data, {}).lists[0] for data in (variant, SAMPLE))
        assert isinstance(raw, RawList)
        assert isinstance(as_sent, RawList)
        assert raw.columns == as_sent.columns


def test_a_booking_becomes_persons_of_the_common_schema() -> None:
    raw = pnrgov.read(SAMPLE, {}).lists[0]
    assert isinstance(raw, RawList)
    done = normalise(raw, None, today=date(2026, 5, 30))
    assert done.manifest.purposes == (Purpose.BOOKING,)
    anna, ole, alone = done.manifest.persons
    assert (anna.family_name, anna.given_names, anna.birth_date) == ("ERIKSSON", "ANNA MARIA", "1974-08-12")
    assert (anna.booking_reference, ole.booking_reference, alone.booking_reference) == ("SPEC1A", "SPEC1A", "SPEC2B")
    assert anna.booked_at == "2026-02-15T10:30"
    assert (anna.documents[0].number, anna.documents[0].expiry, anna.visas[0].issuer) == (
        "L898902C3",
        "2031-04-15",
        "GRC",
    )
    assert (anna.phone, anna.email, anna.cabin) == ("306900000001", "ANNA_E@EXAMPLE.ORG", "7012")
    assert done.manifest.voyage.departure
    assert (done.manifest.voyage.number, done.manifest.voyage.departure.estimated_departure) == (
        "0417",
        "2026-05-31T18:00",
    )
    assert not [finding for finding in done.findings if finding.severity == "error"]


def test_names_of_a_booking_lose_the_title_that_is_glued_to_them() -> None:
    raw, _ = read("TIF+SPECIMEN+ANNAMRS:A:3")
    person = normalise(raw, None, today=date(2026, 5, 30)).manifest.persons[2]
    assert (person.family_name, person.given_names) == ("SPECIMEN", "ANNA")


def test_nobody_pays_in_a_list_and_history_is_history() -> None:
    raw, codes = read(
        "FOP+CC:::VI:XXXX0000", "IFT+4:43+SECRETPAYER", "ADD++700:SECRETSTREET", "ABI+4", "TIF+SECRETOLD+NAME:A:9"
    )
    assert (raw.size, codes) == (2, ["B-04", "B-04"])
    assert "SECRET" not in repr((raw.columns, raw.extras))
    raw, codes = read("IFT+4:15:9+SECRETFARE", "IFT+4:28+KEPT TEXT")  # a fare calculation stands before any payment
    assert (list(raw.extras["IFT"]), codes) == ([None, "KEPT TEXT"], ["B-04"])


@pytest.mark.parametrize(
    ("segment", "field", "values"),
    [
        ("SSR+CTCM:HK:1:SP:::::306900000001+::2", "phone", [None, "306900000001"]),
        ("SSR+CTCE:HK:1:SP:::::A.B./C//EXAMPLE.ORG+::1", "email", ["A.B-C@EXAMPLE.ORG", None]),
        ("IFT+4:28::SP+CTCH 306900000001", "phone", ["306900000001"] * 2),
        ("SSR+DOCO:HK:1:SP:::::/UTRECHT+::2", "birth_place", [None, "UTRECHT"]),
        ("SSR+DOCA:HK:1:SP:::::/R/NLD+::2", "residence_country", [None, "NLD"]),
        ("TKT+0417:T:1", "ticket_number", [None, "0417"]),
        ("REF+:P-2", "carrier_reference", [None, "P-2"]),
        ("SSR+SEAT:HK:2:SP:::ITBRI:GRPIR+7012::1+7014::2", "cabin", ["7012", "7014"]),
    ],
)
def test_single_values(segment: str, field: str, values: list[str | None]) -> None:
    raw, codes = read(segment)
    assert (list(raw.columns[field]), codes) == (values, [])


def test_a_document_said_twice_is_one_and_another_is_the_next() -> None:
    docs = "SSR+DOCS:HK:1:SP:::::/P/NLD/SPEC7K2L4/NLD/03NOV91/F/{expiry}/TESTA/PERSON+::1"
    raw, _ = read(docs.format(expiry=""), docs.format(expiry="15APR31"), docs.replace("2L4", "2L5").format(expiry=""))
    first = {field: column[0] for field, column in raw.columns.items() if field.startswith("document") and column[0]}
    assert first == {
        "document.type": "P", "document.issuer": "NLD", "document.number": "SPEC7K2L4", "document.expiry": "15APR31",
        "document2.type": "P", "document2.issuer": "NLD", "document2.number": "SPEC7K2L5",
    }  # fmt: skip


def test_a_leg_of_another_day_is_not_the_voyage() -> None:
    raw, codes = read("TVL+010626:1800+ITBRI+GRPIR+SP+0417")
    assert ("embarkation" not in raw.columns, codes) == (True, [])
    assert raw.extras["TVL (booking)"] == ["SP 0417 ITBRI GRPIR 2606011800"] * 2
    assert read(leg=False)[1] == ["B-03"]


def test_other_messages_are_named_on_both_sides() -> None:
    pax = b"UNB+UNOA:4+A+B+260530:1200+1'UNH+1+PAXLST:D:05B:UN'BGM+745'TDT+20+1'NAD+FL+++A:B'CNT+42:1'UNT+6+1'UNZ+1+1'"
    assert [f.code for f in pnrgov.read(SAMPLE + pax, {}).findings if f.severity == "error"] == ["B-01"]
    assert [f.code for f in paxlst.read(pax + SAMPLE, {}).findings if f.severity == "error"] == ["E-12"]


def test_every_place_is_the_segment_of_its_value() -> None:
    raw = pnrgov.read(SAMPLE, {}).lists[0]
    assert isinstance(raw, RawList)
    segments = SAMPLE.decode().replace("\n", "").split("'")[1:]
    for field, column in raw.columns.items():
        for person, text in enumerate(column):
            place = raw.places.at(field, person)
            if text and field not in ("role", "email", "booked_at", "full_name"):
                assert text in segments[(place.segment or 0) - 1], field


# Whatever the bytes


@pytest.mark.parametrize("sample", [SAMPLE, ODD], ids=["two-bookings", "odd"])
def test_no_prefix_makes_a_list_that_is_cut_off(sample: bytes) -> None:
    for length in range(len(sample) + 1):
        reading = pnrgov.read(sample[:length], {})
        assert len(reading.lists) <= sample[:length].count(b"UNT")
        assert reading.findings or length > len(sample) - 3


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 4), st.binary(max_size=6)), min_size=1, max_size=12))
@often(100)
def test_no_damage_makes_the_reader_raise(damages: list[tuple[int, int, bytes]]) -> None:
    data = bytearray(SAMPLE)
    for at, gone, new in damages:
        data[at % len(data) : at % len(data) + gone] = new
        data = data or bytearray(b"'")
    for raw in pnrgov.read(bytes(data), {}).lists:
        assert isinstance(raw, RawList)
        assert all(len(column) == raw.size for column in (*raw.columns.values(), *raw.extras.values()))
        for field in raw.columns:
            assert all(raw.places.at(field, person).segment for person in range(raw.size))


_PIECES = ["UNB+IATA:1'", "UNH+1+PNRGOV:11'", "SRC'", "TIF+A+B:A:1'", "SSR+DOCS:HK::X:::::/P///N+::1'", "TVL+1:2+A+B'", "RCI+A:B'", "MSG'", "EQN+X'", "ABI'", "UNT+1+1'", "UNZ'", "'", "+", ":", "’SRC", "?"]  # fmt: skip


@given(st.binary(max_size=200), st.lists(st.sampled_from(_PIECES), max_size=30))
@often(100)
def test_no_junk_makes_the_reader_raise(junk: bytes, pieces: list[str]) -> None:
    for data in (junk, "".join(pieces).encode(), "".join(pieces).encode() + junk):
        assert isinstance(pnrgov.read(data, {}), Reading)
        pnrgov.recognise(data)


@pytest.mark.parametrize(
    "unit", ["SRC'", "SRC'TIF+A'", "TIF+A{n}'", "SSR+X{n}'", "RCI+A:{n}'", "TVL+{n}+A+B'", "EQN+1'", "QQQ+{n}'"]
)
def test_a_flood_of_one_kind_takes_no_more_than_its_share(unit: str) -> None:
    body = "".join(unit.replace("{n}", str(n)) for n in range(8_000))
    reading = pnrgov.read(f"UNB+IATA:1'UNH+1+PNRGOV'SRC'TIF+A+B:A:1'{body}UNT'UNZ'".encode(), {})
    assert len(reading.findings) < 1_000
    assert all(len(raw.extras) <= 100 for raw in reading.lists if isinstance(raw, RawList))


def test_findings_hold_nothing_of_a_person() -> None:
    data = SAMPLE.replace(b"SSR+CTCE", b"QQX+CTCE").replace(b"::2'", b"::8'").replace(b"EQN+2", b"EQN+SECRET")
    said = repr(pnrgov.read(data, {}))
    for secret in ("ERIKSSON", "ANNA", "L898902C3", "SECRET", "SPEC1A", "QQX"):
        assert secret not in said, secret


def test_a_document_asked_for_before_anyone_is_named_goes_to_whom_it_is_for() -> None:
    """Some systems write the requests of a booking before its TIF."""

    def numbers(*travellers: str) -> tuple[list[str | None], list[str]]:
        said = (
            "SSR+DOCS:HK:1:SP:::::/P/SWE/X1/SWE/12AUG74/F/15APR31/ERIKSSON/ANNA MARIA+::2",
            "SSR+DOCS:HK:1:SP:::::/P/SWE/X2/SWE",
        )
        body = [
            "MSG+:22",
            "TVL+310526:1800:010626:0500+ITBRI+GRPIR+SP+0417",
            "SRC",
            "RCI+SP:AB12CD",
            *said,
            *travellers,
        ]
        text = "".join(
            f"{one}'"
            for one in (
                "UNB+IATA:1+A+B+260601:1200+1",
                "UNH+1+PNRGOV:11:1:IA",
                *body,
                f"UNT+{len(body) + 2}+1",
                "UNZ+1+1",
            )
        )
        reading = pnrgov.read(text.encode(), {})
        [raw] = [one for one in reading.lists if isinstance(one, RawList)]
        return list(raw.columns.get("document.number", [])), [finding.code for finding in reading.findings]

    both = ("TIF+TESTPERSON+OLE MR:A:1", "TIF+ERIKSSON+ANNA MARIA MRS:A:2")
    assert numbers(*both) == ([None, "X1"], [])
    assert numbers(both[1])[0] == ["X1"]
    found, codes = numbers(both[0])
    assert (found, codes) == (["X2"], ["B-07"])  # the other one's is for somebody who is not there
