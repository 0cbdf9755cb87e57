"""The only place that speaks to PostgreSQL (15 or newer): connections, transactions, the schema's migrations.

In: a `Database` (an address). Out: a pool whose connections wait for nothing without end, keep commits durable
(synchronous_commit=on) and read jsonb as Python values. The tables are in `migrations/`, the statements in
`queries.sql`, one module a kind of row. Everything about a person in here is ciphertext made elsewhere.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any, TypeAlias

import asyncpg
import msgspec

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

# What a NOTIFY says: look now. Whoever listens polls as well, since a notice may be lost.
SUBMISSION, DELIVERY, RESPONSE, BOARD = "gateway_submission", "gateway_delivery", "gateway_response", "gateway_board"
ALARM, ALERT = "gateway_alarm", "gateway_alert"

# What any statement may raise while the database is down, restarting or out of reach. The work can be done again; a
# commit whose reply was lost may have been one. (InternalClientError: asyncpg on a connection that broke in mid-word.)
UNAVAILABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

CONNECT_SECONDS = 10
COMMAND_SECONDS = 30
_MIGRATION_LOCK = 0x67617465  # any constant, the same in every gateway


class Database(msgspec.Struct, frozen=True):
    """Where the database is: a postgresql:// URL (several hosts are allowed, as libpq writes them)."""

    url: str

    def __repr__(self) -> str:
        return "<Database>"


class MigrationProblem(Exception):
    """The database's schema and this program's migrations do not fit together."""


async def connect(database: Database) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside any pool, for a listener."""
    connection = await asyncpg.connect(database.url, timeout=CONNECT_SECONDS, server_settings=_session("listen"))
    try:
        await _prepare(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def open(database: Database, *, size: int = 10) -> Pool:
    """A pool of at most `size` connections. Commands end after 30 s, a transaction left idle after 60 s."""
    return await asyncpg.create_pool(
        database.url,
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        init=_prepare,
        server_settings=_session("gateway"),
    )


async def close(pool: Pool) -> None:
    """Lets running statements end, then closes every connection."""
    await pool.close()


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection in a transaction: committed at the end, undone by any exception."""
    async with pool.acquire(timeout=CONNECT_SECONDS) as connection, connection.transaction():
        yield connection


async def migrate(pool: Pool) -> list[str]:
    """Brings the schema up to date, all or nothing; returns the names of the files applied now.

    Several starters may call it at once. A file that was changed after it was applied, or one that this program does
    not know (a newer gateway ran here), is a `MigrationProblem`.
    """
    async with transaction(pool) as connection:
        await connection.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration ("
            " name text PRIMARY KEY, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = {row["name"]: row["sha256"] for row in await connection.fetch("SELECT name, sha256 FROM migration")}
        files = _migrations()
        _compare(applied, files)
        new = [name for name in files if name not in applied]
        for name in new:
            await connection.execute(files[name])
            digest = _sha256(files[name])
            await connection.execute("INSERT INTO migration (name, sha256) VALUES ($1, $2)", name, digest)
    return new


def _migrations() -> dict[str, str]:
    folder = resources.files(__package__) / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def _compare(applied: dict[str, bytes], files: dict[str, str]) -> None:
    for name, digest in applied.items():
        if name not in files:
            raise MigrationProblem(
                f"the database has {name}, which this gateway does not know: start the newer gateway"
            )
        if _sha256(files[name]) != digest:
            raise MigrationProblem(f"{name} was changed after the database applied it: add a new migration instead")


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _session(name: str) -> dict[str, str]:
    return {
        "application_name": name,
        "synchronous_commit": "on",
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": "60s",
        "lock_timeout": "10s",
    }


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec("jsonb", encoder=_to_json, decoder=msgspec.json.decode, schema="pg_catalog")


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
