"""Break-glass cases: asked for, granted or refused by a second person, opened, ended; and the sailings to ask for.

In: a `rescue.Case`, steps. Out: rows. Every step is written together with its entry in the log, in the transaction in which it happens;
the log gets ids and codes, never the words of the reason. Who may do what, `gateway.rescue` decides; the table refuses one person in
both places by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from gateway.alerts import Concerns
from gateway.obligations.calls import ExpectedCall
from gateway.rescue import WAITS, Case, Reason, Refusal
from gateway.seal import Sealed as NewSealed
from gateway.store import BOARD, Connection, alarms, log
from gateway.store.statements import SQL, row, rows
from gateway.store.submissions import Sealed

ALARM = "break-glass"
_MOST = 40  # sailings in one answer: who gets more says more about the ship


class Step(msgspec.Struct, frozen=True):
    """`by`: "" is the clock."""

    rescue_id: UUID
    at: datetime
    what: str
    by: str


class LooseList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest list of a sailing that belongs to no expected call, with what it says of the sailing."""

    id: UUID
    carrier: str
    vessel_name: str | None
    vessel_imo: str | None
    voyage_number: str | None
    departure_port: str | None
    arrival_port: str | None
    departs: str | None
    arrives: str | None
    received_at: datetime


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is in a series."""

    series: str
    version: int
    listed: int
    outdated: bool
    id: UUID
    function: str
    purposes: Sequence[str]
    received_at: datetime


async def find_calls(
    connection: Connection, since: datetime, until: datetime, word: str | None, port: str | None, near: datetime
) -> list[ExpectedCall]:
    """Sailings that touch [since, until), the nearest to `near` first."""
    found = await connection.fetch(SQL["rescue_calls"], since, until, word, port, near, _MOST)
    return [msgspec.convert(record["data"], ExpectedCall) for record in found]


async def find_lists(connection: Connection, since: datetime, word: str | None, port: str | None) -> list[LooseList]:
    """Sailings that are known from their lists alone, the newest first."""
    return rows(LooseList, await connection.fetch(SQL["rescue_lists"], since, word, port, _MOST))


async def loose_list(connection: Connection, id: UUID) -> LooseList | None:
    return row(LooseList, await connection.fetchrow(SQL["rescue_list"], id))


async def series_of_list(connection: Connection, id: UUID) -> list[str]:
    """Where this list is now: it moves when its call is told."""
    return [record["series"] for record in await connection.fetch(SQL["rescue_series"], id)]


async def versions_of(connection: Connection, series: Sequence[str]) -> list[Version]:
    """Every version, oldest first."""
    return rows(Version, await connection.fetch(SQL["rescue_versions"], list(series)))


async def ask(connection: Connection, new: Case, words: NewSealed) -> None:
    """A case begins; the operator and the desk are told."""
    about = (new.id, new.call_id, new.manifest_id, new.carrier, new.vessel, new.reason, new.case_number, new.hours)
    sealed = (words.ciphertext, words.wrapped, words.key_id)
    await connection.execute(SQL["rescue_add"], *about, new.asked_by, new.asked_email, new.asked_at, *sealed)
    await note(connection, new, "asked", new.asked_by, new.asked_at, {"hours": str(new.hours)})
    await _tell(connection, new, f"{new.asked_by} asks for the list of everybody on board; a second person decides")


async def decide(
    connection: Connection,
    case: Case,
    by: str,
    email: str,
    at: datetime,
    *,
    until: datetime | None,
    refusal: Refusal | None,
) -> None:
    """Granted `until` a time, or refused. Only under `locked`, and after `rescue.decision_denied` let it pass."""
    await connection.execute(SQL["rescue_decide"], case.id, by, email, at, until, refusal)
    if until is not None:
        await note(connection, case, "granted", by, at, {"until": until.isoformat()})
        await _tell(
            connection,
            case,
            f"{by} granted it to {case.asked_by}: names can be read until {until:%H:%M} UTC on {until:%d %B}",
        )
    else:
        await note(connection, case, "refused", by, at, {"because": str(refusal)})
        await _tell(connection, case, f"{by} refused it: nobody can read names")


async def close(connection: Connection, case: Case, by: str, at: datetime) -> None:
    """Ended before its time, or taken back. Only under `locked`."""
    await connection.execute(SQL["rescue_close"], case.id, by, at)
    await note(connection, case, "closed" if case.until is not None else "withdrawn", by, at)


async def end_those_over(connection: Connection, now: datetime) -> int:
    """Writes down what the clock has ended; how many that were."""
    found = _cases(await connection.fetch(SQL["rescue_over"], now, WAITS))
    for one in found:
        await connection.execute(SQL["rescue_ended"], one.id)
        await note(connection, one, "expired" if one.until is not None else "lapsed", "", now)
    return len(found)


async def note(
    connection: Connection, case: Case, what: str, by: str, at: datetime, more: Mapping[str, str] | None = None
) -> None:
    """A step, and its entry in the log: ids and codes."""
    await connection.execute(SQL["rescue_step_add"], case.id, at, what, by)
    subject = {"rescue": str(case.id), "sailing": case.sailing, "carrier": case.carrier, "reason": case.reason.value,
               "case": case.case_number, "by": by or "the clock"}  # fmt: skip
    await log.append(connection, f"rescue-{what}", subject | dict(more or {}), at)
    await connection.execute(SQL["notify"], BOARD)


async def case(connection: Connection, id: UUID) -> Case | None:
    return _case(await connection.fetchrow(SQL["rescue_get"], id))


async def locked(connection: Connection, id: UUID) -> Case | None:
    """The case, nobody else's to change before the transaction ends."""
    return _case(await connection.fetchrow(SQL["rescue_lock"], id))


