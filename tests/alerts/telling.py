"""People who are told, on a real database: alarms raised, planned and sent, and what became of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from gateway.alerts import Concerns, Party, parties_of
from gateway.keyring import new_identity
from gateway.keyring.contacts import Contact, Desk
from gateway.notify import Notifier, Plan
from gateway.senders import Means
from gateway.senders.https import session
from gateway.senders.smtp import Postbox
from gateway.settings import Settings, utc_now
from gateway.store import Pool, transaction
from gateway.store.alarms import close_alarms, raise_alarm

IDENTITY = new_identity(date(2026, 11, 22))
SETTINGS = Settings(name="Port of Specimen", public_url="https://gateway.port.example", lease_seconds=5)
ABOUT = Concerns(carrier="specimen", recipient="ut-nsw", call="S1", ports=("FIHEL",))


def line(**contact: Any) -> tuple[Party, ...]:
    """The specimen line alone is told."""
    return parties_of({"specimen": [Contact(**contact)]}, {}, [])


def desks(*several: Desk) -> tuple[Party, ...]:
    return parties_of({}, {}, several)


async def opened(pool: Pool, subject: str = "S1/X", kind: str = "filing-missing", **changes: Any) -> int:
    async with transaction(pool) as connection:
        return await raise_alarm(
            connection, kind, subject, f"about {subject}", changes.pop("concerns", ABOUT), **changes
        )


async def over(pool: Pool, *ids: int, because: str = "the list came", quietly: bool = False) -> None:
    async with transaction(pool) as connection:
        await close_alarms(connection, ids, because, quietly=quietly)


async def plan(pool: Pool, parties: tuple[Party, ...], now: datetime | None = None) -> None:
    await Plan(pool, parties).once(now or utc_now())


@asynccontextmanager
async def notifier(pool: Pool, postbox: Postbox | None = None, *, peace: float = 0, settings: Settings = SETTINGS) -> AsyncIterator[Notifier]:  # fmt: skip
    async with session() as http:
        means = Means(session=http, identity=IDENTITY)
        yield Notifier(pool, means, settings, peace_seconds=peace, postbox=postbox)


async def turn(one: Notifier) -> int:
    """Whatever is due is sent, once; how many messages that were."""
    claimed = await one.claim()
    await asyncio.gather(*map(one.deliver, claimed))
    return len(claimed)


async def states(pool: Pool) -> list[tuple[str, str, str]]:
    """(news, address or party, state) of every alert, in their order."""
    found = await pool.fetch("SELECT news, party, state FROM alert ORDER BY alarm_id, news DESC, party, address")
    return [(row["news"], row["party"], row["state"]) for row in found]


async def due_now(pool: Pool) -> None:
    """What waits for its next attempt need not, and leases have ended."""
    await pool.execute("UPDATE alert_message SET run_at = now() WHERE state = 'waiting'")
