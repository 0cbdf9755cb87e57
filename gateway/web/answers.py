"""How answers leave: JSON, and the headers that every answer carries (RFC 9110, RFC 9111; W3C CSP 3, Fetch).

In: a document, or any response about to be sent. Out: bytes; headers that keep what is said here out of caches, frames
and guesses about its type. What a route set itself stays as it is.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from gateway.web.peer import is_secure

_ALWAYS = {
    "Cache-Control": "no-store",  # an answer tells of a list's mistakes: it is nobody's to keep
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def as_json(document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer. `document`: anything msgspec encodes."""
    return json_bytes(msgspec.json.encode(document), status=status, headers=headers)


def json_bytes(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer that is stored as it goes out."""
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


async def with_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Runs before any response of the application is sent."""
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-cache"  # kept, and asked for anew each time (RFC 9111 section 5.2.2.4)
    add_headers(response, is_tls=is_secure(request))


def add_headers(response: web.StreamResponse, *, is_tls: bool) -> None:
    """What every response carries."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "gateway"
    if is_tls:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
