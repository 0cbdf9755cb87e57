"""How checks are run: for which purpose, up to which number, under which tolerance, on whatever a list may hold."""

from time import process_time

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gateway import checks
from gateway.checks import Context
from gateway.checks.moments import is_date, is_partial_date, parse, span
from gateway.findings import Finding, Place, Severity
from gateway.formats.raw import CellPlaces
from gateway.manifest import (
    Call,
    Counts,
    Direction,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Nationality,
    NationalityKind,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
    Vessel,
    Voyage,
)
from tests.often import often
from tests.specimen import NOW, TODAY, crew_manifest, large_manifest, passenger, passenger_manifest

CONTEXT = Context(today=TODAY, now=NOW)


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def errors(manifest: Manifest, *purposes: Purpose) -> set[str]:
    context = msgspec.structs.replace(CONTEXT, purposes=purposes)
    return {finding.code for finding in checks.run(manifest, context) if finding.severity is Severity.ERROR}


def ferry_list(**changes) -> Manifest:
    """What 98/41/EC art. 5 asks of a ferry, and no more."""
    bare = {"documents": (), "birth_place": None, "birth_country": None, "embarkation": None, "disembarkation": None}
    persons = tuple(passenger(n, transit=None, cabin=None, booking_reference=None, **bare) for n in range(5))
    return passenger_manifest(persons=persons, **changes)


def test_a_ferry_passenger_needs_no_document_for_safety() -> None:
    assert checks.run(ferry_list(purposes=(Purpose.SAFETY,)), CONTEXT) == []


def test_the_same_list_does_not_do_for_border_checks() -> None:
    assert errors(ferry_list(purposes=()), Purpose.BORDER) == {"D-01"}
    found = checks.run(ferry_list(purposes=(Purpose.BORDER,)), CONTEXT)
    assert codes(found) == {"D-01", "P-33", "P-40", "P-41", "P-49"}


def test_a_list_for_booking_data_owes_nothing_but_its_names() -> None:
    person = passenger(sex=None, birth_date=None, nationalities=(), documents=(), embarkation=None, disembarkation=None)
    booked = passenger_manifest(persons=(person,), counts=Counts(), purposes=(Purpose.BOOKING,))
    assert checks.run(booked, CONTEXT) == []


@pytest.mark.parametrize(
    ("manifest", "purpose"), [(ferry_list(purposes=()), "safety"), (passenger_manifest(purposes=()), "border")]
)
def test_without_a_purpose_the_content_tells_it_and_the_finding_says_so(manifest: Manifest, purpose: str) -> None:
    (finding,) = checks.run(manifest, CONTEXT)
    assert finding.code == "V-31"
    assert f"as one for {purpose}" in finding.text


def test_the_context_decides_about_the_purpose() -> None:
    assert "D-01" not in errors(ferry_list(purposes=(Purpose.BORDER,)), Purpose.SAFETY)


def test_of_one_rule_a_thousand_findings_are_told_and_the_rest_is_counted() -> None:
    clean = large_manifest(1_500)
    sexless = tuple(msgspec.structs.replace(person, sex=None) for person in clean.persons)
    found = checks.run(msgspec.structs.replace(clean, persons=sexless), CONTEXT)
    assert [finding.place.person for finding in found[:-1]] == list(range(1, 1_001))
    assert found[-1].text == "the same was found in 500 more places, which are not listed"
    assert found[-1].severity is Severity.ERROR
    assert codes(found) == {"P-20"}


def test_the_specimen_state_passes_in_test_mode_only() -> None:
    utopian = passenger(
        nationalities=(Nationality("UTO", kind=NationalityKind.SPECIMEN),),
        documents=(Document(DocumentType.PASSPORT, "L898902C3", "UTO", "2031-04-15"),),
    )
    manifest = passenger_manifest(persons=(utopian,), counts=Counts(on_board=1))
    assert codes(checks.run(manifest, CONTEXT)) == {"P-28", "D-15"}
    assert checks.run(manifest, msgspec.structs.replace(CONTEXT, test=True)) == []


def test_places_are_those_of_the_file() -> None:
    places = CellPlaces(
        columns={"sex": "H", "document.number": "D"},
        rows=[5, 6, 9, 10, 11, 12],
        sheet="FAL 6",
        headers={"sex": "GENDER"},
    )
    twice = (*passenger_manifest().persons, passenger(sequence=6, sex=None))
    context = msgspec.structs.replace(
        CONTEXT, places=places, header_places={"counts.passengers": Place(sheet="FAL 1", cell="D15")}
    )
    manifest = passenger_manifest(persons=twice, counts=Counts(on_board=9, passengers=5, crew=4))
    found: dict[str, list[Finding]] = {}
    for finding in checks.run(manifest, context):
        found.setdefault(finding.code, []).append(finding)
    assert [str(f.place) for f in found["P-20"]] == ['sheet "FAL 6", cell H12, column "GENDER"']
    assert [str(f.place) for f in found["C-01"]] == ['sheet "FAL 1", cell D15']
    assert [(f.place.cell, f.text.partition("see ")[2]) for f in found["C-20"]] == [
        ("D5", 'sheet "FAL 6", cell D12'),
        ("D12", 'sheet "FAL 6", cell D5'),
    ]


