"""eNOA/D-like XML besides the golden notices: the quirks of its writers, the profile's own names, hostile files."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import enoad, recognise
from gateway.formats.raw import RawList, Reading
from gateway.manifest import DocumentType
from gateway.normalise import normalise
from tests.often import often

US = (Path(__file__).parents[1] / "golden" / "enoad" / "us-3.6" / "input.xml").read_bytes()
TODAY = date(2026, 6, 1)


def notice(person: str, before: str = "") -> bytes:
    return f"<NOTICE>{before}<CREW_LIST><CREW>{person}</CREW></CREW_LIST></NOTICE>".encode()


def raw(data: bytes, options: dict[str, Any] | None = None) -> RawList:
    [found] = enoad.read(data, options or {}).lists
    assert isinstance(found, RawList)
    return found


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize(
    ("text", "is_notice"),
    [
        ("<NOTICE>", True),
        ('<n:NOTICE xmlns:n="urn:n">', True),
        ("<Envelope><NOTICE_DETAILS/></Envelope>", True),
        ("<NOTICES/>", False),
        ("NOTICE", False),
    ],
)
def test_it_is_known_by_its_elements(text: str, is_notice: bool) -> None:
    assert (recognise(text.encode()) is enoad) == is_notice


def test_it_says_once_a_file_that_it_is_experimental() -> None:
    assert codes(enoad.read(US, {})).count("X-30") == 1
    assert codes(enoad.read(b"<a>" + US.partition(b"?>")[2] * 2 + b"</a>", {})).count("X-30") == 1
    assert codes(enoad.read(b"<NOTICE><VESSEL/></NOTICE>", {})) == ["X-30", "X-34"]


def test_placeholders_and_document_codes_of_spms_are_read_as_such() -> None:
    """FNU is no given name; I is an INS pass here and no identity card."""
    crew = enoad.read(US, {}).lists[0]
    assert isinstance(crew, RawList)
    first, second = normalise(crew, None, today=TODAY).manifest.persons
    assert (first.given_names, first.name_reason) == (None, "no given name")
    assert [one.documents[0].type for one in (first, second)] == [DocumentType.SEAFARER_BOOK, DocumentType.OTHER]


def test_stripped_signs_are_suspected_only_where_no_name_has_any() -> None:
    assert "X-32" in codes(enoad.read(notice("<LAST_NAME>OSPECIMEN</LAST_NAME>"), {}))
    assert "X-32" not in codes(enoad.read(notice("<LAST_NAME>O'SPECIMEN</LAST_NAME>"), {}))
    assert "X-32" not in codes(enoad.read(b"<NOTICE><CREW_LIST/></NOTICE>", {}))


@pytest.mark.parametrize(
    ("state", "port", "said"),
    [("Barbados", "Bridgetown, Barbados", "X-33"), ("Georgia", "Bridgetown", "X-35"), ("CA", "Bridgetown", "X-35"), ("Florida", "Bridgetown", "X-35")],
)  # fmt: skip
def test_a_country_in_the_place_of_a_state_is_a_country(state: str, port: str, said: str) -> None:
    block = (
        f"<ARRIVAL><ARRIVE_DT>2026-06-03</ARRIVE_DT><PORT_NAME>Bridgetown</PORT_NAME><STATE>{state}</STATE></ARRIVAL>"
    )
    data = notice("<LAST_NAME>O'SPECIMEN</LAST_NAME>", block)
    assert raw(data).header["arrival.port_name"].text == port
    assert codes(enoad.read(data, {})) == ["X-30", said]


def test_a_second_port_is_not_lost_in_silence() -> None:
    port = "<ARRIVE_DT>2026-06-03</ARRIVE_DT><PORT_NAME>{}</PORT_NAME>"
    blocks = f"<ARRIVAL>{port.format('Miami')}</ARRIVAL><DEPARTURE>{port.format('Nassau')}</DEPARTURE>"
    reading = enoad.read(notice("<LAST_NAME>O'SPECIMEN</LAST_NAME>", blocks), {})
    [finding] = [one for one in reading.findings if one.code == "X-35"]
    assert "DEPARTURE/ARRIVE_DT, DEPARTURE/PORT_NAME" in finding.text


def test_the_profile_names_what_nobody_has_seen() -> None:
    data = notice("<LAST_NAME>X</LAST_NAME><ID_ISSUER_ABBR>GR</ID_ISSUER_ABBR><SHOE_SIZE>44</SHOE_SIZE><A><B>1</B></A>")
    assert raw(data).extras == {"ID_ISSUER_ABBR": ["GR"], "SHOE_SIZE": ["44"], "A/B": ["1"]}
    options = {"columns": {"ID_ISSUER_ABBR": "document.issuer", "A/B": "cabin"}, "ignore": ["SHOE_SIZE"]}
    found = raw(data, options)
    assert found.columns["document.issuer"] == ["GR"]
    assert found.columns["cabin"] == ["1"]
    assert not found.extras


def test_words_never_displace_a_name_that_is_documented() -> None:
    found = raw(notice("<PASSPORT_NUMBER>XS2</PASSPORT_NUMBER><ID_NUM>XS1</ID_NUM><GIVEN_NAME>Io</GIVEN_NAME>"))
    assert (found.columns["document.number"], found.extras) == (["XS1"], {"PASSPORT_NUMBER": ["XS2"]})
    assert found.columns["given_names"] == ["Io"]
    two = b"<NOTICE><CREW_LIST><CREW><ID_NUM>XS1</ID_NUM></CREW><CREW><PASSPORT_NUMBER>XS2</PASSPORT_NUMBER></CREW></CREW_LIST></NOTICE>"
    assert raw(two).columns["document.number"] == ["XS1", None]  # it may be another document's


def test_a_file_cut_anywhere_is_one_finding_and_no_list() -> None:
    data = US.rstrip()
    for end in range(60, len(data)):
        reading = enoad.read(data[:end], {})
        assert codes(reading) == ["X-01"], end


@often(75)
@given(st.integers(0, len(US)), st.integers(0, 40), st.binary(max_size=20))
def test_no_junk_makes_it_raise(at: int, length: int, junk: bytes) -> None:
    reading = enoad.read(US[:at] + junk + US[at + length :], {})
    assert reading.findings
    for one in reading.lists:
        assert isinstance(one, RawList)
        assert all(len(column) == one.size for column in (*one.columns.values(), *one.extras.values()))
        normalise(one, None, today=TODAY)


@pytest.mark.parametrize(
    "data",
    [
        notice("", "<A><ARRIVE_DT>1</ARRIVE_DT><PORT_NAME>x</PORT_NAME></A>" * 50_000),
        notice("", "".join(f"<x{at}>1</x{at}>" for at in range(50_000))),
        notice("", "<A>" * 240 + "1" + "</A>" * 240),
        b"<NOTICE>" + b"<CREW_LIST/>" * 50_000 + b"</NOTICE>",
        b"<NOTICE><CREW_LIST>" + b"<CREW/>" * 100_000 + b"</CREW_LIST></NOTICE>",
    ],
    ids=["ports", "names", "deep", "lists", "persons"],
)
def test_a_hostile_file_takes_neither_long_nor_much(data: bytes) -> None:
    reading = enoad.read(data, {})
    assert len(reading.findings) < 20
    assert len(repr(reading.findings)) < 20_000


def test_nothing_of_a_person_stands_in_a_finding() -> None:
    said = repr(enoad.read(US, {}).findings)
    for value in ("SPECIMEN", "MUSTERMANN", "SAMPLETON", "XS00000", "SAMPLEVILLE", "1970", "ZZ9"):
        assert value not in said
