"""Whom must we look for? /rescue: break-glass cases, the sailings to ask for, and the form that asks.

In: a rescue officer (asks and decides) or the compliance desk (decides). Out: pages without any person's name, and a case. The words of
a reason are sealed at rest, because people write names there. `rescue_case` is one case, `rescue_roll` the list itself.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec
from aiohttp import web

from gateway import seal
from gateway.catalogue import Catalogue
from gateway.rescue import LONGEST, SHORTEST, USUAL, Case, Reason, Refusal, State, state_of
from gateway.settings import utc_now
from gateway.store import Connection, rescues, transaction
from gateway.store.accounts import account_named
from gateway.store.colleagues import is_anybody_waiting
from gateway.store.submissions import Sealed
from gateway.web import pages, parameters
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc, span
from gateway.web.problems import Problem
from gateway.web.rescue_sailings import Sailing, found, named, wanted
from gateway.web.rooms import RESCUE
from gateway.web.visitor import form_of, visitor
from gateway.web.words import mark, say

REASONS: Final = {
    Reason.DISTRESS: mark("Ship in distress"),
    Reason.EVACUATION: mark("Ship is being evacuated"),
    Reason.OVERBOARD: mark("Person overboard or missing"),
    Reason.MEDICAL: mark("Medical evacuation"),
    Reason.RECEPTION: mark("Survivors are received ashore"),
}
REFUSALS: Final = {
    Refusal.NO_CASE: mark("No such case is known"),
    Refusal.OTHER_SAILING: mark("It is another sailing that is meant"),
    Refusal.COUNT_IS_ENOUGH: mark("The number of persons is enough"),
}
STATES: Final = {
    State.ASKED: mark("waits for a second person"),
    State.WITHDRAWN: mark("withdrawn"),
    State.LAPSED: mark("lapsed: nobody decided in time"),
    State.REFUSED: mark("refused"),
    State.OPEN: mark("open"),
    State.CLOSED: mark("closed"),
    State.EXPIRED: mark("expired"),
}
_CASE_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9 ./_-]{1,39}")
_WORDS_LONGEST: Final = 300
_ASKS, _ASKS_WITHIN = 6, timedelta(hours=1)  # a person; a rescue centre works on one or two ships at a time


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands in a table. `to_do`: it waits for whoever looks."""

    case: Case
    state: State
    word: str
    reason: str
    asked: str
    left: str
    to_do: bool


async def page(request: web.Request) -> web.Response:
    """GET /rescue: what waits for me, what is open; for a rescue officer the search."""
    who = await visitor(request, *RESCUE.kinds)
    parameters.only_known(request, "q", "port", "day")
    context, now, asked = request.app[CONTEXT], utc_now(), wanted(request)
    async with context.pool.acquire(timeout=10) as connection:
        cases = [row_of(one, who, now) for one in await rescues.cases(connection)]
        somebody_waits = await is_anybody_waiting(connection)
        may_ask = who.kind == "rescue" and who.is_person
        sailings = await found(connection, context.catalogue, asked, now) if may_ask and asked.is_anything else []
    current = [one for one in cases if one.state in (State.ASKED, State.OPEN)]
    return pages.html(
        request, "rescue.html", may_ask=may_ask, asked=asked, sailings=sailings, is_person=who.is_person, current=current, day=request.query.get("day", ""),
        over=[one for one in cases if one not in current], somebody_waits=somebody_waits,
    )  # fmt: skip


async def form(request: web.Request) -> web.Response:
    """GET /rescue/ask?call=… or ?list=…"""
    only_persons(await visitor(request, "rescue"))
    parameters.only_known(request, "call", "list")
    return _form(request, await _sailing(request, request.query), {}, [])


