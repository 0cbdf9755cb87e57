"""GET and POST /v1/feeds/{recipient}: a recipient fetches what it is owed, as often as it likes, and says what it has.

In: a recipient's token, a position. Out: sealed envelopes in base64, oldest first, each at a position that never changes;
reading again from an earlier position replays. What is acknowledged is accepted, as if it had been posted, and stays for
replay until its retention ends; then it is counted, not shown. A list that a newer one replaced before it was acknowledged is
no longer there. `Prefer: wait=N` (RFC 7240) holds an empty answer back until something comes. Only for recipients whose transport is "feed".
"""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.settings import utc_now
from gateway.store import Pool, log, transaction
from gateway.store.deliveries import FeedItem, acknowledge, feed, feed_ended
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.moves import MOVES, STOPPING
from gateway.web.problems import Problem

_MOST, _USUAL = 500, 100  # deliveries in one answer
_LONGEST_WAIT = 60.0  # seconds; a proxy between usually cuts what is silent for longer
_AT_A_TIME = 4  # read from the store at once, so that large lists do not fill the memory
_PAGE_BYTES = 8 * 1024 * 1024  # after which an answer is long enough


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`deliveries`: the ids of those that the recipient has stored safely."""

    deliveries: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=_MOST)]


async def get(request: web.Request) -> web.Response:
    """The deliveries after a position. Ask again with `after` = `next` until there are none."""
    recipient = await _own(request)
    parameters.only_known(request, "after", "limit")
    after = parameters.number(request, "after", default=0)
    limit = parameters.number(request, "limit", default=_USUAL, least=1, most=_MOST)
    items = await _page_within(request, recipient, after, limit, parameters.wait(request, most=_LONGEST_WAIT))
    document = {
        "recipient": recipient,
        "deliveries": [_shown(item) for item in items],
        "next": items[-1].position if items else after,
        "ended": await feed_ended(request.app[CONTEXT].pool, recipient, after=after),
    }
    return as_json(document)


async def post_ack(request: web.Request) -> web.Response:
    """The recipient has these. Saying so twice changes nothing."""
    recipient = await _own(request)
    parameters.only_known(request)
    said = _acknowledgement(await whole(request, most=DOCUMENT_BYTES))
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        new = await acknowledge(connection, recipient, said.deliveries)
        for id in new:
            await log.append(connection, "delivery-accepted", {"delivery": str(id), "recipient": recipient}, now)
    others = [id for id in dict.fromkeys(said.deliveries) if id not in new]
    return as_json({"acknowledged": new, "not_waiting": others})


async def _own(request: web.Request) -> str:
    """The recipient whose feed this is; any other one's does not exist."""
    who = await only(request, "recipient")
    recipient = request.app[CONTEXT].catalogue.recipients.get(who.subject)
    if request.match_info["recipient"] != who.subject or recipient is None:
        raise Problem(404, "no-such-feed", "there is no feed of this name that you may read")
    if recipient.send.transport != "feed":
        raise Problem(404, "no-such-feed", "your deliveries are posted to you; ask the operator to make them a feed")
    return who.subject


async def _page_within(request: web.Request, recipient: str, after: int, limit: int, seconds: float) -> list[FeedItem]:
    """A page as soon as there is one, or an empty one when the time is over."""
    moves, loop = request.app[MOVES], asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        ticket = moves.ticket()
        found = await _page(request.app[CONTEXT].pool, recipient, after, limit)
        left = until - loop.time()
        if found or left <= 0 or request.app[STOPPING].is_set():
            return found
        await moves.after(ticket, left)


async def _page(pool: Pool, recipient: str, after: int, limit: int) -> list[FeedItem]:
    """Up to `limit` deliveries, and not much more than `_PAGE_BYTES` of them."""
    found: list[FeedItem] = []
    while len(found) < limit and sum(len(item.envelope) for item in found) < _PAGE_BYTES:
        room = min(_AT_A_TIME, limit - len(found))
        some = await feed(pool, recipient, after=found[-1].position if found else after, limit=room)
        found += some
        if len(some) < room:
            break
    return found


def _acknowledgement(body: bytes) -> Acknowledgement:
    try:
        return msgspec.json.decode(body, type=Acknowledgement)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        detail = f'send {{"deliveries": ["<id>", …]}} as JSON, with 1 to {_MOST} ids from your feed'
        raise Problem(400, "bad-acknowledgement", detail) from None


def _shown(item: FeedItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "id": item.id,
        "form": item.form,
        "purpose": item.purpose,
        "legal_basis": item.legal_basis,
        "media_type": item.media_type,
        "version": item.version,
        "created_at": item.created_at,
        "acknowledged": item.state == "accepted",
        "envelope": item.envelope,
    }
