"""Sessions: who is in, from the cookie of a sign-in to its end.

In: a request. Out: the session it belongs to; a cookie that holds 256 random bits, goes to nobody but us and no script sees. A sign-in
always makes a new session and ends the one that the browser had (no fixation). Sessions end by themselves: a person's after half an
hour without a request and after a working day, a screen's after a month; at once when the account is disabled or the token revoked.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.people import fingerprint, new_secret
from gateway.settings import utc_now
from gateway.store import Connection, sessions
from gateway.store.sessions import Session
from gateway.store.tokens import Kind
from gateway.web.caller import cookie_name, cookie_of
from gateway.web.context import CONTEXT
from gateway.web.peer import is_secure


class Lasting(msgspec.Struct, frozen=True):
    """How long a session is good: without a request, and at the most."""

    idle: timedelta
    most: timedelta


_PERSON = Lasting(timedelta(minutes=30), timedelta(hours=12))  # NIST SP 800-63B-4 section 2.2.3: at most 1 h and 24 h
_WATCH = Lasting(timedelta(hours=12), timedelta(hours=12))  # a duty officer looks at the board more than touches it
_SCREEN = Lasting(timedelta(days=30), timedelta(days=30))
_PEOPLE: Final[dict[Kind, Lasting]] = {"viewer": _WATCH}
_TOKENS: Final[dict[Kind, Lasting]] = {"viewer": _SCREEN}
_SEEN_EVERY = timedelta(minutes=1)


async def session_of(request: web.Request) -> Session | None:
    """Whose cookie came, if it is good now. A stream of events is no sign that somebody is there."""
    secret = cookie_of(request)
    if not secret:
        return None
    now = utc_now()
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await sessions.find_session(connection, fingerprint(secret), now)
        is_somebody = "text/event-stream" not in request.headers.get("Accept", "")
        if found is not None and is_somebody and now - found.seen_at >= _SEEN_EVERY:
            await sessions.seen(connection, found.sha256, now)
    return found


async def begin(
    request: web.Request, connection: Connection, kind: Kind, *, account: UUID | None = None, token: bytes | None = None
) -> str:
    """A new session, of an account or of an access token; its secret, for `set_cookie` once this is committed."""
    secret, now = new_secret(), utc_now()
    lasting = lasting_of(kind, is_person=account is not None)
    await end(request, connection)
    await sessions.add_session(
        connection, fingerprint(secret), account=account, token=token, at=now, idle_seconds=int(lasting.idle.total_seconds()), until=now + lasting.most
    )  # fmt: skip
    return secret


async def end(request: web.Request, connection: Connection) -> None:
    """The session that this browser had is over."""
    if secret := cookie_of(request):
        await sessions.end_session(connection, fingerprint(secret))


def lasting_of(kind: Kind, *, is_person: bool) -> Lasting:
    return (_PEOPLE if is_person else _TOKENS).get(kind, _PERSON)


def set_cookie(request: web.Request, response: web.Response, secret: str, kind: Kind, *, is_person: bool) -> None:
    """To this host alone, never to scripts, never with another site's request."""
    most = int(lasting_of(kind, is_person=is_person).most.total_seconds())
    response.set_cookie(
        cookie_name(request),
        secret,
        httponly=True,
        samesite="Strict",
        secure=is_secure(request),
        max_age=most,
        path="/",
    )


def clear_cookie(request: web.Request, response: web.Response) -> None:
    response.del_cookie(cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="Strict")
