"""Waking up: whoever listens for work ends when it is told to, whatever becomes of the database."""

import asyncio

import pytest

from gateway.store import Connection, Database, wake
from gateway.store.wake import listening


async def test_a_cancellation_that_is_lost_while_connecting_does_not_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose database and gateway had been killed was found alive after half an hour: asyncpg had taken the
    cancellation for a failure to connect, and the connection was tried anew for ever."""
    tried = asyncio.Event()

    async def connecting(database: Database) -> Connection:
        tried.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ConnectionRefusedError from None
        raise AssertionError("nobody cancelled it")

    monkeypatch.setattr(wake, "connect", connecting)
    async with asyncio.timeout(10):
        async with listening(Database("postgresql://nowhere"), ["x"], asyncio.Event()):
            await tried.wait()
