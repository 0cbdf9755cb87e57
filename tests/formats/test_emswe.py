"""EMSWe person lists: valid whatever the manifest, the same in XML and JSON, in the standard's order and words."""

import csv
import json
from datetime import UTC
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.checks import run
from gateway.checks.facts import Context
from gateway.codes.countries import country, nationality
from gateway.formats import emswe
from gateway.formats.forms import FORMS, fitting, parts
from gateway.formats.writing import WriteOrder
from gateway.keyring import Declarant
from gateway.manifest import (
    Direction,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Nationality,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
    Voyage,
)
from tests.conftest import SHARED_DATA
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, TODAY, crew_manifest, crew_member, passenger, passenger_manifest

SCHEMAS = Path(__file__).parents[2] / "schemas" / "emswe"
OFFICIAL = SHARED_DATA / "emswe" / "schema-2.0.1"
CODES = ("PXA", "PXD", "CWA", "CWD")
FORM = FORMS["emswe-xml"]

DECLARANT = Declarant(
    id="FI0000000-0",
    name="Example Agency",
    contact_name="Test Contact",
    phone="+358000000000",
    email="contact@example.test",
)
ORDER = WriteOrder(
    message_id="11111111-2222-4333-8444-555555555555",
    at=NOW,
    sender="XX0",
    recipient="NSW",
    declarant=DECLARANT,
    purposes=(Purpose.BORDER, Purpose.SAFETY),
    visit_id="FI20261123-001",
)
OURS = jsonschema_rs.validator_for(json.loads((SCHEMAS / "person-lists.schema.json").read_bytes()))
XSD = etree.XMLSchema(etree.parse(SCHEMAS / "Envelope.xsd"))


@cache
def official(code: str) -> Any:
    """The JSON Schema of MIG 2.0.1.0, where the reference data is at hand."""
    path = OFFICIAL / f"{code}_2.0.1.0.json"
    if not path.exists():
        pytest.skip("the JSON Schemas of MIG 2.0.1 (../shared/data) are not beside this checkout")
    return jsonschema_rs.validator_for(json.loads(path.read_bytes()), validate_formats=True)


def errors(validator: Any, document: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.kind.name}" for error in validator.iter_errors(document)
    ]


def json_of(manifest: Manifest, order: WriteOrder = ORDER) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(emswe.write_json(manifest, order))
    return document


def xml_of(manifest: Manifest, order: WriteOrder = ORDER) -> etree._Element:
    return etree.fromstring(emswe.write_xml(manifest, order))


def people(manifest: Manifest, order: WriteOrder = ORDER) -> list[dict[str, Any]]:
    envelope = json_of(manifest, order)["env:Envelope"]
    (name,) = set(envelope) - {"mai:MAI"}
    persons: list[dict[str, Any]] = envelope[name][f"{name[:3]}:SpecifiedLogisticsTransportMovement"][
        "ram:OnboardTransportPerson"
    ]
    return persons


def of_passenger(**changes: Any) -> dict[str, Any]:
    """What is written of one specimen passenger with `changes`."""
    return people(passenger_manifest(persons=(passenger(0, **changes),)))[0]


def listed(code: str) -> Manifest:
    manifest = crew_manifest() if code.startswith("CW") else passenger_manifest()
    direction = Direction.DEPARTURE if code.endswith("D") else Direction.ARRIVAL
    return msgspec.structs.replace(manifest, voyage=msgspec.structs.replace(manifest.voyage, direction=direction))


# --- valid, whatever the manifest ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_each_formality_is_valid_in_both_forms(code: str) -> None:
    manifest = listed(code)
    assert emswe.formality(manifest) == code
    assert errors(OURS, json_of(manifest)) == []
    assert XSD.validate(xml_of(manifest)), XSD.error_log.last_error


@pytest.mark.parametrize("code", CODES)
def test_each_formality_is_valid_by_the_published_schema(code: str) -> None:
    assert errors(official(code), json_of(listed(code))) == []


def test_another_xsd_library_agrees() -> None:
    schema = xmlschema.XMLSchema(str(SCHEMAS / "Envelope.xsd"))
    for code in CODES:
        assert schema.is_valid(BytesIO(emswe.write_xml(listed(code), ORDER)))
    data = emswe.write_xml(listed("PXA"), ORDER)
    assert not schema.is_valid(BytesIO(data.replace(b"<ram:GenderCode>2</ram:GenderCode>", b"")))


