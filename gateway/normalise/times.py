"""Times of calls: a date and a time of day, local to the port unless an offset stands behind.

In: the texts of a header, all together, so that one order of day and month holds for them. Out: ISO 8601,
"2026-06-01T14:00", "2026-06-01T14:00+03:00", or the date alone. Seconds stay only where they say something.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from gateway.findings import Rule, Severity
from gateway.normalise.dateforms import Meaning
from gateway.normalise.dates import ReadDates, read_dates

UNREADABLE_TIME = Rule(
    id="N-18",
    severity=Severity.ERROR,
    text="the time of day cannot be read",
    hint="write times as 2026-06-01T14:00, with the offset from UTC behind where you know it",
    cites="ISO 8601; IMO Compendium BR 01",
)
RULES = (UNREADABLE_TIME,)

_TIME = r"(\d{1,2})[:.h](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?"
_OFFSET = r"(?:\s*(Z|UTC|[+-]\d\d(?::?\d\d)?))?"
_BEHIND = re.compile(rf"(?:\s+|T|,\s*){_TIME}\s*(AM|PM|A\.M\.|P\.M\.)?{_OFFSET}$", re.I)
_FOUR_DIGITS = re.compile(rf"(?:\s+|T)(\d\d)(\d\d)\s*(?:h|hrs|LT)?{_OFFSET}$", re.I)
_EDIFACT = re.compile(r"(\d{6}|\d{8})(\d\d)(\d\d)(?:Z?([+-]\d\d:?\d\d))?")


def read_times(texts: Iterable[str], order: str | None, today: date) -> ReadDates:
    """Read all times of a list. `order`: as for `read_dates`."""
    parts = {text: _divided(text.strip(), order) for text in set(texts)}
    read = read_dates({day for day, _ in parts.values()}, Meaning.AROUND, order, today)
    times = ReadDates(order=read.order)
    for text, (day, clock) in parts.items():
        found = read.values[day]
        times.notes[text] = read.notes.get(day, ())
        if found and clock == "?":
            found, times.notes[text] = None, (*times.notes[text], UNREADABLE_TIME)
        times.values[text] = _joined(found, clock) if found and clock else found
    times.notes = {text: notes for text, notes in times.notes.items() if notes}
    for rule, days, meant in read.column:
        at, of = ([text for text, (day, _) in parts.items() if day in some] for some in (days, meant))
        times.column.append((rule, at, of))
    return times


def _divided(text: str, order: str | None) -> tuple[str, str]:
    """(date, time): the time as hh:mm[:ss][offset], "?" where it is none, "" where there is none."""
    is_compact = order == "edifact" or (text.isdigit() and len(text) in (12, 14))
    if is_compact and (found := _EDIFACT.fullmatch(text[:12] if text.isdigit() else text)):
        return found[1], _clock(found[2], found[3], None, None, found[4])
    if found := _BEHIND.search(text):
        day = text[: found.start()]
        return day, _clock(found[1], found[2], found[3], found[4], found[5])
    if (found := _FOUR_DIGITS.search(text)) and re.search(r"\d{4}", text[: found.start()]):
        return text[: found.start()], _clock(found[1], found[2], None, None, found[3])
    return text, ""


def _clock(hours: str, minutes: str, seconds: str | None, half: str | None, offset: str | None) -> str:
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return "?"
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    is_end_of_day = hour == 24 and int(minutes) == 0 == int(seconds or 0)
    if not (hour <= 23 or is_end_of_day) or int(minutes) > 59 or int(seconds or 0) > 59:
        return "?"
    behind = f":{seconds}" if seconds and seconds != "00" else ""
    return f"{hour:02}:{minutes}{behind}{_offset(offset)}"


def _offset(offset: str | None) -> str:
    if not offset:
        return ""
    if offset[0] not in "+-":
        return "Z"
    return f"{offset[:3]}:{offset[-2:]}" if len(offset) > 3 else f"{offset}:00"


def _joined(day: str, clock: str) -> str:
    if len(day) != 10:
        return day
    if clock.startswith("24:"):
        try:
            return f"{(date.fromisoformat(day) + timedelta(days=1)).isoformat()}T00:{clock[3:]}"
        except OverflowError:
            return day
    return f"{day}T{clock}"
