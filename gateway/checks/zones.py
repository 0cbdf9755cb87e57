"""Checks on machine-readable zones: can they be read, do their check digits hold, do they say what the columns say?

In: facts about a list. Out: hits on `mrz1` and on the columns that differ, and which side looks wrong: a digit that holds
speaks for the zone, one that fails against it, and where the list's value fits the digit too, either may be wrong. ICAO Doc
9303-3 to 9303-7. The zone has no accents and two-digit years, and one person may have several documents: a difference is
told only where no reading explains it. `zone_names` compares the names.
"""

from collections.abc import Callable, Iterable

from gateway.checks.check import ERROR, WARNING, Hit, Hits, check
from gateway.checks.examples import both, document, person
from gateway.checks.facts import Facts
from gateway.codes import countries, mrz
from gateway.codes.documents import document_type
from gateway.codes.mrz import Mrz
from gateway.codes.mrz_misread import confused, fits, taken_for
from gateway.manifest import Document, DocumentType, Permit, Person, Sex

_UPPER = "P<SWEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
_GOOD = person(mrz=(_UPPER, "L898902C36SWE7408122F3104150<<<<<<<<<<<<<<04"))
_MISREAD = person(mrz=(_UPPER, "L898902C36SWE7403122F3104150<<<<<<<<<<<<<<04"))  # the birth's 8 read as 3
_FITS_TOO = "; both fit the check digit, so either may be wrong"
_HOLDS = "; the zone's check digit holds, so the list looks wrong"


def zones(facts: Facts) -> Iterable[tuple[int, Person, Mrz]]:
    for index, zone in facts.zones:
        if zone is not None:
            yield index, facts.persons[index], zone


def differing(facts: Facts, field: str, differs: Callable[[Facts, Person, Mrz], object]) -> list[Hit]:
    return [Hit(field, index) for index, holder, zone in zones(facts) if differs(facts, holder, zone)]


def _weighed(facts: Facts, field: str, side: Callable[[Facts, Person, Mrz], str]) -> list[Hit]:
    """The hits of a value that has a check digit; `side` says in words which side looks wrong, or nothing."""
    found = ((index, side(facts, holder, zone)) for index, holder, zone in zones(facts))
    return [Hit(field, index, parts={"side": said}) for index, said in found if said]


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
    "a check digit of the machine-readable zone does not hold, so a sign of the zone looks misread: {fields}",
    hint="read the document again: a sign was misread",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=_MISREAD,
)
def check_digits(facts: Facts) -> Hits:
    for index, holder, zone in zones(facts):
        wrong = [name for name, holds in zone.checks.items() if not holds]
        told = [name for name in wrong if name != "composite"] or wrong  # the composite fails with any that it covers
        if told:
            yield Hit("mrz1", index, parts={"fields": "; ".join(_misread(holder, zone, name) for name in told)})


def _misread(holder: Person, zone: Mrz, field: str) -> str:
    """The field, and what speaks for how it was misread."""
    if field not in zone.printed:
        return field
    typed = next((text for text in _typed(holder, zone, field) if fits(zone, field, text)), None)
    if typed is not None:
        pair = taken_for(zone.printed[field][0].rstrip("<"), typed)
        return f"{field}, whose value in the list fits the digit" + (f" ({pair} look alike)" if pair else "")
    pair = confused(zone, field)
    return field + (f", where {pair} may have been taken for each other" if pair else "")


def _typed(holder: Person, zone: Mrz, field: str) -> Iterable[str]:
    """What the list has for a field of the zone, as the zone would print it."""
    if field == "number":
        return sorted(_numbers(_papers(holder, zone)))
    dates = [holder.birth_date] if field == "birth" else [paper.expiry for paper in _papers(holder, zone)]
    return [day.replace("-", "")[2:] for day in dates if field in ("birth", "expiry") and day and len(day) == 10]


def _papers(holder: Person, zone: Mrz) -> tuple[Document | Permit, ...]:
    return holder.visas if zone.layout.startswith("MRV") else holder.documents


def _numbers(papers: Iterable[Document | Permit]) -> set[str]:
    return {"".join(filter(str.isalnum, paper.number)).upper() for paper in papers if paper.number}


@check(
    "D-52",
    ERROR,
    "the document's number is not that of the machine-readable zone{side}",
    hint="compare both with the document: O and 0, I and 1 are easily taken for each other",
    cites="ICAO Doc 9303-3; FAL Convention 2.6.1 and 2.7.3",
    good=both(_GOOD, document(number="L 898902 C3")),
    bad=both(_GOOD, document(number="L898902G3")),
)
def number(facts: Facts) -> Hits:
    return _weighed(facts, "document.number", _other_number)


def _other_number(facts: Facts, holder: Person, zone: Mrz) -> str:
    given, printed = _numbers(_papers(holder, zone)), zone.number.replace(" ", "")
    if not given or not zone.checks.get("number", False) or printed in given:
        return ""
    pairs = {pair for text in given if (pair := taken_for(printed, text))}
    alike = f" ({', '.join(sorted(pairs))} look alike)" if pairs else ""
    return (_FITS_TOO if any(fits(zone, "number", text) for text in given) else _HOLDS) + alike


@check(
    "D-53",
    WARNING,
    "the date of birth is not that of the machine-readable zone{side}",
    hint="compare both with the document; day and month may be swapped",
    cites="ICAO Doc 9303-3",
    good=both(_GOOD, person(birth_date="1974-08")),
    bad=both(_GOOD, person(birth_date="1974-12-08")),
)
def birth_date(facts: Facts) -> Hits:
    return _weighed(facts, "birth_date", _other_birth)


