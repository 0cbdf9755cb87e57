"""Who comes near names, and who wants to? /colleagues: those who are confirmed, those who wait for a colleague's word, and a form that gives it.

In: somebody of the rescue centre or the compliance desk, signed in by name; the code that the owner of an account read to them. Out: an account
that counts, or one that is disabled. Who waits sees this page only while nobody was ever confirmed: the first two confirm each other.
"""

from typing import Final

import msgspec
from aiohttp import web

from gateway.people import is_account_name
from gateway.rescue.colleagues import CONFIRMED, Doubt, confirming_denied
from gateway.settings import utc_now
from gateway.store import Connection, accounts, colleagues, transaction
from gateway.store.accounts import Account
from gateway.web import pages, parameters
from gateway.web.access import not_confirmed
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.problems import Problem
from gateway.web.rescue import only_persons
from gateway.web.rooms import COLLEAGUES, ROLES
from gateway.web.visitor import form_of, visitor
from gateway.web.words import mark, say

DOUBTS: Final = {
    Doubt.SAME_PERSON: mark("This is your own account, or has your e-mail address: somebody else confirms it."),
    Doubt.WAITS_TOO: mark("Your own account waits to be confirmed: until then you confirm nobody."),
    Doubt.NOT_WAITING: mark("This account does not wait any more."),
    Doubt.WRONG_CODE: mark(
        "This is not the code of this account. Have its owner read it from their account page again; do not take it from anybody else."
    ),
}


class Row(msgspec.Struct, frozen=True):
    """An account as the page shows it. `since`: when it was made, or confirmed."""

    name: str
    email: str
    role: str
    subject: str
    by: str
    since: str
    is_me: bool
    has_signed_in: bool


async def page(request: web.Request) -> web.Response:
    """GET /colleagues"""
    who = await visitor(request, *COLLEAGUES.kinds, may_wait=True)
    parameters.only_known(request)
    return await _page(request, who)


async def post(request: web.Request) -> web.Response:
    """POST /colleagues: `name`, and `do`: confirm (with `code`) or refuse."""
    who, fields = await form_of(request, *COLLEAGUES.kinds, may_wait=True)
    only_persons(who)
    name, do, now = fields.get("name", ""), fields.get("do"), utc_now()
    if do not in ("confirm", "refuse"):
        raise Problem(400, "bad-choice", "choose whether the account is confirmed or refused")
    async with transaction(request.app[CONTEXT].pool) as connection:
        is_first = await _is_first(connection, who)
        one = await accounts.locked(connection, name) if is_account_name(name) else None
        me = await accounts.account_named(connection, who.name)
        if one is None or one.disabled_at is not None or me is None:
            raise Problem(404, "no-such-account", "no account of this name waits; open the page Colleagues again")
        typed = fields.get("code", "") if do == "confirm" else None
        doubt = confirming_denied(one.colleague, typed, me.colleague, is_first=is_first)
        if doubt is None:
            if do == "confirm":
                await colleagues.confirm(connection, one, who.name, now, is_first=is_first)
            else:
                await colleagues.refuse(connection, one, who.name, now)
    if doubt is not None:
        return await _page(request, who, say(DOUBTS[doubt]), status=400 if doubt is Doubt.WRONG_CODE else 409)
    return pages.see_other(COLLEAGUES.path)


async def _is_first(connection: Connection, who: Caller) -> bool:
    """Whether nobody was ever confirmed; whoever waits has no business here otherwise."""
    is_first = not await colleagues.was_anybody_confirmed(connection)
    if who.waits and not is_first:
        raise not_confirmed()
    return is_first


async def _page(request: web.Request, who: Caller, wrong: str = "", *, status: int = 200) -> web.Response:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        is_first = await _is_first(connection, who)
        found = [
            one for one in await accounts.accounts(connection) if one.kind in CONFIRMED and one.disabled_at is None
        ]
    waiting = [_row(one, who) for one in found if one.confirm_code is not None]
    return pages.html(
        request, "colleagues.html", status=status, wrong=wrong, is_first=is_first, is_person=who.is_person, waiting=waiting, may_refuse=not who.waits,
        confirmed=[_row(one, who) for one in found if one.confirm_code is None],
    )  # fmt: skip


def _row(one: Account, who: Caller) -> Row:
    waits = one.confirm_code is not None
    at = one.created_at if waits else one.confirmed_at
    return Row(
        name=one.name, email=one.email, role=say(ROLES[one.kind]), subject=one.subject, by=one.created_by if waits else one.confirmed_by or "",
        since=in_utc(at) if at else "", is_me=one.name == who.name, has_signed_in=one.enrolled_at is not None,
    )  # fmt: skip
