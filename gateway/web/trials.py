"""POST and GET /v1/sandbox: a carrier's programs try lists out; GET /v1/certificates: what they passed.

In: files and hints as POST /v1/submissions takes them. Out: the same answer, of the same work, and nothing else: nothing is delivered, logged
or counted, there is no receipt, and after a day it is gone. Certificates are signed; `./gw certificate verify` checks them.
"""

from typing import Any, Final
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway.process.rules import edition
from gateway.sent import digest_of, sealed
from gateway.settings import utc_now
from gateway.store import transaction, trials
from gateway.store.trials import KEPT, MOST_WAITING, KeptCertificate, NewTrial, Trial
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json, json_bytes
from gateway.web.body import MOST_FILES, files
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.copies import COPIES, Shelf, answer_bytes, copy_of
from gateway.web.intake import hints_of_query, named_call, one_of, processed_within
from gateway.web.problems import Problem
from gateway.web.submissions import LONGEST_WAIT, identifier
from gateway.web.uploads import Upload

TRIALS: Final = Shelf("/v1/sandbox", trials.sealed_answer, trials.sealed_files)


async def post(request: web.Request) -> web.Response:
    """Try lists out; the whole answer, if it is ready within Prefer: wait."""
    who = await only(request, "carrier")
    options = hints_of_query(request)
    call = await named_call(request.app, options.get("call"), who.subject)
    row = await add(request, who, Upload(await files(request), options, call))
    row = await awaited(request, row, parameters.wait(request, most=LONGEST_WAIT))
    where = {"Location": f"{TRIALS.address}/{row.id}"}
    if row.state == "processed":
        return json_bytes(await answer_bytes(request, row.id, TRIALS), headers=where)
    return as_json(_summary(row), status=202, headers=where)


async def page(request: web.Request) -> web.Response:
    """What was tried in the last day, newest first."""
    who = await only(request, "carrier")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await trials.trials(connection, who.subject, utc_now())
    return as_json({"trials": [_summary(row) for row in found]})


async def get(request: web.Request) -> web.Response:
    """How far a trial is."""
    who = await only(request, "carrier")
    parameters.only_known(request)
    return as_json(_summary(await trial_for(request, who)))


async def get_answer(request: web.Request) -> web.Response:
    """As of a submission; 202 while it is not ready."""
    who = await only(request, "carrier")
    parameters.only_known(request, "as", "file")
    row = await trial_for(request, who)
    form = one_of("as", request.query.get("as", "json"), ["json", *COPIES])
    number = parameters.number(request, "file", default=1, least=1, most=MOST_FILES)
    if row.state == "failed":
        raise Problem(503, "not-processed", "it could not be processed; try another file, and tell the operator")
    if row.state != "processed":
        return as_json(_summary(row), status=202, headers={"Retry-After": "1"})
    if form != "json":
        return await copy_of(request, row, form, number, TRIALS)
    return json_bytes(await answer_bytes(request, row.id, TRIALS), headers={"Location": f"{TRIALS.address}/{row.id}"})


async def get_certificates(request: web.Request) -> web.Response:
    """The certificates of this carrier, one a format; `valid` while the rules are those it was passed against."""
    who = await only(request, "carrier")
    parameters.only_known(request)
    found = await certificates(request, who)
    return as_json({"rules": edition(), "certificates": [_certificate(one) for one in found]})


async def add(request: web.Request, who: Caller, upload: Upload) -> Trial:
    """Stores a trial, sealed, until it is processed and a day has passed."""
    context, id = request.app[CONTEXT], uuid4()
    kept = sealed(upload.files, id, context.catalogue)
    new = NewTrial(
        id=id,
        carrier=who.subject,
        sha256=digest_of(upload.files),
        size=sum(len(file.data) for file in upload.files),
        files=len(upload.files),
        received_at=utc_now(),
        options=upload.options,
        sealed=kept.ciphertext,
        wrapped=kept.wrapped,
        key_id=kept.key_id,
    )
    async with transaction(context.pool) as connection:
        added = await trials.add_trial(connection, new)
    if added is None:
        detail = f"{MOST_WAITING} of your trials wait to be read; try again when they have been"
        raise Problem(429, "too-many-tries", detail, {"Retry-After": "5"})
    return added


async def trial_for(request: web.Request, who: Caller) -> Trial:
    """The trial that the address names, if it is this carrier's and its day is not over."""
    id = identifier(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await trials.trial(connection, id, who.subject, utc_now())
    if found is None:
        raise Problem(404, "no-such-trial", "you tried nothing with this id in the last day")
    return found


async def awaited(request: web.Request, row: Trial, seconds: float) -> Trial:
    """The trial once it is processed, or as it is when the time is over."""
    return await processed_within(
        request.app, row, lambda connection: trials.trial(connection, row.id, row.carrier, utc_now()), seconds
    )


async def certificates(request: web.Request, who: Caller) -> list[KeptCertificate]:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        return await trials.certificates(connection, who.subject)


def _summary(row: Trial) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "received_at": row.received_at,
        "processed_at": row.processed_at,
        "kept_until": row.received_at + KEPT,
        "sha256": row.sha256.hex(),
        "size": row.size,
        "files": row.files,
        "format": row.format,
        "persons": row.persons,
        "errors": row.errors,
        "warnings": row.warnings,
        "answer": f"{TRIALS.address}/{row.id}/answer",
    }


def _certificate(one: KeptCertificate) -> dict[str, Any]:
    return {
        "format": one.format,
        "issued_at": one.issued_at,
        "valid": one.rules == edition(),
        "document": msgspec.Raw(one.document),
    }
