"""What a person must look at. In: a kind, what it is about (an id), a sentence that says what to do. Out: open alarms.

The same kind about the same subject again counts up the open alarm, so that a storm is one line.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, rows


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    at: datetime
    last_at: datetime
    times: int
    kind: str
    subject: str
    text: str
    acknowledged_at: datetime | None


async def raise_alarm(connection: Connection, kind: str, subject: str, text: str) -> int:
    """The alarm's id. `text` holds no passenger's value."""
    id: int = await connection.fetchval(SQL["alarm_raise"], kind, subject, text)
    await connection.execute(SQL["notify"], BOARD)
    return id


async def end_alarms(connection: Connection, kind: str, subjects: Sequence[str], at: datetime, how: str) -> int:
    """The open alarms of this kind about these are over; `how` is added to their text. How many there were."""
    ended = await connection.fetch(SQL["alarm_over"], kind, list(subjects), at, how)
    if ended:
        await connection.execute(SQL["notify"], BOARD)
    return len(ended)


async def open_alarms(connection: Connection, *, limit: int = 200) -> list[Alarm]:
    """Alarms nobody has acknowledged, the latest first."""
    return rows(Alarm, await connection.fetch(SQL["alarms_open"], limit))


async def acknowledge_alarm(connection: Connection, id: int, at: datetime) -> bool:
    """False where it was not open."""
    return await connection.fetchval(SQL["alarm_acknowledge"], id, at) is not None
