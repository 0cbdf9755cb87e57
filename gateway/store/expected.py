"""Expected calls as the law knows them, to and from the table's columns.

In: `ExpectedCall`s. Out: `CallRow`s, and back. What has no column of its own stands in `data`.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gateway.obligations import ExpectedCall, Moment
from gateway.store import Connection
from gateway.store.calls import TIMES, CallRow, call, calls_between, upsert_calls

_IN_DATA = ("previous_port", "next_port", "passenger_capacity", "exemptions")


def to_row(call: ExpectedCall) -> CallRow:
    moments: dict[str, Moment] = {name: moment for name in TIMES if (moment := getattr(call, name)) is not None}
    data = {name: value for name in _IN_DATA if (value := getattr(call, name))}
    return CallRow(
        id=call.id,
        carrier=call.carrier,
        service=call.service,
        vessel_name=call.vessel,
        vessel_imo=call.imo,
        voyage_number=call.voyage,
        departure_port=call.departure_port,
        arrival_port=call.arrival_port,
        distance_nm=call.distance_nm,
        status=call.status,
        sources={name: moment.source for name, moment in moments.items()},
        data=msgspec.to_builtins(data),
        **{name: moment.at for name, moment in moments.items()},
    )


def from_row(row: CallRow) -> ExpectedCall:
    moments = {
        name: {"at": at, "source": row.sources.get(name, "")}
        for name in TIMES
        if (at := getattr(row, name)) is not None
    }
    stated = {
        "id": row.id,
        "carrier": row.carrier,
        "service": row.service,
        "vessel": row.vessel_name,
        "imo": row.vessel_imo,
        "voyage": row.voyage_number,
        "departure_port": row.departure_port,
        "arrival_port": row.arrival_port,
        "distance_nm": row.distance_nm,
        "status": row.status,
        **moments,
        **row.data,
    }
    return msgspec.convert(stated, ExpectedCall)


async def expect(connection: Connection, calls: Sequence[ExpectedCall], at: datetime) -> list[str]:
    """Stores what is known of these calls now; returns the ids of those that are new or changed."""
    return await upsert_calls(connection, [to_row(one) for one in calls], at)


async def expected(connection: Connection, id: str) -> ExpectedCall | None:
    found = await call(connection, id)
    return from_row(found) if found else None


async def expected_between(
    connection: Connection, since: datetime, until: datetime, *, carrier: str | None = None, port: str | None = None
) -> list[ExpectedCall]:
    """Calls whose departure (or, where that is not known, arrival) is in [since, until), in that order."""
    return [from_row(one) for one in await calls_between(connection, since, until, carrier=carrier, port=port)]
