"""Tries to sign in, counted before they are looked at. How long one waits after how many is `people.lockout`'s.

The log learns when an account is held up, when that is over, and of each sign-in how many tries were wrong before it: never each try, for whoever
tries could fill it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.people.lockout import BURST_WITHIN, FORGOTTEN_AFTER, FREE_HERE, FREE_NAME, Tries, wait_seconds
from gateway.store import Connection
from gateway.store.statements import SQL, rows

_KNOWN_FOR = timedelta(days=90)


class Try(msgspec.Struct, frozen=True):
    """`name`: the SHA-256 of what was typed; `network`: where it came from."""

    name: bytes
    network: str


async def begin(connection: Connection, tried: Try, now: datetime) -> float:
    """0: go on, and the try is counted as a failure until `was_right`; else seconds to wait, and nothing was counted.

    Within a transaction, committed before the password is looked at; of two at once the second waits for the first.
    """
    await connection.execute(SQL["tries_forget"], now - FORGOTTEN_AFTER, now - _KNOWN_FOR)
    await connection.fetchrow(SQL["try_lock"], tried.network, tried.name)
    found = await connection.fetchrow(SQL["tries"], tried.name, tried.network, now - FORGOTTEN_AFTER)
    is_known = await connection.fetchval(SQL["try_is_known"], tried.name, tried.network)
    if found is None:
        raise LookupError("an aggregate has one row")
    here, name, network = (Tries(found[of], found[f"{of}_last"]) for of in ("here", "of_name", "of_network"))
    wait = wait_seconds(here, name, network, is_known_here=is_known, now=now)
    if wait == 0:
        await connection.execute(SQL["try_add"], tried.name, tried.network, now, now - FORGOTTEN_AFTER)
    return wait


async def was_right(connection: Connection, tried: Try, now: datetime) -> int:
    """The failures of this name from this network are forgotten. How many tries of it were wrong lately, from everywhere."""
    found = await connection.fetchrow(SQL["tries"], tried.name, tried.network, now - FORGOTTEN_AFTER)
    await connection.execute(SQL["try_right"], tried.name, tried.network, now)
    return max(found["of_name"] - 1, 0) if found is not None else 0  # this one was counted as well


class HeldUp(msgspec.Struct, frozen=True):
    """An account whose sign-in waits after wrong tries. `networks`: those with the most of them."""

    name: str
    failures: int
    places: int
    networks: Sequence[str]


class Burst(msgspec.Struct, frozen=True):
    """Wrong tries of all names, of accounts and of none."""

    failures: int
    names: int
    places: int
    networks: Sequence[str]


async def held_up(connection: Connection, now: datetime) -> list[HeldUp]:
    """Accounts that somebody tries in vain, by name."""
    return rows(HeldUp, await connection.fetch(SQL["tries_held_up"], now - FORGOTTEN_AFTER, FREE_HERE, FREE_NAME))


async def burst(connection: Connection, now: datetime) -> Burst:
    return rows(Burst, await connection.fetch(SQL["tries_burst"], now - BURST_WITHIN))[0]
