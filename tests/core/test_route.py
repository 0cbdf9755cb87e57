"""Routing: what no entry of a register names is not sent, and of what is sent nobody sees more than the purpose allows."""

import typing
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.countries import EU, SCHENGEN
from gateway.keyring import Form, KeyKind, Recipient, RecipientKey, Route, When, new_secret
from gateway.keyring.transports import Https, Send
from gateway.manifest import (
    Call,
    Counts,
    Document,
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
from gateway.route import ONE_FILING, NotSent, Owed, Reason, owed, project
from gateway.route.projection import FIELDS, NEVER
from tests.often import often

TODAY = date(2026, 11, 21)
KEY = RecipientKey(file="k.pem", key=new_secret(KeyKind.X25519).public, since=TODAY, until=TODAY + timedelta(days=400))
PASSENGERS, CREW, MIXED = ListKind.PASSENGERS, ListKind.CREW, ListKind.MIXED


def recipient(*routes: Route, kind: str = "nsw", id: str = "ut-nsw") -> Recipient:
    return Recipient(
        id=id,
        name="Utopia",
        kind=kind,  # type: ignore[arg-type]
        country="FI",
        third_country=False,
        send=Send(transport="https"),
        https=Https(url="https://nsw.example/in"),
        form="jwe",
        keys=(KEY,),
        routes=routes,
    )


def entry(id: str = "border", **changes: object) -> Route:
    said = {
        "lists": (PASSENGERS, CREW),
        "purposes": (Purpose.BORDER,),
        "form": "emswe-json",
        "legal_basis": "a law",
        "since": TODAY - timedelta(days=30),
        "until": TODAY + timedelta(days=30),
        "reviewer": "the board",
    }
    return Route(id=id, **{**said, **changes})  # type: ignore[arg-type]


def voyage(departure: str | None, arrival: str | None, *itinerary: str) -> Voyage:
    return Voyage(
        departure=Call(port=Port(code=departure)),
        arrival=Call(port=Port(code=arrival)),
        itinerary=tuple(Call(port=Port(code=code)) for code in itinerary),
    )


def person(sequence: int = 1, role: Role = Role.PASSENGER) -> Person:
    """Every field is filled, so that a field left standing shows."""
    filled = {
        "str": "TESTPERSON",
        "bool": True,
        "int": sequence,
    }
    special = {
        "sequence": sequence,
        "role": role,
        "sex": Sex.FEMALE,
        "name_reason": "unknown",
        "nationalities": (Nationality(code="UTO"),),
        "documents": (Document(number="L898902C3"),),
        "visas": (Permit(number="V1"),),
        "residence_permits": (Permit(number="R1"),),
        "embarkation": Port(code="EETLL"),
        "disembarkation": Port(code="FIHEL"),
        "mrz": ("P<UTOERIKSSON<<ANNA<MARIA",),
        "extras": (("Diet", "none"),),
        "master": True,
        "transit": True,
    }
    values = {f.name: special.get(f.name, filled["str"]) for f in msgspec.structs.fields(Person)}
    return Person(**values)  # type: ignore[arg-type]


def manifest(**changes: object) -> Manifest:
    said: dict[str, object] = {
        "kind": PASSENGERS,
        "purposes": (Purpose.BORDER, Purpose.SAFETY),
        "voyage": voyage("GBSOU", "FIHEL"),
        "persons": (person(1), person(2)),
    }
    return Manifest(**{**said, **changes})  # type: ignore[arg-type]


def only(result: tuple[Owed, ...]) -> Route:
    assert len(result) == 1
    return result[0].route


def reasons(one: Manifest, *recipients: Recipient, service: str | None = None) -> list[Reason]:
    routing = owed(one, recipients, today=TODAY, service=service)
    assert routing.owed == ()
    return [miss.reason for miss in routing.not_sent]


def test_an_entry_in_force_is_owed_for_the_purposes_both_have() -> None:
    routing = owed(manifest(), [recipient(entry(purposes=tuple(Purpose)))], today=TODAY)
    assert only(routing.owed).purposes == (Purpose.BORDER, Purpose.SAFETY)
    assert routing.owed[0].manifest_kind is PASSENGERS
    assert routing.not_sent == ()


def test_without_an_entry_nothing_is_sent() -> None:
    assert owed(manifest(), [recipient()], today=TODAY).owed == ()


@pytest.mark.parametrize(
    ("changes", "one", "reason"),
    [
        ({"until": TODAY - timedelta(days=1)}, {}, Reason.NOT_IN_FORCE),
        ({"since": TODAY + timedelta(days=1)}, {}, Reason.NOT_IN_FORCE),
        ({"lists": (CREW,)}, {}, Reason.OTHER_LIST),
        ({"purposes": (Purpose.BOOKING,)}, {}, Reason.OTHER_PURPOSE),
        ({}, {"purposes": ()}, Reason.OTHER_PURPOSE),
        ({"when": When(arrival_countries=("SE",))}, {}, Reason.OTHER_VOYAGE),
        ({"when": When(departure_countries=("SE",))}, {}, Reason.OTHER_VOYAGE),
        ({"when": When(ports=("SESTO",))}, {}, Reason.OTHER_VOYAGE),
        ({"when": When(scope="intra-eu")}, {}, Reason.OTHER_VOYAGE),
        ({"when": When(scope="external")}, {"voyage": voyage("EETLL", "FIHEL")}, Reason.OTHER_VOYAGE),
        ({"when": When(scope="external")}, {"voyage": voyage(None, "FIHEL")}, Reason.PORT_UNKNOWN),
        ({"when": When(arrival_countries=("FI",))}, {"voyage": Voyage()}, Reason.PORT_UNKNOWN),
        ({"when": When(services=("ferry",))}, {}, Reason.SERVICE_UNKNOWN),
    ],
)
def test_whatever_is_not_sent_has_its_reason(
    changes: dict[str, object], one: dict[str, object], reason: Reason
) -> None:
    routing = owed(manifest(**one), [recipient(entry(**changes))], today=TODAY)
    assert routing.owed == ()
    assert routing.not_sent == (NotSent("ut-nsw", "border", reason),)


def test_both_days_of_an_entry_count() -> None:
    for days in ({"since": TODAY}, {"until": TODAY}):
        assert owed(manifest(), [recipient(entry(**days))], today=TODAY).owed


def test_the_service_narrows() -> None:
    ferry = recipient(entry(when=When(services=("ferry",))))
    assert owed(manifest(), [ferry], today=TODAY, service="ferry").owed
    assert reasons(manifest(), ferry, service="cruise") == [Reason.OTHER_VOYAGE]


@pytest.mark.parametrize(
    ("legs", "external", "border"),
    [
        (voyage("EETLL", "FIHEL"), False, False),
        (voyage("EETLL", "FIHEL", "GBSOU"), False, True),  # a cruise that also calls outside is checked at every port
        (voyage("IEDUB", "FRCER"), False, True),  # inside the EU, across the Schengen border
        (voyage("NOOSL", "DKCPH"), True, False),  # out of the EU, inside Schengen
        (voyage("GBSOU", "FRCER"), True, True),
        (voyage("GBSOU", "GBDVR"), True, True),
        (voyage(None, "GBDVR"), True, True),
    ],
)
def test_the_eu_and_schengen_borders_are_two_borders(legs: Voyage, external: bool, border: bool) -> None:
    for scope, expected in (("external", external), ("schengen-border", border), ("intra-eu", not external)):
        to = recipient(entry(when=When(scope=scope)))  # type: ignore[arg-type]
        assert bool(owed(manifest(voyage=legs), [to], today=TODAY).owed) is expected, scope


def test_a_piu_gets_nothing_inside_the_eu_without_a_decision() -> None:
    inside = manifest(voyage=voyage("EETLL", "FIHEL", "GBSOU"))
    unknown = manifest(voyage=voyage(None, "FIHEL"))
    anywhere, decided = recipient(entry(), kind="piu"), recipient(entry(decision="D 7/2026"), kind="piu")
    assert owed(manifest(), [anywhere], today=TODAY).owed
    assert reasons(inside, anywhere) == [Reason.NO_DECISION]
    assert reasons(unknown, anywhere) == [Reason.NO_DECISION]
    assert owed(inside, [decided], today=TODAY).owed
    assert reasons(inside, recipient(entry(decision="D", until=TODAY - timedelta(days=1)), kind="piu")) == [
        Reason.NOT_IN_FORCE
    ]


def test_what_was_collected_for_safety_never_goes_to_a_piu() -> None:
    """Even if a register said so, which `parse_recipient` refuses."""
    piu = recipient(entry(purposes=tuple(Purpose)), kind="piu")
    assert reasons(manifest(purposes=(Purpose.SAFETY,)), piu) == [Reason.OTHER_PURPOSE]
    assert only(owed(manifest(), [piu], today=TODAY).owed).purposes == (Purpose.BORDER,)


def test_entries_for_the_same_message_become_one_so_that_no_purpose_is_withdrawn() -> None:
    border = entry("b", decision="D", marking="confidential", until=TODAY + timedelta(days=5))
    safety = entry("s", purposes=(Purpose.SAFETY,), legal_basis="another law", onward="consent 4")
    route = only(owed(manifest(), [recipient(safety, border)], today=TODAY).owed)
    assert (route.id, route.purposes, route.marking) == ("s+b", (Purpose.BORDER, Purpose.SAFETY), "confidential")
    assert (route.legal_basis, route.onward) == ("another law; a law", "none")
    other_form = entry("x", form="common-json")
    assert len(owed(manifest(), [recipient(border, other_form)], today=TODAY).owed) == 2


def test_a_mixed_list_is_owed_as_a_passenger_list_and_a_crew_list() -> None:
    people = (person(1), person(2, Role.CREW), person(3, Role.STOWAWAY), person(4, Role.OTHER_SHIP_CREW))
    mixed = manifest(kind=MIXED, persons=people)
    routing = owed(mixed, [recipient(entry())], today=TODAY)
    assert [one.manifest_kind for one in routing.owed] == [PASSENGERS, CREW]
    seen = [project(mixed, one.recipient, one.route) for one in routing.owed]
    assert [[p.sequence for p in part.persons] for part in seen] == [[1, 3, 4], [2]]
    assert [part.kind for part in seen] == [PASSENGERS, CREW]
    assert only(owed(mixed, [recipient(entry(lists=(CREW,)))], today=TODAY).owed).lists == (CREW,)
    none_of_crew = manifest(kind=MIXED)
    assert [one.manifest_kind for one in owed(none_of_crew, [recipient(entry())], today=TODAY).owed] == [PASSENGERS]
    replaced = manifest(kind=MIXED, function=Function.REPLACE)
    assert [one.manifest_kind for one in owed(replaced, [recipient(entry())], today=TODAY).owed] == [PASSENGERS, CREW]


def test_counts_alone_are_owed_too() -> None:
    counts = manifest(kind=MIXED, persons=(), counts=Counts(on_board=812))
    one = owed(counts, [recipient(entry(purposes=(Purpose.SAFETY,)))], today=TODAY).owed[0]
    assert one.manifest_kind is MIXED
    assert project(counts, one.recipient, one.route).counts.on_board == 812


# -- the oracle: the same law, written the plain way, entry by entry

PORTS = ["FIHEL", "EETLL", "IEDUB", "NOOSL", "GBSOU", "TRIST", None]
COUNTRIES = ["FI", "EE", "IE", "NO", "GB", "TR"]
some = st.sets
registers = st.lists(
    st.builds(
        entry,
        id=st.sampled_from("abcdef"),
        lists=st.sampled_from([(PASSENGERS,), (CREW,), (PASSENGERS, CREW)]),
        purposes=st.sets(st.sampled_from(Purpose), min_size=1).map(tuple),
        form=st.sampled_from(["emswe-json", "common-json"]),
        decision=st.sampled_from([None, "D 7/2026"]),
        since=st.sampled_from([TODAY - timedelta(days=9), TODAY + timedelta(days=1)]),
        until=st.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]),
        when=st.builds(
            When,
            arrival_countries=st.sets(st.sampled_from(COUNTRIES), max_size=2).map(tuple),
            departure_countries=st.sets(st.sampled_from(COUNTRIES), max_size=2).map(tuple),
            ports=st.sets(st.sampled_from([p for p in PORTS if p]), max_size=2).map(tuple),
            scope=st.sampled_from(["any", "any", "external", "schengen-border", "intra-eu"]),
            services=st.sets(st.sampled_from(["cruise", "ferry"]), max_size=1).map(tuple),
        ),
    ),
    max_size=6,
    unique_by=lambda route: route.id,
)


