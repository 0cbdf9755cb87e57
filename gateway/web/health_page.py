"""Is the gateway healthy? /health: what a person must do, what waits and since when, whether each recipient is served, what is about to end.

In: an operator's sign-in. Out: a page, live by polling, with the gravest first; forms to try a submission again, to acknowledge an alarm,
to pause and resume a recipient. Ids, counts and times: an operator sees nobody's data.
"""

import platform
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from uuid import UUID

import msgspec
from aiohttp import web
from cryptography import x509

from gateway.alerts import Alarm, kind_of
from gateway.catalogue import Problem as Trouble
from gateway.keyring.outlook import SOON
from gateway.settings import Settings, utc_now
from gateway.store import Connection, log, transaction
from gateway.store.alarms import acknowledge_alarm, open_alarms
from gateway.store.log import LogHead
from gateway.store.pulse import Failed, Store, deliveries_by_hour, failed_submissions, store_now, submissions_by_hour
from gateway.store.recipients import pause, resume, served
from gateway.store.submissions import Waiting, try_submission_again, waiting
from gateway.watch import RETENTION
from gateway.web import pages, parameters
from gateway.web.caller import csrf_token
from gateway.web.context import CONTEXT, Context
from gateway.web.hours import Hours, hours
from gateway.web.moments import in_utc, span
from gateway.web.problems import Problem
from gateway.web.recipients import shown
from gateway.web.rooms import HEALTH
from gateway.web.visitor import form_of, visitor
from gateway.web.words import mark, say, say_count

EVERY_SECONDS: Final = 10
_SLOW, _HEAD_LATE = timedelta(minutes=2), timedelta(minutes=1)
_REASON_LONGEST: Final = 200
SERVED: Final = {
    "paused": mark("paused"),
    "set-aside": mark("set aside"),
    "without-key": mark("without a key"),
    "failing": mark("does not take it"),
    "waiting": mark("on its way"),
    "idle": mark("all delivered"),
}


