"""EMSWe lists read: every person, every value or a word about it, in both encodings, whatever the bytes."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from gateway import formats
from gateway.codes import ranks
from gateway.codes.countries import nationality
from gateway.codes.names import latin
from gateway.findings import Severity
from gateway.formats import commonjson, emswe, emswe_findings, emswe_json, emswe_xml, recognise
from gateway.formats.emswe_fields import NOT_CARRIED, PERSON_PATHS, json_names, xml_names
from gateway.formats.forms import FORMS, fitting, parts
from gateway.formats.raw import FIELDS, RawList, Reading
from gateway.formats.writing import WriteOrder
from gateway.jail import read_file
from gateway.manifest import (
    Direction,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
    Voyage,
)
from gateway.normalise import normalise
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, TODAY, crew_manifest, passenger_manifest

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "emswe").iterdir())
BOTH = pytest.mark.parametrize("form", ["emswe-xml", "emswe-json"])
ORDER = WriteOrder(message_id="SPECIMEN-1", at=NOW, sender="XX0", recipient="NSW", visit_id="FI20261123-001")
READERS = {"emswe-xml": emswe_xml, "emswe-json": emswe_json}


def order_for(manifest: Manifest) -> WriteOrder:
    return msgspec.structs.replace(ORDER, purposes=manifest.purposes)


def written(manifest: Manifest, form: str) -> bytes:
    return FORMS[form].write(manifest, order_for(manifest))


def read(data: bytes, form: str) -> Reading:
    return READERS[form].read(data, {})


def only(reading: Reading) -> RawList:
    (raw,) = reading.lists
    assert isinstance(raw, RawList)
    return raw


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


def changed(data: bytes, *changes: tuple[str, str]) -> bytes:
    text = data.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def xml(*changes: tuple[str, str], manifest: Manifest | None = None) -> Reading:
    """The specimen list as XML, with changes."""
    return read(changed(written(manifest or passenger_manifest(), "emswe-xml"), *changes), "emswe-xml")


# --- golden -------------------------------------------------------------------------------------------------------


def shown(raw: RawList) -> dict[str, Any]:
    return {
        "kind": raw.kind.value,
        "size": raw.size,
        "purposes": [purpose.value for purpose in raw.purposes],
        "header": {field: value.text for field, value in raw.header.items()},
        "columns": {field: list(column) for field, column in sorted(raw.columns.items())},
        "extras": {label: list(column) for label, column in sorted(raw.extras.items())},
        "person 1": str(raw.places.at("family_name", 0)) if raw.size else "",
    }


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.name)
def test_golden(case: Path) -> None:
    (source,) = case.glob("input.*")
    data, expected = source.read_bytes(), json.loads((case / "expected.json").read_bytes())
    reader = emswe_xml if source.suffix == ".xml" else emswe_json
    assert recognise(data) is reader
    reading = reader.read(data, {})
    found = [f"{one.code} {one.place}: {one.text}" for one in reading.findings]
    lists = [shown(raw) for raw in reading.lists if isinstance(raw, RawList)]
    assert {"lists": lists, "findings": found} == expected


def test_there_are_cases() -> None:
    assert len(GOLDEN) >= 6


def test_the_tables_name_fields_that_there_are() -> None:
    assert set(PERSON_PATHS.values()) <= FIELDS
    assert len(set(PERSON_PATHS.values())) == len(PERSON_PATHS)
    assert xml_names()["nationality2"] == "NationalityTradeCountry[2]/AdditionalIdentificationID"
    assert json_names()["nationality2"] == "ram:NationalityTradeCountry/1/ram:AdditionalIdentificationID"
    assert json_names()["document.number"] == "ram:TravelIdentityReferencedDocument/ram:ID"


# --- published data -----------------------------------------------------------------------------------------------


def test_every_published_message_is_a_list_or_a_finding(shared_data: Path) -> None:
    folder = shared_data / "emswe"
    expected = {
        "constructed-by-us/PXA-min-v2.json": 2,
        "constructed-by-us/PXA-min-v2.xml": 2,
        "constructed-by-us/CWA-min-v2.json": 1,
        "constructed-by-us/CWA-min-v2.xml": 1,
        "samples-fintraffic-declarant-api/post_req_create_COA_error_400.json": "X-41",
        "samples-fintraffic-declarant-api/post_req_create_NOA_error_400.json": "X-41",
        "samples-fintraffic-declarant-api/post_req_error_request.json": "J-02",  # no Envelope: a port call request
        "samples-fintraffic-declarant-api/post_resp201_create_CRT_success_201.json": "X-42",
        "samples-fintraffic-declarant-api/post_resp201_success_response.json": "X-42",
        "samples-fintraffic-declarant-api/post_resp400_create_NOA_error_400.json": "X-42",
        "samples-fintraffic-declarant-api/put_req_update_error_400_request.json": "X-41",
        "samples-fintraffic-declarant-api/put_req_withdraw_error_400_request.json": "X-41",
        "samples-fintraffic-declarant-api/put_resp200_update_success_response.json": "X-42",
        "samples-fintraffic-declarant-api/put_resp400_update_error_400_response.json": "X-42",
        "xsd-1.0.0/example_ATA.xml": "X-40",
    }
    files = [*folder.glob("constructed-by-us/*"), *folder.glob("samples-*/*"), folder / "xsd-1.0.0/example_ATA.xml"]
    assert {str(path.relative_to(folder)) for path in files} == set(expected)
    for name, said in expected.items():
        reading = read_file((folder / name).read_bytes())
        assert (only(reading).size if reading.lists else codes(reading)[0]) == said, name


def test_every_leaf_of_the_published_schemas_is_a_field_an_extra_or_said(shared_data: Path) -> None:
    """The element tables of all five messages: a message with every element loses none of their values."""
    for code in ("PXA", "PXD", "CWA", "CWD", "PBK"):
        rows = [line.split("\t") for line in (shared_data / f"emswe/tables/{code}.tsv").read_text().splitlines()[1:]]
        paths = [row[1] for row in rows]
        leaves = [path for path in paths if not any(other.startswith(path + "/") for other in paths)]
        leaves = [path for path in leaves if "/ram:OnboardTransportPerson/" in path]
        person: dict[str, Any] = {}
        for number, path in enumerate(leaves):
            *way, last = path.partition("/ram:OnboardTransportPerson/")[2].split("/")
            holder = person
            for step in way:
                holder = holder.setdefault(step, {})
            holder[last] = f"VALUE{number}"
        reading = read(json.dumps(envelope(code, [person])).encode(), "emswe-json")
        raw = only(reading)
        values = {text for columns in (raw.columns, raw.extras) for (text,) in columns.values()}
        assert values == {f"VALUE{number}" for number in range(len(leaves))}, code
        assert len(leaves) > 20


def envelope(code: str, persons: Any, purpose: str = "9", **document: Any) -> dict[str, Any]:
    """A message as JSON, as plain as it can be."""
    header = {"ram:ID": "M1", "ram:TypeCode": code, "ram:PurposeCode": purpose, "ram:VersionID": "2.0"}
    part = code.lower()
    mai = {"mai:ExchangedDocument": header | document}
    movement = {f"{part}:SpecifiedLogisticsTransportMovement": {"ram:OnboardTransportPerson": persons}}
    return {"env:Envelope": {"mai:MAI": mai, f"{part}:{code}": movement}}


# --- recognised, and refused with a sentence ----------------------------------------------------------------------


@BOTH
def test_our_own_messages_are_recognised_before_the_common_json(form: str) -> None:
    data = written(passenger_manifest(), form)
    assert recognise(data) is READERS[form]
    assert formats.FORMATS.index(emswe_json) < formats.FORMATS.index(commonjson)
    wrapped = b'{"formalityData": ' + data + b"}"
    if form == "emswe-json":
        assert recognise(wrapped) is emswe_json
        assert only(read(wrapped, form)).size == 5


def test_what_is_no_message_of_ours() -> None:
    soap = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>'
    assert not emswe_xml.recognise(soap)
    assert not emswe_json.recognise(b'{"kind": "passengers", "persons": []}')
    for data, form in (
        (b"<a/>", "emswe-xml"),
        (b"<x:Envelope xmlns:x='y'/>", "emswe-xml"),
        (b"{}", "emswe-json"),
        (b"[]", "emswe-json"),
    ):
        assert codes(read(data, form)) == ["X-43"]


def test_mig_1_is_known_and_refused() -> None:
    data = (
        b'<Envelope xmlns:mai="urn:un:unece:uncefact:data:standard:MAI:MMTPlus" xmlns:ram="urn:x:30"><mai:MAI>'
        b"<mai:ExchangedDocument><ram:ID>1</ram:ID><ram:TypeCode>PXA</ram:TypeCode>%b</mai:ExchangedDocument></mai:MAI></Envelope>"
    )
    for version in (b"<ram:VersionID>1.0</ram:VersionID>", b""):
        assert recognise(data % version) is emswe_xml
        reading = read(data % version, "emswe-xml")
        assert codes(reading) == ["X-40"]
        assert "MIG 1.0" in reading.findings[0].text
    assert codes(xml((">2.0<", ">3.1<"))) == ["X-40"]
    strange = xml((">2.0<", ">ERIKSSON<"))
    assert codes(strange) == ["X-40"]
    assert "ERIKSSON" not in strange.findings[0].text


def test_other_messages_are_named() -> None:
    for code, words in (("NOA", "Notice of pre arrival"), ("VID", "Request for Visit ID"), ("ABS", "of another type")):
        reading = read(json.dumps(envelope(code, [{}])).encode(), "emswe-json")
        assert codes(reading) == ["X-41"]
        assert words in reading.findings[0].text


# --- the header ---------------------------------------------------------------------------------------------------


def test_the_header_is_read() -> None:
    raw = only(xml())
    assert {field: value.text for field, value in raw.header.items()} == {
        "reference": "SPECIMEN-1",
        "issued": "2026-11-21T12:00:00Z",
        "voyage.visit_id": "FI20261123-001",
        "function": "9",
        "direction": "arrival",
    }
    assert raw.header["voyage.visit_id"].place.path == (
        "/Envelope/MAI/SpecifiedLogisticsTransportMovement/CallTransportEvent/ID"
    )
    as_json = only(read(written(passenger_manifest(), "emswe-json"), "emswe-json"))
    assert as_json.header["reference"].place.path == "/env:Envelope/mai:MAI/mai:ExchangedDocument/ram:ID"


@BOTH
@pytest.mark.parametrize("given_purposes", [(), (Purpose.BORDER,), (Purpose.SAFETY,), (Purpose.BORDER, Purpose.SAFETY)])
def test_subtypes_are_purposes(form: str, given_purposes: tuple[Purpose, ...]) -> None:
    manifest = passenger_manifest(purposes=given_purposes)
    assert only(read(written(manifest, form), form)).purposes == given_purposes


def test_five_subtypes_are_five_subtypes() -> None:
    more = "".join(f"<ram:SubtypeCode>{code}</ram:SubtypeCode>" for code in ("X", "Y", "SUB-01", "Z", "SUB-02"))
    reading = xml(("<ram:SubtypeCode>SUB-01</ram:SubtypeCode>", more), manifest=passenger_manifest())
    assert only(reading).purposes == (Purpose.BORDER, Purpose.SAFETY)
    assert set(codes(reading)) == {"X-50", "X-51"}


@BOTH
def test_a_withdrawal_is_the_header_alone(form: str) -> None:
    for manifest in (passenger_manifest(function=Function.CANCEL), crew_manifest(function=Function.CANCEL)):
        raw = only(read(written(manifest, form), form))
        back = normalise(raw, None, today=TODAY).manifest
        assert (back.function, back.kind, back.persons) == (Function.CANCEL, manifest.kind, ())


def test_nobody_and_no_withdrawal_replaces_no_list() -> None:
    for persons in ([], None):
        assert codes(read(json.dumps(envelope("PXA", persons)).encode(), "emswe-json")) == ["X-45"]
    data = re.sub(rb"<pxa:PXA>.*</pxa:PXA>", b"", written(passenger_manifest(), "emswe-xml"))
    assert codes(read(data, "emswe-xml")) == ["X-45"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((">PXA<", ">PXD<"), "X-46"),
        (("<ram:PurposeCode>9</ram:PurposeCode>", ""), "X-47"),
        ((">9<", ">36<"), "X-47"),
        ((">9<", ">1<"), "X-48"),
        (("<ram:VersionID>2.0</ram:VersionID>", ""), "X-49"),
        (("SUB-01", "SUB-03"), "X-50"),
        (("<pxa:ExchangedDocument>", "<pxa:ExchangedDocument><ram:Remarks>TESTPERSON</ram:Remarks>"), "X-52"),
        (("<ram:GenderCode>2</ram:GenderCode>", "<ram:GenderCode>2</ram:GenderCode>" * 2), "X-53"),
    ],
)
def test_what_is_odd_is_said_and_the_list_is_read(change: tuple[str, str], code: str) -> None:
    reading = xml(change)
    assert codes(reading) in ([code, "X-51"], ["X-51", code])
    assert only(reading).size == 5
    assert all("TESTPERSON" not in f"{one.text}{one.place}" for one in reading.findings)


def test_two_formalities_are_refused() -> None:
    both = envelope("PXA", [{}])
    both["env:Envelope"] |= envelope("CWA", [{}])["env:Envelope"]
    assert codes(read(json.dumps(both).encode(), "emswe-json")) == ["X-44"]


# --- the persons --------------------------------------------------------------------------------------------------


@BOTH
def test_every_value_has_its_place(form: str) -> None:
    raw = only(read(written(passenger_manifest(), form), form))
    at = raw.places.at("document.number", 2).path
    assert (
        at
        == {
            "emswe-xml": "/Envelope/PXA/SpecifiedLogisticsTransportMovement/OnboardTransportPerson[3]"
            "/TravelIdentityReferencedDocument/ID",
            "emswe-json": "/env:Envelope/pxa:PXA/pxa:SpecifiedLogisticsTransportMovement/ram:OnboardTransportPerson/2"
            "/ram:TravelIdentityReferencedDocument/ram:ID",
        }[form]
    )


def test_more_than_the_schema_has_is_kept_beside() -> None:
    nations = [{"ram:AdditionalIdentificationID": code} for code in ("SWE", "NOR", "DNK", "FIN", "ISL")]
    person = {
        "ram:NationalityTradeCountry": nations,
        "ram:BirthplaceName": {"@languageID": "SV", "$": "Probeborg"},
        "ram:Unheard": {"ram:Of": "x"},
        "Anna Maria": "y",
    }
    other = {"ram:NationalityTradeCountry": {"ram:AdditionalIdentificationID": "EST"}}
    raw = only(read(json.dumps(envelope("PXA", [person, other, "text"])).encode(), "emswe-json"))
    assert [raw.columns[f"nationality{nth}"] for nth in ("", "2", "3")] == [
        ["SWE", "EST", None],
        ["NOR", None, None],
        ["DNK", None, None],
    ]
    assert raw.columns["birth_place"] == ["Probeborg", None, None]
    assert raw.extras == {
        "NationalityTradeCountry/AdditionalIdentificationID[4]": ["FIN; ISL", None, None],
        "BirthplaceName/@languageID": ["SV", None, None],
        "Unheard/Of": ["x", None, None],
        "(4 letters, 1 space, 5 letters)": ["y", None, None],
        "text": [None, None, "text"],
    }


def test_xml_keeps_attributes_and_stray_texts_too() -> None:
    raw = only(
        xml(
            ("<ram:BirthplaceName>", '<ram:BirthplaceName languageID="SV">'),
            ("</ram:GenderCode>", "</ram:GenderCode>stray"),
        )
    )
    assert raw.extras["BirthplaceName/@languageID"][0] == "SV"
    assert raw.extras["text"][0] == "stray"


def test_bookings_are_for_the_purpose_of_booking() -> None:
    booking = {
        "ram:ActualDateTime": "2026-03-01T09:30:00+01:00",
        "ram:PassengerUniqueReferenceIDID": "UPR-7",
        "ram:SeatOrCabinID": "7012",
        "ram:TicketID": "T-7",
        "ram:BookingTypeCode": "RET",
        "ram:SpecifiedBookingPerson": {"ram:Name": "SAMPLE JOHAN"},
    }
    person = {
        "ram:FamilyName": "SAMPLE",
        "ram:MobileTelephoneUniversalCommunication": {"ram:CompleteNumber": "+99000000"},
        "ram:EmailURIUniversalCommunication": {"ram:URIID": "sample@example.test"},
        "ram:AssociatedPassengerBooking": booking,
    }
    raw = only(read(json.dumps(envelope("PBK", [person])).encode(), "emswe-json"))
    manifest = normalise(raw, None, today=TODAY).manifest
    assert (manifest.purposes, manifest.kind, manifest.voyage.direction) == (
        (Purpose.BOOKING,),
        ListKind.PASSENGERS,
        None,
    )
    (one,) = manifest.persons
    assert (one.booked_at, one.carrier_reference, one.cabin, one.ticket_number) == (
        "2026-03-01T09:30+01:00",
        "UPR-7",
        "7012",
        "T-7",
    )
    assert (one.phone, one.email) == ("+99000000", "sample@example.test")
    assert dict(one.extras) == {
        "AssociatedPassengerBooking/BookingTypeCode": "RET",
        "AssociatedPassengerBooking/SpecifiedBookingPerson/Name": "SAMPLE JOHAN",
    }


# --- there and back -----------------------------------------------------------------------------------------------

days = st.dates(date(1990, 1, 1), date(2026, 11, 1)).map(str)
expiries = st.dates(date(2026, 1, 1), date(2036, 1, 1)).map(str)
letters = st.text("ABCDEFGÅÖÉ", min_size=3, max_size=12)
numbers = st.text("ABC123456789", min_size=6, max_size=9).filter(lambda text: not text.isdigit())
states = st.sampled_from(("SWE", "NOR", "DEU", "FIN"))
PORTS = st.none() | st.builds(Port, code=st.sampled_from(("GRPIR", "MTMLA", "FIHEL")))
TYPES = [kind for kind in DocumentType if kind is not DocumentType.OTHER]


def _nations(chosen: list[str]) -> tuple[Any, ...]:
    return tuple(found for code in chosen if (found := nationality(code)))


def clean_persons(kind: ListKind) -> st.SearchStrategy[Person]:
    """What EMSWe can carry of a person, and nothing else."""
    crew = kind is ListKind.CREW
    papers = st.builds(
        Document,
        type=st.sampled_from(TYPES),
        number=numbers,
        issuer=states,
        expiry=expiries,
        issued=st.none() | days,
        issuer_name=st.none() | letters,
    )
    permits = st.builds(Permit, number=numbers, issuer=st.none() | states)
    given: dict[str, st.SearchStrategy[Any]] = {
        "sequence": st.just(1),
        "family_name": letters,
        "given_names": letters,
        "sex": st.none() | st.sampled_from(Sex),
        "birth_date": days,
        "birth_place": st.none() | letters,
        "birth_country": st.none() | states,
        "nationalities": st.lists(states, min_size=1, max_size=3, unique=True).map(_nations),
        "documents": st.lists(papers, max_size=1).map(tuple),
        "visas": st.lists(permits, max_size=1).map(tuple),
        "residence_permits": st.lists(permits, max_size=1).map(tuple),
        "embarkation": PORTS,
        "disembarkation": PORTS,
        "embarked_at": st.none() | st.just("2026-11-25T07:30+01:00") | st.just("2026-11-25T07:30:09+01:00"),
        "disembarks_on": st.none() | expiries,
    }
    of_crew = {"role": st.just(Role.CREW), "rank_code": st.none() | st.sampled_from(("10100", "10111", "10121"))}
    of_passengers: dict[str, st.SearchStrategy[Any]] = {
        "role": st.sampled_from([Role.PASSENGER, Role.STOWAWAY, Role.OTHER_SHIP_CREW]),
        "transit": st.none() | st.booleans(),
        "special_care": st.none() | letters.map(lambda text: f"wheelchair {text}"),
        "emergency_contact": st.none() | numbers,
        "phone": st.none() | numbers,
        "email": st.none() | letters.map(lambda text: f"{text}@example.test"),
        "ticket_number": st.none() | numbers,
    }
    return st.builds(Person, **given, **(of_crew if crew else of_passengers))


@st.composite
def clean_manifests(draw: st.DrawFn) -> Manifest:
    kind = draw(st.sampled_from((ListKind.PASSENGERS, ListKind.CREW)))
    persons = draw(st.lists(clean_persons(kind), min_size=1, max_size=4))
    masters = (index for index, one in enumerate(persons) if one.rank_code and ranks.is_master(one.rank_code))
    first = next(masters, None)
    return Manifest(
        kind=kind,
        purposes=draw(st.sampled_from(((), (Purpose.BORDER,), (Purpose.BORDER, Purpose.SAFETY)))),
        reference=ORDER.message_id,
        issued="2026-11-21T12:00Z",
        voyage=Voyage(visit_id=ORDER.visit_id, direction=draw(st.sampled_from(Direction))),
        persons=tuple(
            msgspec.structs.replace(
                one,
                sequence=at + 1,
                master=at == first,
                family_name_latin=latin(one.family_name or ""),
                given_names_latin=latin(one.given_names or ""),
            )
            for at, one in enumerate(persons)
        ),
    )


def back(manifest: Manifest, form: str) -> Manifest:
    reading = read(written(manifest, form), form)
    assert codes(reading) == ["X-51"]
    done = normalise(only(reading), None, today=TODAY).manifest
    return msgspec.structs.replace(done, code_lists={})


def plain(manifest: Manifest) -> Any:
    """Its members that say anything: where the two differ, the test shows it."""
    return [msgspec.to_builtins(person) for person in manifest.persons], manifest.voyage, manifest.purposes, manifest


@often(20, phases=[Phase.generate])
@given(clean_manifests(), st.sampled_from(sorted(READERS)))
def test_what_the_form_carries_comes_back(manifest: Manifest, form: str) -> None:
    assert plain(back(manifest, form)) == plain(manifest)


@often(25, phases=[Phase.generate])
@given(manifests(kinds=(ListKind.PASSENGERS, ListKind.CREW)))
def test_whatever_is_written_is_read_alike_in_both(manifest: Manifest) -> None:
    for part in parts(manifest, FORMS["emswe-xml"]):
        whole, _ = fitting(part, FORMS["emswe-xml"])
        if emswe.refuses(whole):
            continue
        one, other = back(whole, "emswe-xml"), back(whole, "emswe-json")
        assert one == other
        assert len(one.persons) == (0 if whole.function is Function.CANCEL else len(whole.persons))


def test_what_is_not_carried_is_told_with_its_reason() -> None:
    told = " ".join(fields for fields, _ in NOT_CARRIED)
    lost = {"booking_reference", "cabin", "remarks", "mrz", "extras", "rank", "vehicle_registration", "name_reason"}
    assert all(field in told for field in lost)
    assert all(reason for _, reason in NOT_CARRIED)
    papers = {"document": "documents", "visa": "visas", "permit": "residence_permits", "nationality": "nationalities"}
    read_back = {papers.get(name.rstrip("23"), name) for name in (path.split(".")[0] for path in PERSON_PATHS.values())}
    latin_forms = {"family_name_latin", "given_names_latin"}  # they follow from the names
    assert {name for name in Person.__struct_fields__ if name not in told} <= read_back | latin_forms


# --- whatever the bytes -------------------------------------------------------------------------------------------


@BOTH
def test_cut_anywhere_it_is_a_finding_and_no_list(form: str) -> None:
    data = written(passenger_manifest(persons=passenger_manifest().persons[:1]), form).rstrip()
    for end in range(1, len(data)):
        reading = read(data[:end], form)
        assert not reading.lists
        assert reading.findings[0].severity is Severity.ERROR


@BOTH
@often(50)
@given(st.data())
def test_spoilt_anywhere_it_is_read_or_refused(form: str, data: st.DataObject) -> None:
    whole = bytearray(written(passenger_manifest(), form))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[at] = data.draw(st.integers(0, 255))
    reading = read(bytes(whole), form)
    for raw in reading.lists:
        assert isinstance(raw, RawList)
        assert all(len(column) == raw.size for column in (*raw.columns.values(), *raw.extras.values()))
        normalise(raw, None, today=TODAY)
    assert reading.lists or reading.findings


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(("env:Envelope", "mai:MAI", "pxa:PXA", "pxa:SpecifiedLogisticsTransportMovement",
                         "ram:OnboardTransportPerson", "ram:GenderCode", "$", "@x", "formalityData")),
        inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@often(30)
@given(JSON, JSON, JSON)
def test_any_json_is_lists_or_findings(one: Any, two: Any, three: Any) -> None:
    for document in (one, {"env:Envelope": two}, envelope("PXA", three), envelope("CWA", [one, two, three])):
        reading = read(json.dumps(document).encode(), "emswe-json")
        assert reading.lists or reading.findings


Build = Callable[[], bytes]


def _nested(depth: int) -> Build:
    return lambda: json.dumps(envelope("PXA", [_deep(depth)])).encode()


def _deep(depth: int) -> Any:
    inner: Any = "x"
    for _ in range(depth):
        inner = {"ram:A": inner}
    return inner


def _kinds(count: int) -> Build:
    return lambda: json.dumps(envelope("PXA", [{f"ram:A{at}": "x" for at in range(count)}])).encode()


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (_nested(400), "X-55"),
        (_kinds(2000), "X-55"),
        (lambda: json.dumps(envelope("PXA", [[[["x"]]]])).encode(), "X-55"),
        (lambda: json.dumps(envelope("PXA", [1] * 100_000)).encode(), "X-54"),
    ],
)
def test_what_would_eat_the_machine_is_refused(build: Build, said: str) -> None:
    assert codes(read(build(), "emswe-json")) == [said]


def test_every_rule_is_given_somewhere() -> None:
    source = Path(__file__).read_text() + "".join((case / "expected.json").read_text() for case in GOLDEN)
    rules: Sequence[Any] = emswe_findings.RULES
    assert [rule.id for rule in rules if rule.id not in source] == []