def may_go(one: Manifest, ports: tuple[str | None, ...], kind: str, route: Route, service: str | None) -> set[Purpose]:
    """The purposes for which this entry sends this list, by a person reading the register aloud."""
    departure, arrival, *others = ports
    when, none = route.when, set[Purpose]()
    if route.since > TODAY or route.until < TODAY or one.kind not in route.lists:
        return none
    if when.departure_countries and (departure or "??")[:2] not in when.departure_countries:
        return none
    if when.arrival_countries and (arrival or "??")[:2] not in when.arrival_countries:
        return none
    if when.ports and departure not in when.ports and arrival not in when.ports:
        return none
    if when.services and service not in when.services:
        return none
    abroad = any(port is not None and port[:2] not in EU for port in (departure, arrival))
    at_home = all(port is not None and port[:2] in EU for port in (departure, arrival))
    if (when.scope == "external" and not abroad) or (when.scope == "intra-eu" and not at_home):
        return none
    if when.scope == "schengen-border" and all(p is None or p[:2] in SCHENGEN for p in (departure, arrival, *others)):
        return none
    if kind == "piu" and not abroad and route.decision is None:
        return none
    purposes = set(route.purposes) & set(one.purposes)
    if kind == "piu":
        purposes -= {Purpose.SAFETY}
    if kind == "sar":
        purposes &= {Purpose.SAFETY}
    return purposes


