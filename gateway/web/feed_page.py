"""Is my feed healthy? /feed: what waits for a recipient and since when, what got through, what it has not got, what ends soon.

In: a recipient's sign-in. Out: a page about its own deliveries alone, live by polling; ids, counts and times. The state in one sentence
comes first, with what to do.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.keyring import Recipient
from gateway.keyring.outlook import SOON
from gateway.settings import utc_now
from gateway.store import Connection
from gateway.store.pulse import Gap, Lane, Place, deliveries_by_hour, gaps_of, lanes_of, place_of
from gateway.store.recipients import Served, served
from gateway.web import pages, parameters
from gateway.web.context import CONTEXT
from gateway.web.hours import Hours, hours
from gateway.web.moments import in_utc, span
from gateway.web.problems import Problem
from gateway.web.rooms import FEED
from gateway.web.rule_values import value_in_words
from gateway.web.visitor import visitor
from gateway.web.words import day, mark, say, say_count

EVERY_SECONDS: Final = 15
_HISTORY = timedelta(days=14)
_SLOW = timedelta(minutes=15)
STATES: Final = {
    "good": mark("Everything is delivered"),
    "waiting": mark("Deliveries are on their way"),
    "to-fetch": mark("Deliveries wait for you to fetch them"),
    "slow": mark("Deliveries wait"),
    "failing": mark("Deliveries do not get through"),
    "paused": mark("The operator has paused your feed"),
    "keyless": mark("There is no valid key to seal to"),
}
GAPS: Final = {
    "waiting": mark("passed over in your feed"),
    "refused": mark("refused by you"),
    "given-up": mark("given up after the last attempt"),
}


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """A key or an entry of the register with its days. `state`: in-force, soon, ended, to-come."""

    name: str
    about: str
    since: str
    until: str
    state: str
    word: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows. `to_do`: what the recipient does now; "" for nothing."""

    recipient: Recipient
    state: str
    title: str
    to_do: str
    waiting: int
    oldest: str
    last_success: str
    lanes: list[Lane]
    gaps: list[Gap]
    place: Place
    today: tuple[int, int, int, int]
    keys: list[Ending]
    routes: list[Ending]
    hours: Hours


async def page(request: web.Request) -> web.Response:
    """GET /feed; for htmx only what moves."""
    who = await visitor(request, *FEED.kinds)
    parameters.only_known(request)
    context, now = request.app[CONTEXT], utc_now()
    recipient = context.catalogue.recipients.get(who.subject)
    if recipient is None:
        detail = "your folder in keys/ was set aside or taken away; what you are owed waits; ask the operator"
        raise Problem(404, "no-such-feed", detail)
    async with context.pool.acquire(timeout=10) as connection:
        health = await _health(connection, recipient, now)
    values: dict[str, Any] = {
        "health": health,
        "now": now,
        "gap_words": GAPS,
        "every": EVERY_SECONDS,
        "say": say,
        "in_utc": in_utc,
        "span": span,
    }
    if request.headers.get("HX-Request"):
        return pages.fragment(pages.render("feed-now.html", **values))
    return pages.html(request, "feed.html", **values)


async def _health(connection: Connection, recipient: Recipient, now: datetime) -> Health:
    [stands] = [one for one in await served(connection, [recipient.id]) if one.recipient == recipient.id]
    lanes = await lanes_of(connection, recipient.id, now.replace(hour=0, minute=0, second=0, microsecond=0))
    gaps = await gaps_of(connection, recipient.id, now - _HISTORY)
    state = state_of(stands, recipient, now)
    return Health(
        recipient=recipient,
        state=state,
        title=say(STATES[state]),
        to_do=_to_do(state, stands, recipient),
        waiting=stands.waiting,
        oldest=span(now - stands.oldest) if stands.oldest else "",
        last_success=in_utc(stands.last_success) if stands.last_success else "",
        lanes=lanes,
        gaps=gaps,
        place=await place_of(connection, recipient.id),
        today=(sum(one.owed for one in lanes), sum(one.accepted for one in lanes), sum(one.superseded for one in lanes), sum(one.failed for one in lanes)),
        keys=_keys(recipient, now),
        routes=_routes(recipient, now),
        hours=hours(await deliveries_by_hour(connection, now, recipient=recipient.id)),
    )  # fmt: skip


def state_of(one: Served, recipient: Recipient, now: datetime) -> str:
    """The gravest thing that is true."""
    if one.paused_since is not None:
        return "paused"
    if recipient.form != "as4" and recipient.key_for(now.date()) is None:
        return "keyless"
    if not one.waiting:
        return "good"
    if one.last_outcome:
        return "failing"
    is_fetched = recipient.send.transport == "feed"
    if is_fetched and one.last_success is None:
        return "to-fetch"  # however long: nobody has fetched anything yet, so there is nothing that has become slow
    if one.oldest and now - one.oldest > _SLOW:
        return "slow"
    return "to-fetch" if is_fetched else "waiting"


def _to_do(state: str, one: Served, recipient: Recipient) -> str:
    if state == "paused":
        return say("Nothing is lost: what you are owed waits in its order. Ask the operator when it goes on. Reason given: %(reason)s", reason=one.paused_reason or "")  # fmt: skip
    if state == "keyless":
        return say("Send the operator your next public key now; what you are owed waits until then.")
    if state == "failing":
        return say("The last attempt ended so: %(outcome)s. See that your server can be reached; we go on trying.", outcome=one.last_outcome or "")  # fmt: skip
    if state == "to-fetch" and one.last_success is None:
        return say("Nobody has fetched this feed yet, and nothing is sent by itself. Ask for GET /v1/feeds/%(id)s with your access token, open what comes with your key, and acknowledge it; deploy/recipient/README.md does it step by step.", id=recipient.id)  # fmt: skip
    if state == "slow" and recipient.send.transport == "feed":
        return say("Fetch your feed and acknowledge what you have stored: nothing is sent by itself.")
    return ""


def _keys(recipient: Recipient, now: datetime) -> list[Ending]:
    return [
        _ending(one.file, one.key.fingerprint[:16], one.since, one.until, now)
        for one in sorted(recipient.keys, key=lambda one: one.until, reverse=True)
    ]


def _routes(recipient: Recipient, now: datetime) -> list[Ending]:
    return [
        _ending(one.id, f"{_said(one.lists)}: {_said(one.purposes)}; {one.form}; {one.legal_basis}", one.since, one.until, now)
        for one in recipient.routes
    ]  # fmt: skip


def _said(words: Iterable[str]) -> str:
    """Kinds of lists, or purposes: words of ours that findings hold as well."""
    return ", ".join(map(value_in_words, words))


def _ending(name: str, about: str, since: date, until: date, now: datetime) -> Ending:
    today = now.date()
    left = (until - today).days
    if since > today:
        state, word = "to-come", say("from %(day)s", day=day(since))
    elif left < 0:
        state, word = "ended", say("ended")
    elif until < today + SOON:
        state, word = "soon", say_count("ends in %(number)s day", "ends in %(number)s days", left)
    else:
        state, word = "in-force", say("in force")
    return Ending(name=name, about=about, since=since.isoformat(), until=until.isoformat(), state=state, word=word)
