"""Checks on the leg: its ports, its number, its direction, the calls around it.

In: facts about a list. Out: hits on `voyage.*`, `departure.*`, `arrival.*`. UN/LOCODE (2023-1), FAL.14(46), EMSWe MIG 2.0,
the UK's FAL 1 template. Times have their own module.
"""

from collections.abc import Iterable

from gateway.checks.check import AUTHORITY, BORDER, ERROR, INFO, WARNING, Hit, Hits, check
from gateway.checks.examples import arrival, both, departure, listing, unchanged, voyage
from gateway.checks.facts import Facts
from gateway.codes import ports
from gateway.manifest import Direction

UNKNOWN_PORT = "ZZUKN"  # EMSWe R-GENERAL-003: the next port is not known yet


def _stated(facts: Facts) -> Iterable[tuple[str, str]]:
    """The codes of the leg's two ports and of the other calls, each with its field."""
    ends = [(f"{name}.port", call.port.code) for name, call in facts.ends]
    calls = [("itinerary", call.port.code) for call in facts.manifest.voyage.itinerary]
    return [(field, code) for field, code in ends + calls if code]


@check(
    "V-20",
    ERROR,
    "the port of departure is missing",
    hint="give the last port before the leg as a UN/LOCODE",
    cites="FAL Convention 2.2.2; FAL.14(46) form 5, item 5; 98/41/EC art. 5",
    good=unchanged,
    bad=voyage(departure=None),
    purposes=AUTHORITY,
)
def departure_missing(facts: Facts) -> Hits:
    call = facts.manifest.voyage.departure
    return [] if call and (call.port.code or call.port.name) else [Hit("departure.port")]


@check(
    "V-21",
    ERROR,
    "the port of arrival is missing",
    hint="give the port where the leg ends as a UN/LOCODE",
    cites="FAL Convention 2.6.1 and 2.7.3; 98/41/EC art. 5",
    good=unchanged,
    bad=voyage(arrival=None),
    purposes=AUTHORITY,
)
def arrival_missing(facts: Facts) -> Hits:
    call = facts.manifest.voyage.arrival
    return [] if call and (call.port.code or call.port.name) else [Hit("arrival.port")]


@check(
    "V-22",
    WARNING,
    "the port is given without a UN/LOCODE",
    hint="give the five-letter code; single windows take neither names nor signs for a place without code",
    cites="IMO Compendium BR 00; EMSWe G-GENERAL-007",
    good=unchanged,
    bad=arrival(code=None, name="Specimen Island"),
    purposes=AUTHORITY,
)
def without_code(facts: Facts) -> Hits:
    stated = [(name, call.port) for name, call in facts.ends if call.port.code or call.port.name]
    return [Hit(f"{name}.port") for name, port in stated if not port.code or _has_no_code(port.code)]


def _has_no_code(code: str) -> bool:
    """Whether a sign for a place without code stands in its place: XXXXX or GBXXX in the UK's templates."""
    return code != UNKNOWN_PORT and ports.port(code).status == "placeholder"


@check(
    "V-23",
    WARNING,
    "the port's code is not in {edition}",
    hint="compare it with the published list; if the code is newer than that edition, nothing is to be done",
    cites="UN/LOCODE; EMSWe ERR-017",
    good=arrival(code="GBSOU"),
    bad=arrival(code="GBQQQ"),
)
def code_unknown(facts: Facts) -> Hits:
    edition = {"edition": ports.EDITION}
    return [Hit(f, value=code, parts=edition) for f, code in _stated(facts) if ports.port(code).status == "unknown"]


@check(
    "V-24",
    WARNING,
    "UN/LOCODE knows the place, but not as a sea port",
    hint="give the code of the port itself: some towns and their ports have different codes",
    cites="UN/LOCODE function 1; EMSWe ERR-017",
    good=arrival(code="GRPIR"),
    bad=arrival(code="ATVIE"),
)
def not_a_sea_port(facts: Facts) -> Hits:
    return [Hit(field, value=code) for field, code in _stated(facts) if ports.port(code).status == "not-a-sea-port"]


