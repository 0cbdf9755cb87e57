"""What several sailings fit: GET /v1/unplaced, POST /v1/unplaced/{id}; and the alarm that somebody is needed to decide.

In: a caller; for a decision, of an operator, the call that is meant. Out: what waits, and the calls that fit it. Counts and places, no names of
persons.
"""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.alerts import Concerns
from gateway.expect import Said
from gateway.expect.said import TIMES
from gateway.settings import utc_now
from gateway.store import Connection, log, transaction
from gateway.store.alarms import close_others, raise_alarm
from gateway.store.calls import call, decide
from gateway.store.unplaced import Unplaced, all_unplaced, unplaced
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.documents import document
from gateway.web.problems import Problem

_UNCLEAR: Final = "sailing-unclear"
_SAYS: Final = {
    "etd": "leaves",
    "atd": "left",
    "eta": "arrives at",
    "ata": "arrived at",
    "boarding_closed": "closed boarding at",
}
_END: Final = {"eta": "arrival_port", "ata": "arrival_port"}


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The call that is meant; None: none of those that are known."""

    call: str | None


async def get(request: web.Request) -> web.Response:
    """All that waits for a decision, oldest first."""
    await only(request, "viewer", "operator", "desk")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await all_unplaced(connection)
    return as_json({"unplaced": [_shown(one) for one in found]})


async def post(request: web.Request) -> web.Response:
    """It is about this call, or about none; once."""
    who = await only(request, "operator")
    parameters.only_known(request)
    chosen, id, now = (
        document(await whole(request, most=DOCUMENT_BYTES), Chosen).call,
        request.match_info["id"],
        utc_now(),
    )
    async with transaction(request.app[CONTEXT].pool) as connection:
        waiting = await unplaced(connection, int(id)) if id.isascii() and id.isdigit() and len(id) < 19 else None
        if waiting is None:
            raise Problem(
                404, "not-waiting", "nothing waits under this number: its sailing is known by now, or was decided"
            )
        target = await call(connection, chosen) if chosen is not None and chosen.isprintable() else None
        if chosen is not None and target is None:
            raise Problem(
                404, "no-such-call", "there is no call with this id; see the calls that fit in GET /v1/unplaced"
            )
        became = await decide(connection, waiting, target.id if target else None, now)
        await settle(connection, ())
        entry = {"by": who.name, "voice": waiting.said.voice, "call": became.call.id if became.call else ""}
        await log.append(connection, "sailing-decided", entry, now)
    return as_json({"call": became.call.id if became.call else None})


async def settle(connection: Connection, fresh: Collection[str]) -> None:
    """An alarm for each of these subjects that waits; those of what waits no more are closed."""
    waiting = await all_unplaced(connection)
    await close_others(connection, [_UNCLEAR], [f"unplaced/{one.id}" for one in waiting], "its sailing is known")
    for one in waiting:
        if one.said.subject in fresh:
            text = f"{sentence(one.said)}; {', '.join(one.rivals[:5])} fit: ./gw calls place {one.id} CALL"
            ports = (one.said.call.departure_port, one.said.call.arrival_port)
            await raise_alarm(
                connection, _UNCLEAR, f"unplaced/{one.id}", text, Concerns(call=one.rivals[0], ports=ports)
            )


def sentence(one: Said) -> str:
    """What is said, for people."""
    its = one.call
    ship = its.vessel or "a ship"
    number = f" (IMO {its.imo})" if its.imo else ""
    what = [
        f"{_SAYS[name]} {getattr(its, _END.get(name, 'departure_port'))} {moment.at:%Y-%m-%d %H:%M}Z"
        for name in TIMES
        if (moment := one.time(name))
    ]
    return f"{one.voice} says that {ship}{number} {', '.join(what) or 'is expected'}"


def _shown(one: Unplaced) -> dict[str, Any]:
    its = one.said.call
    return {
        "id": one.id,
        "text": sentence(one.said),
        "voice": one.said.voice,
        "heard_at": one.heard_at,
        "vessel": its.vessel,
        "imo": its.imo,
        "departure_port": its.departure_port,
        "arrival_port": its.arrival_port,
        "times": {name: moment.at for name in TIMES if (moment := one.said.time(name))},
        "calls": one.rivals,
    }
