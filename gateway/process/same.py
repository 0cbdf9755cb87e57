"""Whether a corrected copy says what its original said: read again, nothing that was read may be lost or be another.

In: what was understood of both, and whose names were put in each other's place. Out: the parts of persons that are read
otherwise, by which repairs can be left out. What could not be read before may be read now.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import msgspec

from gateway.answers.copies import Repair
from gateway.answers.repairs import EXCHANGED, part_of
from gateway.findings import Finding, Severity
from gateway.manifest import Person
from gateway.normalise.text import tidy
from gateway.process import telling
from gateway.process.understand import Understood

ALL: Final = "all"
"""Stands for a difference that belongs to no part of a person."""


def otherwise(before: Understood, after: Understood, repairs: tuple[Repair, ...]) -> frozenset[str]:
    """The parts (`repairs.part_of`) in which the copy is read otherwise, or brings an error that was not there."""
    if len(before.lists) != len(after.lists):
        return frozenset((ALL,))
    exchanged = _exchanged(before, repairs)
    found: set[str] = set()
    for number, (one, two) in enumerate(zip(before.lists, after.lists, strict=True)):
        ones, twos = one.manifest.persons, two.manifest.persons
        if len(ones) != len(twos):
            return frozenset((ALL,))
        for index, (person, now) in enumerate(zip(ones, twos, strict=True)):
            expected = _turned(person) if (number, index) in exchanged else person
            if expected != now:
                found.update(_differing(msgspec.to_builtins(expected), msgspec.to_builtins(now)))
    return frozenset(chain(found, _more_wrong(before, after)))


def _exchanged(before: Understood, repairs: tuple[Repair, ...]) -> frozenset[tuple[int, int]]:
    """(list, person), both from 0, of those whose names changed places in the copy."""
    found = set()
    for place in (repair.place for repair in repairs if repair.what in EXCHANGED):
        own = [at for at, one in enumerate(before.lists) if one.member == place.member]
        which = telling.list_of(place, [before.lists[at].lineage.places for at in own])
        if which is not None and place.person is not None:
            found.add((own[which], place.person - 1))
    return frozenset(found)


def _turned(person: Person) -> Person:
    return msgspec.structs.replace(
        person, family_name=person.given_names, given_names=person.family_name,
        family_name_latin=person.given_names_latin, given_names_latin=person.family_name_latin,
    )  # fmt: skip


def _differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    return (part_of(name) for name, value in before.items() if not holds(value, after.get(name)))


def _more_wrong(before: Understood, after: Understood) -> Iterator[str]:
    """Of errors only their places and kinds count: what a wrong value looks like may change."""
    if after.count(Severity.ERROR) <= before.count(Severity.ERROR):
        return iter(())
    told = {_kind(one) for one in before.findings if one.severity is Severity.ERROR}
    new = [one for one in after.findings if one.severity is Severity.ERROR and _kind(one) not in told]
    return (part_of(one.place.field) if one.place.field else ALL for one in new)


def _kind(finding: Finding) -> tuple[Any, ...]:
    place = finding.place
    return finding.code, place.member, place.message, place.sheet, place.person, place.field


def holds(before: Any, after: Any) -> bool:
    """Whether all that was read is still there; what was unread may be there now."""
    if before is None or before == after:
        return True
    if isinstance(before, str) and isinstance(after, str):
        return tidy(before)[0] == after
    if isinstance(before, dict) and isinstance(after, dict):
        return all(holds(value, after.get(name)) for name, value in before.items())
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return len(before) <= len(after) and all(map(holds, before, after))
    return False
