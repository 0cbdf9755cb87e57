"""HTTP/1.1 as aiohttp speaks it, with our limits and our words for what is no HTTP at all.

In: an application. Out: a runner whose connections end when they idle, never unpack a body, and answer bytes that cannot be
parsed with a problem document. aiohttp would quote those bytes in its answer and its log; they may be part of a list, so
here nobody repeats them.
"""

import logging
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from gateway.mistakes import said
from gateway.web.answers import add_headers
from gateway.web.problems import Problem, problem_of, problem_response

_IDLE_SECONDS = 75.0  # for a request to begin and its headers to arrive
_END_SECONDS = 3.0

log = logging.getLogger("gateway.web")


class Connection(RequestHandler):
    """One connection."""

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Without the exception's text, which may quote what came."""
        error = kw.get("exc_info")
        log.error("unexpected %s", said(error) if isinstance(error, BaseException) else "trouble on a connection")

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What did not become a request, or an exception that no route was there to meet."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer is out already")
        if status == 400 or not isinstance(exc, Exception):
            problem = Problem(400, "not-http", "these bytes are no HTTP/1.1 request (RFC 9112)")
        else:
            problem = problem_of(exc)
        response = problem_response(problem)
        response.force_close()
        add_headers(response, is_tls=request.secure)
        return response


class _Connections(web.Server):
    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """`web.AppRunner` with these connections."""

    def __init__(self, app: web.Application) -> None:
        super().__init__(
            app,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=_IDLE_SECONDS,
            shutdown_timeout=_END_SECONDS,
        )

    async def _make_server(self) -> web.Server:
        usual = await super()._make_server()
        return _Connections(usual.request_handler, request_factory=usual.request_factory, **self._kwargs)
