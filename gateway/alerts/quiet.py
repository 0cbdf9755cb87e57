"""Quiet hours: when somebody may be told. In: the hours, in a zone's clock time, and an instant. Out: that instant, or their end.

A night when the clocks change is as long as the clock says: hours to 06:00 end when the clock shows 06:00. An end that the clock skips
is where it goes on; one that it shows twice is the first of the two.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.keyring.contacts import Quiet


def after_quiet(quiet: Quiet | None, kind: str, now: datetime) -> datetime:
    """When an alarm of this kind may be told."""
    if quiet is None or kind in quiet.loud:
        return now
    zone = ZoneInfo(quiet.zone)
    local = now.astimezone(zone)
    since, until = quiet.hours
    clock = local.time().replace(tzinfo=None, fold=0)
    is_overnight = since > until
    if not (clock >= since or clock < until if is_overnight else since <= clock < until):
        return now
    day = local.date() + timedelta(days=is_overnight and clock >= since)
    end = datetime.combine(day, until, zone).astimezone(UTC)
    return max(end, now)  # in the hour that comes twice the first end has passed
