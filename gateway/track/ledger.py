"""The persons-on-board ledger of one sailing: booked, boarded, counted, listed, disembarked, each with where it comes from.

In: the sailing's filings (`track.Filing`), its events, the time. Out: a `Ledger` of numbers. Booked comes from booking lists, listed from
the newest live lists of passengers and crew, counted from the numbers that were declared and from recounts, boarded and disembarked
from events. An event adds to the ledger and edits nothing in it; one that corrects an earlier one has its id and a higher revision, and
then the earlier one counts for nothing. Nothing here depends on the order in which events were reported.

98/41/EC: everybody on board is counted before departure (art. 4) and, on legs over 20 nm, listed by 15 minutes after it (art. 5).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from gateway.manifest import Counts, ListKind, Purpose
from gateway.track.events import ADDITIONS, Event, EventKind, standing_events
from gateway.track.filing import Filing
from gateway.track.lists import by_call, newest_lists

ALARM_AFTER: Final = timedelta(minutes=15)
"""A difference that is left so long after departure is for a person to look at: it is the last minute for the list (98/41/EC art. 5)."""


class Agreement(StrEnum):
    """How the number counted and the number listed stand to each other."""

    AGREES = "agrees"
    DIFFERS = "differs"
    COUNT_ONLY = "count-only"
    LIST_ONLY = "list-only"
    NOTHING = "nothing"


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a number comes from: a submission or an event, never both. `at`: when it was received, or when it happened."""

    persons: int
    at: datetime
    submission: str | None = None
    event: str | None = None
    by: str | None = None


class Number(msgspec.Struct, frozen=True):
    """So many persons, and what the number is made of, oldest first; what is taken off it is below nought."""

    persons: int
    origins: tuple[Origin, ...]


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """One sailing. A number is None where nobody has said anything of it, which is not nought.

    `counted`: everybody, where that was ever said; `comparable`: of the kinds that are listed (a list of passengers is held against a count of
    passengers). `sailed_with`: the number counted (where nothing was, the number boarded), with the late boarders, stowaways, births and
    persons left ashore since. `on_board`: the same less who died and who went ashore since. `difference`: from `comparable` as
    `sailed_with` is from `counted`, less listed. `explained`: what of it the events since the newest list account for; it is shown, and
    mends nothing: the list is to be sent again.
    """

    call: str
    booked: Number | None
    boarded: Number | None
    counted: Number | None
    comparable: Number | None
    listed: Number | None
    disembarked: Number | None
    sailed_with: int | None
    on_board: int | None
    agreement: Agreement
    difference: int | None
    explained: int
    events: tuple[Event, ...]


def ledger(call: str, filings: Iterable[Filing], events: Iterable[Event], now: datetime) -> Ledger:
    """The ledger as it stands at `now`; what was received or reported later is not seen."""
    filed = [one for one in filings if one.call == call and one.received_at <= now]
    told = [one for one in standing_events(events, now) if one.call == call]
    bookings = newest_lists(one for one in filed if is_booking(one))
    lists = newest_lists(one for one in filed if not is_booking(one))
    comparable, listed = _counted(filed, told, frozenset(lists)), _listed(lists.values())
    counted = _counted(filed, told, _EVERYBODY) or comparable
    boarded = _boarded(told)
    sailed_with, compared = (_with(one, boarded, told, _SAILED) for one in (counted, comparable))
    difference = None if compared is None or listed is None else compared - listed.persons
    return Ledger(
        call=call,
        booked=_listed(bookings.values()),
        boarded=boarded,
        counted=counted,
        comparable=comparable,
        listed=listed,
        disembarked=_of_events([one for one in told if one.kind is EventKind.DISEMBARKED]),
        sailed_with=sailed_with,
        on_board=_with(counted, boarded, told, {**_SAILED, **_GONE}),
        agreement=_agreement(compared, listed, difference),
        difference=difference,
        explained=_explained(lists.values(), told),
        events=tuple(told),
    )


def ledgers(calls: Iterable[str], filings: Iterable[Filing], events: Iterable[Event], now: datetime) -> list[Ledger]:
    """Those of several sailings, in their order."""
    filed, told = by_call(filings), by_call(events)
    return [ledger(call, filed.get(call, ()), told.get(call, ()), now) for call in calls]


