"""Signing in to the board: a token becomes a cookie that no script can read and no other site can send.

In: a form with a token. Out: the cookie and the way to the board, or the form again with what is wrong. A form that
another site sent is refused (Fetch Metadata, Sec-Fetch-Site), so that nobody is signed in or out unawares.
"""

from urllib.parse import parse_qs

from aiohttp import web

from gateway.web import pages
from gateway.web.access import COOKIE, bearer
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.problems import Problem

_SECONDS = 12 * 3600  # a working day
READERS = ("viewer", "operator", "carrier")


async def form(request: web.Request) -> web.Response:
    """GET /sign-in"""
    return pages.html("sign-in.html", wrong="")


async def sign_in(request: web.Request) -> web.Response:
    """POST /sign-in"""
    _refuse_other_sites(request)
    token = _token_in(await whole(request, most=DOCUMENT_BYTES))
    found = await bearer(request.app, token)
    if found is None:
        return pages.html("sign-in.html", status=401, wrong="This token is unknown, expired or revoked. Ask the operator of the gateway for a new one.")  # fmt: skip
    if found.kind not in READERS:
        return pages.html("sign-in.html", status=403, wrong="This token is for fetching a feed, not for the board. Ask the operator of the gateway for a viewer's token.")  # fmt: skip
    response = pages.see_other("/")
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Strict", secure=request.secure, max_age=_SECONDS, path="/"
    )
    return response


async def sign_out(request: web.Request) -> web.Response:
    """POST /sign-out"""
    _refuse_other_sites(request)
    response = pages.see_other("/sign-in")
    response.del_cookie(COOKIE, path="/")
    return response


def _token_in(body: bytes) -> str:
    """The field of application/x-www-form-urlencoded (WHATWG URL 5)."""
    fields = parse_qs(body.decode("ascii", errors="replace"))
    return fields.get("token", [""])[0].strip()


def _refuse_other_sites(request: web.Request) -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "other-site", "open the gateway's own page and use the form there")
