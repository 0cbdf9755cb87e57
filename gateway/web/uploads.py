"""The form with which lists are handed in, in earnest or in the sandbox: what it offers, what came in it, what was wrong with it.

In: a signed-in line and its form (multipart). Out: files with their hints, as the API takes them; choices for the form; a sentence beside
it for what can be mended there. Nothing that was chosen is lost: the form is drawn again with it. A script (static/send.js) asks for JSON
instead, and then even the files stay where they are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.obligations import ExpectedCall
from gateway.sent import File
from gateway.track import Row
from gateway.web.answers import as_json
from gateway.web.board import SCREENS
from gateway.web.body import MOST_FILES
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.deadlines import Deadline, deadline, port_name
from gateway.web.intake import hints, named_call
from gateway.web.lines import deadline_of, ends_of
from gateway.web.moments import at_port
from gateway.web.outcome import KINDS, PURPOSES
from gateway.web.problems import Problem
from gateway.web.visitor import upload_of
from gateway.web.words import figure, mark, say

FIELDS: Final = ("call", "purpose", "list")
PURPOSE_CHOICES: Final = {**PURPOSES, "border safety": mark("border checks and safety at sea")}
_MEGABYTE: Final = 1 << 20
_WRONG: Final = {
    "empty-body": mark("Choose a file that is not empty."),
    "too-large": mark("This is too large: at most %(megabytes)s MB together. Send a smaller file, or split the list."),
    "too-many-files": mark("At most %(files)s files at once."),
    "no-such-call": mark("This sailing is not among yours any more. Choose another one, or none."),
    "too-slow": mark("The upload took too long and nothing was sent. Send it again."),
    "bad-body": mark("The upload ended early and nothing was sent. Send it again."),
    "bad-multipart": mark("The upload did not arrive whole and nothing was sent. Send it again."),
    "too-many-tries": mark("Too many of your lists wait in the sandbox. Try again when they have been read."),
}


class Upload(msgspec.Struct, frozen=True):
    """What came: files, and what was said beside them."""

    files: tuple[File, ...]
    options: Mapping[str, Any]
    call: ExpectedCall | None


class Choice(msgspec.Struct, frozen=True):
    """One of the line's expected calls, as it is offered. `due`: the deadline that counts now, passed or ahead."""

    id: str
    said: str
    due: Deadline | None


async def upload(request: web.Request, who: Caller, fields: dict[str, str]) -> Upload:
    """What the form holds; `fields` is filled as it is read. A `Problem` for whatever is wrong."""
    files = await upload_of(request, fields)
    if not files or not all(file.data for file in files):
        raise Problem(400, "empty-body", "the form holds no file, or an empty one; choose a file")
    said = {name: fields.get(name, "").strip() for name in FIELDS}
    options = hints(call=said["call"], format=None, kind=said["list"], purposes=said["purpose"].split())
    return Upload(files, options, await named_call(request.app, options.get("call"), who.subject))


async def choices(request: web.Request, who: Caller, now: datetime) -> list[Choice]:
    """The line's expected calls around now, in the order of their deadlines: what is overdue comes first."""
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await request.app[SCREENS].arrivals.rows(connection, now)
    own = (row for row in found if row.call.carrier == who.subject and row.call.status != "cancelled")
    offered = [_choice(row, now) for row in own]
    return sorted(offered, key=lambda one: (one.due is None, one.due.at if one.due else now))


def wrong(request: web.Request, problem: Problem) -> str:
    """What was wrong with the form, for who filled it in; raises what nobody can mend there."""
    text = _WRONG.get(problem.kind)
    if text is None:
        raise problem
    most = request.app[CONTEXT].settings.max_body / _MEGABYTE
    return say(text, megabytes=figure(round(most, 1)), files=MOST_FILES)


def is_scripted(request: web.Request) -> bool:
    """Whether static/send.js asks."""
    return "text/html" not in request.headers.get("Accept", "")


def stored(address: str) -> web.Response:
    """To the script: where what was sent is."""
    return as_json({"location": address}, status=201, headers={"Location": address})


def refused(text: str, problem: Problem) -> web.Response:
    """To the script: what was wrong."""
    return as_json({"wrong": text}, status=problem.status)


def form_values(request: web.Request, fields: Mapping[str, str]) -> dict[str, Any]:
    """What templates/upload.html needs."""
    return {
        "chosen": {name: fields.get(name, "") for name in FIELDS},
        "purposes": PURPOSE_CHOICES,
        "kinds": KINDS,
        "most": request.app[CONTEXT].settings.max_body,
        "most_said": figure(round(request.app[CONTEXT].settings.max_body / _MEGABYTE, 1)),
        "most_files": MOST_FILES,
    }


def _choice(row: Row, now: datetime) -> Choice:
    call = row.call
    ends = " → ".join(port_name(code) for code in ends_of(row))
    ship = call.vessel or call.imo or call.id
    at = call.departs_at or call.arrives_at
    when = at_port(at.at, call.departure_port if at is call.departs_at else call.arrival_port) if at else ""
    said = " · ".join(filter(None, (ship, ends, when, call.voyage)))
    one = deadline_of(row)
    return Choice(call.id, said, deadline(one.due.deadline, one.due.clock, now) if one and one.due.deadline else None)
