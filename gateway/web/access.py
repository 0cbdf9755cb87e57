"""Who is asking: a carrier by its client certificate or token; a port viewer, a recipient, an operator by token.

In: a request. Out: a `Caller`, or a problem. Tokens are 256 random bits, so their SHA-256 is all that the store keeps.
A certificate counts only over our own TLS, and only the very key that stands in keys/senders/.
"""

import hashlib
from typing import Literal

import msgspec
from aiohttp import web

from gateway.settings import utc_now
from gateway.store import tokens
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

Kind = Literal["carrier", "viewer", "recipient", "operator"]
COOKIE = "gateway-viewer"


class Caller(msgspec.Struct, frozen=True):
    """`subject`: the carrier's, recipient's or port's id, or the operator's name."""

    kind: Kind
    subject: str


async def caller(request: web.Request) -> Caller:
    """Who asks, or 401."""
    context = request.app[CONTEXT]
    certificate = request.transport.get_extra_info("ssl_object") if request.transport else None
    if certificate is not None:
        der = certificate.getpeercert(binary_form=True)
        sender = context.catalogue.sender_of(der, utc_now()) if der else None
        if sender is not None:
            return Caller("carrier", sender)
    token = _token(request)
    if token is None:
        raise Problem(
            401,
            "no-credentials",
            "send 'Authorization: Bearer …' or a client certificate",
            {"WWW-Authenticate": "Bearer"},
        )
    async with context.pool.acquire(timeout=10) as connection:
        found = await tokens.find_token(connection, hashlib.sha256(token.encode()).digest(), utc_now())
    if found is None:
        detail = "this token is unknown, expired or revoked; ask the operator for a new one"
        raise Problem(401, "bad-credentials", detail, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return Caller(found.kind, found.subject)


def _token(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.cookies.get(COOKIE) if request.method in ("GET", "HEAD") else None


async def only(request: web.Request, *kinds: Kind) -> Caller:
    """The caller, if of one of these kinds; else 403."""
    found = await caller(request)
    if found.kind not in kinds:
        raise Problem(403, "not-allowed", f"this is for {' and '.join(kinds)}; you are signed in as {found.kind}")
    return found
