"""What carriers are measured by besides their lists: outages, border checks, contests, closed periods.

In: what was declared, entered, contested, decided. Out: rows. A period's cards are kept as the bytes that were digested, and never change.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, row, rows
from gateway.track.excuses import Outage, Told
from gateway.track.metrics import Checked, Messages, Period, Submissions

LONGEST_LEG: Final = timedelta(days=21)
EARLIEST_DUTY: Final = timedelta(days=7)
LATEST_DUTY: Final = timedelta(days=2)
"""A duty falls due no earlier before departure, and no later after arrival."""

ContestState = Literal["open", "upheld", "rejected"]
ContestReason = Literal[
    "filed-in-time", "list-was-complete", "numbers-agreed", "gateway-fault", "recipient-fault", "schedule-wrong", "not-our-sailing",
    "sailing-cancelled", "outage-not-declared", "force-majeure",
]  # fmt: skip
UpheldReason = Literal["evidence-confirms", "gateway-fault", "recipient-fault", "schedule-was-wrong", "excused"]
RejectedReason = Literal["evidence-does-not", "not-excused"]
DecisionReason = Literal[UpheldReason, RejectedReason]


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """A lost point that is contested: (metric, call, obligation). `lost_at`: the deadline at which it was lost. `submission_id`: the filing that
    should count, as the carrier says. `decision`: why the desk decided so. Reasons come out of closed lists: there is no place for a name."""

    id: UUID
    carrier: str
    metric: str
    call_id: str
    obligation: str
    lost_at: datetime
    reason: ContestReason
    submission_id: UUID | None
    contested_at: datetime
    state: ContestState = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: DecisionReason | None = None


class ClosedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A period whose scores do not change any more. `terms`: the edition of the terms; `digest`: SHA-256 of its cards, as the log has it."""

    id: UUID
    since: datetime
    until: datetime
    closed_by: str
    closed_at: datetime
    terms: str
    digest: bytes


async def declare_outage(connection: Connection, new: Outage) -> None:
    values = (UUID(new.id), new.since, new.until, new.what, new.carrier, new.declared_by, new.declared_at)
    await connection.execute(SQL["outage_add"], *values)
    await connection.execute(SQL["notify"], BOARD)


async def outages(connection: Connection, since: datetime, until: datetime) -> list[Outage]:
    """Those that touch [since, until), also those that were taken back."""
    return rows(Outage, await connection.fetch(SQL["outages"], since, until))


async def outage_to_withdraw(connection: Connection, id: UUID) -> Outage | None:
    """Nobody else's to take back before the transaction ends."""
    return row(Outage, await connection.fetchrow(SQL["outage_lock"], id))


async def withdraw_outage(connection: Connection, id: UUID, by: str, at: datetime) -> None:
    await connection.execute(SQL["outage_withdraw"], id, by, at)
    await connection.execute(SQL["notify"], BOARD)


async def last_withdrawn(
    connection: Connection, since: datetime, until: datetime, carrier: str | None = None
) -> datetime | None:
    """When an outage that touched this time was last taken back, if ever; with a carrier, one that was for it."""
    found: datetime | None = await connection.fetchval(SQL["outage_last_withdrawn"], since, until, carrier)
    return found


async def add_check(connection: Connection, call_id: str, found: Checked, by: str, at: datetime) -> None:
    """What the border or the gangway found of a call's persons; the newest counts."""
    await connection.execute(SQL["reconciliation_add"], call_id, at, found.checked, found.agreed, by)


async def checks_of(connection: Connection, call_ids: Sequence[str]) -> dict[str, Checked]:
    found = await connection.fetch(SQL["reconciliations"], list(call_ids))
    return {one["call_id"]: Checked(one["checked"], one["agreed"]) for one in found}


async def messages_of(connection: Connection, call_ids: Sequence[str]) -> dict[str, Messages]:
    """Of each call the messages whose end is known."""
    found = await connection.fetch(SQL["messages_ended"], list(call_ids))
    return {one["call_id"]: Messages(one["ended"], one["carrier"], one["gateway"], one["authority"]) for one in found}


async def arrivals_told(connection: Connection, call_ids: Sequence[str]) -> dict[str, list[Told]]:
    """What the estimated arrival of each call was when."""
    told: dict[str, list[Told]] = {}
    for one in await connection.fetch(SQL["arrivals_told"], list(call_ids)):
        told.setdefault(one["call_id"], []).append(Told(one["noted_at"], one["value"]))
    return told


