"""Checks on who a person is: sex, nationality, residence.

In: facts about a list. Out: hits on `sex`, `nationality*`, `residence_country`. 98/41/EC art. 5, FAL Convention 2.6.1 and 2.7.3, ICAO Doc
9303-3, EMSWe MIG 2.0. Stateless and refugee are answers, not gaps.
"""

from collections.abc import Callable

from gateway.checks.check import AUTHORITY, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import person, unchanged
from gateway.checks.facts import Facts
from gateway.codes import countries
from gateway.manifest import Nationality, NationalityKind, Sex

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


CHECKS = (
    sex_missing,
    nationality_missing,
    specimen_nationality,
    former_nationality,
    organisation,
    nationality_unknown,
    wider_nationality,
    residence_unknown,
)
