"""/account: what a person can do about their own sign-in: another password, another phone, out everywhere.

In: a session of a person; for a password or a phone also password and code once more, so that whoever finds an open browser cannot take the
account. Out: the page; a link to enrol the new phone with; the end of every session but this one.
"""

from datetime import timedelta
from functools import partial

from aiohttp import web

from gateway.people import fingerprint, hashed, new_secret, new_totp_secret
from gateway.rescue.colleagues import read_out
from gateway.settings import utc_now
from gateway.store import Connection, accounts, colleagues, log, transaction
from gateway.store.accounts import Account
from gateway.store.sessions import end_sessions
from gateway.web import pages, parameters, sessions
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.credentials import Right, judge, sealed_secret, settle, typed_in
from gateway.web.enrol import new_password_wrong
from gateway.web.limits import in_turn
from gateway.web.problems import Problem
from gateway.web.rooms import EVERYBODY, ROLES
from gateway.web.sign_in import slow_down, wrong_of
from gateway.web.visitor import form_of, visitor
from gateway.web.words import say

_DEVICE_LINK = timedelta(minutes=15)


async def page(request: web.Request) -> web.Response:
    """GET /account"""
    parameters.only_known(request, "done")
    who = _person(await visitor(request, *EVERYBODY, may_wait=True))
    return await _page(request, who)


async def change_password(request: web.Request) -> web.Response:
    """POST /account/password"""
    who, fields = await form_of(request, *EVERYBODY, may_wait=True)
    _person(who)
    wanted = {"password": fields.get("new", ""), "again": fields.get("again", "")}
    if wrong := await new_password_wrong(request, wanted, who.name):
        return await _page(request, who, wrong, status=400)
    right = await judge(request, typed_in(fields, who.name))
    if not isinstance(right, Right):
        return await _refused(request, who, right)
    kept, now = await in_turn(request, partial(hashed, wanted["password"])), utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        if await settle(connection, right, now) is None:
            return await _refused(request, who, None)
        await accounts.set_password(connection, right.account.id, kept)
        await end_sessions(connection, right.account.id)
        secret = await sessions.begin(request, connection, who.kind, account=right.account.id)
        await log.append(connection, "password-changed", {"by": who.name}, now)
    response = pages.see_other("/account?done=password")
    sessions.set_cookie(request, response, secret, who.kind, is_person=True)
    return response


async def change_device(request: web.Request) -> web.Response:
    """POST /account/device: on to the page where the new phone is enrolled; the old one is good until that is done."""
    who, fields = await form_of(request, *EVERYBODY, may_wait=True)
    right = await judge(request, typed_in(fields, _person(who).name))
    if not isinstance(right, Right):
        return await _refused(request, who, right)
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        if await settle(connection, right, now) is None:
            return await _refused(request, who, None)
        link = await make_link(request, connection, right.account, _DEVICE_LINK)
        await log.append(connection, "person-link", {"by": who.name, "name": who.name}, now)
    return pages.see_other(f"/enrol?link={link}")


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """POST /account/sign-out"""
    who, _ = await form_of(request, *EVERYBODY, may_wait=True)
    _person(who)
    async with transaction(request.app[CONTEXT].pool) as connection:
        account = await accounts.account_named(connection, who.name)
        if account is not None:
            await end_sessions(connection, account.id)
    response = pages.see_other("/sign-in")
    sessions.clear_cookie(request, response)
    return response


async def make_link(request: web.Request, connection: Connection, account: Account, good_for: timedelta) -> str:
    """A link to enrol with; older ones of this account are good no more."""
    link, now = new_secret(), utc_now()
    secret = sealed_secret(new_totp_secret(), request.app[CONTEXT].catalogue.identity, account.id)
    await accounts.add_link(connection, fingerprint(link), account.id, secret, now, now + good_for)
    return link


def _person(who: Caller) -> Caller:
    if not who.is_person:
        raise Problem(
            403, "not-a-person", "this page is for people; a screen or a program is let in by its access token"
        )
    return who


async def _refused(request: web.Request, who: Caller, wait: float | None) -> web.Response:
    response = await _page(request, who, wrong_of(wait), status=401 if wait is None else 429)
    return response if wait is None else slow_down(response, wait)


async def _page(request: web.Request, who: Caller, wrong: str = "", *, status: int = 200) -> web.Response:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        account = await accounts.account_named(connection, who.name)
        is_first = not await colleagues.was_anybody_confirmed(connection)
    if account is None:
        raise Problem(404, "no-such-person", "this account is gone")
    done = (
        say("The password is changed, and every other browser is signed out.")
        if request.query.get("done") == "password"
        else ""
    )
    return pages.html(
        request,
        "account.html",
        status=status,
        back="/account",
        account=account,
        role=ROLES[account.kind],
        wrong=wrong,
        done=done,
        code=read_out(account.confirm_code) if account.confirm_code else "",
        is_first=is_first,
    )
