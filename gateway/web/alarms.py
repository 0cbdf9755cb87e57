"""/v1/alarms: what is open and needs a person, and who looks after it.

In: an operator's or the compliance desk's credentials, or a duty officer's for the own port. Out: alarms with what to do; an acknowledgement
stops the telling and stands in the log with its name. Ids, ships, ports and times: nobody's data.
"""

from typing import Any

from aiohttp import web

from gateway.alerts import KINDS, Alarm, kind_of
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.alarms import acknowledge_alarm, alarm, open_alarms
from gateway.store.tokens import Kind
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

READERS: tuple[Kind, ...] = ("operator", "desk", "viewer")
_OF_PORTS = tuple(name for name, kind in KINDS.items() if "duty" in kind.told)
_MOST = 1000


async def page(request: web.Request) -> web.Response:
    """Alarms that are not settled, the latest first; a duty officer's are those of the port."""
    who = await only(request, *READERS)
    parameters.only_known(request, "port")
    asked = parameters.port(request)
    if who.kind == "viewer" and asked not in (None, who.subject):
        raise Problem(403, "not-allowed", "you may see the alarms of your own port")
    return as_json({"alarms": [shown(one) for one in await alarms_for(request.app, who, asked)]})


async def post_acknowledge(request: web.Request) -> web.Response:
    """Somebody looks after it. Once more changes nothing: the first name stands."""
    who = await only(request, *READERS)
    parameters.only_known(request)
    await whole(request, most=DOCUMENT_BYTES)
    return as_json(shown(await acknowledged(request.app, who, request.match_info["id"])))


async def acknowledged(app: web.Application, who: Caller, id: str) -> Alarm:
    """The alarm, which `who` looks after now if nobody did before."""
    async with transaction(app[CONTEXT].pool) as connection:
        found = await alarm(connection, int(id)) if id.isascii() and id.isdigit() and len(id) < 19 else None
        if found is None or not _may_see(who, found):
            raise Problem(404, "no-such-alarm", "there is no alarm with this id that you may see")
        if not may_look_after(who):
            raise Problem(
                403,
                "person-needed",
                "this is a screen's token, and nobody is told any further of an alarm that somebody looks after: sign in by name",
            )
        await acknowledge_alarm(connection, found.id, who.name, utc_now())
        return await alarm(connection, found.id) or found


async def alarms_for(app: web.Application, who: Caller, port: str | None = None) -> list[Alarm]:
    """What is open: for a duty officer, of the own port."""
    is_officer = who.kind == "viewer"
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        return await open_alarms(
            connection,
            limit=_MOST,
            port=who.subject if is_officer else port,
            kinds=_OF_PORTS if is_officer else None,
        )


def may_look_after(who: Caller) -> bool:
    """Not a wall screen, before which anybody may stand; an operator's programs may."""
    return who.kind != "viewer" or who.is_person


def _may_see(who: Caller, one: Alarm) -> bool:
    """A duty officer: what concerns the port. The others: everything."""
    return who.kind != "viewer" or (one.kind in _OF_PORTS and who.subject in one.concerns.ports)


def shown(one: Alarm) -> dict[str, Any]:
    kind = kind_of(one.kind)
    return {
        "id": one.id,
        "kind": one.kind,
        "severity": kind.severity,
        "title": kind.title,
        "text": one.text,
        "to_do": kind.to_do,
        "subject": one.subject,
        "concerns": one.concerns,
        "deadline": one.deadline,
        "since": one.at,
        "last_at": one.last_at,
        "times": one.times,
        "acknowledged_at": one.acknowledged_at,
        "acknowledged_by": one.acknowledged_by,
        "closed_at": one.closed_at,
        "closed_because": one.closed_because,
    }
