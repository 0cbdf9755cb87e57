"""What recipients answer to deliveries: kept with the outcome, and that of a single window read by a worker.

In: sealed answers. Out: claims, and the verdict once one was read. At least once: a worker that dies leaves the answer to the next,
and reading it twice says nothing twice, because the submission's answer names it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from gateway.settings import MAX_ATTEMPTS
from gateway.store import BOARD, RESPONSE, Connection, Pool, alarms, transaction
from gateway.store.statements import SQL, row, rows

Fault = Literal["carrier", "gateway"]


class NewResponse(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to store. `channel`: the transport that it came by. `to_read`: a verdict may stand in it; else it is a receipt.
    `delivery_id` None: it names no delivery of ours."""

    id: UUID
    delivery_id: UUID | None
    channel: str
    received_at: datetime
    sealed: bytes
    wrapped: bytes
    key_id: str
    to_read: bool


class ClaimedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to read, and what it is an answer to. `lists`: as in `NewDelivery`; `number`: of the list in its submission, from 1."""

    id: UUID
    delivery_id: UUID
    channel: str
    received_at: datetime
    sealed: bytes
    wrapped: bytes | None
    key_id: str
    recipient: str
    form: str
    lists: Sequence[str] | None
    manifest_id: UUID
    delivery_attempts: int
    submission_id: UUID
    number: int
    carrier: str
    call_id: str | None = None
    departure_port: str | None = None
    arrival_port: str | None = None


class Heard(msgspec.Struct, frozen=True):
    """What became of an answer, as shown to people."""

    delivery_id: UUID
    received_at: datetime
    verdict: str | None


async def add_response(connection: Connection, new: NewResponse) -> None:
    """Keeps the answer."""
    await connection.execute(SQL["response_add"], *msgspec.structs.astuple(new))
    await connection.execute(SQL["notify"], RESPONSE)


async def delivery_named(
    connection: Connection, recipients: Sequence[str], ids: Sequence[UUID]
) -> tuple[UUID, str] | None:
    """The first of `ids` that is a delivery to one of these recipients, and its form."""
    records = await connection.fetch(SQL["delivery_named"], list(recipients), list(ids))
    found = {record["id"]: record["form"] for record in records}
    return next(((id, found[id]) for id in ids if id in found), None)


async def claim_response(pool: Pool, *, lease_seconds: float) -> ClaimedResponse | None:
    """The oldest answer that nobody has read yet. One that could not be read `MAX_ATTEMPTS` times is given up, with an alarm."""
    async with transaction(pool) as connection:
        for lost in await connection.fetch(SQL["response_give_up"], MAX_ATTEMPTS):
            text = "an answer of a single window could not be read: the delivery's log entry says which; ask the window"
            await alarms.raise_alarm(connection, "response-unread", str(lost["delivery_id"]), text)
        return row(ClaimedResponse, await connection.fetchrow(SQL["response_claim"], lease_seconds))


async def settle_response(connection: Connection, id: UUID, verdict: str | None, fault: Fault | None = None) -> bool:
    """It is read; False where another worker was faster. `fault`: whose affair it is, where the message was not accepted."""
    settled = await connection.fetchval(SQL["response_settle"], id, verdict, fault) is not None
    await connection.execute(SQL["notify"], BOARD)
    return settled


async def has_accepted(connection: Connection, delivery_id: UUID) -> bool:
    """Whether the last that this single window said of this message was that it takes it."""
    verdicts = [one.verdict for one in await heard(connection, [delivery_id]) if one.verdict]
    return verdicts[-1:] in (["accepted"], ["conditional"])


async def lost_verdict(connection: Connection, delivery_id: UUID, attempts: int) -> bool:
    """Whether a single window that says it has this message already got it from an attempt of ours whose answer never came."""
    return attempts > 1 and not any(one.verdict for one in await heard(connection, [delivery_id]))


async def heard(connection: Connection, delivery_ids: Sequence[UUID]) -> list[Heard]:
    """What was answered to these deliveries, oldest first."""
    return rows(Heard, await connection.fetch(SQL["responses_of"], list(delivery_ids)))
