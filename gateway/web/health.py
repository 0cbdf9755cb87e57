"""Is the gateway well? GET /healthz (the process), /readyz (it can take lists), /metrics (Prometheus text, no names).

In: the store's counts, asked when someone looks. Out: numbers by state, recipient and route. Metrics need an operator's
or a viewer's token, because volumes per line are business data.
"""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gateway.settings import utc_now
from gateway.store import UNAVAILABLE
from gateway.store.alarms import unacknowledged
from gateway.store.alerts import outbox
from gateway.store.recipients import Served, served
from gateway.store.submissions import waiting
from gateway.web.access import only
from gateway.web.context import CONTEXT
from gateway.web.problems import Handler, Problem

REGISTRY = CollectorRegistry()
_METHODS = frozenset(("GET", "HEAD", "POST", "DELETE"))  # others are counted together: a caller may invent them
_REQUESTS = Counter(
    "gateway_http_requests_total", "HTTP requests by route and status", ["method", "route", "status"], registry=REGISTRY
)
_SECONDS = Histogram("gateway_http_request_seconds", "Time to answer, by route", ["route"], registry=REGISTRY)
_WAITING = Gauge("gateway_submissions_waiting", "Submissions received and not yet processed", registry=REGISTRY)
_FAILED = Gauge("gateway_submissions_failed", "Submissions that no worker could process", registry=REGISTRY)
_OLDEST = Gauge("gateway_submission_oldest_seconds", "Age of the oldest submission that waits", registry=REGISTRY)
_BACKLOG = Gauge("gateway_deliveries_waiting", "Deliveries that wait, by recipient", ["recipient"], registry=REGISTRY)
_LAG = Gauge(
    "gateway_delivery_oldest_seconds",
    "Age of the oldest delivery that waits, by recipient",
    ["recipient"],
    registry=REGISTRY,
)
_SUCCESS = Gauge(
    "gateway_delivery_last_success_timestamp_seconds",
    "When a delivery last got through, by recipient (Unix time)",
    ["recipient"],
    registry=REGISTRY,
)
_PAUSED = Gauge("gateway_recipient_paused", "1 while an operator has paused it", ["recipient"], registry=REGISTRY)
_ALARMS = Gauge("gateway_alarms_open", "Alarms that nobody has acknowledged", registry=REGISTRY)
_ALERTS = Gauge("gateway_alerts_waiting", "Alerts that are due and have not left yet", registry=REGISTRY)
_ALERTS_FAILED = Gauge("gateway_alerts_failed", "Alerts given up within the last 24 hours", registry=REGISTRY)
_ALERTS_OLDEST = Gauge("gateway_alert_oldest_seconds", "Time since the oldest of these was due", registry=REGISTRY)
_PROBLEMS = Gauge(
    "gateway_catalogue_problems", "Files in carriers/ and keys/ that were set aside or need a look", registry=REGISTRY
)


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts every answer by its route's pattern, never by its address: ids stay out of the metrics."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "none"
    with _SECONDS.labels(route).time():
        response = await handler(request)
    method = request.method if request.method in _METHODS else "other"
    _REQUESTS.labels(method, route, response.status).inc()
    return response


async def healthz(request: web.Request) -> web.Response:
    """Whether the process answers at all."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Whether a list could be stored now."""
    try:
        async with request.app[CONTEXT].pool.acquire(timeout=2) as connection:
            await connection.execute("SELECT 1", timeout=2)
    except UNAVAILABLE:
        raise Problem(
            503, "not-ready", "the store cannot be reached; try again shortly", {"Retry-After": "5"}
        ) from None
    return web.Response(text="ready\n")


async def metrics(request: web.Request) -> web.Response:
    """Everything above, as it is now."""
    await only(request, "operator", "viewer")
    context = request.app[CONTEXT]
    now = utc_now()
    async with context.pool.acquire(timeout=10) as connection:
        queue = await waiting(connection)
        _WAITING.set(queue.waiting)
        _FAILED.set(queue.failed)
        _OLDEST.set((now - queue.oldest).total_seconds() if queue.oldest else 0)
        _set_recipients(await served(connection, context.catalogue.recipients), now)
        _ALARMS.set(await unacknowledged(connection))
        alerts = await outbox(connection)
        _ALERTS.set(alerts.waiting)
        _ALERTS_FAILED.set(alerts.failed)
        _ALERTS_OLDEST.set((now - alerts.oldest).total_seconds() if alerts.oldest else 0)
    _PROBLEMS.set(len(context.catalogue.problems))
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _set_recipients(found: Sequence[Served], now: datetime) -> None:
    for gauge in (_BACKLOG, _LAG, _SUCCESS, _PAUSED):
        gauge.clear()
    for one in found:
        _BACKLOG.labels(one.recipient).set(one.waiting)
        _LAG.labels(one.recipient).set((now - one.oldest).total_seconds() if one.oldest else 0)
        _PAUSED.labels(one.recipient).set(bool(one.paused_since))
        if one.last_success:
            _SUCCESS.labels(one.recipient).set(one.last_success.timestamp())
