"""Checks on who a person is: sex, birth, nationality, residence.

In: facts about a list. Out: hits on `sex`, `birth_*`, `nationality*`, `residence_country`. 98/41/EC art. 5, FAL Convention 2.6.1
and 2.7.3, ICAO Doc 9303-3, EMSWe MIG 2.0. Places and countries of birth are asked for border checks only.
"""

from collections import Counter
from collections.abc import Callable

from gateway.checks.check import AUTHORITY, BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import arrival, both, person, repeated, unchanged
from gateway.checks.facts import Facts
from gateway.checks.moments import is_date, is_partial_date
from gateway.codes import countries
from gateway.manifest import Nationality, NationalityKind, Sex

OLDEST = 120  # years; the oldest person known reached 122
_PERSONAL = "98/41/EC art. 5; FAL Convention 2.6.1 and 2.7.3"


@check(
    "P-20",
    ERROR,
    "the sex is missing",
    hint="give F, M or, for what the document leaves open, X",
    cites=f"{_PERSONAL}; EMSWe DE-035-08",
    good=person(sex=Sex.UNSPECIFIED),
    bad=person(sex=None),
    purposes=AUTHORITY,
)
def sex_missing(facts: Facts) -> Hits:
    return at("sex", facts.missing("sex"))


@check(
    "P-21",
    ERROR,
    "the date of birth is missing",
    hint="give the date of birth; where the document has only the year, or year and month, give these",
    cites=f"{_PERSONAL}; EMSWe DE-035-05",
    good=unchanged,
    bad=person(birth_date=None),
    purposes=AUTHORITY,
)
def birth_date_missing(facts: Facts) -> Hits:
    return at("birth_date", facts.missing("birth_date"))


@check(
    "P-22",
    ERROR,
    "the date of birth is not in the calendar: expected the form 1974-08-12",
    hint="write year, month and day; day and month may be swapped",
    cites="EMSWe R-GENERAL-006",
    good=person(birth_date="1972-02-29"),
    bad=person(birth_date="1974-02-29"),
)
def birth_date_form(facts: Facts) -> Hits:
    wrong = facts.where("birth_date", lambda date: not (is_date(date) or is_partial_date(date)))
    return at("birth_date", wrong, facts.column("birth_date"))


@check(
    "P-23",
    ERROR,
    "the date of birth lies in the future",
    hint="correct the year; a two-digit year may have been read as of this century",
    cites="EMSWe ERR-024",
    good=person(birth_date="2026-11-20"),
    bad=person(birth_date="2074-08-12"),
)
def not_yet_born(facts: Facts) -> Hits:
    return at("birth_date", facts.where("birth_date", lambda date: date > facts.today))


@check(
    "P-24",
    WARNING,
    "by the date of birth the person is more than 120 years old",
    hint="correct the year; a two-digit year may have been read as of the last century",
    cites="EMSWe ERR-024",
    good=person(birth_date="1924-08-12"),
    bad=person(birth_date="1894-08-12"),
)
def very_old(facts: Facts) -> Hits:
    oldest = f"{facts.context.today.year - OLDEST:04}{facts.today[4:]}"
    return at("birth_date", facts.where("birth_date", lambda date: date < oldest))


@check(
    "P-25",
    WARNING,
    "only a part of the date of birth is given",
    hint="give the whole date, unless the document has no more; no day or month will be made up",
    cites="EMSWe R-GENERAL-006; ICAO Doc 9303-3",
    good=unchanged,
    bad=person(birth_date="1974"),
    purposes=BORDER,
)
def birth_date_partial(facts: Facts) -> Hits:
    return at("birth_date", facts.where("birth_date", lambda date: len(date) in (4, 7)))


