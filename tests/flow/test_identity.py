"""A gateway whose identity cannot open what the database holds does not start: it would take lists in and never open them."""

from pathlib import Path

import pytest

from gateway.cli.serving import know_what_is_stored
from gateway.keyring import new_identity
from gateway.settings import Settings, utc_now
from gateway.store import Pool
from gateway.store.cluster import CannotStart
from tests.store.rows import stored


async def test_an_empty_database_goes_with_any_identity(pool: Pool, tmp_path: Path) -> None:
    await know_what_is_stored(Settings(state=tmp_path), new_identity(utc_now().date()), pool)


async def test_the_identity_that_sealed_is_known_and_its_successor_too(pool: Pool, tmp_path: Path) -> None:
    identity = new_identity(utc_now().date())
    await stored(pool, key_id=identity.seal_to.fingerprint)
    await know_what_is_stored(Settings(state=tmp_path), identity, pool)
    await know_what_is_stored(Settings(state=tmp_path), identity.renewed(utc_now().date()), pool)


async def test_another_identity_is_told_what_to_restore(pool: Pool, tmp_path: Path) -> None:
    identity = new_identity(utc_now().date())
    await stored(pool, key_id=identity.seal_to.fingerprint)
    with pytest.raises(CannotStart, match="restore that file from your copy"):
        await know_what_is_stored(Settings(state=tmp_path), new_identity(utc_now().date()), pool)
