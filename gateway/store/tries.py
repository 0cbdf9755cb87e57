"""Tries to sign in, counted before they are looked at. How long one waits after how many is `people.lockout`'s."""

from datetime import datetime, timedelta

import msgspec

from gateway.people.lockout import FORGOTTEN_AFTER, Tries, wait_seconds
from gateway.store import Connection
from gateway.store.statements import SQL

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


async def was_right(connection: Connection, tried: Try, now: datetime) -> None:
    """The failures of this name from this network are forgotten."""
    await connection.execute(SQL["try_right"], tried.name, tried.network, now)
