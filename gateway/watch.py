"""watch: what the clock brings. Log entries get their places, missed deadlines, counts that differ from their lists
and lists without their last part raise alarms, retention ends.

In: the time, the store. Out: signed log heads, alarms, destroyed keys; and, for the pages, how every call stands now.
One process of a gateway runs it; several do no harm, because each step is one locked or repeatable statement.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from gateway.arrivals import LONGEST_LEG, LOOK_BACK, Arrivals
from gateway.as4 import REMEMBER
from gateway.catalogue import Catalogue
from gateway.mistakes import Trouble
from gateway.obligations import Due, ExpectedCall, due
from gateway.receipts import TreeHead, sign_head
from gateway.settings import utc_now
from gateway.store import Connection, Pool, log, messages, transaction, waiting_lists
from gateway.store.alarms import end_alarms, raise_alarm
from gateway.store.calls import calls_between
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.store.retention import end_retention
from gateway.track import Agreement, Ledger, Outage, Row, State
from gateway.track.excuses import with_outages
from gateway.track.ledger import ALARM_AFTER, ledgers

RETENTION = timedelta(days=60)  # 98/41/EC art. 5(3) as SafeSeaNet applies it: at most 60 days after departure
_LOG_EVERY, _BOARD_EVERY, _RETENTION_EVERY = timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=1)
_AFTER_TROUBLE = timedelta(seconds=5)
_UNFINISHED = timedelta(minutes=30)  # parts of a list are sent one after the other
_ALARMING = (State.MISSING, State.INCOMPLETE, State.LATE)

_log = logging.getLogger(__name__)


async def rows(
    connection: Connection, catalogue: Catalogue, now: datetime, *, carrier: str | None = None, port: str | None = None
) -> list[Row]:
    """How every call around `now` stands, looked at once."""
    found = await Arrivals(catalogue.law).rows(connection, now)
    return [
        one
        for one in found
        if carrier in (None, one.call.carrier) and port in (None, one.call.departure_port, one.call.arrival_port)
    ]


def _is_current(call: ExpectedCall, now: datetime) -> bool:
    end = call.arrives_at or call.departs_at
    return end is not None and end.at >= now - LOOK_BACK


def dues_of(calls: Sequence[ExpectedCall], catalogue: Catalogue, down: Sequence[Outage] = ()) -> list[Due]:
    """All that the law asks of these calls; what falls due in a declared outage is excused."""
    return [one for call in calls for one in with_outages(due(call, catalogue.law), call, down)]


async def run(pool: Pool, catalogue: Catalogue, gateway: str, stop: asyncio.Event) -> None:
    """Keeps watch until `stop`. What fails is said, and done again at its next turn; it holds up nothing else."""

    async def forget(now: datetime) -> None:
        async with transaction(pool) as connection:
            await end_retention(connection, now - RETENTION)
            await messages.forget(connection, now - REMEMBER)

    rounds = (
        Round("the log", _LOG_EVERY, lambda now: integrate(pool, catalogue, gateway, now)),
        Round("missed deadlines", _BOARD_EVERY, lambda now: raise_missed(pool, catalogue, now)),
        Round("count against list", _BOARD_EVERY, lambda now: raise_differences(pool, now)),
        Round("unfinished lists", _BOARD_EVERY, lambda now: raise_unfinished(pool, now)),
        Round("retention", _RETENTION_EVERY, forget),
    )
    while not stop.is_set():
        for one in rounds:
            await one.turn(asyncio.get_running_loop().time())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOG_EVERY.total_seconds())


class Round:
    """One thing that is done again and again. Its pace does not follow the wall clock, which may be set back."""

    def __init__(self, name: str, every: timedelta, do: Callable[[datetime], Awaitable[None]]) -> None:
        self._every, self._do = every, do
        self._trouble = Trouble(_log, name)
        self._next = 0.0

    async def turn(self, now: float) -> None:
        if now < self._next:
            return
        try:
            await self._do(utc_now())
        except Exception as error:  # the store is away, or a mistake of ours that must not stop the other rounds
            self._trouble.met(error)
            self._next = now + min(self._every, _AFTER_TROUBLE).total_seconds()
            return
        self._trouble.over()
        self._next = now + self._every.total_seconds()


async def raise_differences(pool: Pool, now: datetime) -> None:
    """An alarm for every sailing whose count and list differ 15 minutes after departure; it is over once they agree."""
    async with transaction(pool) as connection:
        calls = [one for one in await calls_between(connection, now - LONGEST_LEG, now) if _is_current(one, now)]
        sailed = [one.id for one in calls if one.atd is not None and now >= one.atd.at + ALARM_AFTER]
        filings, events = await filings_of(connection, sailed), await events_of(connection, sailed)
        books = await asyncio.to_thread(ledgers, sailed, filings, events, now)
        for book in books:
            if book.agreement is Agreement.DIFFERS:
                await raise_alarm(connection, "count-differs", book.call, _difference(book))
        agreed = [book.call for book in books if book.agreement is Agreement.AGREES]
        await end_alarms(connection, "count-differs", agreed, now, "; since then they agree")


def _difference(book: Ledger) -> str:
    lists = book.listed.persons if book.listed else 0
    more = f", of which events on board explain {book.explained}" if book.explained else ""
    return f"{book.call} sailed with {book.sailed_with} persons and lists {lists}{more}: ask the line for a new count or for the whole list"


async def raise_unfinished(pool: Pool, now: datetime) -> None:
    """An alarm for every list whose other parts did not come; once for each part that did."""
    async with transaction(pool) as connection:
        for one in await waiting_lists.late(connection, now - _UNFINISHED, now - RETENTION):
            text = (
                f"submission {one.submission_id} of {one.carrier} holds some parts of a list, and the others did not come:"
                " it is held; ask the line to send the whole list"
            )
            await raise_alarm(connection, "list-unfinished", f"{one.carrier}/{one.key[:16]}", text)


async def integrate(pool: Pool, catalogue: Catalogue, gateway: str, now: datetime) -> None:
    """New log entries get their places in the tree, and the new head is signed."""

    def sign(size: int, root: bytes, at: datetime) -> bytes:
        return sign_head(TreeHead(size=size, root=root.hex(), at=at, gateway=gateway), catalogue.identity.signer)

    await log.integrate(pool, sign, now)


async def raise_missed(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
    """An alarm for every duty whose deadline has passed unmet; the same one again only counts up."""
    async with transaction(pool) as connection:
        for row in await rows(connection, catalogue, now):
            for one in row.standings:
                if one.state in _ALARMING:
                    text = f"{one.due.title} is {one.state.value} for {row.call.id}: {one.due.explanation}"
                    await raise_alarm(
                        connection, f"filing-{one.state.value}", f"{row.call.id}/{one.due.obligation}", text
                    )
