"""Checks on birth: the date, whole and possible; the place and country.

In: facts about a list. Out: hits on `birth_date`, `birth_place`, `birth_country`. 98/41/EC art. 5, FAL Convention 2.6.1 and 2.7.3, EMSWe MIG
2.0, ICAO Doc 9303-3 (unknown parts of a date). Places and countries are asked for border checks only.
"""

from collections import Counter

from gateway.checks.check import AUTHORITY, BORDER, ERROR, WARNING, Hit, Hits, at, check
from gateway.checks.examples import arrival, both, person, repeated, unchanged
from gateway.checks.facts import Facts
from gateway.checks.moments import is_date, is_partial_date
from gateway.codes import countries

OLDEST = 120  # years; the oldest person known reached 122
_PERSONAL = "98/41/EC art. 5; FAL Convention 2.6.1 and 2.7.3"


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
    birth_date_missing,
    birth_date_form,
    not_yet_born,
    very_old,
    birth_date_partial,
    first_of_january,
    birth_place_missing,
    birth_country_missing,
    birth_country_unknown,
    one_birth_date_for_many,
)