@often(125)
@given(
    registers,
    st.sampled_from(["nsw", "piu", "port", "sar"]),
    st.tuples(*[st.sampled_from(PORTS)] * 3),
    st.sampled_from([PASSENGERS, CREW]),
    st.sets(st.sampled_from(Purpose)).map(tuple),
    st.sampled_from([None, "cruise", "ferry"]),
)
def test_any_register_gives_exactly_what_it_says(
    register: list[Route],
    kind: str,
    ports: tuple[str | None, ...],
    list_kind: ListKind,
    purposes: tuple[Purpose, ...],
    service: str | None,
) -> None:
    one = manifest(kind=list_kind, purposes=purposes, voyage=voyage(*ports))
    routing = owed(one, [recipient(*register, kind=kind)], today=TODAY, service=service)
    expected: dict[str, set[Purpose]] = {}
    for route in register:
        granted = may_go(one, ports, kind, route, service)
        if granted:
            expected.setdefault(ONE_FILING.get(route.form, route.form), set()).update(granted)
    sent_as = {ONE_FILING.get(one.route.form, one.route.form): set(one.route.purposes) for one in routing.owed}
    assert sent_as == expected
    sent = {id for one in routing.owed for id in one.route.id.split("+")}
    assert sent == {route.id for route in register if may_go(one, ports, kind, route, service)}
    assert {miss.route for miss in routing.not_sent} == {route.id for route in register} - sent


