"""GET /v1/submissions/{id}/answer?as=marked|aperak|corrected|corrections: the sender's own file, handed back.

In: a processed submission, the form, the number of the file. Out: an attachment. The file is opened from the store for this
one answer and never kept; the work is done in a thread, and for a few at a time, because each may take a gigabyte in its child.
The attachment's name is ours: a sender's own may hold anybody's name.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.answers import Copy, NotMade
from gateway.process import hand_back
from gateway.process.answer import Answer, open_answer
from gateway.process.work import hints_of
from gateway.seal import Sealed
from gateway.sent import File, opened
from gateway.settings import utc_now
from gateway.store import Connection, submissions
from gateway.store.submissions import Sealed as Kept
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

COPIES: Final = ("marked", "aperak", "corrected", "corrections")
_AT_ONCE: Final = 2
_ROOM: Final = web.AppKey("room for copies", asyncio.Semaphore)


class Sent(Protocol):
    """What was sent and processed: a submission, or a trial."""

    @property
    def id(self) -> UUID: ...
    @property
    def carrier(self) -> str: ...
    @property
    def files(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


class Shelf(NamedTuple):
    """Where what was sent and its answer are kept, sealed; `address` is where they are to be found here."""

    address: str
    answer: Callable[[Connection, UUID], Awaitable[Kept | None]]
    files: Callable[[Connection, UUID], Awaitable[Kept | None]]


SUBMISSIONS: Final = Shelf("/v1/submissions", submissions.sealed_answer, submissions.sealed_submission)


def prepare(app: web.Application) -> None:
    app[_ROOM] = asyncio.Semaphore(_AT_ONCE)


async def answer_bytes(request: web.Request, id: UUID, shelf: Shelf) -> bytes:
    """The stored answer as JSON; 410 once its retention has ended."""
    context = request.app[CONTEXT]
    async with context.pool.acquire(timeout=10) as connection:
        kept = await shelf.answer(connection, id)
    answer = open_answer(kept, str(id), context.catalogue) if kept else None
    if answer is None:
        raise _ended("the answer was")
    return answer


async def copy_of(request: web.Request, row: Sent, form: str, number: int, shelf: Shelf) -> web.Response:
    """The copy of one file as an attachment."""
    copy = await made(request, row, form, number, shelf)
    name = f"{form}-{row.id}-{number}{copy.ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Type": copy.media_type,
        "Location": f"{shelf.address}/{row.id}",
    }
    if form in ("corrected", "corrections"):
        headers["Gateway-Corrections"] = str(len(copy.repairs))
    return web.Response(body=copy.data, headers=headers)


async def made(request: web.Request, row: Sent, form: str, number: int, shelf: Shelf) -> Copy:
    """The copy of one file; 404 where there is no file of that number, 406 where there is no such copy."""
    answer = msgspec.json.decode(await answer_bytes(request, row.id, shelf), type=Answer)
    if number > row.files:
        raise Problem(404, "no-such-file", f"the submission has {row.files} file{'s' if row.files > 1 else ''}")
    try:
        async with request.app[_ROOM]:
            file = await _file(request, row.id, number, shelf)
            return await asyncio.to_thread(
                _made, request.app[CONTEXT].catalogue.carriers, row, answer, file, number, form
            )
    except NotMade as problem:
        raise Problem(406, "no-such-copy", problem.why) from None


async def _file(request: web.Request, id: UUID, number: int, shelf: Shelf) -> File:
    context = request.app[CONTEXT]
    async with context.pool.acquire(timeout=10) as connection:
        kept = await shelf.files(connection, id)
    if kept is None or kept.wrapped is None:
        raise _ended("what you sent was")
    sealed = Sealed(kept.wrapped, kept.sealed, kept.key_id)
    return (await asyncio.to_thread(opened, sealed, id, context.catalogue))[number - 1]


def _made(carriers: Mapping[str, Any], row: Sent, answer: Answer, file: File, number: int, form: str) -> Copy:
    """Runs in a thread."""
    carrier, hints = carriers.get(row.carrier), hints_of(row.options)
    if form in ("corrected", "corrections"):
        copy = hand_back.corrected(file, carrier, hints, row.received_at)
        return hand_back.corrections(copy) if form == "corrections" else copy
    format = hints.format or answer.formats[number - 1]
    found, read = hand_back.of_file(answer.findings, number), hand_back.read_in(answer.lists, number)
    if form == "aperak":
        return hand_back.acknowledged(file, format, found, utc_now(), read=read)
    return hand_back.marked(file, format, found, carrier, utc_now(), read=read)


def _ended(what: str) -> Problem:
    return Problem(410, "retention-ended", f"{what} destroyed at the end of its retention; the receipt remains")