@check(
    "V-25",
    ERROR,
    "a code for an unknown port stands where the ship must know the port",
    hint="only the next port of a ship that departs may be unknown; give the real port here",
    cites="EMSWe R-GENERAL-003",
    good=both(voyage(direction=Direction.DEPARTURE), arrival(code="ZZUKN")),
    bad=arrival(code="ZZUKN"),
    purposes=AUTHORITY,
)
def unknown_port(facts: Facts) -> Hits:
    departing = facts.manifest.voyage.direction is Direction.DEPARTURE
    return [
        Hit(f"{name}.port", value=call.port.code)
        for name, call in facts.ends
        if call.port.code == UNKNOWN_PORT and not (departing and name == "arrival")
    ]


@check(
    "V-26",
    WARNING,
    "the leg departs from and arrives in the same port",
    hint="correct the port that is wrong; for a round trip without a call nothing is to be done",
    cites="UK NMSW template FAL 1",
    good=unchanged,
    bad=arrival(code="GRPIR"),
)
def same_port(facts: Facts) -> Hits:
    codes = [call.port.code for _, call in facts.ends]
    same = len(codes) == 2 and codes[0] is not None and codes[0] == codes[1]
    return [Hit("arrival.port")] if same and not facts.manifest.voyage.itinerary else []


@check(
    "V-27",
    INFO,
    "the voyage number is missing",
    hint="give the line's own number for this sailing; it ties lists and corrections together",
    cites="FAL.14(46) forms 5 and 6, item 1.4",
    good=unchanged,
    bad=voyage(number=None),
    purposes=AUTHORITY,
)
def number_missing(facts: Facts) -> Hits:
    return [] if facts.manifest.voyage.number else [Hit("voyage.number")]


@check(
    "V-28",
    WARNING,
    "the voyage number is longer than the 17 characters that a single window takes",
    hint="give the number alone, without the ship's name or the date",
    cites="EMSWe DE-014-02 (an..17)",
    good=voyage(number="SP1147-NORTHBOUND"),
    bad=voyage(number="SPECIMEN STAR 1147"),
)
def number_too_long(facts: Facts) -> Hits:
    number = facts.manifest.voyage.number or ""
    return [Hit("voyage.number", value=number)] if len(number) > 17 else []


@check(
    "V-29",
    WARNING,
    "it is not said whether the list is for an arrival or a departure",
    hint="say arrival or departure; the single window has a form for each",
    cites="FAL.14(46) forms 5 and 6; IMO Compendium IMO0013",
    good=voyage(direction=Direction.DEPARTURE),
    bad=voyage(direction=None),
    purposes=BORDER,
)
def direction_missing(facts: Facts) -> Hits:
    return [] if facts.manifest.voyage.direction else [Hit("direction")]


@check(
    "V-30",
    WARNING,
    "the list is for border checks, and both ports of the leg are in the United Kingdom",
    hint="correct the port that is wrong; a voyage within the country is not reported to the UK's single window",
    cites="UK NMSW template FAL 1",
    good=both(departure(code="NLRTM"), arrival(code="GBHUL")),
    bad=both(departure(code="GBSOU"), arrival(code="GBHUL")),
    purposes=BORDER,
)
def within_the_uk(facts: Facts) -> Hits:
    ends = [call.port.code or "" for _, call in facts.ends]
    return [Hit("arrival.port")] if len(ends) == 2 and all(code.startswith("GB") for code in ends) else []


@check(
    "V-31",
    INFO,
    "it is not said what the list is for; by its content it was read as one for {purpose}",
    hint="say border (SUB-01), safety (SUB-02) or booking: leaving one out of a later list withdraws that report",
    cites="EMSWe R-PXA-001, G-PXA-003; Finland NR-PXA-001",
    good=unchanged,
    bad=listing(purposes=()),
)
def purpose_missing(facts: Facts) -> Hits:
    if facts.purposes_stated:
        return []
    return [Hit("purposes", parts={"purpose": " and ".join(sorted(facts.purposes))})]


CHECKS = (
    departure_missing,
    arrival_missing,
    without_code,
    code_unknown,
    not_a_sea_port,
    unknown_port,
    same_port,
    number_missing,
    number_too_long,
    direction_missing,
    within_the_uk,
    purpose_missing,
)
