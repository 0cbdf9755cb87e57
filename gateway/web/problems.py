"""Errors as RFC 9457 problem documents, and the requests that are refused before anyone reads them.

In: whatever a handler raises. Out: `application/problem+json` with a sentence for the person who must act. An unexpected
exception is ours: it is counted and logged by its type and place, never with a value, and answered with 500.
"""

import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from gateway.store import UNAVAILABLE

log = logging.getLogger("gateway.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Problem(Exception):
    """A request that cannot be done. `kind` is the problem's stable name, `detail` says what to do."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.detail, self.headers, self.members = status, kind, detail, headers or {}, members


_TITLES = {
    400: "The request cannot be understood",
    401: "Who is asking is not known",
    403: "This is not yours to see or to do",
    404: "There is nothing here",
    405: "This method does not fit here",
    409: "Another request with this key is under way",
    413: "The file is too large",
    415: "This content cannot be taken",
    422: "The request contradicts an earlier one",
    429: "Too many requests",
    500: "The gateway made a mistake",
    503: "The gateway cannot take this now",
}


def problem_response(problem: Problem) -> web.Response:
    document = {
        "type": f"urn:maritime-passenger-gateway:problem:{problem.kind}",
        "title": _TITLES.get(problem.status, "The request failed"),
        "status": problem.status,
        "detail": problem.detail,
        **problem.members,
    }
    return web.Response(
        status=problem.status,
        body=json.dumps(document).encode(),
        content_type="application/problem+json",
        headers=problem.headers,
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every failure into a problem document."""
    try:
        refuse_ambiguous(request)
        return await handler(request)
    except Problem as problem:
        return problem_response(problem)
    except web.HTTPRequestEntityTooLarge:
        return problem_response(Problem(413, "too-large", "send a smaller file, or split the list by kind of person"))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return problem_response(Problem(error.status, "http", f"{request.method} is not served here", headers))
    except UNAVAILABLE:
        detail = "the store cannot be reached; nothing was accepted, so send it again with the same Idempotency-Key"
        return problem_response(Problem(503, "store-unavailable", detail, {"Retry-After": "5"}))
    except Exception as error:
        log.error("unexpected %s at %s", type(error).__name__, _where(error))
        return problem_response(
            Problem(500, "unexpected", "this is the gateway's fault and has been noted; try again later")
        )


def _where(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"


def refuse_ambiguous(request: web.Request) -> None:
    """Requests that a proxy in front could read in another way than we do (request smuggling, RFC 9112 section 11.2)."""
    headers = request.headers
    if request.version not in ((1, 0), (1, 1)):
        raise Problem(400, "ambiguous-request", "speak HTTP/1.1")
    if request.version == (1, 0) and "Transfer-Encoding" in headers:
        raise Problem(400, "ambiguous-request", "HTTP/1.0 has no Transfer-Encoding; send Content-Length")
    if any("_" in name for name in headers):
        raise Problem(400, "ambiguous-request", "a header name holds an underscore; use hyphens")
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded-body", "send the file as it is, without Content-Encoding")
