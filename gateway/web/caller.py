"""Who asks, as every page and route knows it; and the token by which a form of theirs is told from a forged one.

In: nothing, or a request. Out: a `Caller` that `access` found, the CSRF token of its cookie.
"""

import hashlib
import hmac
from typing import Final

import msgspec
from aiohttp import web

from gateway.store.tokens import Kind

COOKIE: Final = "gateway-viewer"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"  # what htmx sends


class Caller(msgspec.Struct, frozen=True):
    """`subject`: the carrier's, recipient's or port's id, or the operator's office. `name` is who stands in the logs."""

    kind: Kind
    subject: str
    name: str


WHO: web.RequestKey[Caller] = web.RequestKey("who", Caller)
"""Who looks at the page that is being made; absent where nobody is signed in."""


def csrf_token(request: web.Request) -> str:
    """What the forms of whoever has this cookie must carry: no script can read the cookie, so nobody else can know it."""
    secret = request.cookies.get(COOKIE, "")
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest() if secret else ""
