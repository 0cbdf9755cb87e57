"""Alerts: who is told of which alarm, and the messages in which they leave, one address at a time, each until it has arrived.

In: who is to be told, from `gateway.alerts`. Out: claims, outcomes. Whoever is told once is not told again: the pair of alarm and address
is unique. A message keeps its id and its content through every attempt; one that may have arrived is never taken back.
Of each address only the oldest message goes, so that what is over never comes before what began.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from gateway.alerts import Address, Alarm, News, Saying, Told
from gateway.alerts.parties import Channel, State
from gateway.store import ALERT, Connection, Pool, transaction
from gateway.store.alarms import alarm_in, alarms_in
from gateway.store.statements import SQL, rows
from gateway.store.submissions import LeaseLost

_AT_ONCE = 500


class ClaimedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to send before its lease ends. `attempts` includes this one; `in_doubt`: an earlier one may have arrived."""

    id: UUID
    channel: Channel
    address: str
    attempts: int
    created_at: datetime
    lease: UUID
    in_doubt: bool


class Outbox(msgspec.Struct, frozen=True):
    """How many alerts are due and wait, since when, and how many were given up within a day."""

    waiting: int
    failed: int
    oldest: datetime | None


async def untold(connection: Connection) -> list[Alarm]:
    """New alarms and settled ones of which nobody has been told; nobody else has them before the transaction ends."""
    return alarms_in(await connection.fetch(SQL["alarms_untold"], _AT_ONCE))


async def escalating(connection: Connection) -> list[Alarm]:
    """Alarms that nobody has acknowledged; nobody else has them before the transaction ends."""
    return alarms_in(await connection.fetch(SQL["alarms_escalating"]))


async def told_so_far(connection: Connection, alarms: Iterable[Alarm]) -> dict[int, list[Told]]:
    """Alarm -> who was told that it is open, or is to be."""
    found: dict[int, list[Told]] = {}
    for record in await connection.fetch(SQL["alerts_of_alarms"], [one.id for one in alarms]):
        if record["news"] == "opened":
            state: State = record["state"]
            one = Told(
                party=record["party"],
                to=Address(record["channel"], record["address"]),
                due_at=record["due_at"],
                instead_of=record["instead_of"],
                state=state,
            )
            found.setdefault(record["alarm_id"], []).append(one)
    return found


async def add_alerts(connection: Connection, alarm: Alarm, news: News, told: Sequence[Told]) -> None:
    """These are told; whoever was told before is not told again."""
    values = [(alarm.id, news, one.party, one.to.channel, one.to.address, one.instead_of, one.due_at) for one in told]
    await connection.executemany(SQL["alert_add"], values)
    if told:
        await connection.execute(SQL["notify"], ALERT)


async def is_told(connection: Connection, alarm: Alarm, *, escalating: bool) -> None:
    await connection.execute(SQL["alarm_told"], alarm.id, escalating)


async def is_escalated(connection: Connection, alarm: Alarm) -> None:
    """There is nobody further to tell."""
    await connection.execute(SQL["alarm_escalated"], alarm.id)


async def is_end_told(connection: Connection, alarm: Alarm) -> None:
    await connection.execute(SQL["alarm_end_told"], alarm.id)


async def claim_messages(
    pool: Pool, room: Mapping[Channel, int], *, lease_seconds: float, peace_seconds: float
) -> list[ClaimedMessage]:
    """Takes what is due, for each address its oldest message, up to the room of each channel. Alerts that are due together leave together; a mailbox gets no two
    mails within `peace_seconds`."""
    async with transaction(pool) as connection:
        await connection.execute(SQL["alert_message_make"], peace_seconds)
        await connection.execute(SQL["alert_messages_emptied"])
        wanted = (lease_seconds, list(room), list(room.values()))
        return rows(ClaimedMessage, await connection.fetch(SQL["alert_message_claim"], *wanted))


async def sayings_of(connection: Connection, message: UUID) -> list[Saying]:
    """What a message tells, as it stands now."""
    found = []
    for record in await connection.fetch(SQL["alert_message_says"], message):
        columns = dict(record)
        said = {name: columns.pop(name) for name in ("id", "news", "party", "instead_of")}
        columns |= {"id": columns.pop("alarm_id"), "last_at": columns["at"], "times": 1}
        found.append(Saying(**said, alarm=alarm_in(columns)))
    return found


async def settle_message(
    connection: Connection, claimed: ClaimedMessage, state: Literal["sent", "given-up", "dropped"], outcome: str
) -> None:
    """It has left, or never will; or `LeaseLost`."""
    if await connection.fetchval(SQL["alert_message_settle"], claimed.id, claimed.lease, state, outcome) is None:
        raise LeaseLost("another worker has claimed the message since")
    await connection.execute(SQL["alerts_settle"], claimed.id, state)


async def send_message_later(
    connection: Connection, claimed: ClaimedMessage, *, seconds: float, outcome: str, in_doubt: bool
) -> None:
    """Not this time; `in_doubt` where it may have arrived all the same. Or `LeaseLost`."""
    values = (claimed.id, claimed.lease, seconds, outcome, in_doubt or claimed.in_doubt)
    if await connection.fetchval(SQL["alert_message_later"], *values) is None:
        raise LeaseLost("another worker has claimed the message since")


async def outbox(connection: Connection) -> Outbox:
    return rows(Outbox, await connection.fetch(SQL["alerts_waiting"]))[0]
