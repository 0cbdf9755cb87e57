"""The schema is brought up to date whole or not at all, once, by however many starters."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from gateway import store
from gateway.store import embedded
from gateway.store.calls import sayings_of, upsert_calls
from tests.sailing import sailing
from tests.store.rows import stored

SHIPPED = [
    "0001_start.sql", "0002_versions.sql", "0003_parts.sql", "0004_as4.sql", "0005_failure.sql", "0007_responses.sql",
    "0008_attempted.sql", "0009_roles.sql", "0010_said.sql", "0011_onboard.sql", "0012_compliance.sql", "0013_alerts.sql", "0014_people.sql",
    "0015_sandbox.sql",
    "0016_rescue.sql", "0017_guard.sql", "0018_unplaced.sql", "0019_answered.sql",
]  # fmt: skip


@pytest.fixture
async def empty(postgres: embedded.Server) -> AsyncIterator[store.Pool]:
    name = f"empty_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.database("postgres").url)
    await admin.execute(f"CREATE DATABASE {name}")
    pool = await store.open(postgres.database(name), size=8)
    yield pool
    await store.close(pool)
    await admin.execute(f"DROP DATABASE {name}")
    await admin.close()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The migrations a test makes up."""
    files = {"0001_a.sql": "CREATE TABLE a (n integer)"}
    monkeypatch.setattr(store, "_migrations", lambda: files)
    return files


async def test_the_real_ones_apply_once(empty: store.Pool) -> None:
    assert await store.migrate(empty) == SHIPPED
    assert await store.migrate(empty) == []


