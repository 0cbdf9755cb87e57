"""Checks on the names of machine-readable zones: are they the names of the list?

In: facts about a list. Out: hits on the names that differ. `codes.mrz_names` knows what is no difference: accents, the
ways to write Ü or Ñ, names that were cut, left out or put in another order. Names have no check digit: either side may be
wrong, except where the same names are only divided otherwise.
"""

from gateway.checks.check import INFO, WARNING, Hit, Hits, check
from gateway.checks.examples import both, person
from gateway.checks.facts import Facts
from gateway.checks.zones import differing, zones
from gateway.codes.mrz import Mrz
from gateway.codes.mrz_names import Difference, can_be_compared, differences
from gateway.manifest import Person

_GOOD = person(mrz=("P<SWEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36SWE7408122F3104150<<<<<<<<<<<<<<04"))
_CITES = "ICAO Doc 9303-3, 4.6 and 6; FAL Convention 3.13"


def _difference(holder: Person, zone: Mrz) -> Difference | None:
    return differences(
        holder.family_name, holder.given_names, zone.family_name, zone.given_names, truncated=zone.truncated
    )


@check(
    "D-57",
    WARNING,
    "the family name is not that of the machine-readable zone; names have no check digit, so either may be wrong",
    hint="compare both with the document; the zone may be another person's",
    cites=_CITES,
    good=both(_GOOD, person(given_names="ANNA")),
    bad=both(_GOOD, person(family_name="TESTPERSON", family_name_latin="TESTPERSON")),
)
def family_name(facts: Facts) -> Hits:
    return differing(facts, "family_name", lambda _, one, zone: _difference(one, zone) is Difference.FAMILY)


@check(
    "V-51",
    WARNING,
    "the given names are not those of the machine-readable zone; names have no check digit, so either may be wrong",
    hint="give the given names as the zone has them, not short forms or other names",
    cites=_CITES,
    good=both(_GOOD, person(given_names="MARIA A.")),
    bad=both(_GOOD, person(given_names="TESTNAME", given_names_latin="TESTNAME")),
)
def given_names(facts: Facts) -> Hits:
    return differing(facts, "given_names", lambda _, one, zone: _difference(one, zone) is Difference.GIVEN)


@check(
    "V-52",
    WARNING,
    "the same names are divided otherwise in the machine-readable zone, where << stands behind the family name; the list looks wrong",
    hint="give what stands before << as the family name, the rest as given names",
    cites=_CITES,
    good=both(_GOOD, person(given_names="MARIA ANNA")),
    bad=both(_GOOD, person(family_name="ANNA MARIA", given_names="ERIKSSON")),
)
def divided_otherwise(facts: Facts) -> Hits:
    return differing(facts, "family_name", lambda _, one, zone: _difference(one, zone) is Difference.DIVIDED)


@check(
    "V-60",
    INFO,
    "{count} of the names could not be compared with their machine-readable zones (the first is named): "
    "for their letters there is no table that says what a zone prints",
    hint="give the name in Latin letters as well, as the document has it",
    cites=_CITES,
    good=both(_GOOD, person(family_name="ΕΡΙΚΣΟΝ", given_names="ΑΝΝΑ")),
    bad=both(_GOOD, person(family_name="試驗", given_names="安娜")),
)
def not_comparable(facts: Facts) -> Hits:
    found = [
        index
        for index, holder, zone in zones(facts)
        if zone.family_name
        and (holder.family_name or holder.given_names)
        and not can_be_compared(holder.family_name, holder.given_names)
    ]
    return [Hit("family_name", found[0], parts={"count": len(found)})] if found else []


CHECKS = (family_name, given_names, divided_otherwise, not_comparable)
