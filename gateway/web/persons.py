"""Who is on board, as numbers: the ledger of a sailing in the language of whoever looks, and the form by which the line tells of events.

In: a `track.Ledger`; what somebody wrote into the form. Out: lines with where each number comes from; an event, or a sentence that says what to
mend. Numbers and words of closed lists: there is no place for a name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from gateway.obligations.calls import zone_of
from gateway.track import Agreement, EventKind, EventReason, Ledger
from gateway.track.events import Event
from gateway.track.ledger import Number, Origin
from gateway.web.lines import Time, time_of
from gateway.web.words import mark, say, say_count

EVENTS: Final = {
    EventKind.BOARDED: mark("boarded"),
    EventKind.LATE_BOARDER: mark("late boarder"),
    EventKind.NO_SHOW: mark("did not come"),
    EventKind.STOWAWAY: mark("stowaway"),
    EventKind.BIRTH: mark("birth"),
    EventKind.DEATH: mark("death"),
    EventKind.LEFT_ASHORE: mark("left ashore"),
    EventKind.DISEMBARKED: mark("disembarked"),
    EventKind.RECOUNT: mark("counted again"),
}
REASONS: Final = {
    EventReason.MISSED_CLOSING: mark("came after boarding had closed"),
    EventReason.TICKET_NOT_USED: mark("ticket not used"),
    EventReason.CHANGED_SAILING: mark("changed to another sailing"),
    EventReason.NO_DOCUMENT: mark("no document"),
    EventReason.REFUSED_BOARDING: mark("refused boarding"),
    EventReason.REFUSED_ENTRY: mark("refused entry"),
    EventReason.MEDICAL: mark("medical"),
    EventReason.CREW_CHANGE: mark("crew change"),
    EventReason.OVERBOARD: mark("overboard"),
    EventReason.FOUND_ON_BOARD: mark("found on board"),
    EventReason.COUNTING_ERROR: mark("counting error"),
    EventReason.OTHER: mark("another reason"),
}
_DIGITS: Final = 5
_AHEAD: Final = timedelta(minutes=5)  # a ship's clock may be fast


class NumberLine(msgspec.Struct, frozen=True):
    """A number of the ledger: None where nobody has said anything of it."""

    word: str
    persons: int | None
    sources: tuple[str, ...]


class EventLine(msgspec.Struct, frozen=True):
    """Something that happened on board."""

    time: Time
    word: str
    persons: int
    reason: str
    by: str


class BookLines(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger in words. `tone` is the chip's class."""

    numbers: tuple[NumberLine, ...]
    sailed_with: int | None
    on_board: int | None
    agreement: str
    tone: str
    advice: str
    events: tuple[EventLine, ...]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the form tells it."""

    kind: EventKind
    at: datetime
    persons: int
    reason: EventReason | None


def book_lines(book: Ledger, here: str) -> BookLines:
    """`here`: by this port's clock."""
    numbers = [
        (say("Booked"), book.booked),
        (say("Boarded"), book.boarded),
        (say("Counted"), book.counted),
        (say("Listed"), book.listed),
        (say("Disembarked"), book.disembarked),
    ]
    if book.comparable != book.counted:  # why 5 listed may agree with 8 counted
        numbers.insert(3, (say("Counted, of the kinds listed"), book.comparable))
    agreement, tone, advice = _agreement(book)
    return BookLines(
        numbers=tuple(NumberLine(word, one.persons if one else None, _sources(one, here)) for word, one in numbers),
        sailed_with=book.sailed_with,
        on_board=book.on_board,
        agreement=agreement,
        tone=tone,
        advice=advice,
        events=tuple(_event(one, here) for one in book.events),
    )


def _sources(number: Number | None, here: str) -> tuple[str, ...]:
    return tuple(_source(one, here) for one in number.origins) if number else ()


def _source(one: Origin, here: str) -> str:
    time = time_of(one.at, here)
    at = f"{time.clock} {time.day} ({time.utc})"
    if one.submission is not None:
        return say_count(
            "%(number)s, by what came at %(time)s", "%(number)s, by what came at %(time)s", one.persons, time=at
        )
    return say_count(
        "%(number)s, by what was told for %(time)s", "%(number)s, by what was told for %(time)s", one.persons, time=at
    )


def _agreement(book: Ledger) -> tuple[str, str, str]:
    """In a sentence, its colour, and what to do."""
    if book.agreement is Agreement.AGREES:
        return say("Count and list agree."), "on-time", ""
    if book.agreement is Agreement.DIFFERS and book.difference is not None:
        return _difference(book.difference), "missing", _advice(book.explained)
    if book.agreement is Agreement.COUNT_ONLY:
        return say("There is a count and no list."), "due", ""
    if book.agreement is Agreement.LIST_ONLY:
        return say("There is a list and no count."), "due", ""
    return say("Nobody has said yet how many are on board."), "", say("A count or a list of the line says it.")


def _difference(persons: int) -> str:
    more = say_count("%(number)s person more", "%(number)s persons more", abs(persons))
    if persons > 0:
        return say("Counted are %(more)s than listed.", more=more)
    return say("Listed are %(more)s than counted.", more=more)


def _advice(explained: int) -> str:
    said = say("Ask the line for a new count or for the whole list.")
    if not explained:
        return said
    why = say_count("Events on board explain %(number)s of it.", "Events on board explain %(number)s of it.", explained)
    return f"{why} {said}"


def _event(one: Event, here: str) -> EventLine:
    return EventLine(
        time_of(one.at, here),
        say(EVENTS[one.kind]),
        one.persons,
        say(REASONS[one.reason]) if one.reason else "",
        one.by,
    )


def wish_of(fields: Mapping[str, str], here: str, now: datetime) -> Wish | str:
    """What the form says; or, for the person who filled it in, what to mend."""
    kind, reason, persons = fields.get("kind", ""), fields.get("reason", ""), fields.get("persons", "").strip()
    if kind not in list(EventKind) or (reason and reason not in list(EventReason)):
        return say("Choose what happened, and why, out of the lists.")
    if not (persons.isascii() and persons.isdigit()) or len(persons) > _DIGITS:
        return say("Say how many persons in digits, from 0 to 99999.")
    stated = _moment(fields.get("at", ""))
    if stated is None:
        return say("Say when it happened: a day and a time.")
    at = stated.replace(tzinfo=zone_of(here) or UTC).astimezone(UTC)
    if at > now + _AHEAD:
        return say("This time lies ahead: an event is told once it has happened.")
    return Wish(kind=EventKind(kind), at=at, persons=int(persons), reason=EventReason(reason) if reason else None)


def _moment(text: str) -> datetime | None:
    """A local date and time as a browser writes it (HTML, datetime-local)."""
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stated if stated.tzinfo is None and 2000 <= stated.year <= 2200 else None