@check(
    "P-26",
    WARNING,
    "{share} of 100 persons on the list were born on a first of January",
    hint="the system that wrote the list seems to put 1 January where it knows the year only; give the year alone",
    cites="ICAO Doc 9303-3; EMSWe principles P33 and P35",
    good=person(birth_date="1974-01-01"),
    bad=repeated(20, birth_date="1974-01-01"),
)
def first_of_january(facts: Facts) -> Hits:
    dates = facts.column("birth_date")
    found = sum(date is not None and date.endswith("-01-01") for date in dates)
    # one in 365 by nature; in some countries one in fifty is registered so
    suspicious = len(dates) >= 20 and found > max(3, len(dates) // 10)
    return [Hit("birth_date", parts={"share": round(100 * found / len(dates))})] if suspicious else []


@check(
    "P-27",
    ERROR,
    "the nationality is missing",
    hint="give it as a three-letter code; for a person without one give XXA, XXB or XXC as the document does",
    cites=f"{_PERSONAL}; EMSWe DE-035-04",
    good=person(nationalities=(Nationality("XXA", kind=NationalityKind.STATELESS),)),
    bad=person(nationalities=()),
    purposes=AUTHORITY,
)
def nationality_missing(facts: Facts) -> Hits:
    return at("nationality", facts.missing("nationalities"))


def _nationalities(facts: Facts, found: Callable[[Nationality], bool], tell: bool = False) -> list[Hit]:
    """A hit for every person with a nationality such that `found`; with `tell` the shape of its code is told."""
    codes = {code for code, nationality in facts.nationalities.items() if found(nationality)}
    if not codes:
        return []
    return [
        Hit(f"nationality{nth if nth > 1 else ''}", index, one.code if tell else None)
        for index, every in enumerate(facts.column("nationalities"))
        for nth, one in enumerate(every, 1)
        if one.code in codes
    ]


@check(
    "P-28",
    ERROR,
    "the nationality is Utopia, ICAO's example of a State",
    hint="remove specimen and training records from the list",
    cites="ICAO Doc 9303-3",
    good=unchanged,
    bad=person(nationalities=(Nationality("UTO", kind=NationalityKind.SPECIMEN),)),
)
def specimen_nationality(facts: Facts) -> Hits:
    return [] if facts.context.test else _nationalities(facts, lambda own: own.kind is NationalityKind.SPECIMEN)


@check(
    "P-29",
    WARNING,
    "the nationality is that of a State that no longer exists",
    hint="give the person's present nationality; the former State may be the country of birth",
    cites="ICAO Doc 9303-3; EMSWe DE-035-04",
    good=person(birth_country="YUCS"),
    bad=person(nationalities=(Nationality("YUG", kind=NationalityKind.FORMER_STATE),)),
)
def former_nationality(facts: Facts) -> Hits:
    return _nationalities(facts, lambda own: own.kind is NationalityKind.FORMER_STATE)


@check(
    "P-30",
    WARNING,
    "the nationality is the code of an organisation, which issues documents but has no nationals",
    hint="give the State of which the person is a national; the organisation is the issuer of the document",
    cites="ICAO Doc 9303-3",
    good=person(nationalities=(Nationality("XXB", kind=NationalityKind.REFUGEE),)),
    bad=person(nationalities=(Nationality("UNO", kind=NationalityKind.ORGANISATION),)),
)
def organisation(facts: Facts) -> Hits:
    return _nationalities(facts, lambda own: own.kind is NationalityKind.ORGANISATION)


@check(
    "P-31",
    ERROR,
    "this code is no nationality of ICAO Doc 9303-3",
    hint="give the three-letter code from the machine-readable zone of the document",
    cites="ICAO Doc 9303-3; EMSWe DE-035-04",
    good=person(nationalities=(Nationality("GBN", "GBR", NationalityKind.BRITISH_SUBTYPE),)),
    bad=person(nationalities=(Nationality("QQQ"),)),
)
def nationality_unknown(facts: Facts) -> Hits:
    return _nationalities(facts, lambda own: countries.country(own.code) is None, tell=True)


@check(
    "P-32",
    INFO,
    "the European single window has no code for this kind of British nationality; GBR is sent there",
    hint="nothing is to be done; other recipients get the code as given",
    cites="EMSWe DE-035-04",
    good=unchanged,
    bad=person(nationalities=(Nationality("GBN", "GBR", NationalityKind.BRITISH_SUBTYPE),)),
)
def wider_nationality(facts: Facts) -> Hits:
    return _nationalities(facts, lambda own: own.kind is NationalityKind.BRITISH_SUBTYPE)


@check(
    "P-33",
    WARNING,
    "the place of birth is missing",
    hint="give the place, or the country where the document has no place",
    cites="FAL Convention 2.6.1 and 2.7.3; EMSWe G-PXA-001",
    good=person(birth_place=None),
    bad=person(birth_place=None, birth_country=None),
    purposes=BORDER,
)
def birth_place_missing(facts: Facts) -> Hits:
    country = facts.column("birth_country")
    return at("birth_place", [i for i in facts.missing("birth_place") if not country[i]])


@check(
    "P-34",
    ERROR,
    "the country of birth is missing; Finland requires it of everyone whose travel document is given",
    hint="give the country as a three-letter code",
    cites="Finland NR-PXA-002",
    good=person(birth_country=None),
    bad=both(arrival(code="FIHEL"), person(birth_country=None)),
    purposes=BORDER,
)
def birth_country_missing(facts: Facts) -> Hits:
    if not facts.touches("FI"):
        return []
    documents, passengers = facts.column("documents"), set(facts.passengers)
    return at("birth_country", [i for i in facts.missing("birth_country") if documents[i] and i in passengers])


@check(
    "P-35",
    WARNING,
    "the country of birth is in neither ISO 3166-1 nor ISO 3166-3",
    hint="give a code of these lists, and write the country into the place of birth where it has none",
    cites="EMSWe G-PXA-004",
    good=person(birth_country="SUHH"),
    bad=person(birth_country="QQQ"),
)
def birth_country_unknown(facts: Facts) -> Hits:
    wrong = facts.where("birth_country", lambda code: countries.country(code) is None)
    return at("birth_country", wrong, facts.column("birth_country"))


@check(
    "P-36",
    WARNING,
    "the country of residence is not in ISO 3166-1",
    hint="give the three-letter code of the State where the person lives",
    cites="WCO/IATA/ICAO PAXLST guide (LOC 174)",
    good=person(residence_country="SWE"),
    bad=person(residence_country="QQQ"),
)
def residence_unknown(facts: Facts) -> Hits:
    wrong = facts.where("residence_country", lambda code: countries.country(code) is None)
    return at("residence_country", wrong, facts.column("residence_country"))


@check(
    "P-37",
    WARNING,
    "{many} persons on the list share one date of birth",
    hint="a default value seems to stand in the column; give each person's own date, or leave it out",
    cites="EMSWe principles P33 and P35, ERR-028",
    good=repeated(3),
    bad=repeated(20),
)
def one_birth_date_for_many(facts: Facts) -> Hits:
    dates = facts.column("birth_date")
    if len(dates) - len(facts.distinct("birth_date")) < 9:
        return []
    many = max(Counter(date for date in dates if date and len(date) == 10).values(), default=0)
    # 10,000 persons share 25,000 birthdays: by chance about six at most have the same
    return [Hit("birth_date", parts={"many": many})] if many >= max(10, len(dates) // 500) else []


CHECKS = (
    sex_missing,
    birth_date_missing,
    birth_date_form,
    not_yet_born,
    very_old,
    birth_date_partial,
    first_of_january,
    nationality_missing,
    specimen_nationality,
    former_nationality,
    organisation,
    nationality_unknown,
    wider_nationality,
    birth_place_missing,
    birth_country_missing,
    birth_country_unknown,
    residence_unknown,
    one_birth_date_for_many,
)
