"""What is told of a sailing's persons beside its lists: events on board, what the border found, outages that excuse.

In: what somebody reports. Out: what was kept, with an entry in the log. All of it numbers and closed lists of words.
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from gateway.compliance.contests import Refused
from gateway.receive import key_hash
from gateway.store import Connection, log
from gateway.store.compliance import (
    add_check,
    closed_period_in,
    declare_outage,
    hold_periods,
    outage_to_withdraw,
    withdraw_outage,
)
from gateway.store.onboard import Added, add_event
from gateway.track import Event, EventKind, EventReason, Outage
from gateway.track.excuses import Down
from gateway.track.metrics import Checked


async def report_event(
    connection: Connection,
    call: str,
    kind: EventKind,
    *,
    at: datetime,
    persons: int,
    by: str,
    key: str,
    now: datetime,
    id: UUID | None = None,
    revision: int = 1,
    reason: EventReason | None = None,
    withdrawn: bool = False,
) -> Added:
    """Keeps the event, within the caller's transaction. `key`: the Idempotency-Key; without an `id` it makes the event's. With the `id` of an
    event of the same sender, call and kind, and a higher `revision`, it replaces that one."""
    hashed = key_hash(by, key)
    new = Event(
        id=str(id or UUID(bytes=hashed[:16], version=4)),
        call=call,
        kind=kind,
        at=at,
        persons=persons,
        by=by,
        reported_at=now,
        revision=revision,
        reason=reason,
        withdrawn=withdrawn,
    )
    added = await add_event(connection, new, hashed)
    if added.outcome == "new":
        subject = {"event": new.id, "revision": str(revision), "call": call, "kind": kind.value, "by": by}
        await log.append(connection, "event-reported", subject, now)
    return added


async def enter_check(connection: Connection, call: str, found: Checked, *, by: str, now: datetime) -> None:
    """How many persons the border or the gangway checked, and how many were as listed; the newest of a call counts."""
    await add_check(connection, call, found, by, now)
    subject = {"call": call, "checked": str(found.checked), "agreed": str(found.agreed), "by": by}
    await log.append(connection, "border-check-entered", subject, now)


async def declare(
    connection: Connection, since: datetime, until: datetime, what: Down, *, carrier: str | None, by: str, now: datetime
) -> Outage:
    """Something that lines depend on was down: deadlines within are held against nobody."""
    made = Outage(
        id=str(uuid4()), since=since, until=until, what=what, carrier=carrier, declared_by=by, declared_at=now
    )
    await declare_outage(connection, made)
    subject = {"outage": made.id, "from": since.isoformat(), "until": until.isoformat(), "what": what, "by": by}
    await log.append(connection, "outage-declared", subject | ({"carrier": carrier} if carrier else {}), now)
    return made


async def withdraw(connection: Connection, id: UUID, *, by: str, now: datetime) -> Outage | None:
    """What was declared by mistake excuses nothing any more; None where there is no such outage. Within the caller's transaction.

    It stays to be seen, and the log has both. The points that are lost by this can be contested as if they had been lost now.
    """
    await hold_periods(connection)
    found = await outage_to_withdraw(connection, id)
    if found is None:
        return None
    if found.withdrawn_at is not None:
        raise Refused("already-withdrawn", f"this outage was taken back before, by {found.withdrawn_by}")
    closed = await closed_period_in(connection, found.since, found.until)
    if closed is not None and closed.since <= found.since and found.until < closed.until:
        raise Refused(
            "period-closed", "this outage lies in a period that is closed, whose scores do not change any more"
        )
    await withdraw_outage(connection, id, by, now)
    await log.append(connection, "outage-withdrawn", {"outage": found.id, "by": by}, now)
    return msgspec.structs.replace(found, withdrawn_by=by, withdrawn_at=now)
