"""Send a list: the page from which a shipping line hands in its files.

In: a form with files. Out: a submission as the API makes it (`receive`, channel "page") and the way to its page. The same files with the
same hints are the submission that they were, so a double click sends once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.receive import receive
from gateway.settings import utc_now
from gateway.store.submissions import Added
from gateway.web import pages, parameters, uploads
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem
from gateway.web.rooms import SEND
from gateway.web.uploads import Upload
from gateway.web.visitor import sender_of, visitor

CHANNEL: Final = "page"
_DOUBLE_CLICK: Final = timedelta(minutes=1)
"""Sooner than this the same files again are not worth a word."""


async def page(request: web.Request) -> web.Response:
    """GET /send?call=…"""
    who = await visitor(request, *SEND.kinds)
    parameters.only_known(request, *uploads.FIELDS)
    return await _form(request, who, request.query)


async def post(request: web.Request) -> web.Response:
    """POST /send"""
    who = await sender_of(request, *SEND.kinds)
    fields: dict[str, str] = {}
    try:
        added = await _received(request, who, await uploads.upload(request, who, fields))
    except Problem as problem:
        wrong = uploads.wrong(request, problem)
        if uploads.is_scripted(request):
            return uploads.refused(wrong, problem)
        return await _form(request, who, fields, wrong=wrong, status=problem.status)
    is_old = added.outcome != "new" and added.row.received_at < utc_now() - _DOUBLE_CLICK
    address = f"/sent/{added.row.id}{'?again=1' if is_old else ''}"
    return uploads.stored(address) if uploads.is_scripted(request) else pages.see_other(address)


async def _received(request: web.Request, who: Caller, upload: Upload) -> Added:
    context = request.app[CONTEXT]
    return await receive(
        context.pool,
        context.catalogue,
        upload.files,
        carrier=who.subject,
        channel=CHANNEL,
        gateway=context.settings.name,
        options=upload.options,
        call=upload.call,
        idempotency_key=None,
        now=utc_now(),
    )


async def _form(
    request: web.Request, who: Caller, fields: Mapping[str, str], *, wrong: str = "", status: int = 200
) -> web.Response:
    choices = await uploads.choices(request, who, utc_now())
    values = uploads.form_values(request, fields)
    return pages.html(request, "send.html", status=status, action="/send", choices=choices, wrong=wrong, **values)
