"""The list itself: /rescue/{id}/list. The one page that shows names, to the two of its case, while it is open.

In: one of the two. Out: everybody on the lists that count now, opened for this answer and kept nowhere; to print (`as=print`) or as CSV
(`as=csv`, texts made inert for spreadsheets). That it was opened is in the log, durably, before anything is opened. The page leaves the
screen by itself when the case ends, or the sign-in does.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aiohttp import web

from gateway.codes.countries import country
from gateway.formats.inert import delimited
from gateway.manifest import Private, Role
from gateway.process.on_board import Condition, KindOnBoard, Stored, opened, stored
from gateway.rescue import Case, Group, Line, opening_denied, roll
from gateway.settings import utc_now
from gateway.store import Connection, rescues, transaction
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.track.ledger import ledger
from gateway.web import pages, parameters
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.moments import in_utc
from gateway.web.problems import Problem
from gateway.web.rescue import REASONS, only_persons
from gateway.web.rescue_case import known_case, refused
from gateway.web.rescue_sailings import Sailing, named
from gateway.web.rooms import RESCUE
from gateway.web.rule_values import value_in_words
from gateway.web.visitor import visitor
from gateway.web.words import figure, mark, say, say_count, territory

FORMS: Final = {"": "viewed", "print": "printed", "csv": "exported"}
CONDITIONS: Final = {
    Condition.HERE: "",
    Condition.SOME: mark(
        "Only changes to a list came, never the whole list: more persons are on board than are named here."
    ),
    Condition.DOUBTFUL: mark(
        "Lists came, but none could be taken as the one that counts; this is the newest that came."
    ),
    Condition.NONE: mark("No list has come."),
    Condition.WITHDRAWN: mark("The line withdrew its list."),
    Condition.GONE: mark(
        "The list came, but its retention has ended: its key was destroyed and nobody can open it any more."
    ),
}
GROUPS: Final = {
    Group.SPECIAL_CARE: mark("Special care"),
    Group.INFANTS: mark("Infants"),
    Group.CHILDREN: mark("Children"),
    Group.AGE_UNKNOWN: mark("Age not known"),
    Group.PASSENGERS: mark("Passengers"),
    Group.CREW: mark("Crew"),
}
ROLES: Final = {
    Role.PASSENGER: mark("passenger"),
    Role.CREW: mark("crew"),
    Role.OTHER_SHIP_CREW: mark("crew of another ship"),
    Role.STOWAWAY: mark("stowaway"),
}
EVERY_SECONDS: Final = 5
_OPENINGS, _OPENINGS_WITHIN = 120, timedelta(hours=1)  # of a case: two people, each once a minute


class Numbers(msgspec.Struct, frozen=True):
    """By the sailing's ledger: with how many it sailed, and how many are on board still; None where nobody has said. `explained`: of the
    difference to the lists, what events since account for (who boarded late, who stayed ashore)."""

    sailed_with: int | None
    on_board: int | None
    explained: int


async def page(request: web.Request) -> web.Response:
    """GET /rescue/{id}/list"""
    who = await visitor(request, *RESCUE.kinds)
    only_persons(who)
    parameters.only_known(request, "as")
    form = parameters.text(request, "as") or ""
    if form not in FORMS:
        raise parameters.bad("'as' is print or csv")
    context, now = request.app[CONTEXT], utc_now()
    async with transaction(context.pool) as connection:
        case = await _to_open(connection, request.match_info["id"], who, now)
        sailing = await named(connection, context.catalogue, case.call_id, case.manifest_id)
        numbers = await _numbers(connection, case, now)
        kept = await stored(connection, case.call_id, case.manifest_id, context.catalogue)
        await rescues.note(connection, case, FORMS[form], who.name, now, _versions(kept))
    kinds = [await asyncio.to_thread(opened, one, context.catalogue) for one in kept]
    shown = Shown(case=case, sailing=sailing, numbers=numbers, kinds=kinds, who=who.name, now=now)
    return await asyncio.to_thread(_file if form == "csv" else _page, request, shown, form)


class Shown(Private, frozen=True, kw_only=True):
    """All that one opening shows. `who` opened it."""

    case: Case
    sailing: Sailing | None
    numbers: Numbers
    kinds: list[KindOnBoard]
    who: str
    now: datetime

    @property
    def lines(self) -> list[Line]:
        return roll([person for one in self.kinds for person in one.persons], self.now.date())


def _page(request: web.Request, one: Shown, form: str) -> web.Response:
    """Of thousands of persons a second's work: not the event loop's."""
    case, lines = one.case, one.lines
    groups = [(say(text), [line for line in lines if line.group is group]) for group, text in GROUPS.items()]
    response = pages.html(
        request, "rescue-list.html", case=case, sailing=one.sailing, reason=say(REASONS[case.reason]), who_opened=one.who, now=in_utc(one.now),
        until=in_utc(case.until or one.now), sources=[_source(kind) for kind in one.kinds], persons=len(lines), numbers=one.numbers,
        groups=[(title, found) for title, found in groups if found], is_print=form == "print", age=age, role=role, nationality=nationality,
        every=EVERY_SECONDS,
    )  # fmt: skip
    response.headers["Refresh"] = f"{_seconds_left(case, one.now)}; url=/rescue/{case.id}"
    return response


async def still_open(request: web.Request) -> web.Response:
    """GET /rescue/{id}/open, asked every few seconds by the list on a screen: it leaves the screen once the case or the sign-in is over."""
    parameters.only_known(request)
    away = f"/rescue/{request.match_info['id']}"
    try:
        who = await visitor(request, *RESCUE.kinds)
        async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
            case = await known_case(connection, request.match_info["id"])
        is_over = opening_denied(case, who.name, utc_now()) is not None
    except web.HTTPSeeOther as way:
        away, is_over = way.headers["Location"], True
    return web.Response(status=204, headers={"HX-Redirect": away} if is_over else {})


async def _to_open(connection: Connection, id: str, who: Caller, now: datetime) -> Case:
    """The case, held while its opening is written down; a problem for whoever may not open it."""
    case = await known_case(connection, id, lock=True)
    if denied := opening_denied(case, who.name, now):
        raise refused(denied)
    if await rescues.opened_since(connection, case.id, now - _OPENINGS_WITHIN) >= _OPENINGS:
        detail = f"this list was opened {_OPENINGS} times within an hour; print it, or wait some minutes"
        raise Problem(429, "too-often", detail, {"Retry-After": "300"})
    return case


async def _numbers(connection: Connection, case: Case, now: datetime) -> Numbers:
    if case.call_id is None:
        return Numbers(None, None, 0)
    filings, events = await filings_of(connection, [case.call_id]), await events_of(connection, [case.call_id])
    found = ledger(case.call_id, filings, events, now)
    return Numbers(found.sailed_with, found.on_board, found.explained)


def _versions(kept: list[Stored]) -> dict[str, str]:
    """Which lists were opened, for the log."""
    return {one.kind.value: f"version {one.last.version}" for one in kept if one.last is not None}


def _seconds_left(case: Case, now: datetime) -> int:
    return max(int((case.until - now).total_seconds()), 0) + 1 if case.until else 0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A list in words: how many are on it, when it came, what is wrong with it."""

    title: str
    persons: int | None
    as_of: str
    purposes: str
    warnings: tuple[str, ...]


