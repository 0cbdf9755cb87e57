"""/v1/people: an operator adds people, lists them, gives them a new link when the phone is lost, another role, and disables them.

In: a name, a kind and whom or what they act for. Out: a link, shown this once and good for a day, by which they choose a password. What is done
here stands in the tamper-evident log; secrets do not. An account that comes near names (desk, rescue) then waits for a colleague's word, which no
operator can give (`rescue.colleagues`).
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway.people import is_account_name, is_address
from gateway.rescue.colleagues import CONFIRMED, new_code
from gateway.settings import utc_now
from gateway.store import Connection, accounts, colleagues, log, transaction
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
_ENTRIES = 200  # of the log in one answer


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator asks for."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    kind: Kind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is to do from now on."""

    kind: Kind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


async def post(request: web.Request) -> web.Response:
    """A person who may sign in, once they have used the link."""
    who = await only(request, "operator")
    parameters.only_known(request)
    wanted, now = _wanted(await whole(request, most=DOCUMENT_BYTES)), utc_now()
    refuse_unknown_subject(request.app[CONTEXT].catalogue, wanted.kind, wanted.subject)
    made = Account(
        id=uuid4(), name=wanted.name, email=wanted.email, kind=wanted.kind, subject=wanted.subject, created_at=now, created_by=who.name,
        confirm_code=code_for(wanted.kind),
    )  # fmt: skip
    async with transaction(request.app[CONTEXT].pool) as connection:
        if not await accounts.add_account(connection, made):
            raise Problem(422, "name-taken", "somebody has this name already, or had it; names are never given twice")
        about = {"by": who.name, "name": made.name, "kind": made.kind, "subject": made.subject}
        await log.append(connection, "person-added", about, now)
        return await _with_link(request, connection, made, who.name, now)


async def post_link(request: web.Request) -> web.Response:
    """Another link, for who has lost the first one or the phone: password, phone and sessions of before are good no more."""
    who = await only(request, "operator")
    parameters.only_known(request)
    name, now = _name_in(request), utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        found = await _mine(connection, name)
        await accounts.forget_credentials(connection, found.id, code_for(found.kind))
        await end_sessions(connection, found.id)
        await log.append(connection, "person-link", {"by": who.name, "name": found.name}, now)
        return await _with_link(request, connection, found, who.name, now)


async def post_role(request: web.Request) -> web.Response:
    """Another role for the same person: name, password and phone stay. Every session of theirs ends; to have the same role again changes nothing."""
    who = await only(request, "operator")
    parameters.only_known(request)
    wanted, name, now = _role_in(await whole(request, most=DOCUMENT_BYTES)), _name_in(request), utc_now()
    refuse_unknown_subject(request.app[CONTEXT].catalogue, wanted.kind, wanted.subject)
    async with transaction(request.app[CONTEXT].pool) as connection:
        found = await _mine(connection, name)
        if (found.kind, found.subject) != (wanted.kind, wanted.subject):
            await change_role(connection, found, wanted.kind, wanted.subject, who.name, now)
        changed = await accounts.account_named(connection, name)
    return as_json(_shown(changed or found))


async def change_role(connection: Connection, one: Account, kind: Kind, subject: str, by: str, now: datetime) -> None:
    """From now on, and in no session of before. `by`: an operator, or the provider that vouches for this account."""
    code = code_for(kind)
    await accounts.set_role(connection, one.id, kind, subject, code)
    await end_sessions(connection, one.id)
    about = {"by": by, "name": one.name, "kind": kind, "subject": subject, "was": f"{one.kind} {one.subject}"}
    await log.append(connection, "person-role", about, now)
    if code is not None:
        await colleagues.tell_of(connection, msgspec.structs.replace(one, kind=kind, subject=subject), by)
    else:
        await colleagues.waits_no_more(connection, one.name, f"its role is {kind} now")


def code_for(kind: Kind) -> str | None:
    """What its owner reads to a colleague; None where this kind needs no colleague's word."""
    return new_code() if kind in CONFIRMED else None


async def get(request: web.Request) -> web.Response:
    """Everybody there is or was."""
    await only(request, "operator")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await accounts.accounts(connection)
    return as_json({"people": [_shown(one) for one in found]})


async def get_log(request: web.Request) -> web.Response:
    """What the tamper-evident log tells of people, the newest first: for whoever watches over the operators as well."""
    await only(request, "operator", "desk")
    parameters.only_known(request, "before")
    before = parameters.number(request, "before", default=parameters.MOST, least=1)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await log.entries_of_people(connection, before=before, limit=_ENTRIES)
    entries = [{"id": one.id, "at": one.at, "event": one.event, "about": one.subject, "position": one.position} for one in found]  # fmt: skip
    return as_json({"entries": entries, "before": found[-1].id if len(found) == _ENTRIES else None})


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
        await colleagues.waits_no_more(connection, name, f"{who.name} disabled it")
    return web.Response(status=204)


async def _with_link(
    request: web.Request, connection: Connection, account: Account, by: str, now: datetime
) -> web.Response:
    link, waits = await make_link(request, connection, account, _LINK), account.kind in CONFIRMED
    if waits:
        await colleagues.tell_of(connection, account, by)
    document = {"name": account.name, "kind": account.kind, "subject": account.subject, "waits": waits}
    return as_json(document | {"link": f"/enrol?link={link}", "expires_at": now + _LINK}, status=201)


async def _mine(connection: Connection, name: str) -> Account:
    """Who signs in with a password of ours, locked; 404 where there is nobody."""
    found = await accounts.locked(connection, name)
    if found is None or found.disabled_at is not None or found.provider is not None:
        raise _no_such_person()
    return found


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


def _role_in(body: bytes) -> Role:
    try:
        wanted = msgspec.json.decode(body, type=Role)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _bad_role() from None
    if not wanted.subject.isprintable():
        raise _bad_role()
    return wanted


def _shown(account: Account) -> dict[str, Any]:
    shown = ("name", "email", "kind", "subject", "provider", "created_at", "created_by", "enrolled_at", "disabled_at", "confirmed_by", "confirmed_at")  # fmt: skip
    return {name: getattr(account, name) for name in shown} | {"waits": account.confirm_code is not None}


def _bad_request() -> Problem:
    detail = 'send {"name", "kind", "subject", "email"?} as JSON; a name is of a-z, 0-9, and . _ - within, the subject one line'
    return Problem(400, "bad-person-request", detail)


def _bad_role() -> Problem:
    return Problem(400, "bad-role-request", 'send {"kind", "subject"} as JSON; the subject is one line')


def _no_such_person() -> Problem:
    return Problem(
        404,
        "no-such-person",
        "there is nobody of this name who may sign in with a password; GET /v1/people lists everybody",
    )
