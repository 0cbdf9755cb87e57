"""POST and GET /v1/submissions: a carrier hands in its lists and sees what came of them.

In: a raw body, or multipart with one file a part; hints as query parameters; Idempotency-Key; Prefer: wait=N (RFC 7240).
Out: 202 with the submission, or 200 with the whole answer where it was ready in time. The receipt is signed and stored
before anything is answered. A carrier sees its own submissions and no others: a foreign id does not exist.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.receive import receive
from gateway.settings import utc_now
from gateway.store.deliveries import deliveries_of
from gateway.store.manifests import filings_of_submission
from gateway.store.responses import heard
from gateway.store.submissions import Submission, submission, submissions
from gateway.web import parameters
from gateway.web.access import caller, only
from gateway.web.answers import as_json, json_bytes
from gateway.web.body import MOST_FILES, files
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.copies import COPIES, SUBMISSIONS, answer_bytes, copy_of
from gateway.web.intake import hints_of_query, named_call, one_of, processed_within
from gateway.web.problems import Problem

LONGEST_WAIT = 30.0
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def post(request: web.Request) -> web.Response:
    """Take the files in, durably; answer with the receipt, and with everything if it is ready within Prefer: wait."""
    who = await only(request, "carrier")
    context = request.app[CONTEXT]
    options = hints_of_query(request)
    call = await named_call(request.app, options.get("call"), who.subject)
    key = _idempotency_key(request)
    added = await receive(
        context.pool,
        context.catalogue,
        await files(request),
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
    row = await awaited(request, added.row, parameters.wait(request, most=LONGEST_WAIT))
    if row.state == "processed":
        response = await _answer(request, row)
    else:
        response = as_json(await _state(request, row), status=202, headers={"Location": f"/v1/submissions/{row.id}"})
    if added.outcome != "new":  # nothing was filed anew: a sender who meant to replace a later list must be told
        response.headers["Gateway-Received-Before"] = row.received_at.isoformat()
    return response


async def get(request: web.Request) -> web.Response:
    """How far a submission is, and each of its deliveries."""
    return as_json(await _state(request, await _own(request)))


async def page(request: web.Request) -> web.Response:
    """The newest submissions, newest first; `before` is the last `arrival` of the page before."""
    who = await only(request, "carrier", "operator")
    parameters.only_known(request, "before")
    before = parameters.number(request, "before", default=parameters.MOST)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        carrier = who.subject if who.kind == "carrier" else None
        found = await submissions(connection, carrier=carrier, before=before)
    return as_json({"submissions": [_summary(row) for row in found]})


async def get_answer(request: web.Request) -> web.Response:
    """Everything that was understood and found, as JSON or in a copy of what was sent; 202 while it is not ready."""
    row = await _own(request, "as", "file", operators=False)
    form = one_of("as", request.query.get("as", "json"), ["json", *COPIES])
    number = parameters.number(request, "file", default=1, least=1, most=MOST_FILES)
    if row.state == "failed":
        detail = "it could not be processed; it is kept, its receipt stands, and the operator has been told"
        raise Problem(503, "not-processed", detail)
    if row.state != "processed":
        return as_json(await _state(request, row), status=202, headers={"Retry-After": "1"})
    return await _answer(request, row) if form == "json" else await copy_of(request, row, form, number, SUBMISSIONS)


async def get_receipt(request: web.Request) -> web.Response:
    """The signed receipt: `./gw receipt verify` checks it."""
    row = await _own(request)
    return json_bytes(row.receipt)


async def _own(request: web.Request, *known: str, operators: bool = True) -> Submission:
    who = await caller(request)
    parameters.only_known(request, *known)
    if who.kind not in (("carrier", "operator") if operators else ("carrier",)):
        raise Problem(403, "not-allowed", "submissions are for the carrier that sent them")
    return await submission_for(request, who)


async def submission_for(request: web.Request, who: Caller) -> Submission:
    """The submission that the address names; to a carrier only its own are there."""
    id = identifier(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await submission(connection, id, carrier=who.subject if who.kind == "carrier" else None)
    if found is None:
        raise Problem(404, "no-such-submission", "you have no submission with this id")
    return found


def identifier(request: web.Request) -> UUID:
    """The id in the address."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise Problem(404, "no-such-submission", "a submission's id is a UUID") from None


async def awaited(request: web.Request, row: Submission, seconds: float) -> Submission:
    """The submission once it is processed, or as it is when the time is over."""
    return await processed_within(request.app, row, lambda connection: submission(connection, row.id), seconds)


def _idempotency_key(request: web.Request) -> str | None:
    """draft-ietf-httpapi-idempotency-key-header: any visible text, quoted or not, always the same way."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and _KEY.fullmatch(key) is None:
        raise Problem(400, "bad-idempotency-key", "an Idempotency-Key has 1 to 255 visible ASCII characters")
    return key


async def _answer(request: web.Request, row: Submission) -> web.Response:
    answer = await answer_bytes(request, row.id, SUBMISSIONS)
    return json_bytes(answer, headers={"Location": f"/v1/submissions/{row.id}"})


async def _state(request: web.Request, row: Submission) -> Mapping[str, Any]:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        filings = await filings_of_submission(connection, row.id)
        deliveries = await deliveries_of(connection, [filing.id for filing in filings])
        said = await heard(connection, [one.id for one in deliveries])
    number = {filing.id: filing.number for filing in filings}
    verdicts = {one.delivery_id: one.verdict for one in said if one.verdict}
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
                "verdict": verdicts.get(one.id),
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
