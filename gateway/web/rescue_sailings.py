"""Sailings as a rescue officer finds them: of an expected call, or of lists whose call nobody announced.

In: a word, a port, a day. Out: `Sailing`s; nothing of any person. Each is asked for by its `key` ("call=…" or "list=…").
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.codes.ports import port
from gateway.obligations import ExpectedCall
from gateway.store import Connection
from gateway.store.calls import call
from gateway.store.rescues import LooseList, find_calls, find_lists, loose_list
from gateway.web import parameters
from gateway.web.moments import at_port

_BACK, _AHEAD, _A_DAY = timedelta(days=14), timedelta(days=3), timedelta(days=1)
_RETENTION: Final = timedelta(days=60)


class Wanted(msgspec.Struct, frozen=True):
    """What is known of the ship. `word`: its IMO number, a part of its name, a voyage or a call."""

    word: str | None
    port: str | None
    day: datetime | None

    @property
    def is_anything(self) -> bool:
        return bool(self.word or self.port or self.day)


class Sailing(msgspec.Struct, frozen=True, kw_only=True):
    """`departs`, `arrives`: as people read them. `call_id` or `manifest_id`."""

    call_id: str | None = None
    manifest_id: UUID | None = None
    carrier: str
    line: str
    vessel: str
    imo: str
    voyage: str
    departure: str
    arrival: str
    departs: str
    arrives: str

    @property
    def key(self) -> str:
        return urlencode({"call": self.call_id} if self.call_id is not None else {"list": str(self.manifest_id)})


def wanted(request: web.Request) -> Wanted:
    """From the query: q, port, day."""
    day = parameters.day(request, "day") if request.query.get("day") else None
    start = datetime.combine(day, time(), UTC) if day else None
    word = (parameters.text(request, "q", longest=80) or "").strip() or None
    return Wanted(word, parameters.port(request), start)


async def found(connection: Connection, catalogue: Catalogue, one: Wanted, now: datetime) -> list[Sailing]:
    """The likeliest first: expected calls by how near they are, then lists without a call."""
    since, until = (one.day - _A_DAY, one.day + 2 * _A_DAY) if one.day else (now - _BACK, now + _AHEAD)
    calls = await find_calls(connection, since, until, one.word, one.port, one.day or now)
    loose = await find_lists(connection, now - _RETENTION, one.word, one.port)
    names = catalogue.carrier_names
    return [of_call(each, names.get(each.carrier, each.carrier)) for each in calls] + [
        of_list(each, names.get(each.carrier, each.carrier)) for each in loose
    ]


async def named(
    connection: Connection, catalogue: Catalogue, call_id: str | None, manifest_id: UUID | None
) -> Sailing | None:
    """The one sailing."""
    names = catalogue.carrier_names
    if call_id is not None:
        expected = await call(connection, call_id)
        return of_call(expected, names.get(expected.carrier, expected.carrier)) if expected else None
    loose = await loose_list(connection, manifest_id) if manifest_id is not None else None
    return of_list(loose, names.get(loose.carrier, loose.carrier)) if loose else None


def of_call(one: ExpectedCall, line: str) -> Sailing:
    departs, arrives = one.departs_at, one.arrives_at
    return Sailing(
        call_id=one.id,
        carrier=one.carrier,
        line=line,
        vessel=one.vessel or one.imo or one.id,
        imo=one.imo or "",
        voyage=one.voyage or "",
        departure=place(one.departure_port),
        arrival=place(one.arrival_port),
        departs=at_port(departs.at if departs else None, one.departure_port),
        arrives=at_port(arrives.at if arrives else None, one.arrival_port),
    )


def of_list(one: LooseList, line: str) -> Sailing:
    return Sailing(
        manifest_id=one.id,
        carrier=one.carrier,
        line=line,
        vessel=one.vessel_name or one.vessel_imo or str(one.id),
        imo=one.vessel_imo or "",
        voyage=one.voyage_number or "",
        departure=place(one.departure_port),
        arrival=place(one.arrival_port),
        departs=one.departs or "",
        arrives=one.arrives or "",
    )


def place(code: str | None) -> str:
    """Piraeus (GRPIR)."""
    name = port(code).name if code else None
    return f"{name} ({code})" if name else code or ""