ORDERS = st.builds(
    WriteOrder,
    message_id=st.just("1"),
    at=st.datetimes(timezones=st.just(UTC)),
    sender=st.just("XX0"),
    recipient=st.just("NSW"),
    declarant=st.none() | st.just(DECLARANT),
    purposes=st.lists(st.sampled_from(Purpose), max_size=3).map(tuple),
    visit_id=st.none() | st.text(max_size=40),
)


@often(60)
@given(manifests(), ORDERS)
def test_whatever_the_manifest_what_is_written_is_valid_and_the_same_in_both_forms(
    manifest: Manifest, order: WriteOrder
) -> None:
    for part in parts(manifest, FORM):
        whole, _ = fitting(part, FORM)
        if FORM.refuses(whole):
            is_booking = set(whole.purposes) == {Purpose.BOOKING}
            assert part.function is Function.CHANGE or not whole.persons or is_booking
            continue
        document, root = json_of(whole, order), xml_of(whole, order)
        assert errors(OURS, document) == []
        assert XSD.validate(root), XSD.error_log.last_error
        assert {"env:Envelope": as_object(root)} == document
        if OFFICIAL.is_dir():
            assert errors(official(emswe.formality(whole)), document) == []


def as_object(element: etree._Element) -> Any:
    """An element of the XML as the JSON mapping writes it."""
    if len(element) == 0:
        text = element.text or ""
        return int(text) if etree.QName(element).localname in ("SequenceNumeric", "InTransitIndicator") else text
    found: dict[str, Any] = {}
    for child in element:
        name = f"{child.prefix}:{etree.QName(child).localname}"
        if name in emswe._REPEATED:
            found.setdefault(name, []).append(as_object(child))
        else:
            assert name not in found, f"{name} stands twice"
            found[name] = as_object(child)
    return found


@pytest.mark.parametrize(
    "text", ["<&>", "\"quoted\" 'twice'", "]]>", "&amp;", "<!-- -->", "a\u2028b", "\U0001f6a2", "\u202e", "\ud800"]
)
def test_signs_of_markup_are_letters_like_others(text: str) -> None:
    manifest = passenger_manifest(persons=(passenger(0, birth_place=text, special_care=text),))
    root = xml_of(manifest)
    assert XSD.validate(root), XSD.error_log.last_error
    assert {"env:Envelope": as_object(root)} == json_of(manifest)
    assert people(manifest)[0]["ram:BirthplaceName"] == " ".join(text.replace("\ud800", "\ufffd").split())


SPOILT = [
    ("<ram:GenderCode>2</ram:GenderCode>", ""),
    ("<ram:GenderCode>2<", "<ram:GenderCode>F<"),
    ("<ram:SequenceNumeric>1<", "<ram:SequenceNumeric>0<"),
    ("<ram:BirthDate>1974-08-12<", "<ram:BirthDate>1974-02-31<"),
    ("<ram:BirthDate>1974-08-12<", "<ram:BirthDate>1974<"),
    ("<ram:CategoryCode>FL</ram:CategoryCode><ram:GenderCode>2</ram:GenderCode>", "<ram:GenderCode>2</ram:GenderCode><ram:CategoryCode>FL</ram:CategoryCode>"),
    ("<ram:VersionID>2.0<", "<ram:VersionID>1.0<"),
    ("<ram:AdditionalIdentificationID>SWE<", "<ram:AdditionalIdentificationID>SE<"),
    ("<ram:CountryID>SE<", "<ram:CountryID>SWE<"),
    ("<ram:TypeCode>39<", "<ram:TypeCode>P<"),
    ("SUB-01", "SUB-03"),
    ("T12:00:00Z", "T12:00:00"),
    ("<ram:GivenName>ANNA MARIA<", "<ram:GivenName>" + "A" * 71 + "<"),
    ("<ram:InTransitIndicator>0<", "<ram:InTransitIndicator>false<"),
]  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda pair: pair[1][:30] or "removed")
def test_a_spoilt_message_is_not_valid(spoilt: tuple[str, str]) -> None:
    text = emswe.write_xml(listed("PXA"), ORDER).decode()
    assert spoilt[0] in text
    assert not XSD.validate(etree.fromstring(text.replace(*spoilt).encode()))


