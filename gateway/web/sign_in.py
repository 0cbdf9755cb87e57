"""Signing in to the board: a token becomes a cookie that no script can read and no other site can send.

In: a form with a token. Out: the cookie and the way to the board, or the form again with what is wrong. A form that
another site sent is refused (Fetch Metadata, Sec-Fetch-Site), so that nobody is signed in or out unawares.
"""

from urllib.parse import parse_qsl

from aiohttp import web

from gateway.web import pages, parameters
from gateway.web.access import bearer
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.caller import COOKIE
from gateway.web.language import own_address
from gateway.web.rooms import open_to
from gateway.web.visitor import refuse_other_sites
from gateway.web.words import say

_SECONDS = 12 * 3600  # a working day


async def form(request: web.Request) -> web.Response:
    """GET /sign-in?to=/…"""
    parameters.only_known(request, "to")
    return _form(request, request.query.get("to", ""))


async def sign_in(request: web.Request) -> web.Response:
    """POST /sign-in"""
    refuse_other_sites(request)
    fields = _fields(await whole(request, most=DOCUMENT_BYTES))
    token, to = fields.get("token", "").strip(), fields.get("to", "")
    found = await bearer(request.app, token)
    if found is None:
        wrong = say("This token is unknown, expired or revoked. Ask the operator of the gateway for a new one.")
        return _form(request, to, wrong, status=401)
    rooms = open_to(found.kind)
    if not rooms:
        wrong = say(
            "This token is for fetching a feed, not for the pages. Ask the operator of the gateway for a viewer's token."
        )
        return _form(request, to, wrong, status=403)
    response = pages.see_other(own_address(to) if to else rooms[0].path)
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Strict", secure=request.secure, max_age=_SECONDS, path="/"
    )
    return response


def _form(request: web.Request, to: str, wrong: str = "", *, status: int = 200) -> web.Response:
    return pages.html(request, "sign-in.html", status=status, wrong=wrong, to=to)


async def sign_out(request: web.Request) -> web.Response:
    """POST /sign-out"""
    refuse_other_sites(request)
    response = pages.see_other("/sign-in")
    response.del_cookie(COOKIE, path="/")
    return response


def _fields(body: bytes) -> dict[str, str]:
    """The fields of application/x-www-form-urlencoded (WHATWG URL 5)."""
    return dict(parse_qsl(body.decode("ascii", errors="replace")))