def _source(one: KindOnBoard) -> Source:
    is_here = one.condition in (Condition.HERE, Condition.SOME, Condition.DOUBTFUL)
    as_of = (
        say("version %(version)s, received %(at)s", version=one.version, at=in_utc(one.received_at))
        if one.received_at
        else ""
    )
    later = say_count(
        "%(number)s later list came and was not taken; the line's answer says why.",
        "%(number)s later lists came and were not taken; the line's answers say why.", one.not_taken,
    ) if one.not_taken else ""  # fmt: skip
    text = CONDITIONS[one.condition]
    return Source(
        title=say("Crew") if one.kind.value == "crew" else say("Passengers"),
        persons=len(one.persons) if is_here else None,
        as_of=as_of,
        purposes=", ".join(map(value_in_words, one.purposes)),
        warnings=tuple(filter(None, (say(text) if text else "", later))),
    )


def age(line: Line) -> str:
    """34, or 34-35 where the date of birth is not known to the day."""
    if line.youngest is None or line.oldest is None:
        return ""
    return figure(line.youngest) if line.youngest == line.oldest else f"{line.youngest}-{line.oldest}"


def role(line: Line) -> str:
    """What the person is on board, with the rank as the list has it."""
    text = say("master") if line.is_master else say(ROLES[line.role])
    return f"{text}: {line.rank}" if line.rank else text


def nationality(line: Line) -> str:
    """FRA France, of each."""
    return ", ".join(
        f"{code} {territory(known.iso2, known.name)}" if (known := country(code)) else code
        for code in line.nationalities
    )


_COLUMNS: Final = (
    "number", "group", "family_name", "given_names", "sex", "age", "birth_date", "nationality", "special_care", "emergency_contact",
    "cabin", "role", "rank", "disembarks", "marking", "case", "as_of", "opened_by",
)  # fmt: skip


def _file(_: web.Request, one: Shown, form: str) -> web.Response:
    """UTF-8 with a mark, so that every spreadsheet program reads its letters; each line bears the marking."""
    case, as_of = one.case, {kind.kind.value: kind.received_at.isoformat() for kind in one.kinds if kind.received_at}
    marking = f"restricted: search and rescue, case {case.case_number}, until {case.until:%Y-%m-%dT%H:%MZ}"
    opened_by = f"{one.who} {one.now:%Y-%m-%dT%H:%MZ}"
    rows = [
        (line.number, line.group.name.lower().replace("_", "-"), line.family_name, line.given_names, line.sex, age(line), line.birth_date,
         " ".join(line.nationalities), line.special_care, line.emergency_contact, line.cabin, line.role.value, line.rank, line.disembarks,
         marking, case.case_number, as_of.get("crew" if line.role is Role.CREW else "passengers", ""), opened_by)
        for line in one.lines
    ]  # fmt: skip
    text = "\N{ZERO WIDTH NO-BREAK SPACE}" + delimited([_COLUMNS, *rows], ",")
    headers = {"Content-Disposition": f'attachment; filename="rescue-{case.id}.{form}"'}
    return web.Response(body=text.encode("utf-8", "replace"), content_type="text/csv", charset="utf-8", headers=headers)