def test_a_crews_document_needs_its_country() -> None:
    text = emswe.write_xml(listed("CWA"), ORDER).decode()
    where = "<ram:IssueLogisticsLocation><ram:CountryID>FI</ram:CountryID></ram:IssueLogisticsLocation>"
    assert where in text
    assert not XSD.validate(etree.fromstring(text.replace(where, "").encode()))


# --- the standard's order and words --------------------------------------------------------------------------------

PERSON_ORDER = [
    "CategoryCode",
    "RoleCode",
    "GenderCode",
    "GivenName",
    "FamilyName",
    "BirthCountryID",
    "BirthplaceName",
    "InTransitIndicator",
    "EmbarkationDateTime",
    "SequenceNumeric",
    "BirthDate",
    "DisembarkationDate",
    "AssistanceRequirements",
    "EmergencyTelephoneUniversalCommunication",
    "NationalityTradeCountry",
    "EmbarkationLogisticsLocation",
    "DisembarkationLogisticsLocation",
    "TravelIdentityReferencedDocument",
    "TravelVisaReferencedDocument",
    "MobileTelephoneUniversalCommunication",
    "EmailURIUniversalCommunication",
    "ResidencePermitReferencedDocument",
    "AssociatedPassengerBooking",
]
DOCUMENT_ORDER = [
    "TypeCode",
    "ID",
    "IssueDate",
    "EffectiveSpecifiedPeriod",
    "IssueLogisticsLocation",
    "IssuerTradeParty",
]


def full_person(role: Role) -> Person:
    """A person with everything that MIG 2.0 and the schema have in common."""
    one = passenger(0) if role is not Role.CREW else crew_member(0)
    return msgspec.structs.replace(
        one,
        role=role,
        transit=True,
        embarked_at="2026-11-23T16:00:00+02:00",
        disembarks_on="2026-11-25",
        special_care="wheelchair",
        emergency_contact="+46 555 0100",
        nationalities=(Nationality("SWE", "SWE"), Nationality("FIN", "FIN")),
        documents=(msgspec.structs.replace(one.documents[0], issuer_name="Polisen"),),
        visas=(Permit("V1", "SWE"),),
        residence_permits=(Permit("R1", "SWE"),),
        embarkation=Port("GRPIR"),
        disembarkation=Port("MTMLA"),
        phone="+46 555 0123",
        email="anna@example.test",
        ticket_number="T1",
    )


def names_of(node: Any) -> list[str]:
    return [name.split(":")[1] for name in node]


@pytest.mark.parametrize("code", CODES)
def test_elements_stand_in_the_standards_order(code: str) -> None:
    role = Role.CREW if code.startswith("CW") else Role.PASSENGER
    manifest = msgspec.structs.replace(listed(code), persons=(full_person(role),))
    (person,) = people(manifest)
    own = names_of(person)
    assert own == sorted(own, key=PERSON_ORDER.index)
    of_passengers_only = {
        "CategoryCode", "InTransitIndicator", "AssistanceRequirements", "EmergencyTelephoneUniversalCommunication",
        "MobileTelephoneUniversalCommunication", "EmailURIUniversalCommunication", "AssociatedPassengerBooking",
    }  # fmt: skip
    expected = set(PERSON_ORDER) - (of_passengers_only if role is Role.CREW else {"RoleCode"})
    assert set(own) == expected
    assert names_of(person["ram:TravelIdentityReferencedDocument"]) == DOCUMENT_ORDER
    assert XSD.validate(xml_of(manifest)), XSD.error_log.last_error
    if OFFICIAL.is_dir():
        assert errors(official(code), json_of(manifest)) == []


@pytest.mark.parametrize("code", CODES)
def test_our_xsd_keeps_the_order_of_the_published_tables(code: str, shared_data: Path) -> None:
    with (shared_data / "emswe" / "tables" / f"{code}.tsv").open() as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    person = f"{code.lower()}:{code}/{code.lower()}:SpecifiedLogisticsTransportMovement/ram:OnboardTransportPerson"
    for path, kind in (
        (f"{person}/", ""),
        (f"{person}/ram:TravelIdentityReferencedDocument/", "TravelIdentityReferencedDocument"),
    ):
        known = [row for row in rows if row["path"].startswith(path) and "/" not in row["path"][len(path) :]]
        published = {row["element"][4:]: (at, row["occ"]) for at, row in enumerate(known)}
        ours = _ours("CrewMember" if code.startswith("CW") else "Passenger", kind)
        assert list(ours) == sorted(ours, key=lambda name: published[name][0])
        for name, (least, most) in ours.items():
            assert published[name][1] == f"{least}..{most}", name