async def test_lists_that_were_stored_before_versions_count_as_they_did(
    empty: store.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = store._migrations()
    monkeypatch.setattr(store, "_migrations", lambda: {SHIPPED[0]: shipped[SHIPPED[0]]})
    await store.migrate(empty)
    source = await stored(empty)
    for number, function in enumerate(("original", "change", "cancel"), 1):
        await empty.execute(
            "INSERT INTO manifest (id, submission_id, number, arrival, series, version, carrier, kind, purposes, function,"
            " persons, passengers, crew, received_at, sealed, key_id)"
            " VALUES (gen_random_uuid(), $1, $2, 1, 's', $2, 'c', 'passengers', '{}', $3, 7, 7, 0, now(), '', 'k')",
            source.id, number, function,
        )  # fmt: skip
    monkeypatch.setattr(store, "_migrations", lambda: shipped)
    assert await store.migrate(empty) == SHIPPED[1:]
    found = await empty.fetch("SELECT listed, outdated, changes FROM manifest_part ORDER BY version")
    assert [tuple(row) for row in found] == [(7, False, None), (0, False, None), (0, False, None)]


async def test_mixed_lists_of_old_join_the_lists_of_their_kinds(
    empty: store.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions stay as they are where nothing joins them; deliveries follow each other in the new sequences."""
    shipped = store._migrations()
    monkeypatch.setattr(store, "_migrations", lambda: {name: shipped[name] for name in SHIPPED[:2]})
    await store.migrate(empty)
    source = await stored(empty)
    of_old = [("passengers", 1, 9, 9, 0), ("mixed", 1, 12, 8, 4), ("passengers", 2, 7, 7, 0), ("crew", 1, 3, 0, 3)]
    for number, (kind, version, persons, passengers, crew) in enumerate(of_old, 1):
        await empty.execute(
            "INSERT INTO manifest (id, submission_id, number, arrival, series, version, carrier, kind, purposes, function,"
            " persons, passengers, crew, received_at, sealed, key_id, listed)"
            " VALUES (gen_random_uuid(), $1, $2::integer, $2::integer, 'call/c/' || $3::text, $4, 'c', $3::text, '{border}', 'original', $5, $6, $7,"
            " now(), '', 'k', $5)", source.id, number, kind, version, persons, passengers, crew,
        )  # fmt: skip
    for number, key in enumerate(("nsw/emswe-xml/crew/call/c/mixed", "piu/common-json/crew/call/c/crew")):
        await empty.execute(
            "INSERT INTO delivery (id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, sequence_key,"
            " arrival, version, replaces, max_attempts) SELECT gen_random_uuid(), id, 'r', 'r', 'f', 'border', 'b', 'm', $1,"
            " $2, 1, true, 1 FROM manifest LIMIT 1", key, number,
        )  # fmt: skip
    await empty.execute(
        "INSERT INTO series_current (series, received_at, sealed, key_id)"
        " VALUES ('call/c/mixed', now(), '', 'k'), ('call/c/crew', now(), '', 'k')"
    )
    monkeypatch.setattr(store, "_migrations", lambda: shipped)
    assert await store.migrate(empty) == SHIPPED[2:]
    found = await empty.fetch(
        "SELECT p.series, p.version, m.kind, p.listed FROM manifest_part p JOIN manifest m ON m.id = p.manifest_id ORDER BY 1, 2"
    )
    assert [tuple(row) for row in found] == [
        ("call/c/crew", 1, "mixed", 4),
        ("call/c/crew", 2, "crew", 3),
        ("call/c/passengers", 1, "passengers", 9),
        ("call/c/passengers", 2, "mixed", 8),
        ("call/c/passengers", 3, "passengers", 7),
    ]
    keys = await empty.fetch("SELECT sequence_key FROM delivery ORDER BY arrival")
    assert [row[0] for row in keys] == ["nsw/emswe/crew/call/c/crew", "piu/common-json/crew/call/c/crew"]
    assert [tuple(row) for row in await empty.fetch("SELECT series, sealed_for FROM series_current")] == [
        ("call/c/crew", "call/c/crew")
    ]


async def test_starters_at_once_apply_once(empty: store.Pool) -> None:
    assert sorted(await asyncio.gather(*[store.migrate(empty) for _ in range(6)])) == [[]] * 5 + [SHIPPED]


async def test_new_files_are_added_in_order(empty: store.Pool, files: dict[str, str]) -> None:
    await store.migrate(empty)
    files |= {"0002_b.sql": "ALTER TABLE a ADD b integer", "0003_c.sql": "ALTER TABLE a ADD c integer"}
    assert await store.migrate(empty) == ["0002_b.sql", "0003_c.sql"]


async def test_a_file_that_fails_undoes_all(empty: store.Pool, files: dict[str, str]) -> None:
    files["0002_b.sql"] = "CREATE TABLE b (n integer); SELECT 1 / 0"
    with pytest.raises(asyncpg.DivisionByZeroError):
        await store.migrate(empty)
    assert await empty.fetchval("SELECT to_regclass('a')") is None


async def test_a_changed_file_is_refused(empty: store.Pool, files: dict[str, str]) -> None:
    await store.migrate(empty)
    files["0001_a.sql"] += " -- a thought"
    with pytest.raises(store.MigrationProblem, match=r"0001_a\.sql was changed"):
        await store.migrate(empty)


async def test_an_older_gateway_does_not_run_on_a_newer_database(empty: store.Pool, files: dict[str, str]) -> None:
    files["0002_b.sql"] = "CREATE TABLE b (n integer)"
    await store.migrate(empty)
    del files["0002_b.sql"]
    with pytest.raises(store.MigrationProblem, match="start the newer gateway"):
        await store.migrate(empty)


async def test_commits_are_durable_and_nothing_waits_for_ever(pool: store.Pool) -> None:
    async with pool.acquire() as connection:
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        assert await connection.fetchval("SHOW lock_timeout") == "10s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "1min"


def test_an_address_does_not_show_its_password() -> None:
    assert "secret" not in repr(store.Database("postgresql://gateway:secret@/gateway"))


async def test_what_was_known_of_a_call_was_said_by_a_schedule(
    empty: store.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old call keeps its time when AIS tells another one of it, and a schedule that is imported again finds it."""
    shipped = store._migrations()
    before = [name for name in SHIPPED if name < "0010"]
    monkeypatch.setattr(store, "_migrations", lambda: {name: shipped[name] for name in before})
    await store.migrate(empty)
    old = sailing(id="OLD")
    await empty.execute(
        "INSERT INTO call (id, carrier, imo, departure_port, arrival_port, departs_at, arrives_at, data, first_seen_at, changed_at)"
        " VALUES ('OLD', 'specimen', '1234567', 'FIHEL', 'EETLL', $1, $2, $3, now(), now())",
        old.etd and old.etd.at, old.eta and old.eta.at, old,
    )  # fmt: skip
    monkeypatch.setattr(store, "_migrations", lambda: shipped)
    await store.migrate(empty)
    async with store.transaction(empty) as connection:
        (said,) = (await sayings_of(connection, ["OLD"]))["OLD"]
        assert await upsert_calls(connection, [old], said.at + timedelta(days=1)) == []
    assert (said.voice, said.call) == ("schedule", old)


async def test_who_was_at_work_before_confirming_began_goes_on(
    empty: store.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rescue centre must not find itself shut out on the night of an upgrade; whoever only had a link waits."""
    shipped, at = store._migrations(), SHIPPED.index("0017_guard.sql")
    monkeypatch.setattr(store, "_migrations", lambda: {name: shipped[name] for name in SHIPPED[:at]})
    await store.migrate(empty)
    add = (
        "INSERT INTO account (id, name, email, kind, subject, provider, provider_subject, created_at, created_by, enrolled_at)"
        " VALUES (gen_random_uuid(), $1, '', $2, 's', $3, $3, now(), 'ops', CASE WHEN $4 THEN now() END)"
    )
    for name, kind, provider, has_enrolled in (
        ("at.work", "desk", None, True), ("by.provider", "rescue", "https://id.example", False), ("new", "rescue", None, False), ("duty", "viewer", None, True),
    ):  # fmt: skip
        await empty.execute(add, name, kind, provider, has_enrolled)
    monkeypatch.setattr(store, "_migrations", lambda: shipped)
    assert await store.migrate(empty) == SHIPPED[at:]
    found = await empty.fetch("SELECT name, confirm_code IS NOT NULL AS waits, confirmed_by FROM account ORDER BY name")
    before = "(before confirming began)"
    assert [tuple(row) for row in found] == [
        ("at.work", False, before), ("by.provider", False, before), ("duty", False, None), ("new", True, None)
    ]  # fmt: skip
