"""The web application: routes, limits, middlewares. API under /v1, the board at /.

In: a `Context`. Out: an aiohttp application. Every failure is a problem document, every answer is counted, nothing is
logged about a body. TLS, and mutual TLS for carriers whose certificate is known, is `server_tls`.
"""

import asyncio
import ssl

from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.settings import Settings
from gateway.web import board, calls, health, prooflog, submissions, tokens
from gateway.web.context import CONTEXT, Context
from gateway.web.problems import problems


def make_app(context: Context) -> web.Application:
    """The application of one gateway process."""
    app = web.Application(client_max_size=context.settings.max_body, middlewares=[health.measured, problems])
    app[CONTEXT] = context
    app[board.STOPPING] = asyncio.Event()
    app.add_routes(
        [
            web.post("/v1/submissions", submissions.post),
            web.get("/v1/submissions", submissions.page),
            web.get("/v1/submissions/{id}", submissions.get),
            web.get("/v1/submissions/{id}/answer", submissions.get_answer),
            web.get("/v1/submissions/{id}/receipt", submissions.get_receipt),
            web.get("/v1/calls", calls.get_calls),
            web.post("/v1/calls", calls.post_calls),
            web.get("/v1/carriers/{id}/standing", calls.get_standing),
            web.get("/v1/log/head", prooflog.get_head),
            web.get("/v1/log/proof", prooflog.get_proof),
            web.post("/v1/tokens", tokens.post),
            web.get("/healthz", health.healthz),
            web.get("/readyz", health.readyz),
            web.get("/metrics", health.metrics),
            web.get("/", board.page),
            web.get("/board/events", board.events),
            web.get("/sign-in", board.sign_in_form),
            web.post("/sign-in", board.sign_in),
            web.post("/sign-out", board.sign_out),
            web.static("/static", board.STATIC),
        ]
    )
    app.on_shutdown.append(_stop_streams)
    return app


async def _stop_streams(app: web.Application) -> None:
    app[board.STOPPING].set()


def server_tls(settings: Settings, catalogue: Catalogue) -> ssl.SSLContext | None:
    """TLS 1.2 or newer, asking for a client certificate without requiring one; None without a certificate of our own.

    Only the certificates in keys/senders/ are trusted, as they stand: `access` then looks at the very key.
    """
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    if catalogue.sender_certificates.strip():
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= (
            ssl.VERIFY_X509_PARTIAL_CHAIN
        )  # a listed certificate is trusted itself, whoever issued it
        context.load_verify_locations(cadata=catalogue.sender_certificates.decode("ascii"))
    return context
