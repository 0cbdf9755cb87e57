"""Lists that came before their call was told: they belong to it from then on, and so does what comes after them.

In: lists without a call, and the calls that are known now. Out: the call's lists, in the call's series, with the version that
counts and the deliveries that wait. A list finds its call as it would have on receipt (`track.match`), but never without a time
of its own: a voyage number comes again.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway import track
from gateway.manifest import Call, ListKind, Manifest, Port, Vessel, Voyage
from gateway.store import BOARD, Connection
from gateway.store.calls import calls_between
from gateway.store.manifests import Filing, filings_without_call, series_of_call
from gateway.store.statements import SQL
from gateway.track.match import EARLIEST, LATEST

AROUND: Final = (timedelta(days=14), timedelta(days=45))  # of receipt: the sailings a list may be for
_LATELY: Final = EARLIEST + LATEST  # what came before is for no sailing that is told now


async def adopt(connection: Connection, carrier: str, at: datetime) -> None:
    """Gives the carrier's lists without a call, received lately before `at`, to the expected calls for which they are."""
    waiting = await filings_without_call(connection, carrier, at - _LATELY)
    if not waiting:
        return
    calls = await calls_between(connection, at - AROUND[0], at + AROUND[1], carrier=carrier)
    for one in waiting:
        found = track.match(_header(one), calls, one.received_at).call
        if found is not None:
            await _link(connection, one, found)


def _header(one: Filing) -> Manifest:
    """As much of the list as can be read."""
    departure = Call(port=Port(code=one.departure_port), estimated_departure=one.departs)
    arrival = Call(port=Port(code=one.arrival_port), estimated_arrival=one.arrives)
    return Manifest(
        kind=ListKind(one.kind),
        carrier=one.carrier,
        vessel=Vessel(name=one.vessel_name, imo=one.vessel_imo),
        voyage=Voyage(number=one.voyage_number, departure=departure, arrival=arrival),
    )


async def _link(connection: Connection, one: Filing, call_id: str) -> None:
    moves = [(part.series, series_of_call(call_id, part.series.rpartition("/")[2])) for part in one.parts]
    for name in sorted({name for move in moves for name in move}):
        await connection.execute(SQL["series_lock"], name)
    if await connection.fetchval(SQL["manifest_link"], one.id, call_id) is None:
        return
    for move in moves:
        await connection.execute(SQL["manifest_part_move"], one.id, *move)
        await connection.execute(SQL["series_current_move"], one.id, *move)
        await connection.execute(SQL["delivery_move"], one.id, *move)
    await connection.execute(SQL["notify"], BOARD)
