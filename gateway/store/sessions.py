"""Who is signed in: sessions, known by the SHA-256 of their cookie only.

A session stands on an account or on an access token, and is over when that is disabled, revoked or expired: the question asks for both.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, row
from gateway.store.tokens import Kind


class Session(msgspec.Struct, frozen=True):
    """Somebody who is in. `account` is None for a screen that a token let in; `waits`: until a colleague confirms the account, it does nothing."""

    sha256: bytes
    account: UUID | None
    seen_at: datetime
    kind: Kind
    subject: str
    name: str
    waits: bool


async def add_session(
    connection: Connection, sha256: bytes, *, account: UUID | None = None, token: bytes | None = None, at: datetime, idle_seconds: int, until: datetime
) -> None:  # fmt: skip
    """A new one, of an account or of a token; those that are over are forgotten."""
    await connection.execute(SQL["sessions_forget"], at)
    await connection.execute(SQL["session_add"], sha256, account, token, at, idle_seconds, until)


async def find_session(connection: Connection, sha256: bytes, at: datetime) -> Session | None:
    return row(Session, await connection.fetchrow(SQL["session_find"], sha256, at))


async def seen(connection: Connection, sha256: bytes, at: datetime) -> None:
    """It is not idle."""
    await connection.execute(SQL["session_seen"], sha256, at)


async def end_session(connection: Connection, sha256: bytes) -> None:
    await connection.execute(SQL["session_end"], sha256)


async def end_sessions(connection: Connection, account: UUID) -> None:
    """Signed out everywhere, and at once: what is open and live asks again."""
    await connection.execute(SQL["sessions_end"], account)
    await connection.execute(SQL["notify"], BOARD)
