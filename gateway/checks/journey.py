"""Checks on a person's own journey: where and when on board, where and when off, in transit or not.

In: facts about a list. Out: hits on `embarkation`, `disembarkation`, `transit`, `embarked_at`, `disembarks_on`. FAL Convention
2.7.3, EMSWe G-PXA-001 (asked for border checks), Schengen Borders Code Annex VI 3.2 (cruise itineraries), Finland's rules.
"""

from gateway.checks.check import BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import both, person, unchanged, voyage
from gateway.checks.facts import Facts
from gateway.checks.moments import is_date, parse
from gateway.codes import ports
from gateway.manifest import Call, Direction, Port

_ROUND_TRIP = voyage(itinerary=(Call(port=Port(code="ITNAP")), Call(port=Port(code="GRPIR"))))


def _is_given(port: Port | None) -> bool:
    return port is not None and bool(port.code or port.name)


def _passengers_without(facts: Facts, name: str) -> list[int]:
    column, codes = facts.column(name), facts.column(f"{name}.code")
    return [] if all(codes) else [index for index in facts.passengers if not _is_given(column[index])]


@check(
    "P-40",
    WARNING,
    "the port of embarkation is missing",
    hint="give the port where the person came on board, as a UN/LOCODE",
    cites="FAL Convention 2.7.3; EMSWe G-PXA-001; Finland NR-PXA-004",
    good=unchanged,
    bad=person(embarkation=None),
    purposes=BORDER,
)
def embarkation_missing(facts: Facts) -> Hits:
    return at("embarkation", _passengers_without(facts, "embarkation"))


@check(
    "P-41",
    WARNING,
    "the port of disembarkation is missing",
    hint="give the port where the person leaves the ship for good, as a UN/LOCODE",
    cites="FAL Convention 2.7.3; EMSWe G-PXA-001; Finland NR-PXA-005",
    good=unchanged,
    bad=person(disembarkation=None),
    purposes=BORDER,
)
def disembarkation_missing(facts: Facts) -> Hits:
    return at("disembarkation", _passengers_without(facts, "disembarkation"))


@check(
    "P-42",
    WARNING,
    "the person's port is not a sea port of {edition}",
    hint="give the five-letter code of the port",
    cites="UN/LOCODE; EMSWe DE-035-09, DE-035-11, ERR-017",
    good=person(embarkation=Port(code="GRPIR")),
    bad=person(embarkation=Port(code="GRQQQ")),
)
def port_unknown(facts: Facts) -> Hits:
    parts = {"edition": ports.EDITION}
    return [
        Hit(name, index, facts.column(name)[index].code, parts)
        for name in ("embarkation", "disembarkation")
        for index in facts.where(f"{name}.code", _is_no_sea_port)
    ]


def _is_no_sea_port(code: str) -> bool:
    return not ports.is_sea_port(code) and ports.port(code).status != "placeholder"


@check(
    "P-43",
    WARNING,
    "the person's port has a name only, and no UN/LOCODE",
    hint="give the five-letter code of the port",
    cites="IMO Compendium BR 00; EMSWe DE-035-09, DE-035-11",
    good=unchanged,
    bad=person(disembarkation=Port(name="Specimen Island")),
    purposes=BORDER,
)
def port_name_only(facts: Facts) -> Hits:
    return [
        Hit(name, index)
        for name in ("embarkation", "disembarkation")
        if None in facts.column(f"{name}.code")
        for index, port in enumerate(facts.column(name))
        if port and port.name and not port.code
    ]


@check(
    "P-44",
    WARNING,
    "the passenger embarks and disembarks in the same port",
    hint="correct the port that is wrong; for a round trip without a call nothing is to be done",
    cites="FAL Convention 2.7.3; EMSWe DE-035-09, DE-035-11",
    good=both(_ROUND_TRIP, person(disembarkation=Port(code="GRPIR"))),
    bad=person(disembarkation=Port(code="GRPIR")),
)
def same_port(facts: Facts) -> Hits:
    if facts.manifest.voyage.itinerary:
        return []  # a cruise that comes back
    on, off = facts.column("embarkation.code"), facts.column("disembarkation.code")
    same = [i for i in facts.passengers if on[i] == off[i] and on[i]]
    return at("disembarkation", same) if 2 * len(same) < len(facts.passengers) else []


def _ports_of_call(facts: Facts) -> set[str]:
    voyage = facts.manifest.voyage
    calls = [*voyage.itinerary, *(call for _, call in facts.ends)]
    return {call.port.code for call in calls if call.port.code} if voyage.itinerary else set()


@check(
    "P-45",
    WARNING,
    "the ship's itinerary does not call at the port of embarkation",
    hint="correct the port, or send the whole itinerary with its earlier calls",
    cites="Schengen Borders Code Annex VI 3.2; EMSWe G-NOA-005",
    good=_ROUND_TRIP,
    bad=both(_ROUND_TRIP, person(embarkation=Port(code="ESBCN"))),
)
def embarkation_elsewhere(facts: Facts) -> Hits:
    calls = _ports_of_call(facts)
    return at("embarkation", facts.where("embarkation.code", lambda code: calls and code not in calls))


