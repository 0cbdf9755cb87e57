"""/v1/people: an operator adds people, lists them, gives them a new link when the phone is lost, and disables them.

In: a name, a kind and whom or what they act for. Out: a link, shown this once and good for a day, by which they choose a password. What is done
here stands in the tamper-evident log; secrets do not.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway.people import is_account_name, is_address
from gateway.settings import utc_now
from gateway.store import Connection, accounts, log, transaction
from gateway.store.accounts import Account
from gateway.store.sessions import end_sessions
from gateway.store.tokens import Kind
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.account import make_link
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem
from gateway.web.tokens import refuse_unknown_subject

_LINK = timedelta(hours=24)


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator asks for."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    kind: Kind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""


async def post(request: web.Request) -> web.Response:
    """A person who may sign in, once they have used the link."""
    who = await only(request, "operator")
    parameters.only_known(request)
    wanted, now = _wanted(await whole(request, most=DOCUMENT_BYTES)), utc_now()
    refuse_unknown_subject(request.app[CONTEXT].catalogue, wanted.kind, wanted.subject)
    made = Account(
        id=uuid4(), name=wanted.name, email=wanted.email, kind=wanted.kind, subject=wanted.subject, created_at=now, created_by=who.name
    )  # fmt: skip
    async with transaction(request.app[CONTEXT].pool) as connection:
        if not await accounts.add_account(connection, made):
            raise Problem(422, "name-taken", "somebody has this name already, or had it; names are never given twice")
        about = {"by": who.name, "name": made.name, "kind": made.kind, "subject": made.subject}
        await log.append(connection, "person-added", about, now)
        return await _with_link(request, connection, made, now)


async def post_link(request: web.Request) -> web.Response:
    """Another link, for who has lost the first one or the phone: password, phone and sessions of before are good no more."""
    who = await only(request, "operator")
    parameters.only_known(request)
    name, now = _name_in(request), utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        found = await accounts.account_named(connection, name)
        if found is None or found.disabled_at is not None or found.provider is not None:
            raise _no_such_person()
        await accounts.forget_credentials(connection, found.id)
        await end_sessions(connection, found.id)
        await log.append(connection, "person-link", {"by": who.name, "name": found.name}, now)
        return await _with_link(request, connection, found, now)


async def get(request: web.Request) -> web.Response:
    """Everybody there is or was."""
    await only(request, "operator")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await accounts.accounts(connection)
    return as_json({"people": [_shown(one) for one in found]})


async def delete(request: web.Request) -> web.Response:
    """The person is let in no more and is out everywhere, from now on."""
    who = await only(request, "operator")
    parameters.only_known(request)
    name, now = _name_in(request), utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        id = await accounts.disable(connection, name, now)
        if id is None:
            raise _no_such_person()
        await end_sessions(connection, id)
        await log.append(connection, "person-disabled", {"by": who.name, "name": name}, now)
    return web.Response(status=204)


async def _with_link(request: web.Request, connection: Connection, account: Account, now: datetime) -> web.Response:
    link = await make_link(request, connection, account, _LINK)
    document = {"name": account.name, "kind": account.kind, "subject": account.subject}
    return as_json(document | {"link": f"/enrol?link={link}", "expires_at": now + _LINK}, status=201)


def _name_in(request: web.Request) -> str:
    name = request.match_info["name"]
    if not is_account_name(name):
        raise _no_such_person()
    return name


def _wanted(body: bytes) -> Wanted:
    try:
        wanted = msgspec.json.decode(body, type=Wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _bad_request() from None
    is_person = is_account_name(wanted.name) and (not wanted.email or is_address(wanted.email))
    if not is_person or not wanted.subject.isprintable():
        raise _bad_request()
    return wanted


def _shown(account: Account) -> dict[str, Any]:
    shown = ("name", "email", "kind", "subject", "provider", "created_at", "created_by", "enrolled_at", "disabled_at")
    return {name: getattr(account, name) for name in shown}


def _bad_request() -> Problem:
    detail = 'send {"name", "kind", "subject", "email"?} as JSON; a name is of a-z, 0-9, and . _ - within, the subject one line'
    return Problem(400, "bad-person-request", detail)


def _no_such_person() -> Problem:
    return Problem(
        404,
        "no-such-person",
        "there is nobody of this name who may sign in with a password; GET /v1/people lists everybody",
    )
