"""Checks on machine-readable zones: can they be read, do their check digits hold, do they say what the columns say?

In: facts about a list. Out: hits on `mrz1` and on the columns that differ. ICAO Doc 9303-3 to 9303-7. The zone may be cut, has no accents
and two-digit years, and one person may have several documents: a difference is told only where no reading explains it.
"""

from collections.abc import Callable, Iterable

from gateway.checks.check import ERROR, WARNING, Hit, Hits, check
from gateway.checks.examples import both, document, person
from gateway.checks.facts import Facts
from gateway.codes import countries, mrz
from gateway.codes.letters import folded
from gateway.codes.mrz import Mrz
from gateway.codes.names import latin
from gateway.manifest import Person, Sex

_UPPER = "P<SWEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
_GOOD = person(mrz=(_UPPER, "L898902C36SWE7408122F3104150<<<<<<<<<<<<<<04"))
_MISREAD = person(mrz=(_UPPER, "L898902C36SWE7403122F3104150<<<<<<<<<<<<<<04"))  # the birth's 8 read as 3
_STEM = 3
"""Letters that a name and its zone must share: transliterations differ, but rarely at the beginning."""


def _zones(facts: Facts) -> Iterable[tuple[int, Person, Mrz]]:
    for index, zone in facts.zones:
        if zone is not None:
            yield index, facts.persons[index], zone


def _differing(facts: Facts, field: str, differs: Callable[[Facts, Person, Mrz], object]) -> list[Hit]:
    return [Hit(field, index) for index, holder, zone in _zones(facts) if differs(facts, holder, zone)]


@check(
    "D-50",
    WARNING,
    "the machine-readable zone cannot be read: expected 3 lines of 30, 2 of 36 or 2 of 44 signs",
    hint="send the lines as printed, with every <",
    cites="ICAO Doc 9303-4, 9303-5, 9303-6 and 9303-7",
    good=_GOOD,
    bad=person(mrz=(_UPPER, "L898902C36SWE7408122F3104150<<<<04")),
)
def unreadable(facts: Facts) -> Hits:
    return [Hit("mrz1", index) for index, zone in facts.zones if zone is None]


@check(
    "D-51",
    WARNING,
    "a check digit of the machine-readable zone does not hold: {fields}",
    hint="read the document again: a sign was misread",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=_MISREAD,
)
def check_digits(facts: Facts) -> Hits:
    wrong = ((index, [name for name, holds in zone.checks.items() if not holds]) for index, _, zone in _zones(facts))
    return [Hit("mrz1", index, parts={"fields": ", ".join(names)}) for index, names in wrong if names]


@check(
    "D-52",
    ERROR,
    "the document's number is not that of the machine-readable zone",
    hint="give the number as the zone has it: O and 0, I and 1 are easily taken for each other",
    cites="ICAO Doc 9303-3; FAL Convention 2.6.1 and 2.7.3",
    good=both(_GOOD, document(number="L 898902 C3")),
    bad=both(_GOOD, document(number="L898902G3")),
)
def number(facts: Facts) -> Hits:
    return _differing(facts, "document.number", _other_number)


def _other_number(facts: Facts, holder: Person, zone: Mrz) -> bool:
    papers = holder.visas if zone.layout.startswith("MRV") else holder.documents
    given = {"".join(filter(str.isalnum, paper.number)).upper() for paper in papers if paper.number}
    return bool(given) and zone.checks.get("number", False) and zone.number.replace(" ", "") not in given


@check(
    "D-53",
    WARNING,
    "the date of birth is not that of the machine-readable zone",
    hint="compare both with the document; day and month may be swapped",
    cites="ICAO Doc 9303-3",
    good=both(_GOOD, person(birth_date="1974-08")),
    bad=both(_GOOD, person(birth_date="1974-12-08")),
)
def birth_date(facts: Facts) -> Hits:
    return _differing(facts, "birth_date", _other_birth)


def _other_birth(facts: Facts, holder: Person, zone: Mrz) -> bool:
    if not holder.birth_date or not zone.checks.get("birth"):
        return False
    seen = mrz.birth_date(zone.birth, facts.context.today) or ""
    shorter = min(len(seen), len(holder.birth_date))
    return seen[2:shorter] != holder.birth_date[2:shorter]  # the zone has no century


@check(
    "D-54",
    WARNING,
    "the date of expiry is not that of the machine-readable zone",
    hint="compare both with the document; day and month may be swapped",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=both(_GOOD, document(expiry="2031-05-14")),
)
def expiry(facts: Facts) -> Hits:
    return _differing(facts, "document.expiry", _other_expiry)


def _other_expiry(facts: Facts, holder: Person, zone: Mrz) -> bool:
    if not zone.checks.get("expiry") or zone.layout.startswith("MRV"):
        return False
    seen = mrz.expiry_date(zone.expiry, facts.context.today) or ""
    same = [
        d for d in holder.documents if d.number and d.number.replace(" ", "").upper() == zone.number.replace(" ", "")
    ]
    return bool(seen) and any(d.expiry and d.expiry[2:] != seen[2:] for d in same)


@check(
    "D-55",
    WARNING,
    "the sex is not that of the machine-readable zone",
    hint="compare both with the document",
    cites="ICAO Doc 9303-3",
    good=both(_GOOD, person(sex=Sex.UNSPECIFIED)),
    bad=both(_GOOD, person(sex=Sex.MALE)),
)
def sex(facts: Facts) -> Hits:
    told = (Sex.MALE, Sex.FEMALE)
    return _differing(
        facts, "sex", lambda _, holder, zone: holder.sex in told and zone.sex in told and holder.sex != zone.sex
    )


@check(
    "D-56",
    WARNING,
    "the nationality is not that of the machine-readable zone",
    hint="compare both with the document; a person may have several, which can be given too",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=lambda m: both(_GOOD, person(nationalities=m.persons[1].nationalities))(m),
)
def nationality(facts: Facts) -> Hits:
    return _differing(facts, "nationality", _other_nationality)


def _other_nationality(facts: Facts, holder: Person, zone: Mrz) -> bool:
    seen = countries.country(zone.nationality)
    if seen is None or not holder.nationalities:
        return False
    return seen.code not in {own.code for own in holder.nationalities}


@check(
    "D-57",
    WARNING,
    "the name is not that of the machine-readable zone",
    hint="compare both with the document; family and given names may be swapped, or the zone may be another person's",
    cites="ICAO Doc 9303-3 section 6; FAL Convention 3.13",
    good=both(_GOOD, person(given_names="ANNA")),
    bad=both(_GOOD, person(family_name="TESTPERSON", family_name_latin="TESTPERSON")),
)
def name(facts: Facts) -> Hits:
    return _differing(facts, "family_name", lambda _, holder, zone: _is_other_name(holder, zone))


def _is_other_name(holder: Person, zone: Mrz) -> bool:
    stems = {form.replace(" ", "").replace("-", "").replace("'", "")[:_STEM] for form in _forms(holder)}
    return bool(stems) and bool(zone.family_name) and zone.family_name.replace(" ", "")[:_STEM] not in stems


def _forms(holder: Person) -> Iterable[str]:
    """The family name in its Latin form and without accents; a person of one name may have it in the other field."""
    written = holder.family_name or holder.given_names
    if written:
        yield from (latin(written), folded(written).upper())
    if holder.family_name_latin:
        yield holder.family_name_latin


CHECKS = (
    unreadable,
    check_digits,
    number,
    birth_date,
    expiry,
    sex,
    nationality,
    name,
)