def test_two_syntaxes_of_one_filing_are_one_message() -> None:
    """Else each would withdraw what the other one filed (EMSWe G-PXA-003)."""
    both = recipient(entry("border"), entry("safety", purposes=(Purpose.SAFETY,), form="emswe-xml"))
    assert only(owed(manifest(), [both], today=TODAY).owed).purposes == (Purpose.BORDER, Purpose.SAFETY)


@pytest.mark.parametrize(
    ("form", "purposes"), [("emswe-xml", (Purpose.BORDER, Purpose.SAFETY)), ("common-json", (Purpose.BORDER,))]
)
def test_a_purpose_is_kept_only_where_its_absence_withdraws(form: Form, purposes: tuple[Purpose, ...]) -> None:
    asks = recipient(entry(purposes=(Purpose.BORDER, Purpose.SAFETY), form=form))
    one = manifest(purposes=(Purpose.BORDER,))
    assert (
        only(owed(one, [asks], today=TODAY, kept={PASSENGERS: frozenset((Purpose.SAFETY,))}).owed).purposes == purposes
    )


def test_what_is_kept_is_still_what_the_register_and_the_law_allow() -> None:
    one = manifest(purposes=(Purpose.BORDER,))
    no_more = recipient(entry(form="emswe-xml"))
    assert only(owed(one, [no_more], today=TODAY, kept={PASSENGERS: frozenset(Purpose)}).owed).purposes == (
        Purpose.BORDER,
    )
    unit = recipient(entry(purposes=tuple(Purpose), form="emswe-xml"), kind="piu")
    assert (
        Purpose.SAFETY not in only(owed(one, [unit], today=TODAY, kept={PASSENGERS: frozenset(Purpose)}).owed).purposes
    )


