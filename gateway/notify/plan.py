"""plan: alarm -> alerts. Who is told of what is new, of what nobody has acknowledged, of what is over.

In: alarms, the parties, the time. Out: rows in `alert`, each address once for each alarm, in the transaction that notes that it was done; so a
gateway that dies in between does it again, and two at once do it once.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from gateway.alerts import Alarm, Party, Told, escalations, parties_of, told, told_of_end
from gateway.catalogue import Catalogue
from gateway.mistakes import Trouble
from gateway.settings import utc_now
from gateway.store import ALARM, Connection, Database, Pool, transaction
from gateway.store.alerts import add_alerts, escalating, is_end_told, is_escalated, is_told, told_so_far, untold
from gateway.store.wake import listening

_EVERY_SECONDS = 5.0  # an escalation is at most so much late
_PAUSE_SECONDS = 1.0  # what is raised in the same second is told together

_log = logging.getLogger(__name__)


def parties(catalogue: Catalogue) -> tuple[Party, ...]:
    """Everybody who may be told."""
    carriers = {id: one.alerts for id, one in catalogue.carriers.items()}
    recipients = {id: one.alerts for id, one in catalogue.recipients.items()}
    return parties_of(carriers, recipients, catalogue.alerts.party)


class Plan:
    """The planning half of telling people."""

    def __init__(self, pool: Pool, parties: Sequence[Party]) -> None:
        self._pool, self._parties = pool, parties

    async def run(self, database: Database, stop: asyncio.Event) -> None:
        """Plans until `stop`; wakes when an alarm is raised, closed or acknowledged."""
        trouble = Trouble(_log, "telling of alarms")
        async with listening(database, [ALARM], stop) as wake:
            while not stop.is_set():
                try:
                    await self.once(utc_now())
                    trouble.over()
                except Exception as error:  # the store is away, or a mistake of ours that must not end all telling
                    trouble.met(error)
                await wake.wait(_EVERY_SECONDS)
                if not stop.is_set():
                    await asyncio.sleep(_PAUSE_SECONDS)

    async def once(self, now: datetime) -> None:
        """Everything that is to be told as of `now`."""
        async with transaction(self._pool) as connection:
            new = await untold(connection)
            so_far = await told_so_far(connection, [one for one in new if one.closed_at is not None])
            for one in new:
                if one.closed_at is None:
                    await self._opened(connection, one, now)
                else:
                    await self._closed(connection, one, so_far.get(one.id, []), now)
        async with transaction(self._pool) as connection:
            open_ones = await escalating(connection)
            so_far = await told_so_far(connection, open_ones)
            for one in open_ones:
                await self._passed_on(connection, one, so_far.get(one.id, []), now)

    async def _opened(self, connection: Connection, alarm: Alarm, now: datetime) -> None:
        first = told(alarm, self._parties, now)
        await add_alerts(connection, alarm, "opened", first)
        _, is_more = escalations(alarm, self._parties, first, now)
        await is_told(connection, alarm, escalating=is_more)

    async def _closed(self, connection: Connection, alarm: Alarm, so_far: Sequence[Told], now: datetime) -> None:
        await add_alerts(connection, alarm, "closed", told_of_end(alarm, self._parties, so_far, now))
        await is_end_told(connection, alarm)

    async def _passed_on(self, connection: Connection, alarm: Alarm, so_far: Sequence[Told], now: datetime) -> None:
        new, is_more = escalations(alarm, self._parties, so_far, now)
        await add_alerts(connection, alarm, "opened", new)
        if not is_more:
            await is_escalated(connection, alarm)
