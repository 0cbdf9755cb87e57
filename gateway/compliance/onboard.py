"""What is told of a sailing's persons beside its lists: events on board, what the border found, outages that excuse.

In: what somebody reports. Out: what was kept, with an entry in the log. All of it numbers and closed lists of words.
"""

from datetime import datetime
from uuid import UUID, uuid4

from gateway.receive import key_hash
from gateway.store import Connection, log
from gateway.store.compliance import add_check, declare_outage
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
