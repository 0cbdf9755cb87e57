"""Late changes: the list as it is sent once more, after some have missed the ship, some have come, and some were corrected.

In: a list as it was meant and as it was sent, with faults; a seeded `Random`, the day. Out: the list that replaces it, which has no
faults, and who was added, removed and changed: to take a fault out is a change too.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

import msgspec
from msgspec.structs import replace

from gateway.carrier import Carrier
from gateway.make.voyage import listed, manifest, numbered
from gateway.manifest import Function, ListKind, Manifest, Person, Role


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The same person on both lists, by number, and which members of `Person` are sent otherwise now."""

    before: int
    after: int
    fields: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """`removed`: numbers on the first list; `added`: on the second."""

    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: tuple[Changed, ...]


def later(first: Manifest, sent: "Sent", random: Random, carrier: Carrier | None, on: date) -> tuple[Manifest, Changes]:
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
    new = manifest(numbered([person for _, person in people]), first.kind, carrier, on)
    twice = range(len(first.persons), len(sent.manifest.persons))  # a fault may list somebody once more
    changes = Changes(
        added=tuple(number for number, (before, _) in enumerate(people, 1) if before is None),
        removed=tuple(i + 1 for i in sorted(gone | set(twice))),
        changed=tuple(
            Changed(before=i + 1, after=number, fields=fields)
            for i, number in sorted(after.items())
            if (fields := sent.otherwise(i, new.persons[number - 1]))
        ),
    )
    return replace(new, function=Function.REPLACE), changes


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The first list as it was sent. `spoilt`: person's index, or None for everyone -> the fields written otherwise than they are
    in the manifest."""

    manifest: Manifest
    spoilt: Mapping[int | None, Sequence[str]] = {}

    def __repr__(self) -> str:
        return "<Sent>"

    def otherwise(self, index: int, now: Person) -> tuple[str, ...]:
        """The members of this person that were sent otherwise than they are now."""
        before, spoilt = self.manifest.persons[index], {*self.spoilt.get(index, ()), *self.spoilt.get(None, ())}
        written = {_MEMBERS.get(field, field.partition(".")[0]) for field in spoilt}
        return tuple(
            name
            for name in Person.__struct_fields__
            if name != "sequence" and (name in written or getattr(before, name) != getattr(now, name))
        )


_MEMBERS = {"nationality": "nationalities", "mrz1": "mrz"} | {
    f"document.{part}": "documents" for part in ("type", "number", "issuer", "expiry", "issued")
}


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