def _ours(kind: str, child: str) -> dict[str, tuple[str, str]]:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    (top,) = etree.parse(SCHEMAS / "RAM.xsd").getroot().findall(f"{xs}complexType[@name='{kind}']")
    if child:
        (top,) = top.findall(f"{xs}sequence/{xs}element[@name='{child}']/{xs}complexType")
    return {
        element.get("name"): (element.get("minOccurs", "1"), {"unbounded": "n"}.get(element.get("maxOccurs", "1"), "1"))
        for element in top.findall(f"{xs}sequence/{xs}element")
    }


@pytest.mark.parametrize("name", ["PXA-min-v2", "CWA-min-v2"])
def test_the_reference_examples_are_valid_by_our_schemas(name: str, shared_data: Path) -> None:
    folder = shared_data / "emswe" / "constructed-by-us"
    assert XSD.validate(etree.parse(folder / f"{name}.xml")), XSD.error_log.last_error
    assert errors(OURS, json.loads((folder / f"{name}.json").read_bytes())) == []


def test_the_header() -> None:
    header = json_of(passenger_manifest())["env:Envelope"]["mai:MAI"]
    assert header["mai:ExchangedDocument"] == {
        "ram:ID": ORDER.message_id,
        "ram:TypeCode": "PXA",
        "ram:PurposeCode": "9",
        "ram:VersionID": "2.0",
        "ram:FirstSignatoryDocumentAuthentication": {"ram:FormattedActualDateTime": "2026-11-21T12:00:00Z"},
    }
    party = header["mai:ExchangedDeclaration"]["ram:DeclarantTradeParty"]
    assert (party["ram:ID"], party["ram:RoleCode"]) == ("FI0000000-0", "AG")
    assert header["mai:SpecifiedLogisticsTransportMovement"] == {"ram:CallTransportEvent": {"ram:ID": "FI20261123-001"}}


def test_a_contact_is_whole_or_not_there() -> None:
    order = msgspec.structs.replace(ORDER, declarant=msgspec.structs.replace(DECLARANT, phone=None))
    declaration = json_of(passenger_manifest(), order)["env:Envelope"]["mai:MAI"]["mai:ExchangedDeclaration"]
    assert "ram:DefinedTradeContact" not in declaration["ram:DeclarantTradeParty"]


@pytest.mark.parametrize("code", CODES)
def test_a_withdrawal_is_the_header_alone(code: str) -> None:
    for manifest in (listed(code), msgspec.structs.replace(listed(code), persons=())):
        cancelled = msgspec.structs.replace(manifest, function=Function.CANCEL)
        assert FORM.refuses(cancelled) == ""
        document = json_of(cancelled)
        assert list(document["env:Envelope"]) == ["mai:MAI"]
        assert document["env:Envelope"]["mai:MAI"]["mai:ExchangedDocument"]["ram:PurposeCode"] == "1"
        assert errors(OURS, document) == []
        assert XSD.validate(xml_of(cancelled))
        if OFFICIAL.is_dir():
            assert errors(official(code), document) == []


@often(20)
@given(manifests())
def test_nothing_but_a_cancelled_list_withdraws(manifest: Manifest) -> None:
    """A header alone withdraws: a list that names nobody, or some persons only, must never become one."""
    for part in parts(manifest, FORM):
        if part.function is Function.CANCEL:
            continue
        is_booking = part.purposes and not {Purpose.BORDER, Purpose.SAFETY} & set(part.purposes)
        can = part.persons and part.function is not Function.CHANGE and not is_booking
        assert (FORM.refuses(part) == "") == bool(can)
        assert len(json_of(part, ORDER)["env:Envelope"]) == 2


