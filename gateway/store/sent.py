"""What a line sent, as its own pages list it. In: a carrier, what is looked for. Out: rows with counts and states, nothing of a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from gateway.store import Connection
from gateway.store.statements import SQL, rows

Outcome = Literal["waiting", "failed", "errors", "clean"]
_CHANGED = ("export-changed", "list-halved", "list-unreadable")


class List(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a submission. `vessel`: its name, else its IMO number."""

    kind: str
    persons: int
    vessel: str | None
    departure: str | None
    arrival: str | None
    call: str | None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One submission. `deliveries`: state -> how many."""

    id: UUID
    arrival: int
    channel: str
    received_at: datetime
    files: int
    state: str
    format: str | None
    persons: int | None
    errors: int | None
    warnings: int | None
    lists: tuple[List, ...]
    deliveries: Mapping[str, int]


class Changed(msgspec.Struct, frozen=True):
    """An alarm about a change of an export, as it was raised first."""

    at: datetime
    text: str


async def sent(
    connection: Connection,
    carrier: str,
    *,
    before: int,
    call: str | None,
    day: datetime | None,
    outcome: Outcome | None,
    limit: int,
) -> list[Sent]:
    """The newest submissions with an `arrival` below `before` that fit, newest first. `day`: its first moment."""
    found = await connection.fetch(SQL["sent_search"], carrier, before, call, day, outcome, limit)
    return [_sent(dict(one)) for one in found]


async def changed_exports(connection: Connection, carrier: str) -> list[Changed]:
    """What nobody has looked at yet of how this carrier's exports changed, the latest first."""
    return rows(Changed, await connection.fetch(SQL["sent_changed"], list(_CHANGED), f"{carrier}/"))


def _sent(one: dict[str, Any]) -> Sent:
    return Sent(**(one | {"lists": msgspec.convert(one["lists"], tuple[List, ...])}))
