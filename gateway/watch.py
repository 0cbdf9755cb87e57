"""watch: what the clock brings. Log entries get their places; deadlines, counts that differ from their lists and lists without their last
part raise alarms; keys and register entries come near their end; rescue cases and retention end.

In: the time, the store. Out: signed log heads, alarms, destroyed keys; and, for the pages, how every call stands now.
One process of a gateway runs it; several do no harm, because each step is one locked or repeatable statement.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from gateway.alerts import FILING_KINDS, LEADS, Concerns, concerns_of, due_alarms
from gateway.arrivals import LONGEST_LEG, LOOK_BACK, Arrivals
from gateway.as4 import REMEMBER
from gateway.catalogue import Catalogue
from gateway.keyring import outlook, senders_outlook
from gateway.keyring.outlook import ALARMS
from gateway.mistakes import Trouble
from gateway.obligations import Due, ExpectedCall, due
from gateway.people.lockout import BURST, BURST_WITHIN
from gateway.receipts import TreeHead, sign_head
from gateway.settings import utc_now
from gateway.store import Connection, Pool, alarms, log, messages, rescues, transaction, trials, tries, waiting_lists
from gateway.store.alarms import (
    alarm,
    alarms_of,
    close_alarms,
    close_others,
    lock_deadlines,
    raise_alarm,
    settle_filings,
)
from gateway.store.calls import calls_between
from gateway.store.filings import filings_of
from gateway.store.onboard import events_of
from gateway.store.retention import end_retention
from gateway.track import Agreement, Ledger, Outage, Row
from gateway.track.excuses import with_outages
from gateway.track.ledger import ALARM_AFTER, ledgers

RETENTION = timedelta(days=60)  # 98/41/EC art. 5(3) as SafeSeaNet applies it: at most 60 days after departure
_LOG_EVERY, _BOARD_EVERY, _RETENTION_EVERY = timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=1)
_AFTER_TROUBLE = timedelta(seconds=5)
_DIFFERS = "count-differs"
_SET_ASIDE, _MOST_SAID = "set-aside", 5  # what is wrong with one file
_HELD_UP, _BURST = "sign-in-held-up", "sign-in-burst"
_UNFINISHED = timedelta(minutes=30)  # parts of a list are sent one after the other

_log = logging.getLogger(__name__)


async def rows(connection: Connection, catalogue: Catalogue, now: datetime) -> list[Row]:
    """How every call around `now` stands, looked at once."""
    return await Arrivals(catalogue.law).rows(connection, now)


def _is_current(call: ExpectedCall, now: datetime) -> bool:
    end = call.arrives_at or call.departs_at
    return end is not None and end.at >= now - LOOK_BACK


def dues_of(calls: Sequence[ExpectedCall], catalogue: Catalogue, down: Sequence[Outage] = ()) -> list[Due]:
    """All that the law asks of these calls; what falls due in a declared outage is excused."""
    return [one for call in calls for one in with_outages(due(call, catalogue.law), call, down)]


async def run(pool: Pool, catalogue: Catalogue, gateway: str, stop: asyncio.Event) -> None:
    """Keeps watch until `stop`. What fails is said, and done again at its next turn; it holds up nothing else."""

    async def end_rescues(now: datetime) -> None:
        async with transaction(pool) as connection:
            await rescues.end_those_over(connection, now)

    rounds = (
        Round("the log", _LOG_EVERY, lambda now: integrate(pool, catalogue, gateway, now)),
        Round("deadlines", _BOARD_EVERY, lambda now: settle_deadlines(pool, catalogue, now)),
        Round("count against list", _BOARD_EVERY, lambda now: settle_differences(pool, now)),
        Round("unfinished lists", _BOARD_EVERY, lambda now: raise_unfinished(pool, now)),
        Round("wrong tries to sign in", _BOARD_EVERY, lambda now: settle_sign_ins(pool, now)),
        Round("keys about to end", _RETENTION_EVERY, lambda now: settle_outlook(pool, catalogue, now)),
        Round("files that are set aside", _RETENTION_EVERY, lambda now: settle_set_aside(pool, catalogue)),
        Round("rescue cases", _BOARD_EVERY, end_rescues),
        Round("retention", _RETENTION_EVERY, lambda now: forget(pool, catalogue, now)),
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


async def forget(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
    """What is kept no longer, each for its own time."""
    async with transaction(pool) as connection:
        await end_retention(connection, now - RETENTION)
        await messages.forget(connection, now - REMEMBER)
        await trials.forget(connection, now - trials.KEPT)
        told_for = catalogue.terms.contest_window + LONGEST_LEG  # a line may say that it was never told
        await alarms.forget(connection, now - max(alarms.KEPT, told_for))


async def settle_differences(pool: Pool, now: datetime) -> None:
    """An alarm for every sailing whose count and list differ 15 minutes after departure; it is over once they agree."""
    async with transaction(pool) as connection:
        calls = [one for one in await calls_between(connection, now - LONGEST_LEG, now) if _is_current(one, now)]
        sailed = [one.id for one in calls if one.atd is not None and now >= one.atd.at + ALARM_AFTER]
        filings, events = await filings_of(connection, sailed), await events_of(connection, sailed)
        books = await asyncio.to_thread(ledgers, sailed, filings, events, now)
        of = {one.id: one for one in calls}
        for book in books:
            if book.agreement is Agreement.DIFFERS:
                await raise_alarm(connection, _DIFFERS, book.call, _difference(book), concerns_of(of[book.call]))
        agreed = {book.call for book in books if book.agreement is Agreement.AGREES}
        ended = [one.id for one in await alarms_of(connection, [_DIFFERS], ()) if one.subject in agreed]
        await close_alarms(connection, ended, "count and lists agree")


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
            concerns = Concerns(carrier=one.carrier)
            subject = waiting_lists.alarm_subject(one.carrier, one.key)
            await raise_alarm(connection, "list-unfinished", subject, text, concerns)


async def settle_sign_ins(pool: Pool, now: datetime) -> None:
    """An alarm, and an entry in the log, for each account that somebody tries in vain, and for a burst of wrong tries whatever the names.

    Looked at here and not at each try: so a try costs the same whether or not there is such an account, and a flood of them is one entry.
    """
    async with transaction(pool) as connection:
        found, all_names = await tries.held_up(connection, now), await tries.burst(connection, now)
        known = await alarms_of(connection, [_HELD_UP, _BURST], ())
        for one in found:
            text = f"{one.name}: {one.failures} wrong tries, most from {', '.join(one.networks)} (networks in all: {one.places}); who tries is made to wait"
            id = await raise_alarm(connection, _HELD_UP, one.name, text)
            await _log_if_new(connection, id, {"name": one.name, "failures": str(one.failures), "networks": str(one.places)}, now)  # fmt: skip
        if all_names.failures >= BURST:
            minutes, most = int(BURST_WITHIN.total_seconds()) // 60, ", ".join(all_names.networks)
            text = f"{all_names.failures} wrong tries of {all_names.names} names in {minutes} minutes, most from {most} (networks in all: {all_names.places})"
            counts = {"failures": str(all_names.failures), "names": str(all_names.names), "networks": str(all_names.places)}  # fmt: skip
            await _log_if_new(connection, await raise_alarm(connection, _BURST, "sign-in", text), counts, now)
        going_on = {(_HELD_UP, one.name) for one in found} | (
            {(_BURST, "sign-in")} if all_names.failures >= BURST else set()
        )
        for was in known:
            if (was.kind, was.subject) not in going_on:
                await close_alarms(connection, [was.id], "it was signed in rightly, or nobody tries any more")
                await log.append(connection, f"{was.kind}-over", {"name": was.subject}, now)


async def _log_if_new(connection: Connection, id: int, about: dict[str, str], now: datetime) -> None:
    """Once for each alarm, whoever else raises it at the same time."""
    raised = await alarm(connection, id)
    if raised is not None and raised.times == 1:
        await log.append(connection, raised.kind, about, now)


async def integrate(pool: Pool, catalogue: Catalogue, gateway: str, now: datetime) -> None:
    """New log entries get their places in the tree, and the new head is signed."""

    def sign(size: int, root: bytes, at: datetime) -> bytes:
        return sign_head(TreeHead(size=size, root=root.hex(), at=at, gateway=gateway), catalogue.identity.signer)

    await log.integrate(pool, sign, now)


async def settle_deadlines(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
    """Alarms for what is due soon or was missed; those whose duty is met, moved or gone are closed."""
    falls = {one.id: one.port for one in catalogue.law.obligations}
    leads = {**LEADS, **{one.product: timedelta(minutes=one.minutes) for one in catalogue.alerts.lead}}
    async with transaction(pool) as connection:
        await lock_deadlines(connection)
        found = await rows(connection, catalogue, now)
        known = await alarms_of(connection, FILING_KINDS, [row.call.id for row in found])
        raises, closes = await asyncio.to_thread(due_alarms, found, known, now, falls=falls, leads=leads)
        await settle_filings(connection, raises, closes)


async def settle_outlook(pool: Pool, catalogue: Catalogue, now: datetime) -> None:
    """Alarms for keys, certificates and register entries that have ended or are about to; those that were renewed are closed."""
    today = now.date()
    found = [
        (finding, Concerns(recipient=one.id), f"keys/{one.id}")
        for one in catalogue.recipients.values()
        for finding in outlook(one, today)
    ]
    senders = [
        (one, Concerns(carrier=Path(one.place.path or "").stem), "keys")
        for one in senders_outlook(catalogue.senders, today)
    ]
    wanted: dict[str, set[str]] = {kind: set() for kind in ALARMS.values()}
    async with transaction(pool) as connection:
        for finding, concerns, folder in (*found, *senders):
            kind, subject = ALARMS[finding.code], f"{folder}/{finding.place.path}"
            await raise_alarm(connection, kind, subject, f"{subject}: {finding.text}; {finding.hint}", concerns)
            wanted[kind].add(subject)
        for name, subjects in wanted.items():
            await close_others(connection, [name], subjects, "it was renewed, or is no longer here")


async def settle_set_aside(pool: Pool, catalogue: Catalogue) -> None:
    """An alarm for every file or folder of ours that the gateway did without, or did not like, when it read them; what was mended is closed."""
    wrong: dict[str, list[str]] = {}
    for one in catalogue.problems:
        if not one.is_due:
            wrong.setdefault(one.where, []).append(one.text)
    async with transaction(pool) as connection:
        for where, texts in wrong.items():
            more = f" (and {len(texts) - _MOST_SAID} more)" if len(texts) > _MOST_SAID else ""
            await raise_alarm(connection, _SET_ASIDE, where, f"{where}: {'; '.join(texts[:_MOST_SAID])}{more}")
        await close_others(connection, [_SET_ASIDE], wrong, "it was mended, or is no longer here")
