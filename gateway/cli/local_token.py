"""The operator's token for the commands on this machine: made at the first start, in a file that only its owner can read.

In: the state folder, the store. Out: the file, and the token's SHA-256 in the store. The file appears whole or not at
all: an empty one, left by a full disk, would be a token that everybody knows.
"""

import contextlib
import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

import asyncpg

from gateway.settings import utc_now
from gateway.store import Pool, transaction
from gateway.store.tokens import Token, add_token

FILE = "operator.token"
_VALID = timedelta(days=3650)


async def keep_token(state: Path, pool: Pool) -> None:
    """The token is in the file and in the store, whichever of them is new."""
    token = _in_file(state / FILE)
    now = utc_now()
    made = Token(
        sha256=hashlib.sha256(token.encode()).digest(),
        kind="operator",
        subject="local",
        note="made at the first start, for commands on this machine",
        created_at=now,
        expires_at=now + _VALID,
    )
    with contextlib.suppress(asyncpg.UniqueViolationError):
        async with transaction(pool) as connection:
            await add_token(connection, made)


def _in_file(path: Path) -> str:
    if path.exists() and (token := path.read_text().strip()):
        return token
    token, fresh = secrets.token_urlsafe(32), path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    return token
