"""notices: numbers of persons in a ship's notification, only where no lists are sent (EMSWe G-NOA-001, G-NOD-001).

In: `Done` with every message that is owed, and which lists each recipient has of the sailing. Out: `Done` without the notifications
whose window has both lists, of the passengers and of the crew; the sender sees that nothing was sent, and why.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from gateway.manifest import ListKind
from gateway.process.done import Done
from gateway.process.owe import Owed, Payload
from gateway.process.parts import Part, part_for
from gateway.route import NOTICES, ONE_FILING
from gateway.store.deliveries import sequence_key

LISTS_SENT: Final = "it has the lists of the passengers and of the crew, and EMSWe takes numbers only without them (G-NOA-001, G-NOD-001)"
_BOTH: Final = (ListKind.PASSENGERS.value, ListKind.CREW.value)
_LISTS: Final = next(iter(ONE_FILING.values()))


def series_beside(done: Done) -> list[str]:
    """The series of both kinds of list of every sailing for which a notification is owed."""
    bases = {
        _base(part_for(parts, payload.kind))
        for owed, parts in zip(done.owed, done.parts, strict=True)
        for payload in owed.payloads
        if payload.route.form in NOTICES
    }
    return [f"{base}/{kind}" for base in sorted(bases) for kind in _BOTH]


def without_numbers(done: Done, filed: Collection[str]) -> Done:
    """`filed`: the sequences of which a recipient has, or may have, a list."""
    owed = tuple(_without(one, parts, filed) for one, parts in zip(done.owed, done.parts, strict=True))
    return msgspec.structs.replace(done, owed=owed)


def _without(owed: Owed, parts: tuple[Part, ...], filed: Collection[str]) -> Owed:
    gone = [payload for payload in owed.payloads if _is_superfluous(payload, parts, filed)]
    if not gone:
        return owed
    said = [(payload.recipient.id, f"{payload.route.id}: {LISTS_SENT}") for payload in gone]
    stay = tuple(payload for payload in owed.payloads if payload not in gone)
    return Owed(stay, (*owed.not_sent, *said), owed.held)


def _is_superfluous(payload: Payload, parts: tuple[Part, ...], filed: Collection[str]) -> bool:
    if payload.route.form not in NOTICES:
        return False
    base = _base(part_for(parts, payload.kind))
    sequences = [sequence_key(payload.recipient.id, f"{_LISTS}/{kind}", f"{base}/{kind}") for kind in _BOTH]
    return all(one in filed for one in sequences)


def _base(part: Part) -> str:
    return part.series.rpartition("/")[0]
