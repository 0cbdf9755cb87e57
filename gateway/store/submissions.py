"""What shipping lines sent: stored once, claimed with a lease, settled by the lease's holder alone.

In: sealed bytes and the facts about them. Out: rows. A submission is known by its bytes and by its idempotency keys
(hashes of both), for ever. The tables hold nothing about a person that can be read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from gateway.alerts import Concerns
from gateway.store import BOARD, SUBMISSION, Connection, Pool, alarms, log, transaction
from gateway.store.statements import SQL, row, rows

State = Literal["received", "processed", "failed"]
Existing = Literal["new", "same-body", "same-key", "key-reused-with-other-body"]
MAX_ATTEMPTS = 3  # a file that took three workers with it is our bug: a person is told


class LeaseLost(Exception):
    """Somebody else has claimed this row since: whatever was done for it here must be undone."""


class Sealed(msgspec.Struct, frozen=True):
    """Ciphertext, its wrapped data key (None once retention ended), and the identity that can unwrap it."""

    sealed: bytes
    wrapped: bytes | None
    key_id: str


class NewSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to store. `options`: hints of format, list, call and purpose, nothing about a person."""

    id: UUID
    carrier: str
    channel: str
    sha256: bytes
    size: int
    files: int
    received_at: datetime
    options: Mapping[str, Any]
    sealed: bytes
    wrapped: bytes
    key_id: str
    receipt: bytes
    idempotency_key_hash: bytes | None = None


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A stored submission, without its sealed parts. `arrival` is the order of receiving."""

    id: UUID
    arrival: int
    carrier: str
    channel: str
    sha256: bytes
    size: int
    files: int
    received_at: datetime
    options: Mapping[str, Any]
    receipt: bytes
    state: State
    attempts: int
    format: str | None
    persons: int | None
    errors: int | None
    warnings: int | None
    processed_at: datetime | None


class Added(msgspec.Struct, frozen=True):
    """The submission this is now, and whether it was one before."""

    row: Submission
    outcome: Existing


class ClaimedSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to process before its lease ends. Settle it with `lease`."""

    id: UUID
    arrival: int
    carrier: str
    channel: str
    sha256: bytes
    files: int
    received_at: datetime
    options: Mapping[str, Any]
    sealed: bytes
    wrapped: bytes | None
    key_id: str
    receipt: bytes
    attempts: int
    lease: UUID


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a submission: the sealed findings and the figures about them."""

    sealed: bytes
    wrapped: bytes
    key_id: str
    format: str | None
    persons: int
    errors: int
    warnings: int
    processed_at: datetime


class FindingCount(msgspec.Struct, frozen=True):
    code: str
    severity: str
    n: int


class Waiting(msgspec.Struct, frozen=True):
    """How many submissions wait, how many failed, and when the oldest that waits was received."""

    waiting: int
    failed: int
    oldest: datetime | None


async def add_submission(connection: Connection, new: NewSubmission) -> Added:
    """Stores `new`, or finds what it repeats. Safe against any number of equal ones at the same moment.

    "same-key" and "same-body" give the submission as it was received first, with its receipt;
    "key-reused-with-other-body" gives the one that holds the key, and stores nothing.
    """
    key = new.idempotency_key_hash
    if key is not None and await connection.fetchval(SQL["submission_key_add"], new.carrier, key, new.id) is None:
        known = await _known(connection, "submission_by_key", new.carrier, key)
        return Added(known, "same-key" if _is_same(known, new) else "key-reused-with-other-body")
    facts = (new.id, new.carrier, new.channel, new.sha256, new.size, new.files, new.received_at, new.options)
    sealed = (new.sealed, new.wrapped, new.key_id, new.receipt)
    if added := row(Submission, await connection.fetchrow(SQL["submission_add"], *facts, *sealed)):
        await connection.execute(SQL["notify"], SUBMISSION)
        return Added(added, "new")
    known = await _known(connection, "submission_by_body", new.carrier, new.sha256, new.options)
    if key is not None:
        await connection.execute(SQL["submission_key_point"], new.carrier, key, known.id)
    return Added(known, "same-body")


async def _known(connection: Connection, statement: str, *values: object) -> Submission:
    return rows(Submission, await connection.fetch(SQL[statement], *values))[0]


def _is_same(known: Submission, new: NewSubmission) -> bool:
    """The same bytes, and the same hints: a list without a ship's name may be sent for one sailing and then for another."""
    return known.sha256 == new.sha256 and known.options == new.options


async def claim_submissions(
    pool: Pool, *, lease_seconds: float, limit: int, max_attempts: int = MAX_ATTEMPTS
) -> list[ClaimedSubmission]:
    """Takes up to `limit` due submissions, oldest first, for `lease_seconds`; each claim counts as an attempt.

    One that has had `max_attempts` is set to "failed" with an alarm and a log entry; it stays stored.
    """
    async with transaction(pool) as connection:
        for failed in await connection.fetch(SQL["submission_fail_exhausted"], max_attempts):
            text = (
                f"a submission was tried {failed['attempts']} times and no attempt came back: look at it, then retry it"
            )
            concerns = Concerns(carrier=failed["carrier"])
            await alarms.raise_alarm(connection, "submission-failed", str(failed["id"]), text, concerns)
            subject = {"submission": str(failed["id"]), "carrier": failed["carrier"]}
            await log.append(connection, "submission-failed", subject, failed["processed_at"])
        return rows(ClaimedSubmission, await connection.fetch(SQL["submission_claim"], lease_seconds, limit))


