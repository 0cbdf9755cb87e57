"""The web application: routes, limits, middlewares. API under /v1, the board at /.

In: a `Context`. Out: an aiohttp application and its runner. Every failure is a problem document, every answer is counted,
nothing is logged about a body. TLS, and mutual TLS for carriers whose certificate is known, is `server_tls`.
schemas/openapi.yaml describes each route for those who program against it.
"""

import ssl

from aiohttp import web

from gateway.catalogue import Catalogue
from gateway.settings import Settings
from gateway.web import (
    account,
    again,
    alarms,
    alarms_page,
    as4,
    board,
    call_page,
    calls,
    colleagues,
    contests,
    copies,
    credentials,
    enrol,
    feed_page,
    feeds,
    health,
    health_page,
    language,
    limits,
    moves,
    onboard,
    openid,
    pages,
    past,
    people,
    prooflog,
    provider,
    recipients,
    rescue,
    rescue_case,
    rescue_roll,
    rescues,
    samples,
    sandbox,
    score_confirm,
    score_forms,
    score_line,
    score_page,
    score_report,
    scorecards,
    sending,
    sent,
    sign_in,
    submissions,
    telling,
    tokens,
    transfers,
    trials,
    unplaced,
)
from gateway.web.answers import with_headers
from gateway.web.context import CONTEXT, Context
from gateway.web.problems import problems
from gateway.web.protocol import Runner
from gateway.web.words import spoken