def declared(counts: Counts, kinds: frozenset[ListKind]) -> int | None:
    """Persons on board as declared, of the kinds that are listed; of everybody where both are, none is, or nothing tells them apart."""
    passengers, crew, everybody = counts.passengers, counts.crew, counts.on_board
    if everybody is None and passengers is not None and crew is not None:
        everybody = passengers + crew
    if kinds == {ListKind.PASSENGERS}:
        if passengers is None and everybody is not None and crew is not None:
            return everybody - crew
        return everybody if passengers is None else passengers
    if kinds == {ListKind.CREW}:
        return everybody if crew is None else crew
    return everybody


_EVERYBODY: Final[frozenset[ListKind]] = frozenset()
# What an event does to the number of those with whom the ship sailed, to those who are on board still, and to those who boarded.
_SAILED: Final[Mapping[EventKind, int]] = {**dict.fromkeys(ADDITIONS, 1), EventKind.LEFT_ASHORE: -1}
_GONE: Final[Mapping[EventKind, int]] = {EventKind.DEATH: -1, EventKind.DISEMBARKED: -1}
_BOARDED: Final[Mapping[EventKind, int]] = {
    EventKind.BOARDED: 1,
    EventKind.LATE_BOARDER: 1,
    EventKind.LEFT_ASHORE: -1,
}
# What an event that is newer than the list says of how wrong the list is.
_NOT_LISTED_YET: Final[Mapping[EventKind, int]] = {**_SAILED, EventKind.NO_SHOW: -1}


def is_booking(filing: Filing) -> bool:
    return filing.purposes == (Purpose.BOOKING,)


def _listed(lists: Iterable[Filing]) -> Number | None:
    """Passengers and crew together."""
    found = [Origin(persons=one.persons, at=one.received_at, submission=one.submission) for one in lists]
    return _number(found) if found else None


def _counted(filings: Iterable[Filing], events: Iterable[Event], kinds: frozenset[ListKind]) -> Number | None:
    """The newest number that was declared or counted again."""
    found = [_recounted(one) for one in events if one.kind is EventKind.RECOUNT]
    for one in filings:
        persons = None if one.withdrawn or is_booking(one) else declared(one.counts, kinds)
        if persons is not None:
            found.append(Origin(persons=persons, at=one.received_at, submission=one.submission))
    newest = max(found, key=lambda one: (one.at, one.submission or "", one.event or "", one.persons), default=None)
    return Number(newest.persons, (newest,)) if newest else None


def _boarded(events: Iterable[Event]) -> Number | None:
    """Late boarders alone say nothing of how many had boarded before them."""
    told = [one for one in events if one.kind in _BOARDED]
    return _of_events(told, _BOARDED) if any(one.kind is EventKind.BOARDED for one in told) else None


def _of_events(events: Iterable[Event], weight: Mapping[EventKind, int] | None = None) -> Number | None:
    found = [
        Origin(persons=one.persons * (weight[one.kind] if weight else 1), at=one.at, event=one.id, by=one.by)
        for one in events
    ]
    return _number(found) if found else None


def _recounted(one: Event) -> Origin:
    return Origin(persons=one.persons, at=one.at, event=one.id, by=one.by)


def _number(origins: Iterable[Origin]) -> Number:
    ordered = tuple(sorted(origins, key=lambda one: (one.at, one.submission or "", one.event or "", one.persons)))
    return Number(sum(one.persons for one in ordered), ordered)


def _with(
    counted: Number | None, boarded: Number | None, events: Iterable[Event], weight: Mapping[EventKind, int]
) -> int | None:
    """The number counted, with what happened after it was; else the number boarded, with all that is no boarding."""
    if counted is not None:
        since = counted.origins[-1].at
        return counted.persons + sum(_weight(one, weight) for one in events if one.at > since)
    if boarded is not None:
        return boarded.persons + sum(_weight(one, weight) for one in events if one.kind not in _BOARDED)
    return None


def _explained(lists: Iterable[Filing], events: Iterable[Event]) -> int:
    since = max((one.received_at for one in lists), default=None)
    return 0 if since is None else sum(_weight(one, _NOT_LISTED_YET) for one in events if one.at > since)


def _weight(one: Event, weight: Mapping[EventKind, int]) -> int:
    return weight.get(one.kind, 0) * one.persons


def _agreement(compared: int | None, listed: Number | None, difference: int | None) -> Agreement:
    if difference is not None:
        return Agreement.DIFFERS if difference else Agreement.AGREES
    if compared is not None:
        return Agreement.COUNT_ONLY
    return Agreement.NOTHING if listed is None else Agreement.LIST_ONLY
