"""Times as the schema writes them, on one clock: a text with or without an offset -> the span in which it lies.

In: ISO 8601 text and the port's UN/LOCODE. Out: a `Span` in UTC. A time with an offset, or local to a port whose zone is
known, is one moment; one without lies somewhere in the 26 hours that the world's zones cover, and a bare date in its
day, so that a rule can say "certainly later" without guessing (EMSWe R-GENERAL-001 asks for the offset).
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.codes import ports

EAST, WEST = timedelta(hours=14), timedelta(hours=12)  # the widest offsets in use: +14:00 and -12:00
REST_OF_DAY = timedelta(hours=23, minutes=59, seconds=59)


class Span(NamedTuple):
    """The earliest and the latest moment that a time can mean; both the same where it is known to the second."""

    first: datetime
    last: datetime


@lru_cache(maxsize=1024)
def span(text: str | None, port: str | None) -> Span | None:
    """What `text` means in `port`; None where it is absent or neither time nor date."""
    stated = parse(text) if text else None
    if text is None or stated is None:
        return None
    until = stated + REST_OF_DAY if is_date(text) else stated
    zone = zone_of(port)
    try:
        if stated.tzinfo is not None:
            return Span(stated.astimezone(UTC), until.astimezone(UTC))
        if zone is not None:
            return Span(stated.replace(tzinfo=zone).astimezone(UTC), until.replace(tzinfo=zone).astimezone(UTC))
        return Span(stated.replace(tzinfo=UTC) - EAST, until.replace(tzinfo=UTC) + WEST)
    except OverflowError:  # the first and the last day of the calendar have no neighbours
        return None


def zone_of(port: str | None) -> ZoneInfo | None:
    """The time zone of a port, where it is known for sure."""
    name = ports.port_zone(port) if port else None
    return ZoneInfo(name) if name else None


def parse(text: str) -> datetime | None:
    """The date, or the time in the extended format of ISO 8601, that `text` writes; or None."""
    if len(text) != 10 and (len(text) < 16 or text[10] != "T"):
        return None
    if not text[4] == text[7] == "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=65536)  # the days of 180 years
def is_date(text: str) -> bool:
    """Whether `text` is a whole date of the calendar, YYYY-MM-DD."""
    if len(text) != 10 or not text[4] == text[7] == "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_REST = {4: "-01-01", 7: "-01"}


def is_partial_date(text: str) -> bool:
    """Whether `text` is a date with its year, its year and month, or all of it."""
    return is_date(text + _REST.get(len(text), ""))