ROUTES = (
    web.post("/v1/submissions", submissions.post),
    web.get("/v1/submissions", submissions.page),
    web.get("/v1/submissions/{id}", submissions.get),
    web.get("/v1/submissions/{id}/answer", submissions.get_answer),
    web.get("/v1/submissions/{id}/receipt", submissions.get_receipt),
    web.post("/v1/sandbox", trials.post),
    web.get("/v1/sandbox", trials.page),
    web.get("/v1/sandbox/{id}", trials.get),
    web.get("/v1/sandbox/{id}/answer", trials.get_answer),
    web.get("/v1/certificates", trials.get_certificates),
    web.post("/v1/submissions/{id}/again", again.post),
    web.get("/v1/alarms", alarms.page),
    web.post("/v1/alarms/{id}/acknowledge", alarms.post_acknowledge),
    web.get("/v1/calls", calls.get_calls),
    web.post("/v1/calls", telling.post),
    web.get("/v1/calls/{id}", calls.get_call),
    web.post("/v1/calls/{id}/events", onboard.post_event),
    web.get("/v1/calls/{id}/ledger", onboard.get_ledger),
    web.post("/v1/calls/{id}/checks", onboard.post_check),
    web.get("/v1/unplaced", unplaced.get),
    web.post("/v1/unplaced/{id}", unplaced.post),
    web.post("/v1/what-if", calls.post_what_if),
    web.get("/v1/scorecards", scorecards.get),
    web.get("/v1/scorecards/lost", scorecards.get_lost),
    web.post("/v1/contests", contests.post_contest),
    web.get("/v1/contests", contests.get_contests),
    web.post("/v1/contests/{id}/decision", contests.post_decision),
    web.post("/v1/periods", contests.post_period),
    web.get("/v1/periods", contests.get_periods),
    web.post("/v1/outages", contests.post_outage),
    web.get("/v1/outages", contests.get_outages),
    web.post("/v1/outages/{id}/withdraw", contests.post_withdraw),
    web.get("/v1/feeds/{recipient}", feeds.get),
    web.post("/v1/feeds/{recipient}/ack", feeds.post_ack),
    web.post("/v1/as4", as4.post),
    web.get("/v1/log/head", prooflog.get_head),
    web.get("/v1/log/proof", prooflog.get_proof),
    web.get("/v1/tokens", tokens.get),
    web.post("/v1/tokens", tokens.post),
    web.delete("/v1/tokens/{id}", tokens.delete),
    web.get("/v1/people", people.get),
    web.post("/v1/people", people.post),
    web.get("/v1/people/log", people.get_log),
    web.post("/v1/people/{name}/link", people.post_link),
    web.post("/v1/people/{name}/role", people.post_role),
    web.delete("/v1/people/{name}", people.delete),
    web.get("/v1/recipients", recipients.page),
    web.post("/v1/recipients/{id}/pause", recipients.post_pause),
    web.post("/v1/recipients/{id}/resume", recipients.post_resume),
    web.post("/v1/recipients/{id}/replay", recipients.post_replay),
    web.get("/v1/transfers", transfers.page),
    web.post("/v1/transfers", transfers.post),
    web.get("/v1/transfers/{id}", transfers.get),
    web.post("/v1/transfers/{id}/decision", transfers.post_decision),
    web.get("/v1/rescues", rescues.page),
    web.get("/healthz", health.healthz),
    web.get("/readyz", health.readyz),
    web.get("/metrics", health.metrics),
    web.get("/", board.page),
    web.get("/wall", board.wall),
    web.get("/board/events", board.events, allow_head=False),
    web.get("/rescue", rescue.page),
    web.get("/rescue/ask", rescue.form),
    web.post("/rescue/ask", rescue.ask),
    web.get("/rescue/{id}", rescue_case.page),
    web.post("/rescue/{id}/decision", rescue_case.post_decision),
    web.post("/rescue/{id}/close", rescue_case.post_close),
    web.get("/rescue/{id}/list", rescue_roll.page, allow_head=False),
    web.get("/rescue/{id}/open", rescue_roll.still_open),
    web.get("/colleagues", colleagues.page),
    web.post("/colleagues", colleagues.post),
    web.get("/feed", feed_page.page),
    web.get("/health", health_page.page),
    web.post("/health/again", health_page.post_again),
    web.post("/health/acknowledge", health_page.post_acknowledge),
    web.post("/health/recipient", health_page.post_recipient),
    web.get("/scorecards", score_page.page),
    web.get("/scorecards/report", score_report.page),
    web.get("/scorecards/close", score_confirm.close),
    web.get("/scorecards/outage", score_confirm.outage),
    web.get("/scorecards/{carrier}", score_line.page),
    web.post("/scorecards/contest", score_forms.post_contest),
    web.post("/scorecards/decide", score_forms.post_decision),
    web.post("/scorecards/close", score_forms.post_period),
    web.post("/scorecards/outage", score_forms.post_outage),
    web.post("/scorecards/outage/withdraw", score_forms.post_withdraw),
    web.get("/send", sending.page),
    web.post("/send", sending.post),
    web.get("/sent", past.page),
    web.get("/sent/{id}", sent.page),
    web.get("/sent/{id}/answer", sent.piece),
    web.get("/sent/{id}/copy", sent.copy),
    web.get("/sent/{id}/repairs", sent.repairs),
    web.get("/sent/{id}/receipt", sent.receipt),
    web.get("/sandbox", sandbox.page),
    web.post("/sandbox", sandbox.post),
    web.get("/sandbox/sample", samples.get),
    web.get("/sandbox/certificates/{format}", sandbox.certificate),
    web.get("/sandbox/certificates/{format}/document", sandbox.document),
    web.get("/sandbox/{id}", sandbox.trial),
    web.get("/sandbox/{id}/answer", sandbox.piece),
    web.get("/sandbox/{id}/copy", sandbox.copy),
    web.get("/sandbox/{id}/repairs", sandbox.repairs),
    web.get("/calls/{id}", call_page.page),
    web.get("/calls/{id}/events", call_page.events, allow_head=False),
    web.post("/calls/{id}/events", call_page.tell),
    web.get("/language/{name}", language.choose),
    web.get("/alarms", alarms_page.page),
    web.post("/alarms", alarms_page.post),
    web.get("/sign-in", sign_in.form),
    web.post("/sign-in", sign_in.sign_in),
    web.post("/sign-in/screen", sign_in.sign_in_screen),
    web.get("/sign-in/provider", openid.begin, allow_head=False),
    web.get("/sign-in/callback", openid.callback, allow_head=False),
    web.post("/sign-out", sign_in.sign_out),
    web.get("/enrol", enrol.form),
    web.post("/enrol", enrol.enrol),
    web.get("/account", account.page),
    web.post("/account/password", account.change_password),
    web.post("/account/device", account.change_device),
    web.post("/account/sign-out", account.sign_out_everywhere),
)


def make_app(context: Context) -> web.Application:
    """The application of one gateway process."""
    app = web.Application(client_max_size=context.settings.max_body, middlewares=[health.measured, spoken, problems])
    app[CONTEXT] = context
    app.add_routes(ROUTES)
    app.router.add_static("/static", pages.STATIC)
    app.on_response_prepare.append(with_headers)
    moves.prepare(app)
    board.prepare(app)
    limits.prepare(app)
    credentials.prepare(app)
    provider.prepare(app)
    copies.prepare(app)
    as4.prepare(app)
    return app


def make_runner(context: Context) -> web.AppRunner:
    """The application, ready to be given an address."""
    return Runner(make_app(context))


def server_tls(settings: Settings, catalogue: Catalogue) -> ssl.SSLContext | None:
    """TLS 1.2 or newer, asking for a client certificate without requiring one; None without a certificate of our own.

    Only the certificates in keys/senders/ are trusted, as they stand: `access` then looks at the very key. Those of AS4
    partners' servers may be shown too; whose message it is, its signature says.
    """
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    partners = [one.tls for one in catalogue.recipients.values() if one.as4 is not None and one.tls is not None]
    shown = b"\n".join([catalogue.sender_certificates, *partners])
    if shown.strip():
        context.verify_mode = ssl.CERT_OPTIONAL
        # A listed certificate is trusted itself, whoever issued it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=shown.decode("ascii"))
    return context