def test_many_who_share_one_document_name_three_others() -> None:
    persons = tuple(passenger(sequence=n + 1) for n in range(6))
    found = checks.run(passenger_manifest(persons=persons, counts=Counts(on_board=6)), CONTEXT)
    texts = [f.text for f in found if f.code == "C-20"]
    assert len(texts) == 6
    assert all(text.endswith("; and 2 more") for text in texts)


def test_the_same_number_of_another_state_is_another_document() -> None:
    other = passenger(1, documents=(Document(DocumentType.PASSPORT, "L898902C3", "NOR", "2031-04-15"),))
    persons = (passenger(), other)
    assert checks.run(passenger_manifest(persons=persons, counts=Counts(on_board=2)), CONTEXT) == []


def test_a_number_is_the_same_with_spaces_and_small_letters() -> None:
    other = passenger(1, documents=(Document(DocumentType.IDENTITY_CARD, "l898902 c3", "SWE", "2031-04-15"),))
    found = checks.run(passenger_manifest(persons=(passenger(), other), counts=Counts(on_board=2)), CONTEXT)
    assert codes(found) == {"C-21"}


def test_a_round_trip_on_which_all_come_back_is_no_mistake() -> None:
    clean = passenger_manifest()
    home = Port(code="MTMLA")
    persons = tuple(msgspec.structs.replace(p, embarkation=home, disembarkation=home) for p in clean.persons)
    assert checks.run(msgspec.structs.replace(clean, persons=persons), CONTEXT) == []


# --- times -------------------------------------------------------------------------------------------------------------


def leg(departs: str, arrives: str, ports: tuple[str | None, str | None] = ("FIHEL", "EETLL")) -> Manifest:
    calls = (
        Call(port=Port(code=ports[0], name="here"), estimated_departure=departs),
        Call(port=Port(code=ports[1], name="there"), estimated_arrival=arrives),
    )
    voyage = Voyage(number="1", direction=Direction.DEPARTURE, departure=calls[0], arrival=calls[1])
    return passenger_manifest(voyage=voyage, purposes=(Purpose.SAFETY,), persons=(), counts=Counts(on_board=3))


@pytest.mark.parametrize(
    ("departs", "arrives", "expected"),
    [
        ("2026-11-23T10:30:00", "2026-11-23T12:30:00", set()),
        ("2026-11-23T10:30:00", "2026-11-23T10:30:00+02:00", {"V-45"}),  # Helsinki is at +02:00 in November
        ("2026-11-23T10:30:00+02:00", "2026-11-23T08:29:00Z", {"V-44"}),
        ("2026-11-23", "2026-11-23", set()),
        ("2026-11-23", "2026-11-22", {"V-44"}),
        ("2026-11-23T25:00:00", "2026-11-23T12:30:00", {"V-42"}),
        ("yesterday", "2026-11-23T12:30:00", {"V-42"}),
    ],
)
def test_times_are_compared_on_one_clock(departs: str, arrives: str, expected: set[str]) -> None:
    assert codes(checks.run(leg(departs, arrives), CONTEXT)) - {"V-22"} == expected


@pytest.mark.parametrize(("hours", "expected"), [(6, {"V-45"}), (20, set())])
def test_no_ship_makes_450_miles_in_six_hours(hours: int, expected: set[str]) -> None:
    arrives = f"2026-11-23T{hours:02}:00:00Z"
    manifest = leg("2026-11-23T00:00:00Z", arrives, ("GRPIR", "MTMLA"))
    assert codes(checks.run(manifest, CONTEXT)) == expected


def test_times_without_a_known_zone_are_not_compared_closer_than_zones_allow() -> None:
    nowhere = (None, None)
    found = codes(checks.run(leg("2026-11-23T10:00:00", "2026-11-23T08:00:00", nowhere), CONTEXT))
    assert "V-44" not in found
    assert "V-43" in found
    assert "V-44" in codes(checks.run(leg("2026-11-23T10:00:00", "2026-11-21T08:00:00", nowhere), CONTEXT))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("port", ["FIHEL", None])
def test_the_ends_of_the_calendar_are_times_too(text: str, port: str | None) -> None:
    span(text, port)
    assert parse(text) is not None


@pytest.mark.parametrize("text", ["2026-W01-1", "20260101", "2026-1-1", "2026-13-01", "2026-02-29", "", "2026-01-01T"])
def test_what_is_no_date(text: str) -> None:
    assert not is_date(text)
    assert not is_partial_date(text)