def _other_birth(facts: Facts, holder: Person, zone: Mrz) -> str:
    if not holder.birth_date or not zone.checks.get("birth"):
        return ""
    seen = mrz.birth_date(zone.birth, facts.context.today) or ""
    shorter = min(len(seen), len(holder.birth_date))
    if seen[2:shorter] == holder.birth_date[2:shorter]:  # the zone has no century
        return ""
    return _dated_otherwise(zone, "birth", [holder.birth_date])


def _dated_otherwise(zone: Mrz, field: str, days: Iterable[str]) -> str:
    given = [day.replace("-", "")[2:] for day in days]
    if zone.printed[field][0] in [day[:2] + day[4:] + day[2:4] for day in given]:
        return _HOLDS + " (day and month are exchanged)"
    return _FITS_TOO if any(fits(zone, field, day) for day in given if len(day) == 6) else _HOLDS


@check(
    "D-54",
    WARNING,
    "the date of expiry is not that of the machine-readable zone{side}",
    hint="compare both with the document; day and month may be swapped",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=both(_GOOD, document(expiry="2031-05-14")),
)
def expiry(facts: Facts) -> Hits:
    return _weighed(facts, "document.expiry", _other_expiry)


def _other_expiry(facts: Facts, holder: Person, zone: Mrz) -> str:
    """Of the paper that has the zone's number."""
    if not zone.checks.get("expiry"):
        return ""
    seen = mrz.expiry_date(zone.expiry, facts.context.today) or ""
    same = [paper.expiry for paper in _papers(holder, zone) if paper.expiry and _is_of(paper, zone)]
    other = [day for day in same if day[2:] != seen[2 : len(day)]]
    return _dated_otherwise(zone, "expiry", other) if seen and other else ""


def _is_of(paper: Document | Permit, zone: Mrz) -> bool:
    return _numbers([paper]) == {zone.number.replace(" ", "")}


@check(
    "D-55",
    WARNING,
    "the sex is not that of the machine-readable zone; it has no check digit, so either may be wrong",
    hint="compare both with the document",
    cites="ICAO Doc 9303-3",
    good=both(_GOOD, person(sex=Sex.UNSPECIFIED)),
    bad=both(_GOOD, person(sex=Sex.MALE)),
)
def sex(facts: Facts) -> Hits:
    told = (Sex.MALE, Sex.FEMALE)
    return differing(
        facts, "sex", lambda _, holder, zone: holder.sex in told and zone.sex in told and holder.sex != zone.sex
    )


@check(
    "D-56",
    WARNING,
    "the nationality is not that of the machine-readable zone; it has no check digit, so either may be wrong",
    hint="compare both with the document; a person may have several, which can be given too",
    cites="ICAO Doc 9303-3",
    good=_GOOD,
    bad=lambda m: both(_GOOD, person(nationalities=m.persons[1].nationalities))(m),
)
def nationality(facts: Facts) -> Hits:
    return differing(facts, "nationality", _other_nationality)


def _other_nationality(facts: Facts, holder: Person, zone: Mrz) -> bool:
    seen = countries.country(zone.nationality)
    if seen is None or not holder.nationalities:
        return False
    return seen.code not in {own.code for own in holder.nationalities}


@check(
    "V-54",
    WARNING,
    "the State that issued the document is not that of the machine-readable zone, though the number is the same",
    hint="give the State that issued the document: the three letters behind its type in the zone",
    cites="ICAO Doc 9303-3; FAL.14(46) forms 5 and 6",
    good=_GOOD,
    bad=both(_GOOD, document(issuer="NOR")),
)
def issuer(facts: Facts) -> Hits:
    return differing(facts, "document.issuer", _other_issuer)


def _other_issuer(facts: Facts, holder: Person, zone: Mrz) -> bool:
    seen = countries.country(zone.issuer)
    return seen is not None and any(
        paper.issuer not in (None, seen.code) for paper in _papers(holder, zone) if _is_of(paper, zone)
    )


@check(
    "V-55",
    WARNING,
    "the document is of another type in its machine-readable zone",
    hint="give the type that stands there: P is a passport, I, A and C are cards",
    cites="ICAO Doc 9303-3 to 9303-5; FAL Convention 2.6.1 and 2.7.3",
    good=_GOOD,
    bad=both(_GOOD, document(type=DocumentType.IDENTITY_CARD)),
)
def type_of_document(facts: Facts) -> Hits:
    return differing(facts, "document.type", _other_type)


def _other_type(facts: Facts, holder: Person, zone: Mrz) -> bool:
    """Only a passport cannot be taken for a card: what cards are called differs from State to State."""
    is_passport = document_type(zone.document_code, "mrz") is DocumentType.PASSPORT
    kinds = (DocumentType.PASSPORT, DocumentType.IDENTITY_CARD)
    papers = [paper for paper in holder.documents if paper.type in kinds and _is_of(paper, zone)]
    known = zone.document_code[:1] in ("P", "I", "A", "C")
    return known and any((paper.type is DocumentType.PASSPORT) is not is_passport for paper in papers)


CHECKS = (
    unreadable,
    check_digits,
    number,
    birth_date,
    expiry,
    sex,
    nationality,
    issuer,
    type_of_document,
)
