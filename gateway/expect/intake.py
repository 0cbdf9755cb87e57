"""Bytes of any source to what is said: a schedule, a calendar, a message of a single window, sightings of AIS.

In: bytes and what they are said to be. Out: `Said`s, and what is wrong with the rest. What a file is shows in its beginning.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from gateway.expect import calendar, notices, sightings
from gateway.expect.notices import Ship, Visit
from gateway.expect.said import Said, scheduled
from gateway.findings import Finding, Rule, Severity
from gateway.formats import emswe_notice
from gateway.formats.emswe_notice import Notice
from gateway.obligations import parse_schedule

Kind = Literal["csv", "json", "calendar", "emswe", "sightings"]

NOT_A_NOTICE: Final = Rule(
    id="S-20",
    severity=Severity.ERROR,
    text="this is no message about a ship's call that is read here",
    hint=f"send one of {', '.join(emswe_notice.FORMALITIES)} (EMSWe MIG) or the answer to a VID, one a request; a schedule as CSV, JSON or iCalendar",
    cites="EMSWe MIG 2.0",
)
SEVERAL_FIT: Final = Rule(
    id="S-21",
    severity=Severity.WARNING,
    text="{count} expected sailings fit, and none more than the others: {some}; {what}",
    hint="say which one it is (./gw calls place), or send it again with a Visit ID or a more exact time",
)
NOT_EXPECTED: Final = Rule(
    id="S-22",
    severity=Severity.INFO,
    text="what {voice} says is about no call that is known, and none was made of it",
    hint="if it is a passenger ship, add its IMO number to [vessels] of its carrier's file, or import its schedule, and send this again",
)
TWO_OF_ONE: Final = Rule(
    id="S-23",
    severity=Severity.WARNING,
    text="{call} and {others} seem to be one sailing, and stay two calls: lists or events hang on each of them",
    hint="have the line send its lists again for the one that stays, and cancel the other in the schedule",
)
RULES = (NOT_A_NOTICE, SEVERAL_FIT, NOT_EXPECTED, TWO_OF_ONE, *calendar.RULES, *notices.RULES, *sightings.RULES)

_KEY: Final = re.compile(rb'\s*\{\s*"([^"]{1,40})"')
_ENVELOPES: Final = frozenset((b"Envelope", b"env:Envelope", b"formalityData", b"frmResponse"))
MEDIA: Final[Mapping[Kind, str]] = {
    "csv": "text/csv",
    "json": "application/json",
    "calendar": "text/calendar",
    "emswe": "application/xml",
    "sightings": "application/json",
}
"""What each is sent as; EMSWe also as application/json."""


def kind_of(data: bytes) -> Kind:
    """What the file seems to be; a table, where nothing else shows."""
    head = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return "calendar"
    if head[:1] == b"<":
        return "emswe"
    if head[:1] not in (b"{", b"["):
        return "csv"
    key = found[1] if (found := _KEY.match(head)) else b""
    return "emswe" if key in _ENVELOPES else "sightings" if key == b"sightings" else "json"


def planned(data: bytes, kind: Kind, *, by: str, at: datetime) -> tuple[list[Said], list[Finding]]:
    """What a schedule says."""
    source = f"schedule of {by}"
    if kind == "calendar":
        calls, findings = calendar.parse_calendar(data, at.date(), source=source)
    else:
        calls, findings = parse_schedule(data, "csv" if kind == "csv" else "json", source=source)
    return [scheduled(one, by, at) for one in calls], findings


def notified(
    notice: Notice, visit: Visit | None, ships: Mapping[str, Ship], *, by: str, at: datetime, country: str | None
) -> tuple[list[Said], list[Finding]]:
    """What a message of a single window says."""
    found = notices.sayings_of(notice, visit, ships, by=by, at=at, country=country)
    return list(found.said), list(found.findings)
