"""What happens to the persons on board of a sailing, as somebody reports it: kinds, reasons, and which of them stand.

In: reported `Event`s. Out: those that stand: of each id the highest revision, unless that takes it back. An event says how many persons it is
about, never whom: instead of a note it has a reason out of a closed list, so that there is no place for a name.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

Persons = Annotated[int, msgspec.Meta(ge=0, le=99_999)]
Revision = Annotated[int, msgspec.Meta(ge=1, le=9_999)]


class EventKind(StrEnum):
    """BOARDED: so many more went on board. LATE_BOARDER: after the count or the list. NO_SHOW: booked or listed, and did not come.
    LEFT_ASHORE: had boarded, and was ashore at departure. STOWAWAY: EMSWe person type DEE. RECOUNT: so many are on board."""

    BOARDED = "boarded"
    LATE_BOARDER = "late-boarder"
    NO_SHOW = "no-show"
    STOWAWAY = "stowaway"
    BIRTH = "birth"
    DEATH = "death"
    LEFT_ASHORE = "left-ashore"
    DISEMBARKED = "disembarked"
    RECOUNT = "recount"


class EventReason(StrEnum):
    """Why, as far as anybody may know."""

    MISSED_CLOSING = "missed-closing"
    TICKET_NOT_USED = "ticket-not-used"
    CHANGED_SAILING = "changed-sailing"
    NO_DOCUMENT = "no-document"
    REFUSED_BOARDING = "refused-boarding"
    REFUSED_ENTRY = "refused-entry"
    MEDICAL = "medical"
    CREW_CHANGE = "crew-change"
    OVERBOARD = "overboard"
    FOUND_ON_BOARD = "found-on-board"
    COUNTING_ERROR = "counting-error"
    OTHER = "other"


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at`: when it happened; `reported_at`: the gateway's clock when it was told; `by`: who told it ("carrier specimen"). The same `id` with
    a higher `revision` replaces it; `withdrawn`: it did not happen."""

    id: str
    call: str
    kind: EventKind
    at: datetime
    persons: Persons
    by: str
    reported_at: datetime
    revision: Revision = 1
    reason: EventReason | None = None
    withdrawn: bool = False


ADDITIONS: Final = frozenset((EventKind.LATE_BOARDER, EventKind.STOWAWAY, EventKind.BIRTH))
"""One more person who must be counted and listed."""


def standing_events(events: Iterable[Event], now: datetime) -> list[Event]:
    """The events that count at `now`, in the order in which they happened."""
    newest: dict[str, Event] = {}
    for one in events:
        known = newest.get(one.id)
        if one.reported_at <= now and (known is None or one.revision > known.revision):
            newest[one.id] = one
    return sorted((one for one in newest.values() if not one.withdrawn), key=lambda one: (one.at, one.id))