class One(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient in the table."""

    id: str
    name: str
    transport: str
    state: str
    word: str
    waiting: int
    lag: str
    last_success: str
    last_outcome: str
    paused: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows. `to_do`: what a person must do, the gravest first; each with the part of the page where it is done."""

    to_do: list[tuple[str, str]]
    queue: Waiting
    oldest: str
    failed: list[Failed]
    alarms: list[Alarm]
    troubles: Sequence[Trouble]
    recipients: list[One]
    head: LogHead | None
    head_age: str
    store: Store
    size: str
    kept: str
    facts: list[tuple[str, str]]
    received: Hours
    delivered: Hours


def title_of(kind: str) -> str:
    """What an alarm of this kind is called."""
    return kind_of(kind).title


async def page(request: web.Request) -> web.Response:
    """GET /health; for htmx only what moves."""
    await visitor(request, *HEALTH.kinds)
    parameters.only_known(request)
    now = utc_now()
    health = await _health(request.app[CONTEXT], now)
    values: dict[str, Any] = {
        "health": health,
        "now": now,
        "every": EVERY_SECONDS,
        "in_utc": in_utc,
        "span": span,
        "title_of": title_of,
    }
    if request.headers.get("HX-Request"):
        return pages.fragment(pages.render("health-now.html", csrf=csrf_token(request), **values))
    return pages.html(request, "health.html", longest=_REASON_LONGEST, **values)


async def post_again(request: web.Request) -> web.Response:
    """POST /health/again: a failed submission is tried once more."""
    who, fields = await form_of(request, *HEALTH.kinds)
    try:
        id = UUID(fields.get("submission", ""))
    except ValueError:
        raise Problem(400, "bad-form", "name the submission by its id") from None
    async with transaction(request.app[CONTEXT].pool) as connection:
        await try_submission_again(connection, id, who.name, utc_now())
    return pages.see_other("/health")


async def post_acknowledge(request: web.Request) -> web.Response:
    """POST /health/acknowledge: somebody looks after an alarm. Once more changes nothing."""
    who, fields = await form_of(request, *HEALTH.kinds)
    id = fields.get("alarm", "")
    if not (id.isascii() and id.isdecimal() and len(id) < 19):
        raise Problem(400, "bad-form", "name the alarm by its number")
    async with transaction(request.app[CONTEXT].pool) as connection:
        await acknowledge_alarm(connection, int(id), who.name, utc_now())
    return pages.see_other("/health")


async def post_recipient(request: web.Request) -> web.Response:
    """POST /health/recipient: paused with a reason, or resumed."""
    who, fields = await form_of(request, *HEALTH.kinds)
    recipient, reason, now = fields.get("recipient", ""), " ".join(fields.get("reason", "").split()), utc_now()
    if fields.get("do") not in ("pause", "resume"):
        raise Problem(400, "bad-form", "choose to pause or to resume")
    context = request.app[CONTEXT]
    async with transaction(context.pool) as connection:
        known = {one.recipient for one in await served(connection, context.catalogue.recipients)}
        if recipient not in known:
            raise Problem(404, "no-such-recipient", "there is no recipient with this id, and nothing waits for one")
        subject = {"recipient": recipient, "by": who.name}
        if fields["do"] == "resume":
            if await resume(connection, recipient):
                await log.append(connection, "recipient-resumed", subject, now)
        elif not reason or len(reason) > _REASON_LONGEST or not reason.isprintable():
            raise Problem(400, "bad-form", f"say why, in at most {_REASON_LONGEST} letters; the recipient reads it")
        elif await pause(connection, recipient, who.name, reason, now):
            await log.append(connection, "recipient-paused", subject, now)
    return pages.see_other("/health")


async def _health(context: Context, now: datetime) -> Health:
    async with context.pool.acquire(timeout=10) as connection:
        queue, failed, alarms = (
            await waiting(connection),
            await failed_submissions(connection),
            [one for one in await open_alarms(connection) if one.acknowledged_at is None],
        )
        recipients = await _recipients(connection, context, now)
        head, store = await log.head(connection), await store_now(connection)
        received, delivered = await submissions_by_hour(connection, now), await deliveries_by_hour(connection, now)
    return Health(
        to_do=_to_do(queue, alarms, recipients, context.catalogue.problems, store, now),
        queue=queue,
        oldest=span(now - queue.oldest) if queue.oldest else "",
        failed=failed,
        alarms=alarms,
        troubles=context.catalogue.problems,
        recipients=recipients,
        head=head,
        head_age=span(now - head.at) if head else "",
        store=store,
        size=_size(store.bytes),
        kept=span(now - store.oldest_kept) if store.oldest_kept else "",
        facts=_facts(context.settings, store, now),
        received=hours(received),
        delivered=hours(delivered),
    )


async def _recipients(connection: Connection, context: Context, now: datetime) -> list[One]:
    found = []
    for one in await served(connection, context.catalogue.recipients):
        known = shown(one, context.catalogue, now)
        state = known["state"]
        paused = say("since %(at)s by %(by)s: %(why)s", at=in_utc(one.paused_since), by=one.paused_by or "", why=one.paused_reason or "") if one.paused_since else ""  # fmt: skip
        found.append(
            One(
                id=one.recipient,
                name=known["name"] or "",
                transport=known["transport"] or "",
                state=state,
                word=say(SERVED[state]),
                waiting=one.waiting,
                lag=span(now - one.oldest) if one.oldest else "",
                last_success=in_utc(one.last_success) if one.last_success else "",
                last_outcome=one.last_outcome or "",
                paused=paused,
            )
        )
    return found


def _to_do(
    queue: Waiting,
    alarms: Sequence[Alarm],
    recipients: Sequence[One],
    troubles: Sequence[Trouble],
    store: Store,
    now: datetime,
) -> list[tuple[str, str]]:
    """(what, where on the page), the gravest first."""
    stuck = queue.oldest is not None and now - queue.oldest > _SLOW
    unsigned = store.unplaced_since is not None and now - store.unplaced_since > _HEAD_LATE
    bad = sum(one.state in ("failing", "without-key", "set-aside") for one in recipients)
    found = [
        (queue.failed, "failed", say_count("%(number)s submission could not be processed", "%(number)s submissions could not be processed", queue.failed)),
        (stuck, "queue", say("Submissions wait longer than they should: see that workers run")),
        (bad, "recipients", say_count("%(number)s recipient is not served", "%(number)s recipients are not served", bad)),
        (unsigned, "log", say("The log is not signed: see that the gateway's watch runs")),
        (len(alarms), "alarms", say_count("%(number)s alarm is open", "%(number)s alarms are open", len(alarms))),
        (len(troubles), "troubles", say_count("%(number)s file needs a look", "%(number)s files need a look", len(troubles))),
    ]  # fmt: skip
    return [(text, where) for is_so, where, text in found if is_so]


def _facts(settings: Settings, store: Store, now: datetime) -> list[tuple[str, str]]:
    """What runs here: versions, sizes, ends."""
    return [
        (say("Gateway"), f"{settings.name}, {_own_version()}"),
        (say("Python"), platform.python_version()),
        (say("PostgreSQL"), store.version.split()[0]),
        (say("Schema"), store.schema.removesuffix(".sql")),
        (say("Worker processes"), say("%(number)s beside this one", number=settings.workers)),
        (say("TLS certificate"), _certificate(settings, now)),
        (say("Retention"), say("%(days)s days, then the key is destroyed", days=RETENTION.days)),
    ]


def _own_version() -> str:
    try:
        return version("maritime-passenger-gateway")
    except PackageNotFoundError:
        return say("from a checkout")


def _certificate(settings: Settings, now: datetime) -> str:
    """Until when ours is good; the file may have been renewed since the start."""
    if settings.tls_cert is None:
        return say("none: something in front must speak TLS")
    try:
        ends = x509.load_pem_x509_certificates(settings.tls_cert.read_bytes())[0].not_valid_after_utc
    except (OSError, ValueError, IndexError):
        return say("its file cannot be read")
    left = say("ends in %(time)s", time=span(ends - now)) if ends > now else say("ended")
    renew = say("renew it")
    return f"{left}: {renew}" if ends < now + SOON else left


def _size(count: int) -> str:
    """In units of a thousand, as disks are sold."""
    steps = next((at for at in range(4) if count < 1000 ** (at + 1)), 3)
    return f"{count / 1000**steps:,.{1 if steps else 0}f} {('B', 'kB', 'MB', 'GB')[steps]}"
