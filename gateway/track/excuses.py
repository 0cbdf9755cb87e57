"""What excuses a duty besides an exemption: a declared outage, and an estimated arrival that came forward too late.

In: duties, declared outages, what the estimated arrival of a sailing was when. Out: the duties, those that are excused saying why. An excused duty
is held against nobody and credited to nobody: it leaves every count, met or not. Nothing that a line sends or keeps back makes an excuse.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from gateway.obligations.calls import ExpectedCall
from gateway.obligations.due import Due

Down = Literal["gateway", "api", "sftp", "as4", "single-window", "port-systems", "network"]
DOWN: tuple[str, ...] = get_args(Down)


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """Something that lines depend on was down from `since` until `until`, both included. `carrier`: only for this one; None for all. `withdrawn_*`: who
    took it back, and when: then it excuses nothing."""

    id: str
    since: datetime
    until: datetime
    what: Down
    carrier: str | None
    declared_by: str
    declared_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    def covers(self, due: Due, carrier: str) -> bool:
        if self.withdrawn_at is not None:
            return False
        return due.deadline is not None and self.since <= due.deadline <= self.until and self.carrier in (None, carrier)


class Told(msgspec.Struct, frozen=True):
    """From `noted_at` on the estimated arrival was `value`."""

    noted_at: datetime
    value: datetime | None


def with_outages(dues: Iterable[Due], call: ExpectedCall, outages: Sequence[Outage]) -> list[Due]:
    """The duties of this sailing; one whose deadline lies in an outage is excused."""
    return [_excused(due, _outage(due, call.carrier, outages)) for due in dues] if outages else list(dues)


def with_late_notice(dues: Iterable[Due], told: Sequence[Told], notice: timedelta) -> list[Due]:
    """The duties of a sailing; one is excused whose deadline hangs on an arrival that, `notice` before it, was still to be later.

    Only a known, later estimate excuses: a sailing that nobody had announced by then is no excuse, or silence would be one.
    """
    return [_excused(due, _late_notice(due, told, notice)) for due in dues]


def _excused(due: Due, why: str) -> Due:
    return msgspec.structs.replace(due, excused=why) if why and not due.excused else due


def _outage(due: Due, carrier: str, outages: Sequence[Outage]) -> str:
    found = next((one for one in outages if one.covers(due, carrier)), None)
    return f"declared outage of {found.what}" if found else ""


def _late_notice(due: Due, told: Sequence[Told], notice: timedelta) -> str:
    if due.anchor != "eta" or due.deadline is None or not told:
        return ""
    ordered = sorted(told, key=lambda one: one.noted_at)
    then = [one for one in ordered if one.noted_at <= due.deadline - notice]
    known, last = (then[-1].value if then else None), ordered[-1].value
    if known is None or last is None or known <= last:
        return ""
    return "the estimated arrival came forward too shortly before the deadline"
