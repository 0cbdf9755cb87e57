"""The sandbox: the same form and the same answer as in earnest, which deliver nowhere; samples to begin with; certificates for what passed.

In: a signed-in line, its files. Out: pages. What must be passed stands on the page; what was tried stays for a day. The certificate is a page
to print and a signed document to keep.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.process.answer import Answer
from gateway.process.rules import edition
from gateway.process.trials import FEWEST, Shown, largest, shown_by, wanted
from gateway.receipts import Certificate
from gateway.settings import utc_now
from gateway.store import trials
from gateway.store.trials import KeptCertificate, Trial
from gateway.web import pages, parameters, uploads
from gateway.web.answers import json_bytes
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.copies import answer_bytes
from gateway.web.deadlines import moment
from gateway.web.mending import SHOWN
from gateway.web.outcome import Known, outcome
from gateway.web.problems import Problem
from gateway.web.rooms import SANDBOX
from gateway.web.samples import SAMPLES
from gateway.web.sent import downloads, handed_back, repaired, shown_whole
from gateway.web.trials import TRIALS, add, awaited, certificates, trial_for
from gateway.web.visitor import sender_of, visitor
from gateway.web.words import mark, say

_AT_FIRST, _AT_A_TIME = 1.5, 20.0  # seconds, as in `sent`
_STATES: Final = {
    "received": (mark("not read yet"), "due"),
    "failed": (mark("could not be processed"), "missing"),
}


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One trial as it is listed."""

    id: str
    when: str
    format: str
    persons: int | None
    errors: int | None
    warnings: int | None
    outcome: str
    tone: str


class Way(msgspec.Struct, frozen=True):
    """How far a format is from its certificate: of each kind that must pass, the persons on the largest list that did."""

    format: str
    kinds: tuple[tuple[str, int], ...]


class Pass(msgspec.Struct, frozen=True):
    """A certificate as it is shown. `is_valid`: the rules are still those it was passed against."""

    certificate: Certificate
    issued: str
    is_valid: bool


async def page(request: web.Request) -> web.Response:
    """GET /sandbox"""
    who = await visitor(request, *SANDBOX.kinds)
    parameters.only_known(request)
    return await _page(request, who, {})


async def post(request: web.Request) -> web.Response:
    """POST /sandbox"""
    who = await sender_of(request, *SANDBOX.kinds)
    fields: dict[str, str] = {}
    try:
        row = await add(request, who, await uploads.upload(request, who, fields))
    except Problem as problem:
        wrong = uploads.wrong(request, problem)
        if uploads.is_scripted(request):
            return uploads.refused(wrong, problem)
        return await _page(request, who, fields, wrong=wrong, status=problem.status)
    address = f"/sandbox/{row.id}"
    return uploads.stored(address) if uploads.is_scripted(request) else pages.see_other(address)


async def trial(request: web.Request) -> web.Response:
    """GET /sandbox/{id}?all=CODE"""
    row = await awaited(request, await _own(request, "all"), _AT_FIRST)
    return pages.html(request, "sent.html", again="", is_piece=False, **await _values(request, row))


async def piece(request: web.Request) -> web.Response:
    """GET /sandbox/{id}/answer: what the page shows of the answer, as soon as it is there."""
    row = await awaited(request, await _own(request), _AT_A_TIME)
    return pages.fragment(pages.render("answer.html", is_piece=True, **await _values(request, row)))


async def copy(request: web.Request) -> web.Response:
    """GET /sandbox/{id}/copy?as=…&file=…"""
    return await handed_back(request, await _own(request, "as", "file"), TRIALS)


async def repairs(request: web.Request) -> web.Response:
    """GET /sandbox/{id}/repairs?file=…"""
    row = await _own(request, "file")
    return await repaired(request, row, TRIALS, f"/sandbox/{row.id}")


