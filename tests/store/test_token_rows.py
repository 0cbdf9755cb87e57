"""A token lets its holder in until it expires or is revoked; only its hash is stored."""

import hashlib
from datetime import timedelta

from gateway.store import Pool, transaction
from gateway.store.tokens import Token, add_token, find_token, revoke_token, tokens
from tests.store.rows import NOW

DAY = timedelta(days=1)


async def test_a_token_is_good_until_it_expires_or_is_revoked(pool: Pool) -> None:
    digest = hashlib.sha256(b"not a real token").digest()
    token = Token(sha256=digest, kind="carrier", subject="example-line", created_at=NOW, expires_at=NOW + DAY)
    async with transaction(pool) as connection:
        await add_token(connection, token)
        assert await find_token(connection, digest, NOW) == token
        assert await find_token(connection, digest, NOW + DAY) is None
        assert await find_token(connection, bytes(32), NOW) is None
        assert await revoke_token(connection, digest, NOW)
        assert not await revoke_token(connection, digest, NOW)
        assert await find_token(connection, digest, NOW) is None
        assert [one.revoked_at for one in await tokens(connection)] == [NOW]
