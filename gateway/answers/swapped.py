"""Whose family and given names stand in each other's place, as far as machine-readable zones prove it.

In: the persons of a list. Out: who they are. A zone proves it of its own person where it has the very names of the list the other
way round. Of the whole list it is proven where nearly all zones say so and not one has the names as the list has: then the
headers of two columns were exchanged, and those without a zone stand under the same headers. Whoever has but one name, or a
zone with other names, is left alone. ICAO Doc 9303-3, 4.6; FAL Convention 3.13.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from gateway.codes import mrz
from gateway.codes.mrz_names import can_be_compared, changed_places, differences
from gateway.manifest import Person

ENOUGH: Final = 3
"""Zones that speak for two exchanged columns: two may be two slips of one desk."""

NEARLY_ALL: Final = 0.9


class _Says(Enum):
    """What a zone says of the names in the list."""

    NOTHING = "nothing"
    AS_LISTED = "as listed"
    SWAPPED = "swapped"
    OTHERWISE = "otherwise"


def swapped(persons: Sequence[Person]) -> tuple[frozenset[int], bool]:
    """Persons by index from 0, and whether it is the whole list's columns that are exchanged."""
    if not any(person.mrz for person in persons):
        return frozenset(), False
    said = [_of(person) for person in persons]
    proven = frozenset(index for index, one in enumerate(said) if one is _Says.SWAPPED)
    heard = sum(one is not _Says.NOTHING for one in said)
    if _Says.AS_LISTED in said or len(proven) < max(ENOUGH, NEARLY_ALL * heard):
        return proven, False
    silent = (index for index, one in enumerate(said) if one is _Says.NOTHING and _has_both(persons[index]))
    return proven.union(silent), True


def _of(person: Person) -> _Says:
    zone = mrz.decode(person.mrz) if person.mrz else None
    if zone is None or not zone.given_names or not _has_both(person):
        return _Says.NOTHING
    if not can_be_compared(person.family_name, person.given_names):
        return _Says.NOTHING
    names = (person.family_name, person.given_names, zone.family_name, zone.given_names)
    if changed_places(*names, truncated=zone.truncated):
        return _Says.SWAPPED
    return _Says.OTHERWISE if differences(*names, truncated=zone.truncated) else _Says.AS_LISTED


def _has_both(person: Person) -> bool:
    return bool(person.family_name and person.given_names)