@pytest.mark.parametrize(
    ("purposes", "codes"),
    [
        ((Purpose.BORDER,), ["SUB-01"]),
        ((Purpose.SAFETY,), ["SUB-02"]),
        ((Purpose.BORDER, Purpose.SAFETY), ["SUB-01", "SUB-02"]),
        ((Purpose.SAFETY, Purpose.SAFETY), ["SUB-02"]),
        ((Purpose.BOOKING,), None),
        ((), None),
    ],
)
def test_subtypes_say_what_the_list_is_for(purposes: tuple[Purpose, ...], codes: list[str] | None) -> None:
    order = msgspec.structs.replace(ORDER, purposes=purposes)
    body = json_of(passenger_manifest(), order)["env:Envelope"]["pxa:PXA"]
    assert body.get("pxa:ExchangedDocument", {}).get("ram:SubtypeCode") == codes


def test_without_a_direction_a_list_is_for_the_arrival() -> None:
    assert emswe.formality(Manifest(kind=ListKind.CREW, voyage=Voyage())) == "CWA"


# --- persons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, []),
        ({"birth_date": None}, ["birth_date"]),
        ({"birth_date": "1974-08"}, ["birth_date"]),
        ({"birth_date": "1974"}, ["birth_date"]),
        ({"birth_date": "1974-02-30"}, ["birth_date"]),
        ({"birth_date": "１９７４-08-12"}, ["birth_date"]),
        ({"birth_date": "1974-W33-1"}, ["birth_date"]),
        ({"nationalities": ()}, ["nationality"]),
        ({"nationalities": (Nationality("QQQ"),)}, ["nationality"]),
        ({"family_name": None, "family_name_latin": None}, []),
        ({"given_names": None, "given_names_latin": None}, []),
        (
            {"family_name": " ", "family_name_latin": None, "given_names": None, "given_names_latin": None},
            ["family_name"],
        ),
        ({"sex": None}, []),
        ({"birth_date": None, "nationalities": ()}, ["birth_date", "nationality"]),
    ],
    ids=str,
)
def test_who_cannot_be_carried_and_why(changes: dict[str, Any], lacking: list[str]) -> None:
    person = passenger(0, **changes)
    assert emswe.cannot_carry(person) == lacking
    whole, left_out = fitting(passenger_manifest(persons=(passenger(1), person)), FORM)
    assert left_out == ([(1, lacking)] if lacking else [])
    assert len(whole.persons) == 1 + (not lacking)


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        (("SWE",), ["SWE"]),
        (("GBN",), ["GBR"]),
        (("GBD", "GBR"), ["GBR"]),
        (("XXA",), ["XXA"]),
        (("XXB",), ["XXB"]),
        (("RKS",), ["XXX"]),
        (("UNO",), ["XXX"]),
        (("RKS", "DEU"), ["DEU"]),
        (("QQQ", "DEU"), ["DEU"]),
        (("SWE", "FIN", "SWE"), ["SWE", "FIN"]),
    ],
)
def test_nationalities_in_the_words_of_the_code_list(stated: tuple[str, ...], codes: list[str]) -> None:
    nationalities = tuple(nationality(code) or Nationality(code) for code in stated)
    written = of_passenger(nationalities=nationalities)["ram:NationalityTradeCountry"]
    assert [one["ram:AdditionalIdentificationID"] for one in written] == codes


def test_what_a_sender_claims_of_a_nationality_is_not_believed() -> None:
    assert emswe.cannot_carry(passenger(0, nationalities=(Nationality("QQQ", "QQQ"),))) == ["nationality"]


@pytest.mark.parametrize(
    ("code", "place", "written"),
    [
        ("SWE", "Göteborg", ("SWE", "Göteborg")),
        ("SUHH", "Tallinn", ("SUHH", "Tallinn")),
        ("GBN", None, ("GBR", None)),
        ("RKS", "Prizren", (None, "Prizren, Kosovo")),
        ("RKS", None, (None, "Kosovo")),
        ("QQQ", "Somewhere", (None, "Somewhere")),
        (None, None, (None, None)),
    ],
)
def test_a_country_of_birth_without_a_code_is_written_in_words(
    code: str | None, place: str | None, written: Any
) -> None:
    """MIG guideline G-PXA-004, business rule BR-020."""
    person = of_passenger(birth_country=code, birth_place=place)
    assert (person.get("ram:BirthCountryID"), person.get("ram:BirthplaceName")) == written


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (DocumentType.PASSPORT, "39"),
        (DocumentType.IDENTITY_CARD, "36"),
        (DocumentType.RESIDENCE_DOCUMENT, "101"),
        (DocumentType.SEAFARER_BOOK, "718"),
        (DocumentType.OTHER, None),
        (None, None),
    ],
)
def test_kinds_of_document(kind: DocumentType | None, code: str | None) -> None:
    written = of_passenger(documents=(Document(kind, "L898902C3", "SWE", "2031-04-15"),))
    assert written.get("ram:TravelIdentityReferencedDocument", {}).get("ram:TypeCode") == code


