"""The persons of a sailing in the order in which rescuers need them: who needs help, the youngest, then everybody by cabin.

In: the persons of the lists that count, the day. Out: `Line`s. 98/41/EC art. 5: special care, age and, where it was given, an emergency
number are on the list for just this. Ages are full years on `day`; a date of birth that is not known to the day gives both years that
it may be. Nothing is guessed: what a list does not say is None.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import Final

import msgspec

from gateway.manifest import Person, Private, Role

INFANT_BELOW: Final = 2
CHILD_BELOW: Final = 18  # Convention on the Rights of the Child, art. 1
_NATURAL = re.compile(r"(\d+)")


class Group(IntEnum):
    """In the order of the roll."""

    SPECIAL_CARE = 0
    INFANTS = 1
    CHILDREN = 2
    AGE_UNKNOWN = 3
    PASSENGERS = 4
    CREW = 5


class Line(Private, frozen=True, kw_only=True):
    """One person. `youngest`, `oldest`: full years, the same where the date of birth is known to the day."""

    number: int
    group: Group
    family_name: str | None
    given_names: str | None
    sex: str | None
    youngest: int | None
    oldest: int | None
    birth_date: str | None
    nationalities: tuple[str, ...]
    special_care: str | None
    emergency_contact: str | None
    cabin: str | None
    role: Role
    is_master: bool
    rank: str | None
    disembarks: str | None


def roll(persons: Iterable[Person], day: date) -> list[Line]:
    """Numbered from 1."""
    lines = sorted((_line(person, day) for person in persons), key=_order)
    return [_numbered(line, at) for at, line in enumerate(lines, 1)]


def years(birth: str | None, day: date) -> tuple[int, int] | None:
    """The fewest and the most full years of somebody born "1974-08-12", "1974-08" or "1974"; None where that cannot be told."""
    parts = [int(part) for part in (birth or "").split("-") if part.isdecimal()]
    if not parts:
        return None
    earliest, latest = ((*parts, *fill[len(parts) - 1 :]) for fill in ((1, 1), (12, 31)))
    today = (day.year, day.month, day.day)
    fewest, most = (day.year - born[0] - (today[1:] < born[1:]) for born in (latest, earliest))
    return (max(fewest, 0), most) if most >= 0 else None


def _line(person: Person, day: date) -> Line:
    age = years(person.birth_date, day)
    fewest, most = age or (None, None)
    return Line(
        number=0,
        group=_group(person, fewest),
        family_name=person.family_name or person.family_name_latin,
        given_names=person.given_names or person.given_names_latin,
        sex=person.sex.value if person.sex else None,
        youngest=fewest,
        oldest=most,
        birth_date=person.birth_date,
        nationalities=tuple(one.code for one in person.nationalities),
        special_care=person.special_care,
        emergency_contact=person.emergency_contact,
        cabin=person.cabin,
        role=person.role,
        is_master=person.master,
        rank=person.rank or person.rank_code,
        disembarks=(person.disembarkation.name or person.disembarkation.code) if person.disembarkation else None,
    )


def _group(person: Person, age: int | None) -> Group:
    """By the fewest years that he may have: who may be a child is looked for as one."""
    if person.special_care:
        return Group.SPECIAL_CARE
    if person.role is Role.CREW:
        return Group.CREW
    if age is None:
        return Group.AGE_UNKNOWN
    if age < INFANT_BELOW:
        return Group.INFANTS
    return Group.CHILDREN if age < CHILD_BELOW else Group.PASSENGERS


def _order(line: Line) -> tuple[object, ...]:
    """Children by age; everybody else by cabin, families together."""
    age = line.youngest if line.group in (Group.INFANTS, Group.CHILDREN) else 0
    names = ((line.family_name or "").casefold(), (line.given_names or "").casefold())
    return line.group, age or 0, not line.is_master, line.cabin is None, _natural(line.cabin or ""), *names


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """So that cabin 9 comes before cabin 10."""
    parts = _NATURAL.split(text.casefold())
    return tuple((1, int(part[:18]), "") if part.isdecimal() else (0, 0, part) for part in parts if part)


def _numbered(line: Line, at: int) -> Line:
    return msgspec.structs.replace(line, number=at)
