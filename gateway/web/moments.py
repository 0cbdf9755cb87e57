"""Moments as people read them: in the zone of a port, with UTC beside.

In: a moment and the port it belongs to, or a length of time. Out: texts in the language of the request.
"""

from datetime import UTC, datetime, timedelta

from gateway.obligations.calls import zone_of
from gateway.web.words import clock, day, say


def at_port(at: datetime | None, code: str | None) -> str:
    """Mon 23 Nov 18:00 (16:00 UTC); in UTC alone where the port's zone is not certain."""
    if at is None:
        return say("not known")
    zone = zone_of(code) if code else None
    if zone is None:
        return in_utc(at)
    local = at.astimezone(zone)
    return f"{day(local)} {clock(local)} ({clock(at.astimezone(UTC))} UTC)"


def in_utc(at: datetime) -> str:
    """Mon 23 Nov 16:00 UTC."""
    at = at.astimezone(UTC)
    return f"{day(at)} {clock(at)} UTC"


def span(length: timedelta) -> str:
    """3 d 4 h, 2 h 05 min, 12 min; without a sign."""
    seconds = abs(int(length.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return say("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return say("%(hours)s h %(minutes)s min", hours=hours, minutes=f"{minutes:02}")
    return say("%(minutes)s min", minutes=minutes) if minutes else say("%(seconds)s s", seconds=seconds)
