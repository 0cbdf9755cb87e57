"""Expected calls from a calendar: iCalendar (RFC 5545), one VEVENT a sailing.

In: bytes, the day it is. Out: rows for `obligations.sailing`, and every problem with the number of its event. No bytes make it raise.

    DTSTART, DTEND or DURATION     estimated departure and arrival; a time without a zone is local to its port
    UID                            the id; of a sailing that repeats with its departure, as in flight-1@line.example/20261121T0900
    SUMMARY or LOCATION            "SPECIMEN STAR FIHEL-EETLL AL33": the ship, the two UN/LOCODEs, the voyage number
    X-SAILING-<COLUMN>             any column of a schedule, as in X-SAILING-IMO, X-SAILING-DISTANCE-NM; goes before the others.
                                   On the calendar itself it is for all its events: X-SAILING-CARRIER, X-SAILING-SERVICE
    STATUS:CANCELLED, METHOD:CANCEL   the sailing is cancelled
    RRULE, RDATE, EXDATE           sailings that repeat, from a month ago to a year ahead
    RECURRENCE-ID, SEQUENCE        one of them is changed; the highest SEQUENCE of an event counts

Zones are IANA's, or those of Outlook; what a VTIMEZONE says of them is not needed and not read. In the night when clocks are put
back, an hour that comes twice is the first; when they are put forward, a time that is not is what the offset before says (3.3.5).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import icalendar

from gateway.expect.recurrence import days_of, rule_of
from gateway.findings import Finding, Place, Rule, Severity
from gateway.obligations import ExpectedCall
from gateway.obligations.sailing import UNREADABLE, Row
from gateway.obligations.schedule import ALIASES, COLUMNS, MOST_CALLS, calls_of

NOT_A_CALENDAR: Final = Rule(
    id="S-12",
    severity=Severity.ERROR,
    text="this calendar cannot be read: {why}",
    hint="export it again as iCalendar (RFC 5545), in UTF-8",
    cites="RFC 5545 3.4",
)
NO_SUCH_ZONE: Final = Rule(
    id="S-13",
    severity=Severity.ERROR,
    text="the time zone that {what} names is not known, so the event is left out",
    hint="write the time in UTC (with Z), or with a zone of IANA's, as in TZID=Europe/Helsinki",
    cites="RFC 5545 3.2.19",
)
NOT_REPEATED: Final = Rule(
    id="S-14",
    severity=Severity.WARNING,
    text="the way in which this sailing repeats is not read, so only its first departure is taken",
    hint="repeat it daily or weekly, with INTERVAL, BYDAY (without numbers), BYMONTH, UNTIL or COUNT; or write each sailing as an event",
    cites="RFC 5545 3.3.10",
)
RULES = (NOT_A_CALENDAR, NO_SUCH_ZONE, NOT_REPEATED)

_BEFORE, _AHEAD = timedelta(days=31), timedelta(days=366)
_LONGEST: Final = timedelta(days=60)
_OWN: Final = "X-SAILING-"
_PORT: Final = r"[A-Z]{2} ?[A-Z2-9]{3}"
_LEG: Final = re.compile(
    rf"(?:(?P<vessel>.{{1,70}}?)[\s,:]+)?(?P<departure_port>\b{_PORT})\s?(?:-|–|—|>|->|→|/)\s?(?P<arrival_port>{_PORT}\b)"
    r"(?:[\s,:]+(?P<voyage>\S.{0,34}))?"
)
_ONCE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"), icalendar.vDDDTypes),
    "RRULE": icalendar.vRecur,
    "SEQUENCE": int,
}
_OFTEN: Final = ("EXDATE", "RDATE")
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_ZONES: Final = re.compile(rb"(?ims)^BEGIN[^:\n]{0,40}:\s*VTIMEZONE\s*$.*?^END[^:\n]{0,40}:\s*VTIMEZONE\s*$\n?")
Start = date | datetime


def parse_calendar(data: bytes, today: date, *, source: str = "schedule") -> tuple[list[ExpectedCall], list[Finding]]:
    """The calls in `data`, and all that is wrong with it. `source` is who said the times."""
    findings: list[Finding] = []
    return calls_of(_rows(data, today, findings), source, findings), findings


def _rows(data: bytes, today: date, findings: list[Finding]) -> Iterator[tuple[Place, Row]]:
    plain = _ZONES.sub(b"", _FOLD.sub(b"", data.removeprefix(b"\xef\xbb\xbf")))
    try:
        calendars = icalendar.Calendar.from_ical(plain, multiple=True)
    except (
        ValueError,
        IndexError,
        KeyError,
        RecursionError,
    ):  # the library says of an event what lacks, of a calendar it raises
        findings.append(
            NOT_A_CALENDAR.at(why="a line of it is not of the form NAME:value, or BEGIN and END do not pair")
        )
        return
    number, events = 0, []
    for calendar in calendars:
        given = _stated(calendar)
        given |= {"status": "cancelled"} if _text(calendar, "METHOD").upper() == "CANCEL" else {}
        for event in (part for part in calendar.subcomponents if part.name == "VEVENT"):
            number += 1
            events.append((Place(path=f"/VEVENT[{number}]"), event, given))
    if not events:
        findings.append(NOT_A_CALENDAR.at(why="there is no VEVENT in it"))
    kept = _newest(events)
    changed = {_key(event)[0]: set[str]() for _, event, _ in kept}
    for _, event, _ in kept:
        changed[_key(event)[0]].add(_key(event)[1])
    left = MOST_CALLS + 1  # one more than is taken, which is then said
    for place, event, stated in kept:
        for row in _sailings(event, stated, place, today, changed[_key(event)[0]], findings):
            yield place, row
            left -= 1
            if not left:
                return


def _newest(events: Sequence[tuple[Place, Any, Row]]) -> list[tuple[Place, Any, Row]]:
    """Of several events with one UID and one RECURRENCE-ID the one of the highest SEQUENCE; of two alike the last."""
    best: dict[tuple[str, str], tuple[Place, Any, Row]] = {}
    for one in events:
        key = _key(one[1]) if "UID" in one[1] else (str(one[0]), "")
        if key not in best or _sequence(one[1]) >= _sequence(best[key][1]):
            best[key] = one
    return list(best.values())


def _key(event: Any) -> tuple[str, str]:
    start = _time(event, "RECURRENCE-ID")
    return _text(event, "UID"), _stamp(start) if start else ""


def _sailings(
    event: Any, given: Row, place: Place, today: date, changed: set[str], findings: list[Finding]
) -> Iterator[Row]:
    row = {**given, **_leg(event), **_stated(event)}
    start, end = _time(event, "DTSTART"), _time(event, "DTEND")
    for name in _unread(event):
        findings.append(UNREADABLE.at(place, what=name, expected="what RFC 5545 says of it, once"))
    for name, value in (("DTSTART", start), ("DTEND", end)):
        if isinstance(value, datetime) and value.tzinfo is None and "TZID" in event[name].params:
            findings.append(NO_SUCH_ZONE.at(place, what=name))
            return
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        row["status"] = "cancelled"
    uid = _text(event, "UID")
    if start is None:
        yield ({"id": uid} if uid else {}) | row
        return
    length = _length(event, start, end)
    instance = _time(event, "RECURRENCE-ID")
    repeats = "RRULE" in event or "RDATE" in event
    for one in _starts(event, start, place, today, findings) if repeats and instance is None else [start]:
        stamp = _stamp(instance or one)
        if repeats and instance is None and stamp in changed:
            continue
        id = f"{uid}/{stamp}" if repeats or instance is not None else uid
        times = {"etd": _written(one)} | ({"eta": _written(_later(one, length))} if length is not None else {})
        yield ({"id": id} if uid else {}) | times | row


def _starts(event: Any, start: Start, place: Place, today: date, findings: list[Finding]) -> list[Start]:
    """Every departure, without those that are excepted, in the days that matter."""
    found = {_stamp(start): start} if _day(start) >= today - _BEFORE else {}
    parts = event.get("RRULE")
    rule = rule_of(parts, _day(start)) if isinstance(parts, dict) else None
    if "RRULE" in event and rule is None:
        findings.append(NOT_REPEATED.at(place))
    if rule is not None:
        found = {}
        for day in days_of(rule, _day(start), today - _BEFORE, today + _AHEAD):
            one = start + (day - _day(start))  # by the clock on the wall
            found[_stamp(one)] = one
    found |= {_stamp(one): one for one in _listed(event, "RDATE")}
    excepted = _listed(event, "EXDATE")
    days = {_stamp(one) for one in excepted if not isinstance(one, datetime)}
    away = {_stamp(one) for one in excepted}
    return [one for stamp, one in sorted(found.items()) if stamp not in away and f"{_day(one):%Y%m%d}" not in days]


def _length(event: Any, start: Start, end: Start | None) -> timedelta | None:
    """How long the sailing is; in hours as they pass, also over a night when clocks change (3.8.5.3)."""
    stated = event["DURATION"].dt if _is_whole(event, "DURATION") else None
    if end is not None:
        first, last = _instant(start), _instant(end)
        stated = last - first if (first.tzinfo is None) == (last.tzinfo is None) else None
    return stated if isinstance(stated, timedelta) and timedelta() < stated <= _LONGEST else None


def _later(start: Start, length: timedelta) -> Start:
    return _instant(start) + length


def _instant(one: Start) -> datetime:
    """In UTC, where the zone is known: lengths are of hours, not of what clocks show."""
    if not isinstance(one, datetime):
        return datetime.combine(one, time.min)
    return one.astimezone(UTC) if one.tzinfo else one


def _written(one: Start) -> str:
    return _instant(one).isoformat() if isinstance(one, datetime) else one.isoformat()


def _day(one: Start) -> date:
    return one.date() if isinstance(one, datetime) else one


def _stamp(one: Start) -> str:
    """One departure by its instant, however its zone is written."""
    return f"{_instant(one):%Y%m%dT%H%M}" if isinstance(one, datetime) else f"{one:%Y%m%d}"


def _time(event: Any, name: str) -> Start | None:
    value = event[name].dt if _is_whole(event, name) else None
    return value if isinstance(value, date) and 1990 <= value.year <= 2200 else None


def _listed(event: Any, name: str) -> list[Start]:
    stated = event.get(name, [])
    lists = stated if isinstance(stated, list) else [stated]
    values = [one.dt for each in lists if isinstance(each, icalendar.vDDDLists) for one in each.dts]
    return [one for one in values if isinstance(one, date) and 1990 <= one.year <= 2200]


def _unread(event: Any) -> list[str]:
    """What the event says in a way that is none of the standard's, or twice."""
    once = [name for name, kind in _ONCE.items() if name in event and not isinstance(event[name], kind)]
    lists = {name: event[name] if isinstance(event[name], list) else [event[name]] for name in _OFTEN if name in event}
    return once + [name for name, its in lists.items() if not all(isinstance(one, icalendar.vDDDLists) for one in its)]


def _is_whole(event: Any, name: str) -> bool:
    """Whether the property is there once, and could be read."""
    return isinstance(event.get(name), icalendar.vDDDTypes)


def _sequence(event: Any) -> int:
    stated = event.get("SEQUENCE", 0)
    return int(stated) if isinstance(stated, int) else 0


def _text(component: Any, name: str) -> str:
    stated = component.get(name, "")
    return str(stated[0] if isinstance(stated, list) else stated).strip()


def _leg(event: Any) -> dict[str, str]:
    found = _LEG.search(_text(event, "SUMMARY")[:400]) or _LEG.search(_text(event, "LOCATION")[:400])
    return {name: text.strip() for name, text in found.groupdict().items() if text} if found else {}


def _stated(component: Any) -> dict[str, str]:
    """What the component says in columns of a schedule."""
    names = {
        name: name.upper().removeprefix(_OWN).lower().replace("-", "_")
        for name in component
        if name.upper().startswith(_OWN)
    }
    columns = {name: ALIASES.get(column, column) for name, column in names.items()}
    return {column: text for name, column in columns.items() if column in COLUMNS and (text := _text(component, name))}
