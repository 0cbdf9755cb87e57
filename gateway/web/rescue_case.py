"""One break-glass case: /rescue/{id}. Who asked and why, what the second person decided, each time the list was opened.

In: a rescue officer or the compliance desk; an operator, who oversees that glass is broken by those who may, and so sees who, why and when but
neither the words of the reason nor the list. Out: a page without any person's name, which learns by itself what others do; a decision; an end.
The row is locked while it is decided on, so of two who decide at once one does.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.rescue import Case, Deny, Refusal, State, decision_denied, may_close, opening_denied, state_of
from gateway.settings import utc_now
from gateway.store import Connection, rescues, transaction
from gateway.store.tokens import Kind
from gateway.web import pages, parameters
from gateway.web.caller import csrf_token
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.problems import Problem
from gateway.web.rescue import REFUSALS, email_of, only_persons, row_of, words_in
from gateway.web.rescue_sailings import named
from gateway.web.rooms import RESCUE
from gateway.web.visitor import form_of, visitor
from gateway.web.words import mark, say

STEPS: Final = {
    "asked": mark("asked for the list"),
    "granted": mark("granted it"),
    "refused": mark("refused it"),
    "viewed": mark("opened the list"),
    "printed": mark("opened the list to print it"),
    "exported": mark("took the list as a file"),
    "closed": mark("closed the case"),
    "withdrawn": mark("withdrew the case"),
    "expired": mark("the time was over"),
    "lapsed": mark("nobody decided in time"),
}
DENIED: Final = {
    Deny.SAME_PERSON: mark("You asked for it yourself: a second person decides."),
    Deny.DECIDED: mark("It is decided already."),
    Deny.LAPSED: mark("It has lapsed: nobody decided in time. Who needs the list asks again."),
    Deny.NOT_GRANTED: mark("Nobody has granted it yet."),
    Deny.REFUSED: mark("It was refused. Who needs the list asks again, with what was missing."),
    Deny.CLOSED: mark("It was ended before its time. Who needs the list still asks again."),
    Deny.OVER: mark("Its time is over. Who needs the list still asks again."),
    Deny.NOT_ONE_OF_THE_TWO: mark("Only who asked and who granted it may open the list."),
}

OVERSEER: Final[Kind] = "operator"
OVERSEEN_BY: Final[tuple[Kind, ...]] = (*RESCUE.kinds, OVERSEER)
EVERY_SECONDS: Final = 5
NOT_A_PERSON: Final = mark(
    "You are signed in with an access token. Break-glass is for persons: sign in with your own name."
)


class Happened(msgspec.Struct, frozen=True):
    """One step, in words."""

    at: str
    by: str
    what: str


async def page(request: web.Request) -> web.Response:
    """GET /rescue/{id}; for htmx what differs from what has the mark `seen`, and nothing (204) where nothing does."""
    is_piece = "HX-Request" in request.headers
    try:
        who = await visitor(request, *OVERSEEN_BY)
    except web.HTTPSeeOther as way:
        if not is_piece:
            raise
        return web.Response(status=204, headers={"HX-Redirect": way.headers["Location"]})  # signed out meanwhile
    parameters.only_known(request, "seen")
    context, now = request.app[CONTEXT], utc_now()
    async with context.pool.acquire(timeout=10) as connection:
        case = await _known(connection, request)
        sailing = await named(connection, context.catalogue, case.call_id, case.manifest_id)
        steps = await rescues.steps_of(connection, [case.id])
        email = await email_of(connection, who)
        kept = None if who.kind == OVERSEER else await rescues.words_of(connection, case.id)
    state = state_of(case, now)
    stands = f"{state}-{len(steps)}"
    if is_piece and request.query.get("seen") == stands:
        return web.Response(status=204)  # what somebody is about to choose stays as it is
    undecided, may_act = state is State.ASKED, who.kind != OVERSEER and who.is_person
    denied = decision_denied(case, who.name, email, now) if undecided else opening_denied(case, who.name, now)
    values: dict[str, Any] = {
        "row": row_of(case, who, now), "sailing": sailing, "words": words_in(kept, case.id, context.catalogue), "is_overseer": who.kind == OVERSEER,
        "steps": [Happened(in_utc(one.at), one.by, say(STEPS[one.what])) for one in steps],
        "denied": "" if who.kind == OVERSEER else say(DENIED[denied]) if denied else "" if who.is_person else say(NOT_A_PERSON),
        "may_decide": undecided and not denied and may_act, "may_open": state is State.OPEN and not denied and may_act,
        "may_close": may_close(case, who.name, now) and may_act, "refusals": [(one.value, say(text)) for one, text in REFUSALS.items()],
        "until": in_utc(case.until) if case.until else "", "refusal": say(REFUSALS[case.refusal]) if case.refusal else "",
        "stands": stands, "goes_on": state in (State.ASKED, State.OPEN), "every": EVERY_SECONDS,
    }  # fmt: skip
    if is_piece:
        return pages.fragment(pages.render("rescue-case-now.html", csrf=csrf_token(request), **values))
    return pages.html(request, "rescue-case.html", **values)


async def post_decision(request: web.Request) -> web.Response:
    """POST /rescue/{id}/decision: `decision` is "grant" or why not."""
    who, fields = await form_of(request, *RESCUE.kinds)
    only_persons(who)
    said = fields.get("decision", "")
    refusal = next((one for one in Refusal if one.value == said), None)
    if said != "grant" and refusal is None:
        raise Problem(400, "bad-decision", "choose whether it is granted, and if not, why")
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        case = await _known(connection, request, lock=True)
        email = await email_of(connection, who)
        if denied := decision_denied(case, who.name, email, now):
            raise refused(denied)
        until = now + timedelta(hours=case.hours) if refusal is None else None
        await rescues.decide(connection, case, who.name, email, now, until=until, refusal=refusal)
    return pages.see_other(f"/rescue/{case.id}")


async def post_close(request: web.Request) -> web.Response:
    """POST /rescue/{id}/close: from now on nobody can open it."""
    who, _ = await form_of(request, *RESCUE.kinds)
    only_persons(who)
    now = utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        case = await _known(connection, request, lock=True)
        if not may_close(case, who.name, now):
            raise Problem(
                409, "not-yours-to-close", "only who asked or granted it ends a case, and only while it goes on"
            )
        await rescues.close(connection, case, who.name, now)
    return pages.see_other(f"/rescue/{case.id}")


def refused(denied: Deny) -> Problem:
    """What somebody may not do, and what to do instead."""
    detail = say(DENIED[denied]).rstrip(".")
    status = 403 if denied in (Deny.SAME_PERSON, Deny.NOT_ONE_OF_THE_TWO) else 409
    return Problem(status, f"rescue-{denied.value}", detail[:1].lower() + detail[1:])


async def _known(connection: Connection, request: web.Request, *, lock: bool = False) -> Case:
    return await known_case(connection, request.match_info["id"], lock=lock)


async def known_case(connection: Connection, id: str, *, lock: bool = False) -> Case:
    """The case of this address; 404 where there is none."""
    try:
        found = await (rescues.locked if lock else rescues.case)(connection, UUID(id))
    except ValueError:
        found = None
    if found is None:
        raise Problem(404, "no-such-case", "there is no case with this id; the page Rescue lists them all")
    return found