async def ask(request: web.Request) -> web.Response:
    """POST /rescue/ask: a case begins, and waits for a second person."""
    who, fields = await form_of(request, "rescue")
    only_persons(who)
    sailing = await _sailing(request, fields)
    reason = next((one for one in Reason if one.value == fields.get("reason")), None)
    hours = fields.get("hours", "")
    number, words = " ".join(fields.get("case", "").split()), " ".join(fields.get("words", "").split())
    wrong = _wrong(reason, number, words, hours)
    if wrong or reason is None:
        return _form(request, sailing, fields, wrong, status=400)
    context, now = request.app[CONTEXT], utc_now()
    new = Case(
        id=uuid4(), call_id=sailing.call_id, manifest_id=sailing.manifest_id, carrier=sailing.carrier, vessel=sailing.vessel,
        reason=reason, case_number=number, hours=int(hours), asked_by=who.name, asked_at=now,
    )  # fmt: skip
    sealed = seal.seal_at_rest(words.encode(), context.catalogue.identity.seal_to, context=_context(new.id))
    async with transaction(context.pool) as connection:
        if await rescues.asked_since(connection, who.name, now - _ASKS_WITHIN) >= _ASKS:
            raise Problem(
                429, "too-often", f"you have asked {_ASKS} times within an hour; close what is not needed, and have a colleague ask",
                {"Retry-After": "600"},
            )  # fmt: skip
        new = msgspec.structs.replace(new, asked_email=await email_of(connection, who))
        await rescues.ask(connection, new, sealed)
    return pages.see_other(f"/rescue/{new.id}")


def row_of(one: Case, who: Caller, now: datetime) -> Row:
    state = state_of(one, now)
    to_do = (state is State.ASKED and one.asked_by != who.name) or (
        state is State.OPEN and who.name in (one.asked_by, one.decided_by)
    )
    left = span(one.until - now) if state is State.OPEN and one.until else ""
    return Row(
        case=one, state=state, word=say(STATES[state]), reason=say(REASONS[one.reason]), asked=in_utc(one.asked_at), left=left, to_do=to_do
    )  # fmt: skip


def only_persons(who: Caller) -> None:
    """Two people, so nobody who is signed in with a token: whoever makes tokens could make two."""
    if not who.is_person:
        detail = "break-glass is for persons: sign in with your own name, not with an access token"
        raise Problem(403, "not-a-person", detail)


async def email_of(connection: Connection, who: Caller) -> str:
    """Of the person's account, lower case."""
    found = await account_named(connection, who.name)
    return found.email.casefold() if found else ""


def words_in(kept: Sealed | None, id: UUID, catalogue: Catalogue) -> str | None:
    """The words of a reason; None once their retention ended."""
    if kept is None or kept.wrapped is None:
        return None
    sealed = seal.Sealed(kept.wrapped, kept.sealed, kept.key_id)
    try:
        return seal.open_at_rest(sealed, catalogue.identity, context=_context(id)).decode()
    except seal.Refused:
        return None


def _wrong(reason: Reason | None, number: str, words: str, hours: str) -> list[tuple[str, str]]:
    """(field, what is wrong and what to do)."""
    found = []
    if reason is None:
        found.append(("reason", say("Choose why names are needed.")))
    if _CASE_NUMBER.fullmatch(number) is None:
        found.append(("case", say("Give your centre's number of the case: 2 to 40 letters, digits, spaces or ./_-, with a digit.")))  # fmt: skip
    if not words or len(words) > _WORDS_LONGEST or not words.isprintable():
        found.append(("words", say("Say in one sentence what happened, with at most %(most)s letters.", most=_WORDS_LONGEST)))  # fmt: skip
    if not (hours.isascii() and hours.isdecimal() and len(hours) < 3 and SHORTEST <= int(hours) <= LONGEST):
        found.append(("hours", say("Give a whole number of hours from %(least)s to %(most)s.", least=SHORTEST, most=LONGEST)))  # fmt: skip
    return found


def _form(
    request: web.Request,
    sailing: Sailing,
    fields: Mapping[str, str],
    wrong: list[tuple[str, str]],
    *,
    status: int = 200,
) -> web.Response:
    return pages.html(
        request, "rescue-ask.html", status=status, sailing=sailing, fields={"hours": str(USUAL), **fields}, wrong=dict(wrong),
        reasons=[(one.value, say(text)) for one, text in REASONS.items()], least=SHORTEST, most=LONGEST, longest=_WORDS_LONGEST,
    )  # fmt: skip


async def _sailing(request: web.Request, given: Mapping[str, str]) -> Sailing:
    context, call = request.app[CONTEXT], given.get("call") or None
    try:
        list_id = UUID(given["list"]) if given.get("list") else None
    except ValueError:
        list_id = None
    async with context.pool.acquire(timeout=10) as connection:
        known = call is None or (call.isprintable() and len(call) <= 200)
        one = await named(connection, context.catalogue, call, list_id) if known else None
    if one is None:
        raise Problem(404, "no-such-sailing", "no sailing is known by this; search for it on the page Rescue")
    return one


def _context(id: UUID) -> bytes:
    return b"rescue/" + id.bytes
