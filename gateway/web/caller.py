"""Who asks, as every page and route knows it; the cookie, and the token by which a form of theirs is told from a forged one.

In: nothing, or a request. Out: a `Caller` that `access` found, the cookie, the CSRF token that goes with it.
"""

import hashlib
import hmac
import re
from typing import Final

import msgspec
from aiohttp import web

from gateway.store.tokens import Kind
from gateway.web.peer import is_secure

COOKIE: Final = "gateway"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"  # what htmx sends
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # as people.links makes it


class Caller(msgspec.Struct, frozen=True):
    """`subject`: the carrier's, recipient's or port's id, or the operator's office. `name` is who stands in the logs: a person's account, or whom the token is for.
    `waits`: a colleague has not confirmed the account yet."""

    kind: Kind
    subject: str
    name: str
    is_person: bool = False
    waits: bool = False


WHO: web.RequestKey[Caller] = web.RequestKey("who", Caller)
"""Who looks at the page that is being made; absent where nobody is signed in."""


def cookie_name(request: web.Request) -> str:
    """Over TLS a name that no other host and no plain connection can set (RFC 6265bis section 4.1.3.2)."""
    return f"__Host-{COOKIE}" if is_secure(request) else COOKIE


def cookie_of(request: web.Request) -> str:
    """The secret of the session; "" where none came, or what came is none."""
    secret = request.cookies.get(cookie_name(request), "")
    return secret if _SECRET.fullmatch(secret) else ""


def csrf_token(request: web.Request) -> str:
    """What the forms of whoever has this cookie must carry: no script can read the cookie, so nobody else can know it."""
    secret = cookie_of(request)
    return csrf_of(secret) if secret else ""


def csrf_of(secret: str) -> str:
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()