async def submissions_in(
    connection: Connection, since: datetime, until: datetime, carrier: str | None
) -> dict[str, Submissions]:
    found = await connection.fetch(SQL["submissions_measured"], since, until, carrier)
    return {one["carrier"]: Submissions(one["received"], one["unreadable"]) for one in found}


async def receipts_in_log(connection: Connection, submissions: Sequence[str], event: str) -> dict[str, int]:
    """submission -> the log entry of its receiving."""
    found = await connection.fetch(SQL["receipts_in_log"], list(submissions), event)
    return {one["submission"]: one["id"] for one in found}


async def calls_measured(
    connection: Connection,
    period: Period,
    *,
    carrier: str | None,
    port: str | None,
    route: tuple[str, str] | None,
) -> list[str]:
    """The ids of the calls of which anything can fall due in the period, by departure."""
    departure, arrival = route or (None, None)
    times = (period.start - LONGEST_LEG, period.end + EARLIEST_DUTY, period.start - LATEST_DUTY)
    found = await connection.fetch(SQL["calls_measured"], *times, carrier, port, departure, arrival)
    return [one["id"] for one in found]


async def calls_as_text(connection: Connection, ids: Sequence[str]) -> list[str]:
    """These calls as JSON, still to be decoded: of thousands that is a thread's work."""
    return [one["call"] for one in await connection.fetch(SQL["calls_as_text"], list(ids))]


async def contest(connection: Connection, new: Contest) -> bool:
    """False where this point was contested before."""
    values = (new.id, new.carrier, new.metric, new.call_id, new.obligation, new.lost_at, new.reason)
    added = await connection.fetchval(SQL["contest_add"], *values, new.submission_id, new.contested_at)
    return added is not None


async def contest_to_decide(connection: Connection, id: UUID) -> Contest | None:
    """The contest; nobody else decides it before the transaction ends."""
    return row(Contest, await connection.fetchrow(SQL["contest_lock"], id))


async def contests(
    connection: Connection, *, carrier: str | None = None, state: ContestState | None = None, limit: int = 500
) -> list[Contest]:
    """The newest first."""
    return rows(Contest, await connection.fetch(SQL["contests"], carrier, state, limit))


async def open_contests(connection: Connection, since: datetime, until: datetime) -> int:
    """How many points lost in [since, until) are contested and not decided."""
    count: int = await connection.fetchval(SQL["contests_open"], since, until)
    return count


async def points_given_back(connection: Connection, call_ids: Sequence[str]) -> dict[str, frozenset[tuple[str, str]]]:
    """call -> (metric, obligation) of every contest that was upheld."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in await connection.fetch(SQL["contests_upheld"], list(call_ids)):
        found.setdefault(one["call_id"], set()).add((one["metric"], one["obligation"]))
    return {call: frozenset(points) for call, points in found.items()}


async def decide(connection: Connection, decided: Contest) -> None:
    """Writes what `decided` says of the decision; a contest is decided once."""
    what = (decided.state, decided.decision, decided.decided_by, decided.decided_at)
    await connection.execute(SQL["contest_decide"], decided.id, *what)


async def hold_periods(connection: Connection) -> None:
    """Nobody closes a period, nor contests a point, before the transaction ends."""
    await connection.execute(SQL["period_lock"])


async def close_period(connection: Connection, new: ClosedPeriod, cards: bytes) -> None:
    """The period's cards are these, for ever."""
    values = (new.id, new.since, new.until, new.closed_by, new.closed_at, new.terms)
    await connection.execute(SQL["period_add"], *values, cards, new.digest)


async def closed_periods(connection: Connection) -> list[ClosedPeriod]:
    """The newest first."""
    return rows(ClosedPeriod, await connection.fetch(SQL["periods"]))


async def closed_period_in(connection: Connection, since: datetime, until: datetime) -> ClosedPeriod | None:
    """The first closed period that shares a moment with [since, until)."""
    return row(ClosedPeriod, await connection.fetchrow(SQL["period_touching"], since, until))


async def cards_of(connection: Connection, id: UUID) -> bytes:
    """The cards of a closed period as they were digested: JSON."""
    cards: bytes = await connection.fetchval(SQL["period_cards"], id)
    return cards
