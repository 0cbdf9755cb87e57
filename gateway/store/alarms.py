"""What a person must look at. In: a kind, what it is about (an id), whom it concerns, a sentence that says what to do. Out: open alarms.

The same kind about the same subject again counts up the open alarm, so that a storm is one line. An alarm is open until it is
settled: by whoever sees that its cause is gone (`close_…`), or, where only a person can tell, by acknowledging it. Whom to tell of
it, `gateway.notify` decides; what waits to be told of a settled alarm is dropped here, in the same transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from gateway.alerts import NOTHING, Alarm, Close, Concerns, Raise, kind_of
from gateway.store import ALARM, BOARD, Connection, log
from gateway.store.statements import SQL

KEPT: Final = timedelta(days=90)
"""How long a settled alarm, and who was told of it at which address, is kept at least: a quarter, so that a review of the last one finds it; longer than
the lists themselves (60 days). That an alert was sent stands in the log for good, by its ids."""


async def raise_alarm(
    connection: Connection,
    kind: str,
    subject: str,
    text: str,
    concerns: Concerns = NOTHING,
    deadline: datetime | None = None,
) -> int:
    """The alarm's id. `text` holds no passenger's value."""
    id: int = await connection.fetchval(SQL["alarm_raise"], kind, subject, text, concerns, deadline)
    await _moved(connection)
    return id


async def lock_deadlines(connection: Connection) -> None:
    """Nobody else judges deadlines before this transaction ends: they would judge by what this one is about to change."""
    await connection.execute(SQL["deadlines_lock"])


async def settle_filings(connection: Connection, raises: Sequence[Raise], closes: Sequence[Close]) -> None:
    """What the clock brought, in one go; first what is over, for another may take its place."""
    for quietly in (True, False):
        ended: dict[str, list[int]] = {}
        for close in closes:
            if close.quietly is quietly:
                ended.setdefault(close.because, []).append(close.alarm)
        for because, ids in ended.items():
            await close_alarms(connection, ids, because, quietly=quietly)
    rows = [(one.kind, one.subject, one.text, one.concerns, one.deadline) for one in raises]
    if rows:
        await connection.executemany(SQL["alarm_raise"], rows)
        await _moved(connection)


async def open_alarms(
    connection: Connection, *, limit: int = 200, port: str | None = None, kinds: Sequence[str] | None = None
) -> list[Alarm]:
    """Alarms that are not settled, the latest first; with a port, those that concern it."""
    return alarms_in(await connection.fetch(SQL["alarms_open"], limit, port, None if kinds is None else list(kinds)))


async def unacknowledged(connection: Connection) -> int:
    """How many are open that nobody looks after."""
    count: int = await connection.fetchval(SQL["alarms_unacknowledged"])
    return count


async def alarms_of(connection: Connection, kinds: Iterable[str], calls: Iterable[str]) -> list[Alarm]:
    """Alarms of these kinds that are open, or that concern these calls, oldest first."""
    return alarms_in(await connection.fetch(SQL["alarms_of"], list(kinds), list(calls)))


async def alarm(connection: Connection, id: int) -> Alarm | None:
    """One alarm, nobody else's to change before the transaction ends."""
    return next(iter(alarms_in(await connection.fetch(SQL["alarm_lock"], id))), None)


async def acknowledge_alarm(connection: Connection, id: int, by: str, at: datetime) -> bool:
    """Somebody looks after it: nobody further is told. False where it is settled or acknowledged already."""
    found = await alarm(connection, id)
    if found is None or found.closed_at is not None or found.acknowledged_at is not None:
        return False
    await connection.execute(SQL["alarm_acknowledge"], id, at, by, not kind_of(found.kind).lasts)
    await connection.execute(SQL["alerts_drop_escalated"], id)
    subject = {"alarm": str(id), "kind": found.kind, "subject": found.subject, "by": by}
    await log.append(connection, "alarm-acknowledged", subject, at)
    await _moved(connection)
    return True


async def close_alarms(connection: Connection, ids: Sequence[int], because: str, *, quietly: bool = False) -> None:
    """These matters are settled."""
    await _closed(connection, await connection.fetch(SQL["alarms_close"], list(ids), because, quietly))


async def close_about(connection: Connection, kinds: Sequence[str], subject: str, because: str) -> None:
    """The matter of these kinds about this subject is settled."""
    await _closed(connection, await connection.fetch(SQL["alarms_close_about"], list(kinds), subject, because))


async def close_reached(connection: Connection, recipient: str, because: str) -> None:
    """A delivery got through to it. While another one is tried in vain, it is not all well."""
    await _closed(connection, await connection.fetch(SQL["alarms_close_reached"], recipient, because))


async def close_others(connection: Connection, kinds: Sequence[str], subjects: Iterable[str], because: str) -> None:
    """Of these kinds, only the matters about `subjects` go on."""
    values = (list(kinds), list(subjects), because)
    await _closed(connection, await connection.fetch(SQL["alarms_close_others"], *values))


async def close_accepted(connection: Connection, delivery: UUID, kinds: Sequence[str], because: str) -> None:
    """What was open about this delivery, or one that it replaces, is settled."""
    await _closed(connection, await connection.fetch(SQL["alarms_close_accepted"], list(kinds), delivery, because))


async def forget(connection: Connection, closed_before: datetime) -> int:
    """Alarms that were settled before a time are gone, with their alerts and messages; how many. What is open stays, however old."""
    await connection.execute(SQL["alerts_forget"], closed_before)
    gone = await connection.fetch(SQL["alarms_forget"], closed_before)
    await connection.execute(SQL["alert_messages_forget"], closed_before)
    return len(gone)


def alarms_in(records: Iterable[asyncpg.Record]) -> list[Alarm]:
    return [alarm_in(dict(record)) for record in records]


def alarm_in(columns: dict[str, Any]) -> Alarm:
    return Alarm(**columns | {"concerns": msgspec.convert(columns["concerns"], Concerns)})


async def _closed(connection: Connection, records: Sequence[asyncpg.Record]) -> None:
    if records:
        await connection.execute(SQL["alerts_drop"], [record["id"] for record in records])
        await _moved(connection)


async def _moved(connection: Connection) -> None:
    await connection.execute(SQL["notify"], BOARD)
    await connection.execute(SQL["notify"], ALARM)