def test_the_first_document_that_can_be_written_is() -> None:
    other, card = (
        Document(kind, "N1", "DEU", "2031-04-15") for kind in (DocumentType.OTHER, DocumentType.IDENTITY_CARD)
    )
    partial = Document(DocumentType.PASSPORT, "N2", "DEU", "2031-04")
    long = Document(DocumentType.PASSPORT, "N" * 71, "DEU", "2031-04-15")
    written = of_passenger(documents=(other, partial, long, card))["ram:TravelIdentityReferencedDocument"]
    assert written["ram:TypeCode"] == "36"
    assert written["ram:IssueLogisticsLocation"] == {"ram:CountryID": "DE"}
    assert "ram:TravelIdentityReferencedDocument" not in of_passenger(documents=(other, partial, long))


@pytest.mark.parametrize(
    ("issuer", "alpha2"), [("DEU", "DE"), ("GBN", "GB"), ("RKS", None), ("UNO", None), (None, None)]
)
def test_issuers_are_alpha2_and_a_crews_document_needs_one(issuer: str | None, alpha2: str | None) -> None:
    document = Document(DocumentType.PASSPORT, "N1", issuer, "2031-04-15")
    written = of_passenger(documents=(document,))["ram:TravelIdentityReferencedDocument"]
    assert written.get("ram:IssueLogisticsLocation", {}).get("ram:CountryID") == alpha2
    crew = people(crew_manifest(persons=(crew_member(0, documents=(document,)),)))[0]
    assert ("ram:TravelIdentityReferencedDocument" in crew) == (alpha2 is not None)


def test_visas_and_residence_permits() -> None:
    empty, good = Permit(issuer="DEU"), Permit("V1", "DEU", "2027-01-01")
    person = of_passenger(visas=(empty, good), residence_permits=(empty, Permit("R1", "RKS")))
    assert person["ram:TravelVisaReferencedDocument"] == {
        "ram:ID": "V1",
        "ram:IssueLogisticsLocation": {"ram:CountryID": "DE"},
    }
    assert person["ram:ResidencePermitReferencedDocument"] == {"ram:ID": "R1"}


@pytest.mark.parametrize(
    ("role", "code"), [(Role.PASSENGER, "FL"), (Role.STOWAWAY, "DEE"), (Role.OTHER_SHIP_CREW, "DFY")]
)
def test_categories(role: Role, code: str) -> None:
    assert of_passenger(role=role)["ram:CategoryCode"] == code


@pytest.mark.parametrize(("sex", "code"), [(Sex.MALE, "1"), (Sex.FEMALE, "2"), (Sex.UNSPECIFIED, "9"), (None, "0")])
def test_gender_is_always_said(sex: Sex | None, code: str) -> None:
    assert of_passenger(sex=sex)["ram:GenderCode"] == code


@pytest.mark.parametrize(
    ("family", "latin", "written"),
    [
        ("ERIKSSON", "ERIKSSON", "ERIKSSON"),
        ("Strauß-Öst", "STRAUSS-OEST", "Strauß-Öst"),
        ("Пробная", "PROBNAIA", "PROBNAIA"),
        ("Пробная", None, "PROBNAIA"),
        ("Δοκιμή", "DOKIMI", "DOKIMI"),
        ("O’Tester", "O'TESTER", "O'TESTER"),
        (None, "PROBNAIA", "PROBNAIA"),
        ("A\tB\nC", None, "A B C"),
        ("A\x00B", "A\x00B", "A\ufffdB"),
    ],
)
def test_names_are_in_latin_letters(family: str | None, latin: str | None, written: str) -> None:
    person = passenger(0, family_name=family, family_name_latin=latin)
    assert people(passenger_manifest(persons=(person,)))[0]["ram:FamilyName"] == written


