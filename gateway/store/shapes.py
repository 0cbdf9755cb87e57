"""What the lists of a line look like, for as long as they are kept. In: `drift.Shape`s. Out: those of its last lists.

There is nothing of a person in a shape; retention forgets it with the list all the same.
"""

from datetime import datetime
from typing import Any

import msgspec

from gateway import drift
from gateway.drift import Earlier, Shape
from gateway.store import Connection
from gateway.store.manifests import Filing
from gateway.store.statements import SQL


async def add_shape(connection: Connection, of: Filing, kind: str, shape: Shape) -> None:
    """Remembers what a stored list looks like, among those of its kind."""
    values = (of.id, of.carrier, kind, of.arrival, of.received_at, _storable(shape))
    await connection.execute(SQL["shape_add"], *values)


def _storable(shape: Shape) -> Any:
    """jsonb refuses NUL, which a sender's text may hold."""
    return msgspec.json.decode(msgspec.json.encode(shape).replace(b"\\u0000", b"\\ufffd"))


async def shapes_before(
    connection: Connection, carrier: str, arrival: int, *, kind: str | None = None
) -> list[Earlier]:
    """This carrier's last lists received before `arrival`, of one kind or of all, the newest first."""
    found = await connection.fetch(SQL["shapes_before"], carrier, kind, arrival, drift.LAST)
    return [Earlier(_sailing(row["series"], row["received_at"]), msgspec.convert(row["shape"], Shape)) for row in found]


def _sailing(series: str, received_at: datetime) -> str:
    """Where no call is known a series may be that of every sailing of the ship: then each day counts as one."""
    return series if series.startswith("call/") else f"{series}/{received_at:%Y-%m-%d}"