async def settle_submission(connection: Connection, id: UUID, lease: UUID, answer: Answer, receipt: bytes) -> None:
    """The submission is processed, and `receipt` now names the rules that asked for it. First statement of the transaction that stores what came of it, or `LeaseLost`."""
    sealed = (answer.sealed, answer.wrapped, answer.key_id, answer.format)
    figures = (answer.persons, answer.errors, answer.warnings, answer.processed_at)
    if await connection.fetchval(SQL["submission_settle"], id, lease, *sealed, *figures, receipt) is None:
        raise LeaseLost("another worker has claimed the submission since")
    await alarms.close_about(connection, ["submission-failed"], str(id), "it was processed")
    await connection.execute(SQL["notify"], BOARD)


async def try_submission_later(connection: Connection, id: UUID, lease: UUID, *, seconds: float) -> None:
    """Gives a claimed submission back, to be claimed again after `seconds`; or `LeaseLost`."""
    if await connection.fetchval(SQL["submission_try_later"], id, lease, seconds) is None:
        raise LeaseLost("another worker has claimed the submission since")


async def try_submission_again(connection: Connection, id: UUID, by: str, at: datetime) -> bool:
    """A failed submission starts anew, at a person's wish. False where it had not failed."""
    found = await connection.fetchval(SQL["submission_again"], id) is not None
    if found:
        await log.append(connection, "submission-tried-again", {"submission": str(id), "by": by}, at)
        await connection.execute(SQL["notify"], SUBMISSION)
    return found


async def submission(connection: Connection, id: UUID, *, carrier: str | None = None) -> Submission | None:
    """One submission; with `carrier`, only if it is that carrier's."""
    return row(Submission, await connection.fetchrow(SQL["submission_get"], id, carrier))


async def submissions(
    connection: Connection, *, carrier: str | None = None, before: int = 2**62, limit: int = 50
) -> list[Submission]:
    """The newest submissions with an `arrival` below `before`, newest first."""
    return rows(Submission, await connection.fetch(SQL["submission_page"], carrier, before, limit))


async def sealed_submission(connection: Connection, id: UUID) -> Sealed | None:
    """The bytes as sent, sealed."""
    return row(Sealed, await connection.fetchrow(SQL["submission_sealed"], id))


async def sealed_answer(connection: Connection, id: UUID) -> Sealed | None:
    """The findings, sealed; None until the submission is processed."""
    return row(Sealed, await connection.fetchrow(SQL["submission_answer"], id))


async def answer_to_change(connection: Connection, id: UUID) -> Sealed | None:
    """The findings, sealed, and nobody else's to change before the transaction ends."""
    return row(Sealed, await connection.fetchrow(SQL["submission_lock"], id))


async def change_answer(connection: Connection, id: UUID, answer: Answer) -> None:
    """The answer says more than when the submission was processed; after `answer_to_change`."""
    sealed = (answer.sealed, answer.wrapped, answer.key_id)
    await connection.execute(SQL["submission_reanswer"], id, *sealed, answer.errors, answer.warnings)
    await connection.execute(SQL["notify"], BOARD)


async def add_more_finding_counts(connection: Connection, id: UUID, counts: Mapping[tuple[str, str], int]) -> None:
    """As `add_finding_counts`, for a submission that has some already."""
    await connection.executemany(SQL["finding_count_more"], [(id, *key, n) for key, n in counts.items()])


async def add_finding_counts(connection: Connection, id: UUID, counts: Mapping[tuple[str, str], int]) -> None:
    """`counts`: (code, severity) -> how often, in this submission."""
    await connection.executemany(SQL["finding_count_add"], [(id, *key, n) for key, n in counts.items()])


async def finding_counts(connection: Connection, id: UUID) -> list[FindingCount]:
    return rows(FindingCount, await connection.fetch(SQL["finding_counts"], id))


async def finding_counts_of_carrier(
    connection: Connection, carrier: str, since: datetime, until: datetime
) -> list[FindingCount]:
    """What this carrier gets wrong most, in submissions received in [since, until)."""
    return rows(FindingCount, await connection.fetch(SQL["finding_counts_of_carrier"], carrier, since, until))


async def sealed_to(connection: Connection) -> set[str]:
    """The ids of the identities that are needed to open what is stored."""
    return {record["key_id"] for record in await connection.fetch(SQL["sealed_to"])}


async def waiting(connection: Connection) -> Waiting:
    """The queue's length, for metrics and readiness."""
    return rows(Waiting, await connection.fetch(SQL["submission_waiting"]))[0]
