"""What lines try out in the sandbox, for a day, and the certificates that they earn there.

In: sealed bytes, with a lease's holder as with submissions. Out: rows. Nothing in here refers to what is sent in earnest, nor is referred to
by it: a trial cannot be owed, delivered, logged or counted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from gateway.store import BOARD, TRIAL, Connection, Pool, transaction
from gateway.store.statements import SQL, row, rows
from gateway.store.submissions import Answer, ClaimedSubmission, LeaseLost, Sealed, State

KEPT: Final = timedelta(hours=24)
MOST_WAITING, _MOST_SHOWN, _MOST_ATTEMPTS = 5, 50, 2
CHANNEL: Final = "sandbox"


class NewTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A trial to store. `options`: hints of format, list, call and purpose, nothing about a person."""

    id: UUID
    carrier: str
    sha256: bytes
    size: int
    files: int
    received_at: datetime
    options: Mapping[str, Any]
    sealed: bytes
    wrapped: bytes
    key_id: str


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A stored trial, without its sealed parts."""

    id: UUID
    arrival: int
    carrier: str
    sha256: bytes
    size: int
    files: int
    received_at: datetime
    options: Mapping[str, Any]
    state: State
    format: str | None
    persons: int | None
    errors: int | None
    warnings: int | None
    processed_at: datetime | None


class Passed(msgspec.Struct, frozen=True):
    """A trial without errors: what was tried, and what its lists showed (`process.trials.Shown`)."""

    sha256: bytes
    passed: Sequence[Mapping[str, Any]]


class KeptCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """`document` as it was signed; `rules`: the edition it was passed against."""

    format: str
    rules: str
    issued_at: datetime
    document: bytes


async def add_trial(connection: Connection, new: NewTrial) -> Trial | None:
    """Stores `new`, or finds the very same that waits; None where too many of this carrier's wait already."""
    if await connection.fetchval(SQL["trial_count"], new.carrier) >= MOST_WAITING:
        return row(Trial, await connection.fetchrow(SQL["trial_same"], new.carrier, new.sha256, new.options))
    added = row(Trial, await connection.fetchrow(SQL["trial_add"], *msgspec.structs.astuple(new)))
    if added is None:
        return row(Trial, await connection.fetchrow(SQL["trial_same"], new.carrier, new.sha256, new.options))
    await connection.execute(SQL["notify"], TRIAL)
    return added


async def trial(connection: Connection, id: UUID, carrier: str, now: datetime) -> Trial | None:
    """One of this carrier's own."""
    return row(Trial, await connection.fetchrow(SQL["trial_get"], id, carrier, now - KEPT))


async def trials(connection: Connection, carrier: str, now: datetime) -> list[Trial]:
    """This carrier's, newest first."""
    return rows(Trial, await connection.fetch(SQL["trial_page"], carrier, now - KEPT, _MOST_SHOWN))


async def sealed_files(connection: Connection, id: UUID) -> Sealed | None:
    """The bytes as sent, sealed."""
    return row(Sealed, await connection.fetchrow(SQL["trial_sealed"], id))


async def sealed_answer(connection: Connection, id: UUID) -> Sealed | None:
    """The findings, sealed; None until the trial is processed."""
    return row(Sealed, await connection.fetchrow(SQL["trial_answer"], id))


async def claim_trial(pool: Pool, *, lease_seconds: float) -> ClaimedSubmission | None:
    """The oldest trial that is due, as what a worker takes, if no submission waits."""
    async with transaction(pool) as connection:
        if await connection.fetch(SQL["trial_fail_exhausted"], _MOST_ATTEMPTS):
            await connection.execute(SQL["notify"], BOARD)
        found = await connection.fetchrow(SQL["trial_claim"], lease_seconds)
    return ClaimedSubmission(**dict(found), channel=CHANNEL, receipt=b"") if found else None


async def settle_trial(
    connection: Connection, id: UUID, lease: UUID, answer: Answer, passed: Sequence[Mapping[str, Any]]
) -> None:
    """The trial is processed; or `LeaseLost`."""
    sealed = (answer.sealed, answer.wrapped, answer.key_id, answer.format)
    figures = (answer.persons, answer.errors, answer.warnings, answer.processed_at)
    if await connection.fetchval(SQL["trial_settle"], id, lease, *sealed, *figures, passed) is None:
        raise LeaseLost("another worker has claimed the trial since")
    await connection.execute(SQL["notify"], BOARD)  # whoever waits for it looks again


async def passed_trials(connection: Connection, carrier: str, now: datetime) -> list[Passed]:
    """What this carrier tried without an error, oldest first."""
    return rows(Passed, await connection.fetch(SQL["trial_passed"], carrier, now - KEPT))


async def kinds_sent(connection: Connection, carrier: str) -> list[tuple[str, str]]:
    """(format, kind) of the lists that this carrier sent in earnest."""
    return [(one["format"], one["kind"]) for one in await connection.fetch(SQL["trial_kinds"], carrier)]


async def forget(connection: Connection, received_before: datetime) -> int:
    """Deletes what was tried before a time; how many."""
    return len(await connection.fetch(SQL["trial_forget"], received_before))


async def keep_certificate(connection: Connection, carrier: str, kept: KeptCertificate) -> None:
    """The newest one of its format."""
    values = (kept.format, kept.rules, kept.issued_at, kept.document)
    await connection.execute(SQL["certificate_keep"], carrier, *values)


async def certificates(connection: Connection, carrier: str) -> list[KeptCertificate]:
    """This carrier's, one a format."""
    return rows(KeptCertificate, await connection.fetch(SQL["certificates"], carrier))
