"""ended: a purpose that a single window has a list for, and that no entry of its route register covers any more.

In: `Done` with every message that is owed, and for what each recipient has the list so far. Out: `Done` without the messages that
would withdraw such a purpose by leaving it out (EMSWe G-PXA-003), and an alarm: nobody asked for a withdrawal, an entry ended.
The operator can put one in force; the sender, who can do nothing, sees that nothing was sent, and why.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from gateway.alerts import Concerns
from gateway.catalogue import Catalogue
from gateway.keyring import Recipient
from gateway.manifest import Function, ListKind, Purpose
from gateway.process.done import Done
from gateway.process.drifted import Alarm
from gateway.process.owe import Owed
from gateway.process.parts import Part, part_for, sequence_of
from gateway.route import ONE_FILING
from gateway.store.submissions import ClaimedSubmission

ENDED: Final = "it has this list for {purposes} as well, no entry in force covers that any more, and a list without it would withdraw it"
KIND: Final = "purpose-without-entry"


def without_ended(
    claimed: ClaimedSubmission, done: Done, filed: Mapping[str, frozenset[Purpose]], catalogue: Catalogue
) -> tuple[Done, list[Alarm]]:
    """`filed`: sequence -> for what its recipient has the list."""
    today = claimed.received_at.date()
    alarms: list[Alarm] = []
    owed = list(done.owed)
    for at, one in enumerate(done.understood.lists):
        if owed[at].held or one.manifest.purposes == (Purpose.BOOKING,):
            continue
        is_withdrawal = one.manifest.function is Function.CANCEL
        ended = dict(_ended(done.parts[at], filed, catalogue, today))
        if not is_withdrawal:
            owed[at] = _without(owed[at], done.parts[at], ended)
        sent = {(payload.recipient.id, payload.kind) for payload in owed[at].payloads}
        alarms += [
            _alarm(claimed, who, part, purposes)
            for (who, kind, part), purposes in ended.items()
            if (who, kind) not in sent
        ]
    return msgspec.structs.replace(done, owed=tuple(owed)), alarms


Key = tuple[str, ListKind, Part]


def _ended(
    parts: tuple[Part, ...], filed: Mapping[str, frozenset[Purpose]], catalogue: Catalogue, today: date
) -> Iterator[tuple[Key, frozenset[Purpose]]]:
    """What each recipient has of each part, for purposes that nothing covers any more."""
    for recipient in catalogue.recipients.values():
        for form in {route.form for route in recipient.routes} & ONE_FILING.keys():
            for part in parts:
                has = filed.get(sequence_of(recipient, form, part, part.kind), frozenset())
                lost = has - _covered(recipient, part.kind, today)
                if lost and not part.placed.held:
                    yield (recipient.id, part.kind, part), lost


def _covered(recipient: Recipient, kind: ListKind, today: date) -> set[Purpose]:
    """For what an entry in force asks, whatever voyages it is for: where a voyage is not its own, nothing has ended."""
    return {
        purpose
        for route in recipient.routes
        if route.form in ONE_FILING and route.in_force(today) and kind in route.lists
        for purpose in route.purposes
    }


def _without(owed: Owed, parts: tuple[Part, ...], ended: Mapping[Key, frozenset[Purpose]]) -> Owed:
    stay, gone = [], list(owed.not_sent)
    for payload in owed.payloads:
        lost = ended.get((payload.recipient.id, payload.kind, part_for(parts, payload.kind)))
        if lost and payload.route.form in ONE_FILING:
            reason = ENDED.format(purposes=" and ".join(sorted(lost)))
            gone.append((payload.recipient.id, f"{payload.route.id}: {reason}"))
        else:
            stay.append(payload)
    return Owed(tuple(stay), tuple(gone), owed.held)


def _alarm(claimed: ClaimedSubmission, who: str, part: Part, purposes: frozenset[Purpose]) -> Alarm:
    what = " and ".join(sorted(purposes))
    text = (
        f"{who} has a list of the {part.kind.value} of {part.series.rpartition('/')[0]} for {what}, and no entry of its route register"
        f" covers that any more: submission {claimed.id} was not sent to it, for leaving {what} out would withdraw it there;"
        f" put an entry in force in keys/{who}, then the next version goes"
    )
    return Alarm(KIND, f"{who}/{part.series}", text, Concerns(recipient=who, carrier=claimed.carrier))
