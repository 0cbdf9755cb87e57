"""Who is asking: a carrier by its client certificate, programs by token, people and screens by the cookie of their session.

In: a request. Out: a `Caller`, or a problem. Tokens are 256 random bits (RFC 6750), so their SHA-256 is all that the store
keeps. A certificate counts only over our own TLS, and only the very key that stands in keys/senders/. A cookie counts
for looking (GET, HEAD); for doing it counts in a form of our own pages (`visitor.form_of`) and nowhere else.
"""

import hashlib
import re

from aiohttp import web

from gateway.settings import utc_now
from gateway.store import tokens
from gateway.store.tokens import Kind
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem
from gateway.web.sessions import session_of
from gateway.web.words import mark

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,200}")  # RFC 6750 section 2.1


async def caller(request: web.Request, *, is_form: bool = False, may_wait: bool = False) -> Caller:
    """Who asks, or 401. In a form the cookie counts whatever the method, and a certificate, which a browser sends unasked, does not. Whose account
    waits for a colleague's word gets 403, unless `may_wait`."""
    sender = None if is_form else _by_certificate(request)
    if sender is not None:
        return Caller("carrier", sender, sender)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await _by_token(request, token.strip())
    session = await session_of(request) if is_form or request.method in ("GET", "HEAD") else None
    if session is None:
        raise _nobody(is_form=is_form)
    if session.waits and not may_wait:
        raise not_confirmed()
    return Caller(session.kind, session.subject, session.name, session.account is not None, session.waits)


async def only(request: web.Request, *kinds: Kind) -> Caller:
    """The caller, if of one of these kinds; else 403."""
    found = await caller(request)
    if found.kind not in kinds:
        raise Problem(403, "not-allowed", f"this is for {' and '.join(kinds)}; you are signed in as {found.kind}")
    return found


async def bearer(app: web.Application, token: str) -> Caller | None:
    """Whose token this is, if it is good now."""
    if _TOKEN.fullmatch(token) is None:
        return None
    async with app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await tokens.find_token(connection, hashlib.sha256(token.encode()).digest(), utc_now())
    return Caller(found.kind, found.subject, found.subject) if found else None


def not_confirmed() -> Problem:
    """Of an account that comes near names, until a colleague has vouched for its owner."""
    detail = "a colleague confirms your account first; /account shows the code to read to them"
    return Problem(403, "not-confirmed", detail)


def _by_certificate(request: web.Request) -> str | None:
    tls = request.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    return request.app[CONTEXT].catalogue.sender_of(certificate, utc_now()) if certificate else None


async def _by_token(request: web.Request, token: str) -> Caller:
    found = await bearer(request.app, token)
    if found is None:
        detail = "this token is unknown, expired or revoked; ask the operator for a new one"
        raise Problem(401, "bad-credentials", detail, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return found


def _nobody(*, is_form: bool) -> Problem:
    if is_form:
        return Problem(
            401, "signed-out", mark("you are signed out; sign in, open the page again and send it from there")
        )
    detail = "send 'Authorization: Bearer …' or a client certificate"
    return Problem(401, "no-credentials", detail, {"WWW-Authenticate": "Bearer"})
