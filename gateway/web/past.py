"""What was sent: all submissions of a line, newest first, to be searched by sailing, day and outcome.

In: a signed-in line and what it looks for. Out: a page of rows with counts and states; and a word on top where its export has changed its
shape (`gateway.drift`), because the next list is then likely to be wrong as well.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final, cast, get_args
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.store.sent import Changed, Outcome, Sent, changed_exports, sent
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT
from gateway.web.deadlines import moment, port_name
from gateway.web.outcome import KINDS
from gateway.web.rooms import SENT
from gateway.web.visitor import visitor
from gateway.web.words import mark, say, say_count

_A_PAGE: Final = 25
_SEARCH: Final = ("call", "day", "outcome")
_OUTCOMES: Final[dict[Outcome, str]] = {
    "errors": mark("with errors"),
    "clean": mark("without errors"),
    "waiting": mark("not read yet"),
    "failed": mark("could not be processed"),
}
_TONES: Final[dict[Outcome, str]] = {"errors": "missing", "clean": "on-time", "waiting": "due", "failed": "missing"}
_CHANNELS: Final = {"page": mark("by this page"), "api": mark("by the API"), "sftp": mark("by SFTP")}
_SUBMISSION: Final = re.compile(r"submission ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One submission as it is listed."""

    id: str
    when: str
    lists: tuple[tuple[str, str], ...]  # what it is, and of which sailing
    persons: int | None
    errors: int | None
    warnings: int | None
    instead: str  # of lists, where there are none
    outcome: str
    tone: str
    delivered: str
    channel: str


async def page(request: web.Request) -> web.Response:
    """GET /sent?call=…&day=…&outcome=…&before=…"""
    who = await visitor(request, *SENT.kinds)
    parameters.only_known(request, *_SEARCH, "before")
    search = {name: request.query.get(name, "").strip() for name in _SEARCH}
    before = parameters.number(request, "before", default=parameters.MOST)
    call, day, outcome = parameters.text(request, "call"), _day(request, search["day"]), _outcome(search["outcome"])
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await sent(
            connection, who.subject, before=before, call=call, day=day, outcome=outcome, limit=_A_PAGE + 1
        )
        alarms = await changed_exports(connection, who.subject)
    older = (
        f"?{urlencode(_given(search) | {'before': str(found[_A_PAGE - 1].arrival)})}" if len(found) > _A_PAGE else ""
    )
    values: dict[str, Any] = {
        "search": search,
        "outcomes": _OUTCOMES,
        "lines": [_line(one) for one in found[:_A_PAGE]],
        "older": older,
        "newest": f"?{urlencode(_given(search))}" if "before" in request.query else "",
        "is_search": bool(_given(search)),
        "changed": [_changed(one) for one in alarms],
    }
    return pages.html(request, "past.html", **values)


def _day(request: web.Request, said: str) -> datetime | None:
    """The first moment of the day in UTC; an empty field is no day."""
    found = parameters.day(request, "day") if said else None
    return datetime.combine(found, time(), UTC) if found else None


def _outcome(said: str) -> Outcome | None:
    if said and said not in get_args(Outcome):
        raise parameters.bad(f"'outcome' is one of {', '.join(get_args(Outcome))}")
    return cast(Outcome, said) if said else None


def _given(search: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in search.items() if value}


def _line(one: Sent) -> Line:
    outcome = _outcome_of(one)
    return Line(
        id=str(one.id),
        when=moment(one.received_at),
        lists=tuple(
            (say(KINDS[each.kind]), _sailing(each.vessel, each.departure, each.arrival, each.call))
            for each in one.lists
        ),
        persons=one.persons,
        errors=one.errors,
        warnings=one.warnings,
        instead=_instead(one, outcome),
        outcome=say(_OUTCOMES[outcome]),
        tone=_TONES[outcome],
        delivered=_delivered(one.deliveries),
        channel=say(_CHANNELS.get(one.channel, one.channel)),
    )


def _instead(one: Sent, outcome: Outcome) -> str:
    """Why there are no lists; of what was destroyed at its end the numbers are left."""
    if outcome in ("waiting", "failed"):
        return say("not read yet")
    return "–" if one.persons else say("no list could be read in it")


def _outcome_of(one: Sent) -> Outcome:
    if one.state == "received":
        return "waiting"
    if one.state == "failed":
        return "failed"
    return "errors" if one.errors else "clean"


def _sailing(vessel: str | None, departure: str | None, arrival: str | None, call: str | None) -> str:
    ends = " → ".join(port_name(code) for code in (departure, arrival)) if departure or arrival else ""
    return " · ".join(filter(None, (vessel, ends, call)))


def _delivered(states: Mapping[str, int]) -> str:
    accepted, waiting = states.get("accepted", 0), states.get("waiting", 0)
    lost = states.get("refused", 0) + states.get("given-up", 0)
    said = (
        (accepted, say_count("%(number)s handed over", "%(number)s handed over", accepted)),
        (waiting, say_count("%(number)s on its way", "%(number)s on their way", waiting)),
        (lost, say_count("%(number)s not taken", "%(number)s not taken", lost)),
    )
    return ", ".join(words for count, words in said if count)


def _changed(one: Changed) -> tuple[str, str]:
    """When an export changed, and the submission since which."""
    found = _SUBMISSION.search(one.text)
    return moment(one.at), found[1] if found else ""
