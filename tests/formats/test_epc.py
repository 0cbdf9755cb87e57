"""EPC messages besides the golden ones: each trap of the dialects, hostile files, and the same people in both dialects."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.formats import epc, recognise
from gateway.formats.raw import RawList, Reading
from gateway.manifest import DocumentType, ListKind, Manifest
from gateway.normalise import normalise
from gateway.process.understand import understand
from gateway.sent import File
from tests.often import often
from tests.specimen import NOW

GOLDEN = Path(__file__).parents[1] / "golden" / "epc"
MESSY = (GOLDEN / "messy" / "input.xml").read_bytes()
TODAY = date(2026, 6, 1)


def message(body: str, header: str = "", *, of: str = "EPCRequestBody") -> bytes:
    return f"<EPCMessage><EPCMessageHeader>{header}</EPCMessageHeader><{of}>{body}</{of}></EPCMessage>".encode()


def passengers(*people: str) -> bytes:
    return message(
        f"<PassengerList>{''.join(f'<PassengerData>{one}</PassengerData>' for one in people)}</PassengerList>"
    )


def raw(data: bytes) -> RawList:
    [found] = epc.read(data, {}).lists
    assert isinstance(found, RawList)
    return found


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def manifest(found: RawList) -> Manifest:
    return normalise(found, None, today=TODAY).manifest


# --- what is what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_epc"),
    [
        ("<EPCMessage/>", True),
        ('<e:EPCMessage xmlns:e="http://www.iso.org/28005-2">', True),
        ("<Envelope><Body><EPCMessage>", True),
        ("<EPCMessages/>", True),
        ("<Envelope><Body/></Envelope>", False),
        ("EPCMessage;Name", False),
        ('{"EPCMessage": 1}', False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_is_known_by_its_elements(text: str, is_epc: bool, encoding: str) -> None:
    assert epc.recognise(text.encode(encoding)) == is_epc
    assert (recognise(text.encode(encoding)) is epc) == is_epc


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (message("", of="EPCReceiptBody"), ["X-13"]),
        (message("", of="EPCAcknowledgeBody"), ["X-13"]),
        (message("<CargoData>1</CargoData>"), ["X-14"]),
        (b"<EPCMessages/>", ["X-14"]),
        (message("<Cancel>false</Cancel>", of="EPCCancelBody"), ["X-25"]),
        (b"<EPCMessage><EPCRequestBody><CrewList>", ["X-01"]),
        (b"<!DOCTYPE a><EPCMessage/>", ["X-02"]),
        (b"<a><b>&lt;EPCMessage></b></a>", ["X-29"]),
        (b"<a><![CDATA[<!DOCTYPE a><EPCMessage/>]]></a>", ["X-29"]),
    ],
)
def test_what_holds_no_list_is_said(data: bytes, expected: list[str]) -> None:
    reading = epc.read(data, {})
    assert codes(reading) == expected
    assert not reading.lists


def test_a_cancelled_list_keeps_its_persons_and_its_ship() -> None:
    body = "<EPCRequestBody><ShipID><IMONumber>9999993</IMONumber></ShipID><CrewList/></EPCRequestBody>"
    reading = epc.read(f"<EPCMessage><EPCCancelBody/>{body}</EPCMessage>".encode(), {})
    [found] = reading.lists
    assert isinstance(found, RawList)
    assert (found.kind, found.header["function"].text) == (ListKind.CREW, "cancel")
    assert codes(reading) == []


def test_several_messages_are_several_lists_with_numbers_that_findings_carry() -> None:
    both = message(
        "<CrewList><CrewData/></CrewList><PassengerList><PassengerData><A>1</A></PassengerData></PassengerList>"
    )
    reading = epc.read(b"<All>" + both + both + b"</All>", {})
    assert [getattr(one, "kind", None) for one in reading.lists] == [ListKind.CREW, ListKind.PASSENGERS] * 2
    assert [(one.code, one.place.message) for one in reading.findings] == [("X-20", 2), ("X-20", 4)]
    last = reading.lists[-1]
    assert isinstance(last, RawList)
    assert str(last.places.at("sex", 0)) == (
        "message 4, /All/EPCMessage[2]/EPCRequestBody/PassengerList/PassengerData[1]/Gender, person 1"
    ).replace("/Gender", "")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8"])
def test_a_message_within_text_is_no_longer_in_the_encoding_that_it_declares(encoding: str) -> None:
    inner = passengers("<Name><FamilyName>Prøvesen</FamilyName></Name>").decode()
    found = raw(f'<a><![CDATA[\n<?xml version="1.0" encoding="{encoding}"?>{inner}]]></a>'.encode())
    assert found.columns["family_name"] == ["Prøvesen"]
    assert (found.places.at("family_name", 0).path or "").startswith("/a/EPCMessage/EPCRequestBody/")


def test_each_list_of_a_message_gets_its_own_findings() -> None:
    body = "<CrewList><CrewData><Duty><Code>57</Code></Duty></CrewData></CrewList><PassengerList><PassengerData/></PassengerList>"
    done = understand((File(message(body)),), carrier=None, now=NOW)
    crew, guests = done.lists
    assert "X-24" in {one.code for one in crew.findings}
    assert crew.cut == ""
    assert "X-24" not in {one.code for one in guests.findings}


def test_persons_of_several_elements_have_paths_that_find_them() -> None:
    data = message("<CrewList><CrewData/><CrewMemberData><Gender>M</Gender></CrewMemberData></CrewList>")
    path = raw(data).places.at("sex", 1).path
    assert path is not None
    assert etree.fromstring(data).xpath(path)[0].text == "M"
    data = message("<CrewList><CrewData/></CrewList><CrewList><CrewData><Gender>F</Gender></CrewData></CrewList>")
    path = raw(data).places.at("sex", 1).path
    assert path is not None
    assert etree.fromstring(data).xpath(path)[0].text == "F"


# --- traps -------------------------------------------------------------------------------------------------------


def test_a_birth_keeps_its_day_whatever_the_offset() -> None:
    births = ["1970-05-01T00:00:00+02:00", "1970-05-01T23:30:00-10:00", "1970-05-01Z", "1970-05-01+14:00", "1970-05-01"]
    done = normalise(raw(passengers(*(f"<DateOfBirth>{day}</DateOfBirth>" for day in births))), None, today=TODAY)
    assert [person.birth_date for person in done.manifest.persons] == ["1970-05-01"] * len(births)
    assert done.lineage.raw["birth_date"] == births
    assert [one.code for one in done.findings] == []


@pytest.mark.parametrize("empty", ["0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_the_empty_date_of_dotnet_is_no_date(empty: str) -> None:
    done = normalise(raw(passengers(f"<DateOfBirth>{empty}</DateOfBirth>")), None, today=TODAY)
    assert done.manifest.persons[0].birth_date is None
    assert [one.code for one in done.findings] == ["N-06"]


def test_a_state_in_the_place_of_a_date_is_the_issuer_only_where_no_issuer_is_given() -> None:
    papers = "<PassengerIdDocument><IdNumber>XS1</IdNumber>{}<IssueDate>GRC</IssueDate></PassengerIdDocument>"
    reading = epc.read(passengers(papers.format("")), {})
    [found] = reading.lists
    assert isinstance(found, RawList)
    assert manifest(found).persons[0].documents[0].issuer == "GRC"
    assert codes(reading) == ["X-17"]
    stated = raw(passengers(papers.format("<IssuingCountry>ITA</IssuingCountry>")))
    done = normalise(stated, None, today=TODAY)
    assert done.manifest.persons[0].documents[0].issuer == "ITA"
    assert [one.code for one in done.findings] == ["N-01"]
    nonsense = raw(passengers("<PassengerIdDocument><IssueDate>ZZZ</IssueDate></PassengerIdDocument>"))
    assert [one.code for one in normalise(nonsense, None, today=TODAY).findings] == ["N-01"]


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [("0", 0, []), ("99999", None, ["X-18"]), ("12", 12, [])],
)
@pytest.mark.parametrize("name", ["PersonsOnBoard", "PersonsOnboard"])
def test_counts(name: str, text: str, count: int | None, expected: list[str]) -> None:
    data = message(f"<{name}><NumberOf{name}>{text}</NumberOf{name}><Crew>0</Crew></{name}>")
    reading = epc.read(data, {})
    assert codes(reading) == expected
    counts = manifest(raw(data)).counts
    assert (counts.on_board, counts.crew, counts.passengers) == (count, 0, None)


def test_a_person_under_another_name_is_not_lost() -> None:
    data = message("<CrewList><Seafarer><Gender>M</Gender></Seafarer><Total>1</Total></CrewList>")
    reading = epc.read(data, {})
    assert codes(reading) == ["X-27"]
    assert raw(data).columns == {"sex": ["M"]}


def test_health_is_left_out_and_said() -> None:
    ill = "<PersonHealthParticulars><Comments>x</Comments></PersonHealthParticulars>"
    reading = epc.read(passengers(ill + ill), {})
    assert codes(reading) == ["X-21"]
    [found] = reading.lists
    assert isinstance(found, RawList)
    assert not found.extras
    assert not found.columns


def test_two_values_for_one_field_are_both_kept() -> None:
    reading = epc.read(message("<CrewList><CrewData><Duty>Cook<Text>Steward</Text></Duty></CrewData></CrewList>"), {})
    [found] = reading.lists
    assert isinstance(found, RawList)
    assert (found.columns["rank"], found.extras) == (["Steward"], {"Duty": ["Cook"]})
    assert codes(reading) == ["X-12"]


@pytest.mark.parametrize(
    ("duty", "rank", "code", "said"),
    [
        ("<Text>Cook</Text><Code>10100</Code>", "Cook", "10100", []),
        ("<Text>Cook</Text><Code>57</Code>", "Cook", None, ["X-24"]),
        ("<Code>57</Code>", None, None, ["X-24"]),
        ("<Code>ChiefCook</Code>", "ChiefCook", None, ["X-24"]),
    ],
)
def test_codes_of_duties_are_never_invented(duty: str, rank: str | None, code: str | None, said: list[str]) -> None:
    data = message(f"<CrewList><CrewData><Duty>{duty}</Duty></CrewData></CrewList>")
    reading = epc.read(data, {})
    assert codes(reading) == said
    found = raw(data)
    assert found.columns.get("rank", [None]) == [rank]
    assert found.columns.get("rank_code", [None]) == [code]
    assert "57" not in duty or found.extras == {"Duty/Code": ["57"]}


def test_the_direction_decides_whose_time_it_is() -> None:
    ports = "".join(
        f"<{name}PortOfCall><Location><UNLoCode>{code}</UNLoCode></Location>"
        f"<ArrivalTime>2026-06-0{day}T08:00:00</ArrivalTime><DepartureTime>2026-06-0{day}T18:00:00</DepartureTime></{name}PortOfCall>"
        for name, code, day in (("Last", "EGALY", 1), ("Next", "ILHFA", 3))
    )
    for direction, fields in (
        ("Arrival", {"departure.estimated": "2026-06-01T18:00:00"}),
        ("Departure", {"arrival.estimated": "2026-06-03T08:00:00"}),
    ):
        data = message(ports + "<CrewList/>", f"<ArrivalDeparture>{direction}</ArrivalDeparture>")
        header = raw(data).header
        assert {field: value.text for field, value in header.items() if "estimated" in field} == fields
        assert codes(epc.read(data, {})) == ["X-19"] * 3


def test_what_is_in_the_rest_of_the_standard_is_passed_over_in_silence(shared_data: Path) -> None:
    """Every element of the body that the published structure has is known: read, or left out on purpose, or said."""
    text = (shared_data / "formats/iso28005/digitraffic-epcmessage-jsonschema.json").read_text("utf-8")
    definitions: dict[str, Any] = json.loads(text)["definitions"]
    names = [name for name in definitions["EPCMessageEPCRequestBody"]["properties"] if not name.endswith("Specified")]
    body = "".join(f"<{name}>1</{name}>" for name in names)
    reading = epc.read(message(body), {})
    said = [re.sub(r".*/", "", one.place.path or "") for one in reading.findings if one.code == "X-19"]
    assert said == ["GeneralRemark"]
    person = {
        name
        for part in definitions["CrewMemberDataType"]["allOf"] + [definitions["PersonOnboardType"]]
        for name in part.get("properties", {})
        if not name.endswith("Specified")
    }
    assert len(person) > 15
    assert not {name for name in person if not any(path.startswith(name) for path in epc.epc_people.FIELDS)} - {
        "HomeAddress",
        "VisitAddress",
        "PersonHealthParticulars",
    }


# --- the same people in both dialects ------------------------------------------------------------------------------

_NAMES = st.sampled_from(("Sampleton", "Mustermann", "Ejemplez", "O'Specimen", "Prøvesen", "Παράδειγμα", "A & B <C>"))
_STATES = st.sampled_from(("GRC", "GR", "D", "GBR", "XXA"))
_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "family": _NAMES,
            "given": st.sampled_from(("Ariadne", "Björn", "")),
            "sex": st.sampled_from(("M", "Female", "X")),
            "birth": st.dates(date(1930, 1, 1), date(2020, 1, 1)),
            "state": _STATES,
            "number": st.integers(0, 9_999_999).map("XS{:07d}".format),
            "visa": st.sampled_from(("", "XSV000001")),
            "port": st.sampled_from(("GRPIR", "EGALY", "ILHFA")),
        }
    ),
    max_size=4,
)


def _element(name: str, text: str) -> str:
    return f"<{name}>{text.replace('&', '&amp;').replace('<', '&lt;')}</{name}>" if text else f"<{name}/>"


def _old(one: dict[str, Any]) -> str:
    port, country = one["port"][2:], one["port"][:2]
    return "<PassengerData><Name>" + _element("FamilyName", one["family"]) + _element("GivenName", one["given"]) + (
        f"</Name><Gender>{one['sex']}</Gender><DateOfBirth>{one['birth']}</DateOfBirth><Nationality>{one['state']}</Nationality>"
        f"<EmbarkationPort><CountryCode>{country}</CountryCode><UNLoCode>{port}</UNLoCode></EmbarkationPort>"
        f"<PassengerIdDocument><IdDocument>Passport</IdDocument><IdNumber>{one['number']}</IdNumber></PassengerIdDocument>"
        f"{_element('VisaNumber', one['visa'])}</PassengerData>"
    )  # fmt: skip


def _new(one: dict[str, Any]) -> str:
    return (
        f'<PassengerData xmlns=""><VisaNumber>{_element("IdNumber", one["visa"])}</VisaNumber>'
        f"<PersonIdDocument><IdNumber>{one['number']}</IdNumber><IdDocument>39</IdDocument></PersonIdDocument>"
        f"<EmbarkationPort><Location><UNLoCode>{one['port']}</UNLoCode></Location></EmbarkationPort>"
        f"<DateOfBirth>{one['birth']}T00:00:00+03:00</DateOfBirth><Gender>{one['sex']}</Gender>"
        f"<Name>{_element('GivenName', one['given'])}{_element('FamilyName', one['family'])}</Name>"
        f"<Nationality>{one['state']}</Nationality></PassengerData>"
    )


@often(20)
@given(_PEOPLE)
def test_the_same_people_in_both_dialects_become_the_same_manifest(people: list[dict[str, Any]]) -> None:
    lists = []
    for write, open_ in ((_old, ""), (_new, ' xmlns="http://www.iso.org/28005-2"')):
        text = "".join(map(write, people))
        body = f"<EPCRequestBody><PassengerList>{text}</PassengerList></EPCRequestBody>"
        lists.append(manifest(raw(f"<EPCMessage{open_}>{body}</EPCMessage>".encode())))
    assert lists[0] == lists[1]
    assert [person.sequence for person in lists[0].persons] == list(range(1, len(people) + 1))
    assert all(person.documents[0].type is DocumentType.PASSPORT for person in lists[0].persons)


# --- hostile files -------------------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_one_finding_and_no_list() -> None:
    data = (GOLDEN / "2021-mixed" / "input.xml").read_bytes().rstrip()
    for end in range(1, len(data), 7):
        reading = epc.read(data[:end], {})
        assert codes(reading) == ["X-01"], end
        assert not reading.lists


@often(75)
@given(st.integers(0, len(MESSY)), st.integers(0, 40), st.binary(max_size=20))
def test_no_junk_makes_it_raise(at: int, length: int, junk: bytes) -> None:
    reading = epc.read(MESSY[:at] + junk + MESSY[at + length :], {})
    assert reading.lists or reading.findings
    for one in reading.lists:
        assert isinstance(one, RawList)
        assert all(len(column) == one.size for column in (*one.columns.values(), *one.extras.values()))
        normalise(one, None, today=TODAY)


@pytest.mark.parametrize(
    "data",
    [
        message("<CrewList>" + "<CrewData/>" * 100_000 + "</CrewList>"),
        message("<CrewList>" + "<x/>" * 100_000 + "</CrewList>"),
        message("".join(f"<x{at}>1</x{at}>" for at in range(50_000)) + "<CrewList/>"),
        message("<VoyageDescription>" + "<I><Name>x</Name></I>" * 50_000 + "</VoyageDescription><CrewList/>"),
        message("<PortOfArrival>" + "<ArrivalTime>1</ArrivalTime>" * 50_000 + "</PortOfArrival><CrewList/>"),
        b"<EPCMessage>" + b"<EPCRequestBody><PortOfArrival/></EPCRequestBody>" * 50_000 + b"</EPCMessage>",
        passengers("".join(f"<x{at}>1</x{at}>" for at in range(50_000)), "<A>1</A>"),
        passengers("<A>" * 240 + "1" + "</A>" * 240),
        passengers("<" + "A" * 60_000 + ">1</" + "A" * 60_000 + ">"),
        passengers("<Gender>M</Gender>" * 50_000),
        b"<a>" + b"<EPCMessage/>" * 50_000 + b"</a>",
        b"<a>" + b"<b>&lt;EPCMessage></b>" * 50_000 + b"</a>",
        b"<a><![CDATA[<a>" + b"<EPCMessage/>" * 50_000 + b"</a>]]></a>",
    ],
    ids=[
        "persons",
        "no-persons",
        "names",
        "calls",
        "times",
        "bodies",
        "columns",
        "deep",
        "long",
        "often",
        "messages",
        "texts",
        "within",
    ],
)
def test_a_hostile_file_takes_neither_long_nor_much(data: bytes) -> None:
    reading = epc.read(data, {})
    assert len(reading.findings) < 250
    for one in reading.lists:
        assert isinstance(one, RawList)
        assert len(one.extras) < 250
        assert sum(len(label) for label in one.extras) < 60_000


def test_nothing_of_a_person_stands_in_a_finding() -> None:
    reading = epc.read(MESSY, {})
    said = repr(reading.findings)
    for value in ("WZOROWSKI", "Wzorowicz", "XS00000", "gold", "stray", "none of our business", "1970"):
        assert value not in said