async def words_of(connection: Connection, id: UUID) -> Sealed | None:
    """The words of the reason, sealed; without a key once retention ended."""
    return row(Sealed, await connection.fetchrow(SQL["rescue_words"], id))


async def cases(connection: Connection, *, limit: int = 100) -> list[Case]:
    """The newest first."""
    return _cases(await connection.fetch(SQL["rescue_page"], limit))


async def cases_of_call(connection: Connection, call_id: str, *, carrier: str | None = None) -> list[Case]:
    """What was asked for of a call, oldest first; with `carrier`, only of that carrier's."""
    return _cases(await connection.fetch(SQL["rescue_of_call"], call_id, carrier))


async def steps_of(connection: Connection, ids: Sequence[UUID]) -> list[Step]:
    """All that happened in these cases, in order."""
    return rows(Step, await connection.fetch(SQL["rescue_steps"], list(ids)))


async def asked_since(connection: Connection, by: str, since: datetime) -> int:
    """How often this person asked."""
    count: int = await connection.fetchval(SQL["rescue_asked_since"], by, since)
    return count


async def opened_since(connection: Connection, id: UUID, since: datetime) -> int:
    """How often the list of a case was opened."""
    count: int = await connection.fetchval(SQL["rescue_opened_since"], id, since)
    return count


async def _tell(connection: Connection, one: Case, what: str) -> None:
    text = f"break-glass for {one.vessel} ({one.sailing}), case {one.case_number}, {one.reason.value}: {what}; if you do not know of this, call them"
    await alarms.raise_alarm(connection, ALARM, str(one.id), text, Concerns(carrier=one.carrier, call=one.call_id))


def _cases(records: Sequence[asyncpg.Record]) -> list[Case]:
    return [found for record in records if (found := _case(record)) is not None]


def _case(record: asyncpg.Record | None) -> Case | None:
    if record is None:
        return None
    columns: dict[str, Any] = dict(record)
    columns["reason"] = Reason(columns["reason"])
    columns["refusal"] = Refusal(columns["refusal"]) if columns["refusal"] else None
    return Case(**columns)
