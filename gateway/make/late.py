"""Late changes: the list as it is sent once more, after some have missed the ship, some have come, and some were corrected.

In: a list, a seeded `Random`, the day. Out: the list that replaces it, and who was added, removed and changed.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

import msgspec
from msgspec.structs import replace

from gateway.carrier import Carrier
from gateway.make.voyage import listed, manifest, numbered
from gateway.manifest import Function, ListKind, Manifest, Person, Role


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The same person on both lists, by number, and what is another now."""

    before: int
    after: int
    fields: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """`removed`: numbers on the first list; `added`: on the second."""

    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: tuple[Changed, ...]


def later(first: Manifest, random: Random, carrier: Carrier | None, on: date) -> tuple[Manifest, Changes]:
    """About one person in ten goes, comes, or is corrected; at least one of each where there are four or more."""
    many = max(len(first.persons) // 10, min(len(first.persons) // 4, 1))
    chosen = random.sample([i for i, person in enumerate(first.persons) if not person.master], 2 * many)
    gone, corrected = set(chosen[:many]), set(chosen[many:])
    newcomers = _newcomers(many, first, random, carrier, on)
    kept = [
        (i, _corrected(person) if i in corrected else person) for i, person in enumerate(first.persons) if i not in gone
    ]
    people: list[tuple[int | None, Person]] = [*kept, *((None, person) for person in newcomers)]
    people.sort(key=lambda pair: pair[1].role is Role.CREW)  # crew last, and otherwise as they stood
    after = {before: number for number, (before, _) in enumerate(people, 1) if before is not None}
    changes = Changes(
        added=tuple(number for number, (before, _) in enumerate(people, 1) if before is None),
        removed=tuple(sorted(i + 1 for i in gone)),
        changed=tuple(
            Changed(before=i + 1, after=after[i], fields=_differing(first.persons[i])) for i in sorted(corrected)
        ),
    )
    new = manifest(numbered([person for _, person in people]), first.kind, carrier, on)
    return replace(new, function=Function.REPLACE), changes


def _newcomers(many: int, first: Manifest, random: Random, carrier: Carrier | None, on: date) -> Sequence[Person]:
    """New persons of the first list's kind, none of them the master, none with a document that is on it."""
    kind = ListKind.CREW if first.kind is ListKind.CREW else ListKind.PASSENGERS
    known = {document.number for person in first.persons for document in person.documents}
    people = [replace(person, booking_reference=None) for person in listed(many + 1, kind, random, carrier, on)[1:]]
    if any(document.number in known for person in people for document in person.documents):
        return _newcomers(many, first, random, carrier, on)
    return people


def _corrected(person: Person) -> Person:
    if person.role is Role.CREW:
        return replace(person, birth_place="Neuprobe")
    return replace(person, birth_place="Neuprobe", cabin="2001")


def _differing(before: Person) -> tuple[str, ...]:
    after = _corrected(before)
    return tuple(name for name in ("birth_place", "cabin") if getattr(before, name) != getattr(after, name))
