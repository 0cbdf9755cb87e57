"""POST /v1/tokens: an operator makes an access token. In: kind, subject, days. Out: the token, shown this once."""

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from gateway.settings import utc_now
from gateway.store import log, transaction
from gateway.store.tokens import Token, add_token
from gateway.web.access import only
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["carrier", "viewer", "recipient", "operator"]
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 365
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


async def post(request: web.Request) -> web.Response:
    """A new token: 256 random bits, of which the store keeps the SHA-256."""
    who = await only(request, "operator")
    context = request.app[CONTEXT]
    try:
        wanted = msgspec.json.decode(await request.read(), type=Wanted)
    except msgspec.MsgspecError:
        raise Problem(400, "bad-token-request", 'send {"kind", "subject", "days"?, "note"?} as JSON') from None
    known = {"carrier": context.catalogue.carriers, "recipient": context.catalogue.recipients}.get(wanted.kind)
    if known is not None and wanted.subject not in known:
        raise Problem(400, "no-such-subject", f"there is no {wanted.kind} with this id in the catalogue")
    token, now = secrets.token_urlsafe(32), utc_now()
    digest = hashlib.sha256(token.encode()).digest()
    until = now + timedelta(days=wanted.days)
    made = Token(
        sha256=digest, kind=wanted.kind, subject=wanted.subject, note=wanted.note, created_at=now, expires_at=until
    )
    async with transaction(context.pool) as connection:
        await add_token(connection, made)
        subject = {"by": who.subject, "kind": wanted.kind, "subject": wanted.subject, "sha256": digest.hex()}
        await log.append(connection, "token-made", subject, now)
    document = {"token": token, "kind": wanted.kind, "subject": wanted.subject, "expires_at": until}
    return web.Response(status=201, body=msgspec.json.encode(document), content_type="application/json")
