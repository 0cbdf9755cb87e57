"""/v1/recipients: an operator sees how each recipient is served, and pauses, resumes, has things sent again.

In: an operator's token, a recipient's id. Out: lag, backlog, last success and state of each; every change is in the log. Ids,
counts and times: nobody's data.
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.settings import utc_now
from gateway.store import Connection, log, transaction
from gateway.store.deliveries import Today, today_of
from gateway.store.recipients import Served, pause, replay, resume, served
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

PAUSED: Final = "paused"


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One delivery, or all that were settled since a time (with its offset)."""

    delivery: UUID | msgspec.UnsetType = msgspec.UNSET
    since: Annotated[datetime, msgspec.Meta(tz=True)] | msgspec.UnsetType = msgspec.UNSET


async def page(request: web.Request) -> web.Response:
    """Every recipient in keys/, and every other one that something waits for; and which gateway this is."""
    await only(request, "operator")
    parameters.only_known(request)
    context, now = request.app[CONTEXT], utc_now()
    async with context.pool.acquire(timeout=10) as connection:
        found = await served(connection, context.catalogue.recipients)
    shown_here = [shown(one, context.catalogue, now) for one in found]
    return as_json({"gateway": context.settings.name, "recipients": shown_here})


async def post_pause(request: web.Request) -> web.Response:
    """Nothing more is sent to it; what it is owed waits. Once more changes nothing."""
    who, body = await _asked(request)
    said = _document(body, Pause, '{"reason": "…"}')
    if not said.reason.isprintable():
        raise _bad('{"reason": "…"}, in one line')
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        recipient = await _known(request, connection)
        if await pause(connection, recipient, who.subject, said.reason, now):
            await log.append(connection, "recipient-paused", {"recipient": recipient, "by": who.subject}, now)
        return await _answer(request, connection, recipient, now)


async def post_resume(request: web.Request) -> web.Response:
    """What waits is due at once, in its order."""
    who, _ = await _asked(request)
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        recipient = await _known(request, connection)
        if await resume(connection, recipient):
            await log.append(connection, "recipient-resumed", {"recipient": recipient, "by": who.subject}, now)
        return await _answer(request, connection, recipient, now)


async def post_replay(request: web.Request) -> web.Response:
    """Deliveries are sent again under their own ids, so that the recipient can tell a repeat."""
    who, body = await _asked(request)
    said = _document(body, Replay, '{"delivery": "<id>"} or {"since": "<time with its offset>"}')
    if bool(said.delivery) == bool(said.since):
        raise _bad('either {"delivery": "<id>"} or {"since": "<time with its offset>"}')
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        recipient = await _known(request, connection)
        known = request.app[CONTEXT].catalogue.recipients.get(recipient)
        today = today_of(known, now.date()) if known else Today(recipient)
        again = await replay(connection, today, now.date(), delivery=said.delivery or None, since=said.since or None)
        for id in again:
            subject = {"recipient": recipient, "delivery": str(id), "by": who.subject}
            await log.append(connection, "delivery-replayed", subject, now)
        return await _answer(request, connection, recipient, now, replayed=len(again))


def shown(one: Served, catalogue: Catalogue, now: datetime) -> dict[str, Any]:
    """A recipient as an operator sees it. `lag_seconds`: the age of the oldest that waits."""
    known = catalogue.recipients.get(one.recipient)
    paused = {"since": one.paused_since, "by": one.paused_by, "reason": one.paused_reason}
    return {
        "id": one.recipient,
        "name": known.name if known else None,
        "kind": known.kind if known else None,
        "transport": known.send.transport if known else None,
        "state": _state(one, catalogue, now),
        "waiting": one.waiting,
        "lag_seconds": (now - one.oldest).total_seconds() if one.oldest else 0.0,
        "last_success": one.last_success,
        "last_outcome": one.last_outcome,
        "paused": paused if one.paused_since else None,
    }


def _state(one: Served, catalogue: Catalogue, now: datetime) -> str:
    known = catalogue.recipients.get(one.recipient)
    if one.paused_since:
        return PAUSED
    if known is None:
        return "set-aside"
    if known.key_for(now.date()) is None:
        return "without-key"
    return "failing" if one.last_outcome else "waiting" if one.waiting else "idle"


async def _asked(request: web.Request) -> tuple[Caller, bytes]:
    who = await only(request, "operator")
    parameters.only_known(request)
    return who, await whole(request, most=DOCUMENT_BYTES)


async def _known(request: web.Request, connection: Connection) -> str:
    """The recipient that is meant, even one whose folder was set aside or taken away while something waits for it."""
    recipient, catalogue = request.match_info["id"], request.app[CONTEXT].catalogue
    if recipient in catalogue.recipients or any(one.recipient == recipient for one in await served(connection, ())):
        return recipient
    raise Problem(404, "no-such-recipient", "there is no recipient with this id in keys/, and nothing waits for one")


async def _answer(
    request: web.Request, connection: Connection, recipient: str, now: datetime, **more: Any
) -> web.Response:
    [one] = [one for one in await served(connection, [recipient]) if one.recipient == recipient]
    return as_json(shown(one, request.app[CONTEXT].catalogue, now) | more)


def _document(body: bytes, kind: type[Any], expected: str) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _bad(expected) from None


def _bad(expected: str) -> Problem:
    return Problem(400, "bad-recipient-request", f"send {expected} as JSON")