@pytest.mark.parametrize("text", ["1974", "1974-08", "1974-08-12"])
def test_a_date_may_be_partial(text: str) -> None:
    assert is_partial_date(text)
    assert is_date(text) is (len(text) == 10)


# --- whatever a list may hold -----------------------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    (
        *("", " ", "-", "X", "0", "000000000", "{}", "{0}", "{x}", "%s", "<", "P<UTO", "UTO", "XXA", "D", "QQQ", "SWE"),
        *("ZZUKN", "GRPIR", "2026-11-23", "2026-13-45", "1974", "2026-11-23T18:00:00", "9999-12-31T23:59:59-12:00"),
        *(
            "0001-01-01T00:00:00+14:00",
            "\x00",
            "\ufffd",
            "\ud800",
            "Ã©",
            "MR",
            "É" * 80,
            "1.0",
            "1.2E+10",
            "10101",
            "a@b.c",
        ),
    )
)
TEXT = st.none() | SCRAPS | st.text(max_size=9)
DOCUMENTS = st.builds(
    Document,
    type=st.none() | st.sampled_from(DocumentType),
    number=TEXT,
    issuer=TEXT,
    expiry=TEXT,
    issued=TEXT,
    native_type=TEXT,
)
PORTS = st.builds(Port, code=TEXT, name=TEXT)
PERMITS = st.builds(Permit, number=TEXT, issuer=TEXT, expiry=TEXT)
NATIONALITIES = st.builds(Nationality, code=SCRAPS | st.text(max_size=5), kind=st.sampled_from(NationalityKind))


def few(of: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(of, max_size=2).map(tuple)


PERSONS = st.builds(
    Person,
    sequence=st.integers(-2, 100_001),
    role=st.sampled_from(Role),
    master=st.booleans(),
    transit=st.none() | st.booleans(),
    family_name=TEXT,
    given_names=TEXT,
    family_name_latin=TEXT,
    given_names_latin=TEXT,
    name_reason=st.none() | st.sampled_from(["no given name", "no family name", "unknown", "refused"]),
    sex=st.none() | st.sampled_from(Sex),
    birth_date=TEXT,
    birth_place=TEXT,
    birth_country=TEXT,
    nationalities=few(NATIONALITIES),
    residence_country=TEXT,
    documents=few(DOCUMENTS),
    visas=few(PERMITS),
    residence_permits=few(PERMITS),
    embarkation=st.none() | PORTS,
    disembarkation=st.none() | PORTS,
    embarked_at=TEXT,
    disembarks_on=TEXT,
    rank=TEXT,
    rank_code=TEXT,
    cabin=TEXT,
    special_care=TEXT,
    emergency_contact=TEXT,
    phone=TEXT,
    email=TEXT,
    mrz=few(SCRAPS | st.text("ABP<019", min_size=28, max_size=45)),
    extras=few(st.tuples(st.text(max_size=9), st.text(max_size=9))),
)
CALLS = st.builds(
    Call, port=PORTS, estimated_arrival=TEXT, estimated_departure=TEXT, actual_arrival=TEXT, actual_departure=TEXT
)
NUMBERS = st.none() | st.integers(-1, 100_000)
MANIFESTS = st.builds(
    Manifest,
    kind=st.sampled_from(ListKind),
    function=st.sampled_from(Function),
    purposes=few(st.sampled_from(Purpose)),
    issued=TEXT,
    vessel=st.builds(Vessel, name=TEXT, imo=TEXT, call_sign=TEXT, mmsi=TEXT, flag=TEXT),
    voyage=st.builds(
        Voyage,
        number=TEXT,
        direction=st.none() | st.sampled_from(Direction),
        departure=st.none() | CALLS,
        arrival=st.none() | CALLS,
        itinerary=few(CALLS),
    ),
    counts=st.builds(Counts, on_board=NUMBERS, passengers=NUMBERS, crew=NUMBERS),
    persons=st.lists(PERSONS, max_size=3).map(tuple),
)


@often(60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(MANIFESTS, MANIFESTS)
def test_no_list_makes_the_checks_raise(first: Manifest, second: Manifest) -> None:
    for finding in checks.run(first, CONTEXT) + checks.run(
        second, msgspec.structs.replace(CONTEXT, purposes=tuple(Purpose))
    ):
        assert finding.text
        assert "{" not in finding.text
    checks.run_across([(first, CONTEXT), (second, CONTEXT), (first, CONTEXT)])


def test_run_again_finds_the_same() -> None:
    manifest = msgspec.structs.replace(crew_manifest(), persons=passenger_manifest().persons)
    assert checks.run(manifest, CONTEXT) == checks.run(manifest, CONTEXT) != []


def test_five_thousand_persons_in_a_moment() -> None:
    """The figure to hold is 40 ms on a quiet machine; here only a growth of some other order would be noticed."""
    manifest = large_manifest(5_000)
    assert checks.run(manifest, CONTEXT) == []
    started = process_time()
    checks.run(manifest, CONTEXT)
    assert process_time() - started < 0.4
