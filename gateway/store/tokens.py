"""Who may ask: access tokens, known by their SHA-256 only. Making and showing a token is the caller's."""

from datetime import datetime

import msgspec

from gateway.people.roles import Kind as Kind
from gateway.store import Connection
from gateway.store.statements import SQL, row, rows


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """`subject`: the carrier, port, recipient or person it speaks for."""

    sha256: bytes
    kind: Kind
    subject: str
    note: str = ""
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


async def add_token(connection: Connection, new: Token) -> None:
    values = (new.sha256, new.kind, new.subject, new.note, new.created_at, new.expires_at)
    await connection.execute(SQL["token_add"], *values)


async def find_token(connection: Connection, sha256: bytes, at: datetime) -> Token | None:
    """The token, unless it is unknown, expired or revoked."""
    return row(Token, await connection.fetchrow(SQL["token_find"], sha256, at))


async def revoke_token(connection: Connection, sha256: bytes, at: datetime) -> bool:
    """False where there was nothing to revoke."""
    return await connection.fetchval(SQL["token_revoke"], sha256, at) is not None


async def tokens(connection: Connection) -> list[Token]:
    """Every token ever given, the revoked ones too."""
    return rows(Token, await connection.fetch(SQL["tokens"]))
