"""What happens on board: POST /v1/calls/{id}/events, GET /v1/calls/{id}/ledger, POST /v1/calls/{id}/checks.

In: events of the call's carrier or of the operator, each with an Idempotency-Key; what the border found, of the desk or the operator. Out: the
persons-on-board ledger. Numbers and words of closed lists: there is no place for a name.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.compliance import enter_check, report_event
from gateway.obligations import ExpectedCall
from gateway.settings import utc_now
from gateway.store import Connection, transaction
from gateway.store.calls import call
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.track import EventKind, EventReason, Ledger, ledger
from gateway.track.events import Persons, Revision
from gateway.track.metrics import Checked
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.documents import bad_document, document
from gateway.web.problems import Problem

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_AHEAD = timedelta(minutes=5)  # a ship's clock may be fast
_BACK = timedelta(days=60)  # as long as lists are kept
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Number = Annotated[int, msgspec.Meta(ge=0, le=99_999)]
_CHANGED = {
    "key-reused": "this Idempotency-Key came with another event before; use a new key for a new event",
    "revision-taken": "this revision of the event says something else already; send a higher revision",
    "of-another": "this id is that of another call's event, of another kind of event, or of somebody else's",
}


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event as it is sent; with `id` and `revision` it replaces an earlier one of the same sender."""

    kind: EventKind
    at: _Instant
    persons: Persons
    reason: EventReason | None = None
    id: UUID | None = None
    revision: Revision = 1
    withdrawn: bool = False


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many were checked, and how many of them were as listed."""

    checked: Annotated[int, msgspec.Meta(ge=1, le=99_999)]
    agreed: _Number


async def post_event(request: web.Request) -> web.Response:
    """The event is kept; sent again it is the same one."""
    who = await only(request, "carrier", "operator")
    parameters.only_known(request)
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise Problem(400, "bad-idempotency-key", "send an Idempotency-Key of 1 to 255 visible ASCII characters")
    said = document(await whole(request, most=DOCUMENT_BYTES), Reported)
    now = utc_now()
    if not now - _BACK < said.at < now + _AHEAD:
        raise bad_document("'at' lies ahead, or too far back: an event is told once it has happened, within 60 days")
    async with transaction(request.app[CONTEXT].pool) as connection:
        found = await _call(connection, request, who)
        added = await report_event(
            connection,
            found.id,
            said.kind,
            at=said.at,
            persons=said.persons,
            by=f"{who.kind} {who.name}",
            key=key,
            now=now,
            id=said.id,
            revision=said.revision,
            reason=said.reason,
            withdrawn=said.withdrawn,
        )
        book = await _ledger(connection, found.id, now)
    if added.outcome in _CHANGED:
        raise Problem(422, added.outcome, _CHANGED[added.outcome])
    return as_json({"event": added.event, "ledger": book}, status=201 if added.outcome == "new" else 200)


async def get_ledger(request: web.Request) -> web.Response:
    """Booked, boarded, counted, listed, disembarked: each with where it comes from."""
    who = await only(request, "carrier", "viewer", "operator", "desk")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await _call(connection, request, who)
        book = await _ledger(connection, found.id, utc_now())
    return as_json(book)


async def post_check(request: web.Request) -> web.Response:
    """What the border or the gangway found of this call's persons, as numbers."""
    who = await only(request, "desk", "operator")
    parameters.only_known(request)
    said = document(await whole(request, most=DOCUMENT_BYTES), Found)
    if said.agreed > said.checked:
        raise bad_document("'agreed' is no more than 'checked'")
    async with transaction(request.app[CONTEXT].pool) as connection:
        found = await _call(connection, request, who)
        await enter_check(connection, found.id, Checked(said.checked, said.agreed), by=who.name, now=utc_now())
    return as_json({"call": found.id, "checked": said.checked, "agreed": said.agreed}, status=201)


async def _call(connection: Connection, request: web.Request, who: Caller) -> ExpectedCall:
    id = request.match_info["id"]
    found = await call(connection, id) if id.isprintable() else None
    if found is None or (who.kind == "carrier" and who.subject != found.carrier):
        raise Problem(404, "no-such-call", "there is no call with this id that you may see")
    return found


async def _ledger(connection: Connection, id: str, now: datetime) -> Ledger:
    return ledger(id, await filings_of(connection, [id]), await events_of(connection, [id]), now)
