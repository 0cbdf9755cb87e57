"""Lists to try a gateway with: invented people, written in any form, with faults put in and told.

In: an `Order`: how many persons, which form, which line's profile, which faults, a seed and the day of sailing. Out: `Made`:
the bytes, and every finding that must be made of them, with its place. The same order gives the same bytes. No clock, no disk.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from random import Random
from typing import Final

import msgspec

from gateway.carrier import Carrier
from gateway.formats.writing import WriteOrder
from gateway.make import faulty_files, faulty_lists, faulty_people, faulty_tables
from gateway.make.draft import STAGES, Draft, Expectation, Fault
from gateway.make.late import Changes, Sent, later
from gateway.make.targets import TARGETS, Target
from gateway.make.voyage import listed, manifest
from gateway.manifest import ListKind, Manifest

FAULTS: Final = {
    fault.name: fault
    for module in (faulty_people, faulty_lists, faulty_tables, faulty_files)
    for fault in module.FAULTS
}
"""Every fault that can be put in, by name."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`faults`: names of FAULTS. `kind` None: as the form has it, passengers where it takes any."""

    form: str
    persons: int
    seed: int
    on: date
    kind: ListKind | None = None
    carrier: Carrier | None = None
    faults: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest`: the list as it was meant, faults of persons and of the list in it. `left_out`: faults that found no place.
    `spoilt`: person's index, None for everyone -> fields that only the written list has wrong."""

    data: bytes
    manifest: Manifest
    expected: tuple[Expectation, ...]
    left_out: tuple[str, ...] = ()
    spoilt: dict[int | None, tuple[str, ...]] = {}

    def __repr__(self) -> str:
        return f"<Made {len(self.manifest.persons)} persons>"


def kind_of(order: Order, target: Target) -> ListKind:
    return order.kind or target.kinds[0]


def make(order: Order) -> Made:
    """The list that was ordered. The form takes that kind of list, the faults are known."""
    random = Random(order.seed)
    target = TARGETS[order.form].of(order.carrier)
    kind = kind_of(order, target)
    people = listed(order.persons, kind, random, order.carrier, order.on)
    return written(manifest(people, kind, order.carrier, order.on), order, random)


def make_later(order: Order) -> tuple[Made, Changes]:
    """The list that replaces the one that was ordered, without faults, and what is another in it."""
    whole = msgspec.structs.replace(order, faults=())
    random = Random(order.seed + 1)
    sent = make(order)
    first = Sent(manifest=sent.manifest, spoilt=sent.spoilt)
    second, changes = later(make(whole).manifest, first, random, order.carrier, order.on)
    return written(second, whole, random), changes


def chosen(order: Order, many: int) -> tuple[str, ...]:
    """So many faults that the form can show together, by the seed."""
    target = TARGETS[order.form].of(order.carrier)
    kind = kind_of(order, target)
    fitting = [name for name, fault in FAULTS.items() if fault.fits(target, kind) and (many == 1 or not fault.is_alone)]
    return tuple(Random(order.seed).sample(fitting, min(many, len(fitting))))


def written(given: Manifest, order: Order, random: Random) -> Made:
    """A list with the order's faults put into it, in the order's form."""
    target = TARGETS[order.form].of(order.carrier)
    draft = Draft(given, target, random, order.on)
    faults = [FAULTS[name] for name in order.faults]
    fitting = [fault for fault in faults if fault.fits(target, given.kind)]
    for stage in STAGES:
        if stage == "page":
            draft.pages = target.pages(draft.manifest)
        elif stage == "file":
            draft.data = target.write(draft.manifest, draft.pages, _envelope(order))
        _seed(draft, [fault for fault in fitting if fault.stage == stage])
    expected = [
        Expectation(fault=fault.name, codes=fault.codes, place=draft.place(index, field))
        for fault, index, field in draft.seeded
    ]
    seeded = {fault.name for fault, _, _ in draft.seeded}
    left_out = tuple(name for name in order.faults if name not in seeded)
    spoilt: dict[int | None, tuple[str, ...]] = {}
    for fault, index, field in draft.seeded:
        if fault.stage == "page" and field:
            spoilt[index] = (*spoilt.get(index, ()), field)
    return Made(data=draft.data, manifest=draft.manifest, expected=tuple(expected), left_out=left_out, spoilt=spoilt)


def together(names: Sequence[str]) -> str:
    """Why these faults cannot be put into one list; an empty text where they can."""
    alone = [name for name in names if FAULTS[name].is_alone]
    return f"{alone[0]} hides other faults, so it comes alone" if alone and len(names) > 1 else ""


def _seed(draft: Draft, faults: Sequence[Fault]) -> None:
    for fault in faults:
        draft.seeded += [(fault, index, field) for index, field in fault.apply(draft)]


def _envelope(order: Order) -> WriteOrder:
    """The same seed and day, the same references."""
    at = datetime.combine(order.on, time(9), UTC)
    return WriteOrder(
        message_id=f"XS-{order.seed}", at=at, sender="SAMPLE", recipient="GATEWAY", control=order.seed % 10**9
    )