async def certificate(request: web.Request) -> web.Response:
    """GET /sandbox/certificates/{format}: to be printed."""
    who = await visitor(request, *SANDBOX.kinds)
    parameters.only_known(request)
    kept = await _certificate(request, who)
    return pages.html(request, "certificate.html", passed=_pass(kept), edition=edition())


async def document(request: web.Request) -> web.Response:
    """GET /sandbox/certificates/{format}/document: as it was signed."""
    who = await visitor(request, *SANDBOX.kinds)
    parameters.only_known(request)
    kept = await _certificate(request, who)
    name = f'attachment; filename="certificate-{who.subject}-{kept.format}.json"'
    return json_bytes(kept.document, headers={"Content-Disposition": name})


async def _certificate(request: web.Request, who: Caller) -> KeptCertificate:
    wanted = request.match_info["format"]
    found = next((one for one in await certificates(request, who) if one.format == wanted), None)
    if found is None:
        raise Problem(404, "no-such-certificate", "you have no certificate for this format yet; the sandbox says how")
    return found


async def _own(request: web.Request, *known: str) -> Trial:
    who = await visitor(request, *SANDBOX.kinds)
    parameters.only_known(request, *known)
    return await trial_for(request, who)


async def _page(
    request: web.Request, who: Caller, fields: Mapping[str, str], *, wrong: str = "", status: int = 200
) -> web.Response:
    now = utc_now()
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        tried = await trials.trials(connection, who.subject, now)
        passed = await trials.passed_trials(connection, who.subject, now)
        sent = await trials.kinds_sent(connection, who.subject)
    values: dict[str, Any] = {
        "action": "/sandbox",
        "choices": await uploads.choices(request, who, now),
        "wrong": wrong,
        "tried": [_tried(one) for one in tried],
        "passes": [_pass(one) for one in await certificates(request, who)],
        "fewest": FEWEST,
        "edition": edition(),
        "ways": _ways([each for one in passed for each in shown_by(one)], sent),
        "samples": SAMPLES,
    }
    return pages.html(request, "sandbox.html", status=status, **values, **uploads.form_values(request, fields))


def _ways(passed: Sequence[Shown], sent: Sequence[tuple[str, str]]) -> list[Way]:
    """Of the formats that the line sends, or tried without an error."""
    formats = sorted({name for name, _ in sent} | {one.format for one in passed})
    return [
        Way(
            name,
            tuple((kind, largest(name, kind, passed)) for kind in sorted(wanted(name, sent, passed), reverse=True)),
        )
        for name in formats
    ]


def _tried(row: Trial) -> Tried:
    if row.state == "processed":
        outcome, tone = (mark("with errors"), "missing") if row.errors else (mark("without errors"), "on-time")
    else:
        outcome, tone = _STATES[row.state]
    return Tried(
        id=str(row.id), when=moment(row.received_at), format=row.format or "", persons=row.persons, errors=row.errors,
        warnings=row.warnings, outcome=say(outcome), tone=tone,
    )  # fmt: skip


async def _values(request: web.Request, row: Trial) -> dict[str, Any]:
    """What the templates need of one trial: as of a submission, with nothing that the store knows besides."""
    base: dict[str, Any] = {
        "row": row, "address": f"/sandbox/{row.id}", "received": moment(row.received_at), "all": shown_whole(request), "shown": SHOWN,
        "is_sandbox": True, "outcome": None, "ended": False,
    }  # fmt: skip
    if row.state != "processed":
        return base
    answer = msgspec.json.decode(await answer_bytes(request, row.id, TRIALS), type=Answer)
    said = await asyncio.to_thread(outcome, answer, Known(), request.app[CONTEXT].catalogue, utc_now())
    return base | {"answer": answer, "outcome": said, "downloads": downloads(answer)}


def _pass(one: KeptCertificate) -> Pass:
    signed = msgspec.json.decode(one.document, type=dict[str, msgspec.Raw])
    found = msgspec.json.decode(signed["certificate"], type=Certificate)
    return Pass(found, moment(one.issued_at), one.rules == edition())
