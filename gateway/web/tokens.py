"""/v1/tokens: an operator makes, lists and revokes access tokens.

In: whom a token speaks for, and for how many days. Out: the token, shown this once; of the others all but the token. A
token is known by its SHA-256, which is also how it is revoked.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.codes.ports import EDITION, PortMatch, port
from gateway.settings import utc_now
from gateway.store import log, transaction
from gateway.store.tokens import Kind, Token, add_token, revoke_token, tokens
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator asks for."""

    kind: Kind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 365
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


async def post(request: web.Request) -> web.Response:
    """A new token: 256 random bits, of which the store keeps the SHA-256."""
    who = await only(request, "operator")
    parameters.only_known(request)
    wanted = _wanted(await whole(request, most=DOCUMENT_BYTES))
    context = request.app[CONTEXT]
    refuse_unknown_subject(context.catalogue, wanted.kind, wanted.subject)
    token = secrets.token_urlsafe(32)
    made = _made(wanted, token, utc_now())
    async with transaction(context.pool) as connection:
        await add_token(connection, made)
        await log.append(connection, "token-made", _logged(who.subject, made), made.created_at)
    document = {"token": token, "id": made.sha256.hex(), "kind": made.kind, "subject": made.subject}
    return as_json(document | {"expires_at": made.expires_at}, status=201)


async def get(request: web.Request) -> web.Response:
    """Every token ever made, the revoked and expired ones too."""
    await only(request, "operator")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await tokens(connection)
    return as_json({"tokens": [_shown(one) for one in found]})


async def delete(request: web.Request) -> web.Response:
    """The token lets nobody in any more, from now on."""
    who = await only(request, "operator")
    parameters.only_known(request)
    id, now = request.match_info["id"], utc_now()
    if _DIGEST.fullmatch(id) is None:
        raise _no_such_token()
    async with transaction(request.app[CONTEXT].pool) as connection:
        if not await revoke_token(connection, bytes.fromhex(id), now):
            raise _no_such_token()
        await log.append(connection, "token-revoked", {"by": who.subject, "sha256": id}, now)
    return web.Response(status=204)


def _wanted(body: bytes) -> Wanted:
    try:
        wanted = msgspec.json.decode(body, type=Wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _bad_request() from None
    if not wanted.subject.isprintable() or not wanted.note.isprintable():
        raise _bad_request()
    return wanted


def refuse_unknown_subject(catalogue: Catalogue, kind: Kind, subject: str) -> None:
    """400 for a carrier or recipient that nobody has described, and for a port that there is none of: its screens would be well and empty for ever."""
    if kind == "viewer" and port(subject) != PortMatch(subject, port(subject).name, "code"):
        raise Problem(
            400,
            "no-such-subject",
            f"a viewer is of one port: give its code in capitals, such as FIHEL ({EDITION}, sea ports)",
        )
    known = {"carrier": catalogue.carriers, "recipient": catalogue.recipients}.get(kind)
    if known is not None and subject not in known:
        raise Problem(400, "no-such-subject", f"there is no {kind} with this id in the catalogue")


def _made(wanted: Wanted, token: str, now: datetime) -> Token:
    return Token(
        sha256=hashlib.sha256(token.encode()).digest(),
        kind=wanted.kind,
        subject=wanted.subject,
        note=wanted.note,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )


def _logged(by: str, made: Token) -> dict[str, str]:
    return {"by": by, "kind": made.kind, "subject": made.subject, "sha256": made.sha256.hex()}


def _shown(token: Token) -> dict[str, Any]:
    return {
        "id": token.sha256.hex(),
        "kind": token.kind,
        "subject": token.subject,
        "note": token.note,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _bad_request() -> Problem:
    return Problem(400, "bad-token-request", 'send {"kind", "subject", "days"?, "note"?} as JSON; texts are one line')


def _no_such_token() -> Problem:
    return Problem(404, "no-such-token", "there is no valid token with this id; GET /v1/tokens lists them all")
