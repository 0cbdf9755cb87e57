"""POST and GET /v1/submissions: a carrier hands in its lists and sees what came of them.

In: a raw body, or multipart with one file a part; hints as query parameters; Idempotency-Key; Prefer: wait=N (RFC 7240).
Out: 202 with the submission, or 200 with the whole answer where it was ready in time. The receipt is signed and stored
before anything is answered. A carrier sees its own submissions and no others: a foreign id does not exist.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import BodyPartReader, web

from gateway.formats import FORMATS
from gateway.manifest import ListKind, Purpose
from gateway.obligations import ExpectedCall
from gateway.process.answer import open_answer
from gateway.receive import receive
from gateway.sent import File
from gateway.settings import utc_now
from gateway.store.calls import call as expected_call
from gateway.store.deliveries import deliveries_of
from gateway.store.manifests import filings_of_submission
from gateway.store.submissions import Submission, sealed_answer, submission, submissions
from gateway.web.access import Caller, caller, only
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_BODY_SECONDS = 120  # the largest list over a slow satellite link: 13.6 MB at 1 Mbit/s takes 109 s
_MOST_FILES = 20
_LONGEST_WAIT = 30.0
_LOOK_EVERY = 0.05
_PARAMETERS = frozenset(("call", "format", "list", "purpose"))


async def post(request: web.Request) -> web.Response:
    """Take the files in, durably; answer with the receipt, and with everything if it is ready within Prefer: wait."""
    who = await only(request, "carrier")
    context = request.app[CONTEXT]
    options = _options(request)
    files = await _files(request)
    call = await _named_call(request, options.get("call"), who)
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 255:
        raise Problem(400, "bad-idempotency-key", "an Idempotency-Key has 1 to 255 characters")
    added = await receive(
        context.pool,
        context.catalogue,
        files,
        carrier=who.subject,
        channel="api",
        gateway=context.settings.name,
        options=options,
        call=call,
        idempotency_key=key,
        now=utc_now(),
    )
    if added.outcome == "key-reused-with-other-body":
        detail = "this Idempotency-Key came with another body before; use a new key for a new list"
        raise Problem(422, "key-reused", detail, submission=str(added.row.id))
    row = await _processed_within(request, added.row, _wait(request))
    if row.state == "processed":
        return await _answer(request, row)
    return _json(await _state(request, row), status=202, headers={"Location": f"/v1/submissions/{row.id}"})


async def get(request: web.Request) -> web.Response:
    """How far a submission is, and each of its deliveries."""
    return _json(await _state(request, await _own(request)))


async def page(request: web.Request) -> web.Response:
    """The newest submissions, newest first; `before` is the last `arrival` of the page before."""
    who = await only(request, "carrier", "operator")
    before = request.query.get("before", str(2**62))
    if not before.isdigit() or len(before) > 19:
        raise Problem(400, "bad-parameter", "'before' is the arrival number of a submission")
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        carrier = who.subject if who.kind == "carrier" else None
        found = await submissions(connection, carrier=carrier, before=int(before))
    return _json({"submissions": [_summary(row) for row in found]})


async def get_answer(request: web.Request) -> web.Response:
    """Everything that was understood and found; 202 while it is not ready."""
    row = await _own(request, operators=False)
    if row.state != "processed":
        return _json(await _state(request, row), status=202, headers={"Retry-After": "1"})
    return await _answer(request, row)


async def get_receipt(request: web.Request) -> web.Response:
    """The signed receipt: `./gw receipt verify` checks it."""
    row = await _own(request)
    return web.Response(body=row.receipt, content_type="application/json")


async def _own(request: web.Request, *, operators: bool = True) -> Submission:
    who = await caller(request)
    if who.kind not in (("carrier", "operator") if operators else ("carrier",)):
        raise Problem(403, "not-allowed", "submissions are for the carrier that sent them")
    try:
        id = UUID(request.match_info["id"])
    except ValueError:
        raise Problem(404, "no-such-submission", "a submission's id is a UUID") from None
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await submission(connection, id, carrier=who.subject if who.kind == "carrier" else None)
    if found is None:
        raise Problem(404, "no-such-submission", "you have no submission with this id")
    return found


def _options(request: web.Request) -> dict[str, Any]:
    """The hints beside the files. An unknown one is a mistake that would otherwise go unseen."""
    unknown = set(request.query) - _PARAMETERS
    if unknown:
        raise Problem(
            400, "bad-parameter", f"there is no parameter of this name; there are {', '.join(sorted(_PARAMETERS))}"
        )
    options: dict[str, Any] = {}
    if call := request.query.get("call"):
        options["call"] = call[:200]
    if name := request.query.get("format"):
        options["format"] = _one_of("format", name, [module.NAME for module in FORMATS])
    if kind := request.query.get("list"):
        options["list"] = _one_of("list", kind, [kind.value for kind in ListKind])
    if purposes := request.query.getall("purpose", []):
        options["purposes"] = [_one_of("purpose", one, [purpose.value for purpose in Purpose]) for one in purposes]
    return options


def _one_of(name: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise Problem(400, "bad-parameter", f"'{name}' is one of {', '.join(allowed)}")
    return value


async def _named_call(request: web.Request, id: str | None, who: Caller) -> ExpectedCall | None:
    if id is None:
        return None
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        call = await expected_call(connection, id)
    if call is None or call.carrier != who.subject:
        raise Problem(
            400, "no-such-call", "you have no expected call with this id; see GET /v1/calls, or leave 'call' out"
        )
    return call


async def _files(request: web.Request) -> tuple[File, ...]:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            if request.content_type.startswith("multipart/"):
                files = await _parts(request)
            else:
                files = (File(await request.read()),)
    except TimeoutError:
        raise Problem(408, "too-slow", f"the body did not arrive within {_BODY_SECONDS} s; send it again") from None
    except ValueError:
        raise Problem(400, "bad-multipart", "the multipart body is not well-formed; send one file a part") from None
    if not files or not all(file.data for file in files):
        raise Problem(400, "empty-body", "the body is empty: send the file itself, or multipart with one file a part")
    return files


async def _parts(request: web.Request) -> tuple[File, ...]:
    """One file a part; the cap is on all of them together."""
    files: list[File] = []
    left = request.app[CONTEXT].settings.max_body
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Problem(400, "bad-multipart", "a part holds parts of its own; send one file a part")
        if len(files) == _MOST_FILES:
            raise Problem(413, "too-many-files", f"at most {_MOST_FILES} files in one submission")
        data = bytearray()
        while chunk := await part.read_chunk(65536):
            data += chunk
            if len(data) > left:
                raise Problem(413, "too-large", "send smaller files, or split the list by kind of person")
        left -= len(data)
        files.append(File(bytes(data), part.filename))
    return tuple(files)


def _wait(request: web.Request) -> float:
    """Seconds of `Prefer: wait=N`."""
    found = re.search(r"\bwait=(\d{1,4})\b", request.headers.get("Prefer", ""))
    return min(float(found[1]), _LONGEST_WAIT) if found else 0.0


async def _processed_within(request: web.Request, row: Submission, seconds: float) -> Submission:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while row.state == "received" and loop.time() < until:
        await asyncio.sleep(_LOOK_EVERY)
        async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
            row = await submission(connection, row.id) or row
    return row


async def _answer(request: web.Request, row: Submission) -> web.Response:
    context = request.app[CONTEXT]
    async with context.pool.acquire(timeout=10) as connection:
        kept = await sealed_answer(connection, row.id)
    answer = open_answer(kept, str(row.id), context.catalogue) if kept else None
    if answer is None:
        raise Problem(
            410, "retention-ended", "the answer was destroyed at the end of its retention; the receipt remains"
        )
    return web.Response(body=answer, content_type="application/json", headers={"Location": f"/v1/submissions/{row.id}"})


async def _state(request: web.Request, row: Submission) -> Mapping[str, Any]:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        filings = await filings_of_submission(connection, row.id)
        deliveries = await deliveries_of(connection, [filing.id for filing in filings])
    number = {filing.id: filing.number for filing in filings}
    return _summary(row) | {
        "deliveries": [
            {
                "id": one.id,
                "list": number[one.manifest_id],
                "recipient": one.recipient,
                "form": one.form,
                "state": one.state,
                "attempts": one.attempts,
                "outcome": one.last_outcome,
                "settled_at": one.settled_at,
            }
            for one in deliveries
        ],
        "receipt": msgspec.Raw(row.receipt),
    }


def _summary(row: Submission) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "arrival": row.arrival,
        "received_at": row.received_at,
        "processed_at": row.processed_at,
        "sha256": row.sha256.hex(),
        "size": row.size,
        "files": row.files,
        "format": row.format,
        "persons": row.persons,
        "errors": row.errors,
        "warnings": row.warnings,
        "answer": f"/v1/submissions/{row.id}/answer",
    }


def _json(document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(document), content_type="application/json", headers=headers
    )