@check(
    "P-46",
    WARNING,
    "the ship's itinerary does not call at the port of disembarkation",
    hint="correct the port, or send the whole itinerary with its later calls",
    cites="Schengen Borders Code Annex VI 3.2; EMSWe G-NOA-005",
    good=_ROUND_TRIP,
    bad=both(_ROUND_TRIP, person(disembarkation=Port(code="ESBCN"))),
)
def disembarkation_elsewhere(facts: Facts) -> Hits:
    calls = _ports_of_call(facts)
    return at("disembarkation", facts.where("disembarkation.code", lambda code: calls and code not in calls))


def _port_of_arrival(facts: Facts) -> str | None:
    """Where everybody either disembarks or stays in transit; on a list for a departure that is not yet decided."""
    voyage = facts.manifest.voyage
    return voyage.arrival.port.code if voyage.arrival and voyage.direction is Direction.ARRIVAL else None


@check(
    "P-47",
    WARNING,
    "the person is in transit, and disembarks in the port of arrival",
    hint="in transit is who stays on board or sails on with the ship: correct one of the two",
    cites="EMSWe DE-035-13; FAL Convention 2.7.3",
    good=person(transit=True, disembarkation=Port(code="ITNAP")),
    bad=person(transit=True),
)
def transit_but_leaves(facts: Facts) -> Hits:
    here, transit, off = _port_of_arrival(facts), facts.column("transit"), facts.column("disembarkation.code")
    return at("transit", [i for i in facts.passengers if transit[i] and here and off[i] == here])


@check(
    "P-48",
    WARNING,
    "the person is not in transit, and disembarks in a later port",
    hint="in transit is who stays on board or sails on with the ship: correct one of the two",
    cites="EMSWe DE-035-13; FAL Convention 2.7.3",
    good=unchanged,
    bad=person(disembarkation=Port(code="ITNAP")),
)
def stays_but_no_transit(facts: Facts) -> Hits:
    here, transit, off = _port_of_arrival(facts), facts.column("transit"), facts.column("disembarkation.code")
    return at("transit", [i for i in facts.passengers if transit[i] is False and here and off[i] and off[i] != here])


@check(
    "P-49",
    INFO,
    "it is not said whether the passenger is in transit",
    hint="say yes or no; an empty field is not taken for no",
    cites="EMSWe G-PXA-001; Finland NR-PXA-003; FAL Convention 2.7.3",
    good=person(transit=True, disembarkation=Port(code="ITNAP")),
    bad=person(transit=None, disembarkation=None),
    purposes=BORDER,
)
def transit_unsaid(facts: Facts) -> Hits:
    transit, off = facts.column("transit"), facts.column("disembarkation")
    # who disembarks where is enough to tell, except for Finland
    finnish = facts.touches("FI")
    return at("transit", [i for i in facts.passengers if transit[i] is None and (finnish or not _is_given(off[i]))])


@check(
    "P-50",
    ERROR,
    "this is not a date or time: expected the form 2026-11-23 or 2026-11-23T18:00:00+02:00",
    hint="write year, month and day; day and month may be swapped",
    cites="EMSWe R-GENERAL-001, R-GENERAL-006",
    good=person(embarked_at="2026-11-23T15:40:00+02:00", disembarks_on="2026-11-25"),
    bad=person(embarked_at="2026-23-11T15:40:00+02:00"),
)
def unreadable(facts: Facts) -> Hits:
    return [
        hit
        for name in ("embarked_at", "disembarks_on")
        for hit in at(name, facts.where(name, lambda text: parse(text) is None), facts.column(name))
    ]


@check(
    "P-51",
    ERROR,
    "the person would disembark before the day of embarkation",
    hint="correct one of the two dates",
    cites="EMSWe DE-035-10, DE-035-12, ERR-012",
    good=person(embarked_at="2026-11-23T15:40:00+02:00", disembarks_on="2026-11-23"),
    bad=person(embarked_at="2026-11-23T15:40:00+02:00", disembarks_on="2026-11-22"),
)
def leaves_before_coming(facts: Facts) -> Hits:
    if not facts.distinct("embarked_at") or not facts.distinct("disembarks_on"):
        return []
    days = zip(facts.column("embarked_at"), facts.column("disembarks_on"), strict=True)
    return at("disembarks_on", [i for i, (on, off) in enumerate(days) if on and off and _is_before(off, on)])


def _is_before(day: str, other: str) -> bool:
    return is_date(day[:10]) and is_date(other[:10]) and day[:10] < other[:10]


CHECKS = (
    embarkation_missing,
    disembarkation_missing,
    port_unknown,
    port_name_only,
    same_port,
    embarkation_elsewhere,
    disembarkation_elsewhere,
    transit_but_leaves,
    stays_but_no_transit,
    transit_unsaid,
    unreadable,
    leaves_before_coming,
)
