"""When something is due, and when something was: in the zone of a port with UTC beside, in the language of the request.

In: moments, ports, the time. Out: `Deadline`s for the template deadline.html, whose countdown static/send.js keeps ticking.
"""

from datetime import UTC, datetime

import msgspec

from gateway.codes.ports import port
from gateway.obligations.calls import zone_of
from gateway.web import words
from gateway.web.lines import left
from gateway.web.words import say


class Deadline(msgspec.Struct, frozen=True):
    """`left` is how long, in words; send.js says the same as it ticks."""

    at: datetime
    local: str
    utc: str
    left: str
    is_over: bool


def deadline(at: datetime, code: str, now: datetime) -> Deadline:
    """In the zone of the port, with UTC beside."""
    zone = zone_of(code)
    if zone is None:
        return Deadline(at, "", moment(at), left(abs(at - now)), at <= now)
    there = at.astimezone(zone)
    local = say("%(time)s in %(port)s, %(day)s", time=words.clock(there), port=port_name(code), day=words.day(there))
    is_same_day = there.date() == at.astimezone(UTC).date()
    utc = f"{words.clock(at.astimezone(UTC))} UTC" if is_same_day else moment(at)
    return Deadline(at, local, utc, left(abs(at - now)), at <= now)


def moment(at: datetime) -> str:
    """Sun 22 Nov, 12:04 UTC"""
    there = at.astimezone(UTC)
    return f"{words.day(there)}, {words.clock(there)} UTC"


def port_name(code: str | None) -> str:
    return (port(code).name or code) if code else "?"
