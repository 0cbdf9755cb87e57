"""What recipients answered to deliveries, after their receipt: sealed to ourselves, one row an answer.

In: an answer within the transaction that receipts it. Out: the answers of a delivery, oldest first. What an answer says is
not read here. Retention ends by setting `wrapped` to NULL.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from gateway.store import DELIVERY, Connection
from gateway.store.statements import SQL, rows


class DeliveryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`delivery_id` None: it names no delivery of ours. `partner`: the party that signed it."""

    id: UUID
    delivery_id: UUID | None
    partner: str
    message_id: str
    received_at: datetime
    sealed: bytes
    wrapped: bytes | None
    key_id: str


async def delivery_named(connection: Connection, recipients: Sequence[str], ids: Sequence[UUID]) -> UUID | None:
    """The first of `ids` that is a delivery to one of these recipients."""
    found = {record["id"] for record in await connection.fetch(SQL["delivery_named"], list(recipients), list(ids))}
    return next((id for id in ids if id in found), None)


async def add_answer(connection: Connection, new: DeliveryAnswer) -> None:
    """Stores an answer; who looks for answers is woken."""
    await connection.execute(SQL["delivery_answer_add"], *msgspec.structs.astuple(new))
    await connection.execute(SQL["notify"], DELIVERY)


async def answers_of(connection: Connection, delivery_id: UUID) -> list[DeliveryAnswer]:
    """All answers to a delivery, oldest first."""
    return rows(DeliveryAnswer, await connection.fetch(SQL["delivery_answers"], delivery_id))
