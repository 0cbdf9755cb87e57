"""Errors as RFC 9457 problem documents, and the requests that are refused before anyone reads them.

In: whatever a route raises. Out: `application/problem+json` with a sentence for the person who must act; for a person at
a browser the same as a page. An unexpected exception is ours: it is logged by its type and place, never with a value,
and answered with 500.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
from aiohttp import web
from yarl import URL

from gateway.mistakes import said
from gateway.web import pages
from gateway.web.caller import WHO
from gateway.web.words import mark

log = logging.getLogger("gateway.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# What a statement raises while the database is down, restarting, failing over or overloaded. Anything else that
# PostgreSQL or asyncpg objects to is a mistake of ours.
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, cancelled
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is not promoted yet
    asyncpg.InterfaceError,  # a connection that is closed
    asyncpg.InternalClientError,  # or broke in mid-word
    OSError,
    TimeoutError,
)
_ONCE = ("Host", "Content-Length", "Content-Type", "Authorization", "Idempotency-Key")


class Problem(Exception):
    """A request that cannot be done. `kind` is the problem's stable name, `detail` says what to do."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.detail, self.headers, self.members = status, kind, detail, headers or {}, members

    @property
    def title(self) -> str:
        return _BY_KIND.get(self.kind) or _TITLES.get(self.status, mark("The request failed"))


_TITLES = {
    400: mark("The request cannot be understood"),
    401: mark("Who is asking is not known"),
    403: mark("This is not yours to see or to do"),
    404: mark("There is nothing here"),
    405: mark("This method does not fit here"),
    406: mark("There is no answer in this form"),
    408: mark("The request took too long"),
    410: mark("This is no longer kept"),
    413: mark("The body is too large"),
    415: mark("This content cannot be taken"),
    409: mark("As things stand this cannot be done"),
    422: mark("This cannot be done as it was asked"),
    429: mark("Too many attempts"),
    500: mark("The gateway made a mistake"),
    503: mark("The gateway cannot do this now"),
}
_BY_KIND = {
    "bad-form": mark("Something in the form is not right"),
    "bad-parameter": mark("Something that was asked for is not right"),
    "bad-law": mark("The proposed law cannot be read"),
    "key-reused": mark("The request contradicts an earlier one"),
    "too-late": mark("It is too late for this"),
    "already-contested": mark("This was done before"),
    "already-decided": mark("This was done before"),
    "period-closed": mark("The period is closed"),
    "not-to-be-closed": mark("This period cannot be closed now"),
}
"""Where a status alone would say too little, or something else."""


def problem_response(problem: Problem) -> web.Response:
    """The problem as a program reads it."""
    document = {
        "type": f"urn:maritime-passenger-gateway:problem:{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        **problem.members,
    }
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(document),
        content_type="application/problem+json",
        headers=problem.headers,
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every failure into a problem document, or a page for who asks for one."""
    try:
        refuse_ambiguous(request)
        return await handler(request)
    except web.HTTPSeeOther as way:
        return pages.see_other(way.headers["Location"])
    except web.HTTPException as error:
        problem = _http_problem(error)
    except Exception as error:
        problem = problem_of(error)
    response = _page(request, problem) if _wants_page(request) else problem_response(problem)
    if problem.kind == "ambiguous-request":
        response.force_close()  # whatever else came on this connection may not mean what it seems to
    return response


def problem_of(error: Exception) -> Problem:
    """What an exception means to who asked. One that nobody foresaw is logged by its type and place alone."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, AWAY):
        detail = mark(
            "the store cannot be reached; nothing was accepted, so send it again with the same Idempotency-Key"
        )
        return Problem(503, "store-unavailable", detail, {"Retry-After": "5"})
    log.error("unexpected %s", said(error))
    return Problem(500, "unexpected", mark("this is the gateway's fault and has been noted; try again later"))


def _http_problem(error: web.HTTPException) -> Problem:
    """What the router says."""
    if error.status == 405:
        allowed = error.headers["Allow"]
        return Problem(405, "bad-method", f"this address takes {allowed}", {"Allow": allowed})
    if error.status == 404:
        return Problem(
            404, "no-such-address", mark("there is nothing at this address; schemas/openapi.yaml lists them all")
        )
    return Problem(error.status, "http", "the request cannot be served as it was sent")


def _wants_page(request: web.Request) -> bool:
    return not request.path.startswith("/v1/") and "text/html" in request.headers.get("Accept", "")


def _page(request: web.Request, problem: Problem) -> web.Response:
    response = pages.html(
        request,
        "problem.html" if WHO in request else "problem-stranger.html",
        status=problem.status,
        problem=problem,
        way=_way_back(request),
    )
    response.headers.update(problem.headers)
    return response


def _way_back(request: web.Request) -> str:
    """The page of ours that led here, so that nobody has to find a form again; "" where there is none, or it is this very page."""
    try:
        there = URL(request.headers.get("Referer", ""))
        led = there.raw_path_qs if there.authority == request.host else ""
    except ValueError:
        return ""
    is_here = request.method == "GET" and led == request.rel_url.raw_path_qs
    return "" if is_here or led.startswith("//") else led  # which a browser would take for another site


def refuse_ambiguous(request: web.Request) -> None:
    """Requests that a proxy in front could read in another way than we do (request smuggling, RFC 9112 section 11.2)."""
    headers = request.headers
    if request.version not in ((1, 0), (1, 1)):
        raise _ambiguous("speak HTTP/1.1")
    if request.version == (1, 1) and not headers.get("Host"):
        raise _ambiguous("HTTP/1.1 asks for a Host header (RFC 9112 section 3.2)")
    if request.version == (1, 0) and "Transfer-Encoding" in headers:
        raise _ambiguous("HTTP/1.0 has no Transfer-Encoding; send Content-Length")
    if any("_" in name for name in headers):
        raise _ambiguous("a header name holds an underscore; use hyphens")
    if any(len(headers.getall(name, [])) > 1 for name in _ONCE):
        raise _ambiguous(f"send each of these headers once: {', '.join(_ONCE)}")
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded-body", "send the file as it is, without Content-Encoding")


def _ambiguous(detail: str) -> Problem:
    return Problem(400, "ambiguous-request", detail)