def test_one_name_stands_in_both_places() -> None:
    """Both are 1..1; a placeholder is forbidden (P35)."""
    only = of_passenger(family_name=None, family_name_latin=None)
    assert (only["ram:GivenName"], only["ram:FamilyName"]) == ("ANNA MARIA", "ANNA MARIA")


LATIN = st.characters(min_codepoint=32, max_codepoint=0x24F, categories=("L", "Zs"))


@often(30)
@given(st.text(LATIN, max_size=90), st.text(LATIN, max_size=60), st.text(max_size=300), st.text(max_size=20))
def test_nothing_is_cut_that_the_checks_do_not_announce(name: str, place: str, care: str, ticket: str) -> None:
    person = passenger(
        0, family_name=name or None, family_name_latin=None, birth_place=place or None, special_care=care or None,
        ticket_number=ticket or None,
    )  # fmt: skip
    manifest = passenger_manifest(persons=(person,))
    if emswe.cannot_carry(person):
        return
    (written,) = people(manifest)
    lengths = {
        ("family_name", "P-09"): (name, written["ram:FamilyName"]),
        ("birth_place", "P-69"): (place, written.get("ram:BirthplaceName", "")),
        ("special_care", "P-69"): (care, written.get("ram:AssistanceRequirements", "")),
        ("ticket_number", "P-69"): (ticket, written.get("ram:AssociatedPassengerBooking", {}).get("ram:TicketID", "")),
    }
    context = Context(today=TODAY, now=NOW, purposes=(Purpose.BORDER, Purpose.SAFETY))
    told = {(finding.place.field, finding.code) for finding in run(manifest, context)}
    for (field, code), (given_text, text) in lengths.items():
        if len(" ".join(given_text.split())) > len(text) and text != written["ram:GivenName"]:
            assert (field, code) in told


def test_a_cut_takes_no_accent_off_its_letter() -> None:
    whole = "A" * 69 + "e\u0301" + "B"  # e with an acute accent, in two characters
    assert of_passenger(family_name=whole, family_name_latin=whole)["ram:FamilyName"] == "A" * 69
    whole = "A" * 70 + "\u0301"
    assert of_passenger(birth_place=whole)["ram:BirthplaceName"] == "A" * 35


@pytest.mark.parametrize(
    ("member", "element", "longest"),
    [
        ("phone", "ram:MobileTelephoneUniversalCommunication", 35),
        ("email", "ram:EmailURIUniversalCommunication", 256),
    ],
)
def test_half_a_number_is_a_wrong_number(member: str, element: str, longest: int) -> None:
    assert element in of_passenger(**{member: "5" * longest})
    assert element not in of_passenger(**{member: "5" * (longest + 1)})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-23T16:00:00+02:00", "2026-11-23T16:00:00+02:00"),
        ("2026-11-23T16:00Z", "2026-11-23T16:00:00+00:00"),
        ("2026-11-23T16:00", None),
        ("2026-11-23", None),
        ("2026-11-23T16:00+23:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_time_needs_its_offset(text: str | None, written: str | None) -> None:
    """R-GENERAL-001."""
    assert of_passenger(embarked_at=text).get("ram:EmbarkationDateTime") == written


def test_numbers_run_from_one_whatever_the_sender_counted() -> None:
    persons = tuple(passenger(at, sequence=number) for at, number in enumerate((7, 7, 3)))
    assert [one["ram:SequenceNumeric"] for one in people(passenger_manifest(persons=persons))] == [1, 2, 3]


def test_a_rank_is_the_code_of_the_imo() -> None:
    assert people(crew_manifest())[0]["ram:RoleCode"] == "10101"
    assert "ram:RoleCode" not in people(crew_manifest(persons=(crew_member(0, rank_code=None),)))[0]


def test_every_country_of_the_code_table_is_in_the_published_list() -> None:
    schema = (
        json.loads((OFFICIAL / "PXA_2.0.1.0.json").read_bytes())
        if OFFICIAL.is_dir()
        else pytest.skip("no reference data")
    )
    alpha3 = set(schema["$defs"]["qdt:CountryAlphaIDType_2"]["enum"])
    alpha2 = set(schema["$defs"]["qdt:CountryIDType_2"]["enum"])
    for code in alpha3 - {"XXA", "XXB", "XXC", "XXX"}:
        known = country(code)
        assert known is not None
        assert known.iso3 == code
        assert known.iso2 in alpha2
