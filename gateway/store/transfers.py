"""Lists that one recipient asks to get of another: who asked for what, and what the originating authority decided.

In: requests, decisions. Out: rows; and the deliveries that a request means. Nothing here is about a person: ids, a ship, a
port, a day, numbers of written decisions.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, row, rows

State = Literal["asked", "granted", "refused"]


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A request and its decision. `delivery`, or `imo`, `arrival_port` and `day`, say which lists of `holder` are meant.
    `granted`: for which of
    the purposes; `until`: the last day on which it may be sent."""

    id: UUID
    requester: str
    holder: str
    delivery: UUID | None = None
    imo: str | None = None
    arrival_port: str | None = None
    day: date | None = None
    form: str
    purposes: Sequence[str]
    legal_basis: str
    asked_at: datetime
    state: State = "asked"
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    granted: Sequence[str] | None = None
    reason: str | None = None
    until: date | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A list that the holder has, as its delivery and its manifest say it. `has_newer`: the holder has a later version."""

    id: UUID
    manifest_id: UUID
    form: str
    lists: Sequence[str] | None
    handling: Mapping[str, Any] | None
    version: int
    arrival: int
    replaces: bool
    settled_at: datetime
    has_newer: bool
    sequence_key: str
    vessel_imo: str | None
    vessel_name: str | None
    voyage_number: str | None
    departure_port: str | None
    arrival_port: str | None
    persons: int
    received_at: datetime
    sealed: bytes
    wrapped: bytes | None
    key_id: str


async def ask_for(connection: Connection, new: Transfer) -> None:
    values = (new.id, new.requester, new.holder, new.delivery, new.imo, new.arrival_port, new.day)
    rest = (new.form, list(new.purposes), new.legal_basis, new.asked_at)
    await connection.execute(SQL["transfer_add"], *values, *rest)
    await connection.execute(SQL["notify"], BOARD)


async def transfer(connection: Connection, id: UUID, *, to_decide: bool = False) -> Transfer | None:
    """The request; with `to_decide`, nobody else decides it before the transaction ends."""
    return row(Transfer, await connection.fetchrow(SQL["transfer_lock" if to_decide else "transfer_get"], id))


async def transfers(connection: Connection, *, requester: str | None = None, limit: int = 200) -> list[Transfer]:
    """The newest first; of one requester, or all."""
    return rows(Transfer, await connection.fetch(SQL["transfers"], requester, limit))


async def held(connection: Connection, asked: Transfer) -> list[Held]:
    """What the holder has of the lists that are asked for: accepted deliveries, in the order of their versions."""
    values = (asked.holder, asked.delivery, asked.imo, asked.arrival_port, asked.day)
    return rows(Held, await connection.fetch(SQL["transfer_held"], *values))


async def decide(connection: Connection, id: UUID, decided: Transfer) -> None:
    """Writes what `decided` says of the decision; a request is decided once."""
    what = (decided.state, decided.decision, decided.decided_by, decided.decided_at)
    await connection.execute(SQL["transfer_decide"], id, *what, decided.granted, decided.reason, decided.until)


async def sent_under(connection: Connection, id: UUID) -> list[tuple[UUID, str]]:
    """The deliveries of a granted request: (id, state)."""
    return [(one["id"], one["state"]) for one in await connection.fetch(SQL["transfer_deliveries"], id)]
