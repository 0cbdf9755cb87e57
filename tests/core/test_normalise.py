"""Columns of text become persons, a ship and a leg; what cannot be read is said with its place and left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from gateway.carrier import Carrier, Expectation
from gateway.findings import Place, Severity
from gateway.formats.raw import CellPlaces, HeaderValue, RawCall, RawList
from gateway.manifest import (
    Direction,
    Document,
    DocumentType,
    Function,
    ListKind,
    NationalityKind,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
)  # fmt: skip
from gateway.normalise import RULES, Normalised, normalise

TODAY = date(2026, 11, 21)
AURORA = Carrier(id="aurora", name="Aurora", contact="desk@aurora.example", service="cruise")


def raw_list(columns: Mapping[str, Sequence[str | None]], **more: Any) -> RawList:
    size = max((len(column) for column in columns.values()), default=0)
    letters = {field: chr(65 + n % 26) for n, field in enumerate(columns)}
    places = CellPlaces(columns=letters, rows=[row + 5 for row in range(size)], sheet="List")
    header = {
        field: HeaderValue(text, Place(sheet="List", cell="B1")) for field, text in more.pop("header", {}).items()
    }
    return RawList(
        format="test", kind=more.pop("kind", ListKind.PASSENGERS), size=size, columns=dict(columns), places=places,
        header=header, **more,
    )  # fmt: skip


def run(columns: Mapping[str, Sequence[str | None]], carrier: Carrier | None = None, **more: Any) -> Normalised:
    defaults = more.pop("defaults", None)
    return normalise(raw_list(columns, **more), carrier, today=TODAY, defaults=defaults)


def person(carrier: Carrier | None = None, dialects: Mapping[str, str] | None = None, **columns: str | None) -> Person:
    named = {field.replace("__", "."): [text] for field, text in columns.items()}
    return run(named, carrier, dialects=dialects or {}).manifest.persons[0]


def codes(done: Normalised) -> list[str]:
    return [finding.code for finding in done.findings]


def test_a_plain_person() -> None:
    one = person(
        family_name="Eriksson", given_names="Anna Maria", sex="F", birth_date="1974-08-12", nationality="UTO",
        document__type="P", document__number="L898902C3", document__issuer="UTO", document__expiry="2030-04-15",
        embarkation="GR PIR", disembarkation="Valletta", transit="N", cabin="4117.0",
    )  # fmt: skip
    assert (one.family_name, one.given_names, one.family_name_latin) == ("Eriksson", "Anna Maria", "ERIKSSON")
    assert (one.sex, one.birth_date, one.nationalities[0].kind) == (Sex.FEMALE, "1974-08-12", NationalityKind.SPECIMEN)
    assert one.documents == (Document(DocumentType.PASSPORT, "L898902C3", "UTO", "2030-04-15"),)
    assert (one.embarkation, one.disembarkation) == (Port("GRPIR"), Port("MTMLA"))
    assert (one.transit, one.cabin, one.role) == (False, "4117", Role.PASSENGER)


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("\n\n\tSmith\n\n\nSmith\n", "Smith Smith", []),
        ("Adam                                    ", "Adam", []),
        ("TEST\u00a0PERSON", "TEST PERSON", []),
        ("Zoe\u0308", "Zoë", []),
        ("TEST\u200bPERSON", "TESTPERSON", ["N-10"]),
        ("\u202bTESTPERSON\u202c", "TESTPERSON", ["N-10"]),
        ("TEST\x00PERSON", "TESTPERSON", ["N-11"]),
        ("MÃ¼ller", "MÃ¼ller", ["N-12"]),
        ("M\ufffdller", "M\ufffdller", ["N-13"]),
        ("M?LLER", "M?LLER", ["N-13"]),
        ("O'Brien-Testperson", "O'Brien-Testperson", []),
        ("MRS ERIKSSON", "ERIKSSON", ["N-14"]),
        ("ERIKSSON MR.", "ERIKSSON", ["N-14"]),
        ("Dr. Eriksson", "Eriksson", ["N-14"]),
        ("MR MR ERIKSSON MISS", "ERIKSSON", ["N-14"]),
        ("Herrmann", "Herrmann", []),
        ("AMR", "AMR", []),
        ("John?", "John?", ["N-71"]),
        ("(Smith'", "(Smith'", ["N-71"]),
        ("  ", None, []),
    ],
)
def test_names_are_tidied_and_never_respelled(text: str, expected: str | None, said: list[str]) -> None:
    done = run({"family_name": [text], "given_names": ["Anna"]})
    assert done.manifest.persons[0].family_name == expected
    assert codes(done) == said


@pytest.mark.parametrize(
    ("text", "family", "given", "said"),
    [
        ("ERIKSSON, Anna Maria", "ERIKSSON", "Anna Maria", ["N-16"]),
        ("ERIKSSON/ANNA MRS", "ERIKSSON", "ANNA", ["N-16", "N-14"]),
        ("ERIKSSON/ANNAMRS", "ERIKSSON", "ANNA", ["N-16", "N-14"]),
        ("TESTPERSON/AMR", "TESTPERSON", "AMR", ["N-16"]),
        ("ERIKSSON<<ANNA<MARIA<<<<", "ERIKSSON", "ANNA MARIA", ["N-16"]),
        ("Anna Eriksson", "Anna Eriksson", None, ["N-17"]),
    ],
)
def test_one_value_for_both_names(text: str, family: str, given: str | None, said: list[str]) -> None:
    done = run({"full_name": [text]})
    one = done.manifest.persons[0]
    assert (one.family_name, one.given_names) == (family, given)
    assert codes(done) == said
    assert done.lineage.raw["full_name"] == [text]


def test_both_names_in_the_family_name_s_column() -> None:
    one = person(family_name="ERIKSSON, Anna", given_names=None)
    assert (one.family_name, one.given_names) == ("ERIKSSON", "Anna")


def test_middle_names_are_given_names() -> None:
    assert person(family_name="ERIKSSON", given_names="Anna", middle_names="Maria").given_names == "Anna Maria"


def test_placeholders_are_reasons_and_never_names() -> None:
    done = run({"family_name": ["SUKARNO", "LNU", "XXX", "ERIKSSON"], "given_names": ["FNU", "Anna", "-", "Anna"]})
    assert [(p.family_name, p.given_names, p.name_reason) for p in done.manifest.persons] == [
        ("SUKARNO", None, "no given name"),
        (None, "Anna", "no family name"),
        (None, None, "unknown"),
        ("ERIKSSON", "Anna", None),
    ]
    assert codes(done) == ["N-19"]
    assert "(3 persons)" in done.findings[0].text


def test_a_blank_given_name_has_no_reason() -> None:
    assert person(family_name="SUKARNO").name_reason is None


def test_an_unreadable_value_is_none_and_a_finding_with_its_place_and_shape() -> None:
    done = run({"sex": ["M", "Man!", "Male"], "nationality": ["GRC", "GRC", "GBR*"]})
    assert [p.sex for p in done.manifest.persons] == [Sex.MALE, None, Sex.MALE]
    said = [(f.code, str(f.place), f.shape) for f in done.findings]
    assert said == [
        ("N-22", 'sheet "List", cell A6', "3 letters, 1 sign"),
        ("N-20", 'sheet "List", cell B7', "3 letters, '*'"),
    ]
    assert "Man" not in "".join(f.text + f.hint + f.shape for f in done.findings)


def test_countries_by_custom_are_read_and_said() -> None:
    done = run({"document.issuer": ["England", "America"], "nationality": ["Congo", "GBR"]})
    assert [p.documents[0].issuer for p in done.manifest.persons] == ["GBR", "USA"]
    assert codes(done) == ["N-29", "N-21"]
    assert "2 persons" in done.findings[1].text


def test_places_may_have_brackets_and_nothing_odder() -> None:
    done = run({"birth_place": ["St. Moritz (GR)", "United*Kingdom", "Frankfurt/Oder"]})
    assert [p.birth_place for p in done.manifest.persons] == ["St. Moritz (GR)", "United*Kingdom", "Frankfurt/Oder"]
    assert [(f.code, f.place.cell) for f in done.findings] == [("N-71", "A6")]


def test_several_nationalities() -> None:
    one = person(nationality="GRC", nationality2="Swedish", nationality3="GRC")
    assert [n.code for n in one.nationalities] == ["GRC", "SWE"]


def test_letters_for_sexes_that_are_another_language_s_are_not_guessed() -> None:
    done = run({"sex": ["H", "M", "H"]})
    assert [p.sex for p in done.manifest.persons] == [None, None, None]
    assert sorted(codes(done)) == ["N-15", "N-22", "N-22"]
    carrier = Carrier(id="x", name="X", contact="x@x.example", service="ferry", lookups={"sex": {"h": "M", "M": "F"}})
    assert [p.sex for p in run({"sex": ["H", "M"]}, carrier).manifest.persons] == [Sex.MALE, Sex.FEMALE]


def test_digits_for_sexes_need_a_dialect() -> None:
    assert person(sex="1").sex is None
    assert person(sex="1", dialects={"sex": "iso5218"}).sex is Sex.MALE


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Y", True), ("TRANSIT PAX", True), ("Ja", True), ("1", True), ("true", True), ("No", False), ("Nei", False), ("0", False), (" ", None)],
)  # fmt: skip
def test_transit_in_many_words(text: str, expected: bool | None) -> None:
    done = run({"transit": [text]})
    assert done.manifest.persons[0].transit is expected
    assert not done.findings


def test_transit_that_says_neither() -> None:
    done = run({"transit": ["perhaps", None]})
    assert [p.transit for p in done.manifest.persons] == [None, None]
    assert codes(done) == ["N-26"]


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        (" l898902c3 ", "L898902C3", []),
        ("AB 12-345", "AB 12-345", []),
        ("123456001.0", "123456001", ["N-40"]),
        ("1.23457E+14", None, ["N-41"]),
        ("12E4", "12E4", []),
        ("000000000", "000000000", []),
        ("N/A", None, ["N-42"]),
    ],
)
def test_document_numbers(text: str, number: str | None, said: list[str]) -> None:
    done = run({"document.type": ["P"], "document.number": [text]})
    assert done.manifest.persons[0].documents[0].number == number
    assert codes(done) == said


@pytest.mark.parametrize(
    ("kind", "other", "dialect", "expected", "native"),
    [
        ("P", None, None, DocumentType.PASSPORT, None),
        ("Passport", None, "uk", DocumentType.PASSPORT, None),
        ("I", None, "uk", DocumentType.IDENTITY_CARD, None),
        ("O", None, "uk", DocumentType.OTHER, None),
        ("\nO\n", "SID", "uk", DocumentType.SEAFARER_BOOK, "SID"),
        ("O", "Library card", "uk", DocumentType.OTHER, "Library card"),
        ("39", None, "un1001", DocumentType.PASSPORT, None),
        ("39", None, "api", DocumentType.PASSPORT, None),
        ("F", None, "api", DocumentType.OTHER, "F"),
        ("Wrong", None, "uk", None, "Wrong"),
    ],
)
def test_document_types(
    kind: str, other: str | None, dialect: str | None, expected: DocumentType | None, native: str | None
) -> None:
    columns = {"document.type": [kind], "document.other_type": [other], "document.number": ["X1"]}
    done = run(columns, dialects={"document.type": dialect} if dialect else {})
    document = done.manifest.persons[0].documents[0]
    assert (document.type, document.native_type) == (expected, native)
    assert codes(done) == ([] if expected else ["N-28"])


def test_a_document_that_is_a_visa_goes_to_the_visas() -> None:
    one = person(dialects={"document.type": "api"}, document__type="P", document__number="X1", document2__type="V", document2__number="V9", visa__number="V8")  # fmt: skip
    assert [d.number for d in one.documents] == ["X1"]
    assert one.visas == (Permit("V9"), Permit("V8"))


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("Passport L898902C3", DocumentType.PASSPORT, "L898902C3"),
        ("Passport No. 12345678", DocumentType.PASSPORT, "12345678"),
        ("P/123456", DocumentType.PASSPORT, "123456"),
        ("Seaman's book: AB 12345", DocumentType.SEAFARER_BOOK, "AB 12345"),
        ("L898902C3", None, "L898902C3"),
    ],
)
def test_nature_and_number_in_one_cell(text: str, kind: DocumentType | None, number: str) -> None:
    done = run({"document.combined": [text]})
    document = done.manifest.persons[0].documents[0]
    assert (document.type, document.number) == (kind, number)
    assert codes(done) == ["N-44"]
    assert done.lineage.raw.get("document.combined", [text]) == [text]


@pytest.mark.parametrize(
    ("texts", "dates", "places"),
    [
        (["12.08.1974 Athens", "31.12.1980, Piraeus"], ["1974-08-12", "1980-12-31"], ["Athens", "Piraeus"]),
        (["Athens 12/08/1974", "Bergen, 31/12/1980"], ["1974-08-12", "1980-12-31"], ["Athens", "Bergen"]),
        (["12 Aug 1974 / Rio de Janeiro", "1980-12-31"], ["1974-08-12", "1980-12-31"], ["Rio de Janeiro", None]),
    ],
)
def test_date_and_place_of_birth_in_one_cell(texts: list[str], dates: list[str], places: list[str | None]) -> None:
    persons = run({"birth": texts}).manifest.persons
    assert [p.birth_date for p in persons] == dates
    assert [p.birth_place for p in persons] == places


def test_a_profile_s_order_and_words_come_first() -> None:
    carrier = Carrier(
        id="nord", name="Nord", contact="x@nord.example", service="ferry", dates={"all": "dmy"},
        lookups={"country": {"DANSK": "DNK"}, "document": {"Pas": "passport"}},
    )  # fmt: skip
    columns = {
        "birth_date": ["03/04/1970"],
        "nationality": ["dansk "],
        "document.type": ["PAS"],
        "document.number": ["X1"],
    }
    done = run(columns, carrier)
    one = done.manifest.persons[0]
    assert (one.birth_date, one.nationalities[0].code, one.documents[0].type) == (
        "1970-04-03",
        "DNK",
        DocumentType.PASSPORT,
    )
    assert not done.findings
    assert done.manifest.carrier == "nord"


def test_a_format_s_own_way_to_write_dates_wins_over_the_profile() -> None:
    carrier = Carrier(id="x", name="X", contact="x@x.example", service="ferry", dates={"all": "mdy"})
    done = run({"birth_date": ["740812"]}, carrier, dialects={"birth_date": "edifact"})
    assert done.manifest.persons[0].birth_date == "1974-08-12"
    hinted = run({"birth_date": ["03/04/1970"]}, carrier, dialects={"birth_date": "dmy"})
    assert hinted.manifest.persons[0].birth_date == "1970-03-04"


def test_roles_by_kind_of_list_by_word_and_by_rank() -> None:
    crew = run({"family_name": ["A", "B"], "rank": ["Chief Mate", "MASTER"]}, kind=ListKind.CREW).manifest.persons
    assert [(p.role, p.master) for p in crew] == [(Role.CREW, False), (Role.CREW, True)]
    mixed = run({"rank": ["Master", None], "family_name": ["A", "B"]}, kind=ListKind.MIXED).manifest.persons
    assert [p.role for p in mixed] == [Role.CREW, Role.PASSENGER]
    said = run({"role": ["FL", "FM", "DDU", "DDT", "CPE", "DEE", "Guest", "deckchair"]}, kind=ListKind.MIXED)
    assert [p.role.value for p in said.manifest.persons] == [
        "passenger", "crew", "passenger", "crew", "crew", "stowaway", "passenger", "passenger",
    ]  # fmt: skip
    assert [p.transit for p in said.manifest.persons[2:4]] == [True, True]
    assert [p.master for p in said.manifest.persons].index(True) == 4
    assert codes(said) == ["N-27"]


def test_only_the_first_master_is_the_master() -> None:
    persons = run({"rank": ["Master", "Master"]}, kind=ListKind.CREW).manifest.persons
    assert [p.master for p in persons] == [True, False]
    assert persons[1].rank_code == persons[0].rank_code != None  # noqa: E711


def test_a_boy_titled_master_on_a_passenger_list_is_not_the_master() -> None:
    assert not person(rank="Master", family_name="A").master


def test_unknown_columns_stay_with_the_person() -> None:
    done = run({"family_name": ["A", "B"]}, extras={"Meal": ["veg", None], "Deck": [" ", "7"]})
    assert [p.extras for p in done.manifest.persons] == [(("Meal", "veg"),), (("Deck", "7"),)]


def test_numbers_on_the_list_are_kept_where_they_are_numbers() -> None:
    assert [p.sequence for p in run({"sequence": ["7", "3.0"]}).manifest.persons] == [7, 3]
    done = run({"sequence": ["1", "1"]})
    assert [p.sequence for p in done.manifest.persons] == [1, 2]
    assert codes(done) == ["N-51"]


TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def test_the_machine_readable_zone_fills_what_is_blank() -> None:
    done = run({"mrz1": [TD3[0], None], "mrz2": [TD3[1], None], "sex": [None, "M"], "family_name": ["ERIKSON", None]})
    one = done.manifest.persons[0]
    assert one.mrz == TD3
    assert (one.family_name, one.given_names) == ("ERIKSON", None), "a half of the name is not mended"
    assert (one.sex, one.birth_date, one.nationalities[0].code) == (Sex.FEMALE, "1974-08-12", "UTO")
    assert one.documents == (Document(DocumentType.PASSPORT, "L898902C3", "UTO", "2012-04-15"),)
    assert {f.code for f in done.findings} == {"N-70"}


def test_a_zone_in_one_cell_and_one_with_a_wrong_digit() -> None:
    """What has a check digit is only believed where the digit holds."""
    wrong = TD3[1].replace("7408122", "7408123")
    done = run({"mrz1": ["\n".join((TD3[0].lower(), TD3[1])), f"{TD3[0]}\n{wrong}", "P<UTO"]})
    persons = done.manifest.persons
    assert persons[0].mrz == TD3
    assert [p.birth_date for p in persons] == ["1974-08-12", None, None]
    assert persons[2].mrz == ("P<UTO",)


HEADER = {
    "vessel.name": " Aurora  Specimen ", "vessel.imo": "IMO 9999993", "vessel.flag": "Malta", "vessel.call_sign": "9ha 123",
    "voyage.number": "0417", "voyage.visit_id": "GRPIR-2026-1", "reference": "LIST1", "function": "9", "direction": "Arrival in the UK",
    "departure.port": "GRPIR", "departure.estimated": "2026-11-22 18:00", "arrival.port": "GB\nSOU", "arrival.estimated": "2026-11-28T07:30:00+00:00",
    "counts.on_board": "2", "counts.crew": "0", "issued": "2026-11-21",
}  # fmt: skip


def test_the_header() -> None:
    manifest = run({"family_name": ["A", "B"]}, AURORA, header=HEADER).manifest
    assert (manifest.vessel.name, manifest.vessel.imo, manifest.vessel.flag) == ("Aurora Specimen", "9999993", "MLT")
    assert manifest.vessel.call_sign == "9HA123"
    leg = manifest.voyage
    assert leg.departure
    assert leg.arrival
    assert (leg.number, leg.visit_id, leg.direction) == ("0417", "GRPIR-2026-1", Direction.ARRIVAL)
    assert (leg.departure.port.code, leg.departure.estimated_departure) == ("GRPIR", "2026-11-22T18:00")
    assert (leg.arrival.port.code, leg.arrival.estimated_arrival) == ("GBSOU", "2026-11-28T07:30+00:00")
    assert (manifest.counts.on_board, manifest.counts.crew, manifest.counts.passengers) == (2, 0, None)
    assert (manifest.reference, manifest.function, manifest.issued) == ("LIST1", Function.ORIGINAL, "2026-11-21")
    assert set(manifest.code_lists) == {"ports", "countries", "icao_special"}
    assert all(manifest.code_lists.values())


def test_a_bad_header() -> None:
    header = {
        "vessel.imo": "2350001234", "counts.crew": "about ten", "direction": "sideways", "function": "77", "departure.port": "?????",
        "vessel.flag": "Atlantis", "vessel.call_sign": "NA", "arrival.estimated": "soon",
    }  # fmt: skip
    done = run({"family_name": ["A"]}, header=header)
    manifest = done.manifest
    assert sorted(codes(done)) == ["N-01", "N-20", "N-25", "N-31", "N-32", "N-34", "N-34"]
    assert (manifest.vessel.imo, manifest.vessel.flag, manifest.vessel.call_sign) == (None, None, None)
    assert (manifest.counts.crew, manifest.voyage.direction, manifest.function) == (None, None, Function.ORIGINAL)
    assert manifest.voyage.departure
    assert manifest.voyage.departure.port.code == "ZZUKN"
    assert all(f.place.cell == "B1" for f in done.findings)
    assert {f.place.field for f in done.findings if f.code == "N-31"} == {"vessel.imo"}


def test_last_and_next_port_are_the_leg_s_ends() -> None:
    arriving = {"direction": "A", "arrival.port": "GBSOU", "last_port": "FRLEH", "next_port": "BEZEE"}
    leg = run({}, header=arriving).manifest.voyage
    assert leg.departure
    assert leg.departure.port.code == "FRLEH"
    assert [call.port.code for call in leg.itinerary] == ["BEZEE"]
    departing = {"direction": "D", "departure.port": "GBSOU", "last_port": "FRLEH", "next_port": "BEZEE"}
    leg = run({}, header=departing).manifest.voyage
    assert leg.arrival
    assert leg.arrival.port.code == "BEZEE"
    assert [call.port.code for call in leg.itinerary] == ["FRLEH"]


def test_a_last_port_that_is_not_the_port_of_departure_is_said() -> None:
    done = run({}, header={"direction": "A", "departure.port": "GRPIR", "arrival.port": "GBSOU", "last_port": "FRLEH"})
    assert done.manifest.voyage.departure
    assert done.manifest.voyage.departure.port.code == "GRPIR"
    assert codes(done) == ["N-35"]


def test_an_unlisted_code_stays_a_code_and_a_name_a_name() -> None:
    done = run({}, header={"departure.port": "GB DOV", "arrival.port": "Specimen Island"})
    leg = done.manifest.voyage
    assert leg.departure
    assert leg.departure.port == Port("GBDOV")
    assert leg.arrival
    assert leg.arrival.port == Port(name="Specimen Island")


def test_a_place_without_a_code_is_not_an_unknown_port() -> None:
    leg = run({}, header={"departure.port": "NO XXX", "arrival.port": "ZZUKN"}).manifest.voyage
    assert leg.departure
    assert leg.departure.port == Port(name="NO XXX")
    assert leg.arrival
    assert leg.arrival.port.code == "ZZUKN"


def test_findings_about_the_leg_find_the_port_that_names_it() -> None:
    done = run({}, header={"direction": "A", "last_port": "Specimen Island", "arrival.port": "GBSOU"})
    assert {"departure.port", "departure.port_name", "arrival.port_name"} <= done.lineage.header_places.keys()


def test_the_itinerary() -> None:
    calls = [RawCall(port="MTMLA", arrival="2026-11-25 07:30", departure="2026-11-25 18:00"), RawCall(port="GB SOU")]
    itinerary = run({}, itinerary=calls).manifest.voyage.itinerary
    assert [call.port.code for call in itinerary] == ["MTMLA", "GBSOU"]
    assert itinerary[0].estimated_departure == "2026-11-25T18:00"


def test_the_expected_call_speaks_where_the_list_is_silent_only() -> None:
    defaults = {"vessel.imo": "9999981", "arrival.port": "GBSOU", "departure.port": "NLRTM"}
    done = run({}, header={"vessel.imo": "9999993", "last_port": "FRLEH"}, defaults=defaults)
    assert done.manifest.vessel.imo == "9999993"
    assert done.manifest.voyage.arrival
    assert done.manifest.voyage.arrival.port.code == "GBSOU"
    assert done.manifest.voyage.departure
    assert done.manifest.voyage.departure.port.code == "FRLEH"
    assert [(f.code, f.severity, f.place.field) for f in done.findings] == [("N-30", Severity.INFO, "arrival.port")]


def test_lineage_keeps_what_changed_and_only_that() -> None:
    done = run({"family_name": ["ERIKSSON ", "A"], "given_names": ["Anna", "B"], "sex": ["Male", "F"]}, header=HEADER)
    assert done.lineage.raw == {"family_name": ["ERIKSSON ", "A"], "sex": ["Male", "F"]}
    assert done.lineage.header["vessel.imo"][0] == "IMO 9999993"
    assert done.lineage.header_places["vessel.imo"].cell == "B1"
    assert "ERIKSSON" not in repr(done)


def test_a_list_unlike_the_line_s_others_is_said() -> None:
    expect = Expectation(fewest=3, most=10, filled={"document.number": 0.9})
    carrier = Carrier(id="x", name="X", contact="x@x.example", service="ferry", expect=expect)
    done = run({"document.number": ["X1", None], "family_name": ["A", "B"]}, carrier)
    assert codes(done) == ["N-60", "N-61"]
    assert "3 to 10" in done.findings[0].text
    assert "50% of the persons" in done.findings[1].text


@pytest.mark.parametrize(
    "other",
    [
        {"kind": ListKind.CREW},
        {"header": {"function": "Cancellation"}},
        {"header": {"function": "Change"}},
        {"purposes": (Purpose.BOOKING,)},
    ],
)
def test_what_a_line_s_lists_usually_look_like_is_said_of_its_passengers_only(other: Any) -> None:
    expect = Expectation(fewest=3, filled={"document.number": 0.9})
    carrier = Carrier(id="x", name="X", contact="x@x.example", service="ferry", expect=expect)
    assert not {"N-60", "N-61"} & set(codes(run({"family_name": ["A", "B"]}, carrier, **other)))
    mixed = run({"family_name": ["A", "B"]}, carrier, kind=ListKind.MIXED, header={"function": "Original"})
    assert codes(mixed) == ["N-60", "N-61"]


def test_every_rule_has_an_id_of_its_own_and_says_what_to_do() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all((rule.hint and rule.text[0].islower()) or rule.text[0] in "'M" for rule in RULES)


@pytest.mark.parametrize(
    ("text", "function", "expected"),
    [
        ("9", Function.ORIGINAL, []),
        ("5", Function.REPLACE, []),
        ("2", Function.CHANGE, []),
        ("22", Function.FINAL, []),
        ("Close-out", Function.FINAL, []),
        ("1", Function.CANCEL, []),
        ("3", Function.CHANGE, ["H-06"]),  # never a whole list
        ("Deletion", Function.CHANGE, ["H-06"]),
        ("77", Function.ORIGINAL, ["N-34"]),
    ],
)
def test_what_a_list_does_to_earlier_ones(text: str, function: Function, expected: list[str]) -> None:
    done = run({"family_name": ["ERIKSSON"]}, header={"function": text})
    assert done.manifest.function is function
    assert [code for code in codes(done) if code in ("H-06", "N-34")] == expected
