"""How good the persons of one list are, kept as counts when it is processed: what later measures cannot work out from sealed lists.

In: the persons of a list, what is wrong with each of them, which fields any law asks for. Out: `Quality`, without a word about any person. Persons
are counted by which fields they lack or have wrong, so that whatever a law asks, then or later, it can be told how many have all of it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from gateway.checks.numbers import is_filler
from gateway.manifest import Person, Role
from gateway.track.fields import ABSENT, OF_CREW, OF_PASSENGERS

MANY_WAYS: Final = "*"
"""Stands for the rarer ways of being faulty: these persons lack something, whatever is asked."""

_MOST_WAYS: Final = 64
WITHIN: Final = frozenset(("C-20", "C-22"))
ACROSS: Final = frozenset(("C-30", "C-31"))
"""The rules that find a person twice on a list, and on two lists of a sailing."""
PLACEHOLDERS: Final = frozenset(("N-19", "N-42"))
"""The rules that take a name or a document's number for a placeholder."""


class Quality(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`faulty`: names of fields, joined by a space -> how many persons lack or have wrong just these. `placeholders`: persons with a word or
    sign for a name or number, or born on 1 January. `machine_read`: with a machine-readable zone. `booked`: from a list of bookings.
    `twice`, `across`: who stands again on this list, or on another of the same sailing."""

    faulty: Mapping[str, int] = {}
    placeholders: int = 0
    machine_read: int = 0
    booked: int = 0
    twice: int = 0
    across: int = 0

    def in_full(self, persons: int, fields: Collection[str]) -> int:
        """Of so many persons those who have all of `fields`, each without an error."""
        asked = set(fields)
        lacking = sum(
            many for way, many in self.faulty.items() if way == MANY_WAYS or not asked.isdisjoint(way.split())
        )
        return max(persons - lacking, 0)


class Wrong(msgspec.Struct, frozen=True):
    """What was found at one person: the fields in error, and the codes of all findings."""

    fields: frozenset[str]
    codes: frozenset[str]


NOTHING_WRONG: Final = Wrong(frozenset(), frozenset())


def quality_of(persons: Sequence[Person], wrong: Sequence[Wrong], *, asked: Iterable[str], is_booking: bool) -> Quality:
    """`wrong`: beside each person what was found. `asked`: every field that any law asks for."""
    return Quality(
        faulty=_commonest(_ways(persons, wrong, asked)),
        placeholders=sum(map(_has_placeholder, persons, wrong)),
        machine_read=0 if is_booking else sum(bool(person.mrz) for person in persons),
        booked=len(persons) if is_booking else 0,
        twice=sum(not WITHIN.isdisjoint(one.codes) for one in wrong),
        across=sum(not ACROSS.isdisjoint(one.codes) for one in wrong),
    )


def _ways(persons: Sequence[Person], wrong: Sequence[Wrong], asked: Iterable[str]) -> Counter[str]:
    """How many persons lack, or have wrong, just these fields: a bit for each field, a number for each person."""
    bits = {field: 1 << at for at, field in enumerate(sorted(ABSENT))}
    ways = [sum(bits.get(field, 0) for field in one.fields) if one.fields else 0 for one in wrong]
    crew = {at for at, person in enumerate(persons) if person.role is Role.CREW}
    for field in bits.keys() & set(asked):
        for at in ABSENT[field](persons):
            if field not in (OF_PASSENGERS if at in crew else OF_CREW):
                ways[at] |= bits[field]
    counted = Counter(way for way in ways if way)
    return Counter({" ".join(field for field, bit in bits.items() if way & bit): many for way, many in counted.items()})


def _commonest(ways: Counter[str]) -> dict[str, int]:
    """A list with very many ways of being faulty is a broken one: the rarest are kept as one."""
    kept = dict(ways.most_common(_MOST_WAYS))
    rest = ways.total() - sum(kept.values())
    return kept | {MANY_WAYS: rest} if rest else kept


def _has_placeholder(person: Person, wrong: Wrong) -> bool:
    return (
        not PLACEHOLDERS.isdisjoint(wrong.codes)
        or person.name_reason == "unknown"
        or (person.birth_date or "").endswith("-01-01")
        or any(document.number is not None and is_filler(document.number) for document in person.documents)
    )