@pytest.mark.parametrize(("kind", "own"), [("piu", Purpose.SAFETY), ("sar", Purpose.BORDER)])
def test_nothing_is_kept_for_those_who_have_no_filing(kind: str, own: Purpose) -> None:
    """A list for safety alone is no unit's, though the one before it was for the border as well (98/41/EC art. 5(4))."""
    unit = recipient(entry(purposes=tuple(Purpose), form="emswe-xml"), kind=kind)
    assert owed(manifest(purposes=(own,)), [unit], today=TODAY, kept={PASSENGERS: frozenset(Purpose)}).owed == ()


@pytest.mark.parametrize("kind", ["nsw", "piu", "port", "sar"])
def test_a_booking_list_goes_only_where_a_booking_is_asked_for(kind: str) -> None:
    bookings = manifest(purposes=(Purpose.BOOKING,))
    others = recipient(entry(purposes=(Purpose.BORDER, Purpose.SAFETY)), kind=kind)
    assert reasons(bookings, others) == [Reason.OTHER_PURPOSE]
    asks = recipient(entry(purposes=(Purpose.BOOKING,), form="common-json"), kind=kind)
    assert bool(owed(bookings, [asks], today=TODAY).owed) is (kind != "sar")


# -- what each may see


def seen(kind: str, *purposes: Purpose, one: Manifest | None = None) -> Person:
    whole = one or manifest(purposes=tuple(Purpose))
    return project(whole, recipient(kind=kind), entry(purposes=purposes)).persons[0]


def filled(one: Person) -> set[str]:
    return {f.name for f in msgspec.structs.fields(Person) if f.required or getattr(one, f.name) != f.default}


def test_every_field_of_a_person_has_been_decided_on() -> None:
    named = set().union(*FIELDS.values(), NEVER)
    assert named == {field.name for field in msgspec.structs.fields(Person)}
    assert not NEVER & set().union(*FIELDS.values())
    for purpose in (Purpose.BORDER, Purpose.BOOKING):
        assert not FIELDS[purpose] & {"special_care", "emergency_contact"}


@pytest.mark.parametrize("kind", ["nsw", "piu", "sar"])
@pytest.mark.parametrize("purposes", [(p,) for p in Purpose] + [tuple(Purpose)], ids=str)
def test_nobody_sees_more_than_the_purpose_allows(kind: str, purposes: tuple[Purpose, ...]) -> None:
    part = project(manifest(purposes=tuple(Purpose)), recipient(kind=kind), entry(purposes=purposes))
    allowed = set().union(*(FIELDS[purpose] for purpose in part.purposes))
    for one in part.persons:
        assert filled(one) <= allowed | {"role"}
        assert not filled(one) & NEVER
        if kind == "piu" or Purpose.SAFETY not in purposes:
            assert one.special_care is None
            assert one.emergency_contact is None


def test_health_goes_to_the_single_window_and_rescue_for_safety_only() -> None:
    assert seen("nsw", Purpose.SAFETY).special_care
    assert seen("sar", Purpose.SAFETY).emergency_contact
    assert seen("nsw", Purpose.BORDER).special_care is None
    assert seen("nsw", Purpose.SAFETY).documents == ()
    assert seen("nsw", Purpose.BORDER).documents
    assert seen("piu", Purpose.BORDER, Purpose.BOOKING).special_care is None
    assert seen("piu", Purpose.BOOKING).phone
    assert seen("piu", Purpose.BORDER).phone is None


def test_a_purpose_that_the_list_was_not_collected_for_opens_nothing() -> None:
    collected = manifest(purposes=(Purpose.SAFETY,))
    assert seen("nsw", Purpose.SAFETY, Purpose.BORDER, one=collected).documents == ()
    assert project(collected, recipient(kind="nsw"), entry()).persons == ()


def test_a_port_gets_counts_and_no_person() -> None:
    port = recipient(kind="port")
    people = (person(1), person(2), person(3, Role.CREW))
    part = project(manifest(kind=MIXED, persons=people), port, entry())
    assert part.persons == ()
    assert part.counts == Counts(passengers=2, crew=1)
    declared = project(manifest(counts=Counts(on_board=900)), port, entry())
    assert declared.counts == Counts(on_board=900)
    assert project(manifest(), port, entry()).counts == Counts(passengers=2)
    assert project(manifest(kind=CREW, persons=(person(1, Role.CREW),)), port, entry()).counts == Counts(crew=1)


def test_every_form_of_the_register_can_be_written() -> None:
    from gateway.formats.forms import FORMS

    assert set(typing.get_args(Form)) == set(FORMS)
