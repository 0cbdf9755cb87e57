"""Signing in: a person with name, password and a code of the phone; a screen with an access token. And out.

In: one of two forms of our own page. Out: the cookie of a new session and the way on; or the form again with what is wrong, in words that
are the same for a wrong name, password or code. A form that another site sent is refused, so that nobody is signed in or out unawares.
"""

import hashlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from gateway.settings import utc_now
from gateway.store import log, transaction
from gateway.store.tokens import Kind
from gateway.web import pages, parameters, sessions
from gateway.web.access import bearer
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.credentials import Right, judge, settle, typed_in
from gateway.web.language import own_address
from gateway.web.limits import count_sign_in, too_often
from gateway.web.provider import OPENID
from gateway.web.rooms import open_to
from gateway.web.visitor import fields_of, refuse_other_sites
from gateway.web.words import figure, say

_PERSONS_ONLY: Final[tuple[Kind, ...]] = ("desk", "rescue")  # what they do is done by somebody by name


async def form(request: web.Request) -> web.Response:
    """GET /sign-in?to=/…, with `screen=1` where it is a screen that is to be signed in"""
    parameters.only_known(request, "to", "screen")
    return _form(request, request.query, is_screen="screen" in request.query)


async def sign_in(request: web.Request) -> web.Response:
    """POST /sign-in"""
    refuse_other_sites(request)
    count_sign_in(request)
    fields = await fields_of(request)
    found = await judge(request, typed_in(fields))
    if isinstance(found, float):
        return slow_down(_form(request, fields, wrong_of(found), status=429), found)
    response = await _let_in(request, found, fields.get("to", "")) if found is not None else None
    return response or _form(request, fields, wrong_of(None), status=401)


async def _let_in(request: web.Request, right: Right, to: str) -> web.Response | None:
    """None where the code has just been used."""
    account, now = right.account, utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        failed = await settle(connection, right, now)
        if failed is None:
            return None
        secret = await sessions.begin(request, connection, account.kind, account=account.id)
        means = "code" if right.verdict.step is not None else "recovery-code"
        about = {"by": account.name, "kind": account.kind, "with": means} | ({"failed": str(failed)} if failed else {})
        await log.append(connection, "signed-in", about, now)
    waits = account.confirm_code is not None
    who = Caller(account.kind, account.subject, account.name, is_person=True, waits=waits)
    return way_in(request, who, secret, to)


async def sign_in_screen(request: web.Request) -> web.Response:
    """POST /sign-in/screen"""
    refuse_other_sites(request)
    count_sign_in(request)
    fields = await fields_of(request)
    token = fields.get("token", "").strip()
    found = await bearer(request.app, token)
    if found is None:
        wrong = say("This token is unknown, expired or revoked. Ask the operator of the gateway for a new one.")
        return _form(request, fields, wrong, status=401, is_screen=True)
    if found.kind in _PERSONS_ONLY or not open_to(found.kind):
        wrong = say(
            "This token is not for the pages. Sign in with a name, or ask the operator of the gateway for a viewer's token."
        )
        return _form(request, fields, wrong, status=403, is_screen=True)
    async with transaction(request.app[CONTEXT].pool) as connection:
        secret = await sessions.begin(request, connection, found.kind, token=hashlib.sha256(token.encode()).digest())
    return way_in(request, found, secret, fields.get("to", ""))


async def sign_out(request: web.Request) -> web.Response:
    """POST /sign-out"""
    refuse_other_sites(request)
    async with transaction(request.app[CONTEXT].pool) as connection:
        await sessions.end(request, connection)
    response = pages.see_other("/sign-in")
    sessions.clear_cookie(request, response)
    return response


def way_in(request: web.Request, who: Caller, secret: str, to: str) -> web.Response:
    """The cookie, and on to where one wanted to go, or to the first page of this kind of caller."""
    response = pages.see_other(own_address(to) if to and not who.waits else first_page(who.kind, waits=who.waits))
    sessions.set_cookie(request, response, secret, who.kind, is_person=who.is_person)
    return response


def first_page(kind: Kind, *, waits: bool = False) -> str:
    """Where this kind of caller begins; who waits for a colleague's word, where the code for them is."""
    rooms = () if waits else open_to(kind)
    return rooms[0].path if rooms else "/account"


def refused(request: web.Request, wrong: str, *, status: int) -> web.Response:
    """The form, with why somebody was not let in in another way."""
    return _form(request, {}, wrong, status=status)


def wrong_of(wait: float | None) -> str:
    """What is wrong with a try; `wait`: how long it has not been looked at."""
    if wait is None:
        return say(
            "The name, the password or the code is wrong, or the code was used before. Wait for the next code and try again."
        )
    minutes = max(round(wait / 60), 1)
    return say(
        "There were too many wrong tries. Try again in about %(minutes)s min; nothing is looked at before.",
        minutes=figure(minutes),
    )


def slow_down(response: web.Response, wait: float) -> web.Response:
    """Says when to come again (RFC 9110 section 10.2.3)."""
    response.headers.update(too_often(wait).headers)
    return response


def _form(
    request: web.Request, given: Mapping[str, str], wrong: str = "", *, status: int = 200, is_screen: bool = False
) -> web.Response:
    openid = request.app.get(OPENID)
    return pages.html(
        request, "sign-in.html", status=status, wrong=wrong, to=given.get("to", ""), name=given.get("name", ""), is_screen=is_screen,
        back=request.path_qs if (request.method, request.path) == ("GET", "/sign-in") else "/sign-in",
        provider=urlsplit(openid.us.issuer).hostname if openid is not None else "",
    )  # fmt: skip
