"""Expected port calls, what each source said of them, and every value their times ever had.

In: what schedules, single windows and AIS say (`expect.Said`). Out: the calls that are made of it, and the history of their times, by
which a deadline can be judged by what was known when. Sayings are placed one batch after the other, so that two sources that tell of
one sailing at the same moment make one call of it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import asyncpg
import msgspec

from gateway.expect import Placed, Said, Union, merged, place, restated, scheduled, search_of, unions
from gateway.expect.said import SCHEDULE, TIMES
from gateway.obligations.calls import ExpectedCall, Moment
from gateway.store import BOARD, Connection, log
from gateway.store.statements import SQL, rows
from gateway.store.unplaced import Unplaced, forget_unplaced, keep_unplaced

NOBODY_CHOSE: Final[Mapping[str, str]] = {}
_AROUND: Final = timedelta(days=2)
"""A saying and its call are at most half a day apart (`expect.same.NEAR`); what is planned may be farther from what came of it."""


class TimeNote(msgspec.Struct, frozen=True, kw_only=True):
    """A call's time got this value (None: taken back) at `noted_at`, from `source`."""

    call_id: str
    name: str
    noted_at: datetime
    value: datetime | None
    source: str


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a saying: the call it is about, as it is now. None: it is about none; of `rivals` it cannot be told which.

    `absorbed`: calls that turned out to be this one, and are no longer. `apart`: those that seem to be it, and stay: something hangs on both.
    """

    call: ExpectedCall | None
    rivals: tuple[str, ...] = ()
    is_new: bool = False
    is_changed: bool = False
    absorbed: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


async def say(
    connection: Connection, sayings: Sequence[Said], at: datetime, chosen: Mapping[str, str] = NOBODY_CHOSE
) -> list[Heard]:
    """Takes in what is said, and makes the calls anew of which it is said. One `Heard` a saying. `chosen`: subject -> the call that
    somebody decided it is about."""
    await connection.execute(SQL["calls_say"])
    heard: list[Heard] = []
    for batch in _batches(sayings):
        heard += await _say(connection, batch, at, chosen)
    heard = await _joined(connection, heard, at)
    await _wait(connection, sayings, heard, at)
    if any(one.is_changed for one in heard):
        await connection.execute(SQL["notify"], BOARD)
    return heard


async def decide(connection: Connection, waiting: Unplaced, call: str | None, at: datetime) -> Heard:
    """What waits is about this call, as somebody decided now; None: about none of those that are known. Then it is a sailing of its own,
    where it may be one, and is forgotten where not."""
    one = msgspec.structs.replace(waiting.said, at=at)
    target = call or (one.call.id if one.founds else "")
    if target:
        return (await say(connection, [one], at, {one.subject: target}))[0]
    await forget_unplaced(connection, [one.subject])
    return Heard(call=None)


async def upsert_calls(connection: Connection, new: Sequence[ExpectedCall], at: datetime, by: str = "") -> list[str]:
    """What a schedule says of these calls; of one that is in it twice the last. Returns the ids that are new, then those that changed."""
    latest = {one.id: one for one in new}
    heard = await say(connection, [scheduled(latest[id], by, at) for id in sorted(latest)], at)
    return changed(heard)


def changed(heard: Iterable[Heard]) -> list[str]:
    """The ids of the calls that are new, then of those that changed."""
    touched = sorted({(not one.is_new, one.call.id) for one in heard if one.call and one.is_changed})
    return list(dict.fromkeys(id for _, id in touched))


async def call(connection: Connection, id: str) -> ExpectedCall | None:
    """The call of this id, or the one for which a source has this id."""
    return next(iter(_calls(await connection.fetch(SQL["call_get"], id))), None)


async def calls_between(
    connection: Connection, since: datetime, until: datetime, *, carrier: str | None = None, port: str | None = None
) -> list[ExpectedCall]:
    """Calls whose departure (or, where that is not known, arrival) is in [since, until), in that order."""
    return _calls(await connection.fetch(SQL["calls_between"], since, until, carrier, port))


async def stamps_around(
    connection: Connection, since: datetime, until: datetime, *, ended_since: datetime
) -> dict[str, str]:
    """The calls whose departure (or arrival) is in [since, until) and that have not ended before `ended_since`: id -> what is
    another text as soon as the call, or what was filed for it, is no longer the same."""
    found = await connection.fetch(SQL["calls_around"], since, until, ended_since)
    return {record["id"]: record["stamp"] for record in found}


async def calls_of(connection: Connection, ids: Sequence[str]) -> list[ExpectedCall]:
    """These calls, in no order."""
    return _calls(await connection.fetch(SQL["calls_get"], list(ids)))


async def times_of(connection: Connection, ids: Sequence[str]) -> list[TimeNote]:
    """The history of these calls' times, oldest first."""
    return rows(TimeNote, await connection.fetch(SQL["call_times"], list(ids)))


async def sayings_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[Said]]:
    """What every source says of these calls now."""
    found: dict[str, list[Said]] = {}
    for record in await connection.fetch(SQL["call_sayings"], list(ids)):
        found.setdefault(record["call_id"], []).append(msgspec.convert(record["said"], Said))
    return found


async def said_in(connection: Connection, message: str) -> dict[str, Said]:
    """What was said in this message: call id -> the word."""
    found = await connection.fetch(SQL["call_words"], message)
    return {record["call_id"]: msgspec.convert(record["said"], Said) for record in found}


async def visit_of(connection: Connection, visit: str) -> tuple[str | None, str] | None:
    """The ship (its IMO number) and the port of the only stay in a port of this Visit ID."""
    calls = _calls(await connection.fetch(SQL["calls_of_visits"], [visit.lower()]))
    stays = {(one.imo, one.arrival_port) for one in calls if (one.arrival_visit_id or "").lower() == visit.lower()}
    stays |= {(one.imo, one.departure_port) for one in calls if (one.departure_visit_id or "").lower() == visit.lower()}
    return next(iter(stays)) if len(stays) == 1 else None


def _batches(sayings: Sequence[Said]) -> Iterator[list[Said]]:
    """The rows of a schedule are placed together, since each may be nearer to a call than the others; other words one by one."""
    for voice, group in groupby(sayings, key=lambda one: one.voice):
        batch = list(group)
        yield from [batch] if voice == SCHEDULE else [[one] for one in batch]


async def _say(connection: Connection, batch: list[Said], at: datetime, chosen: Mapping[str, str]) -> list[Heard]:
    calls = await _meant(connection, batch, chosen)
    said = await sayings_of(connection, list(calls))
    placed, targets, words, now = await asyncio.to_thread(_made, batch, calls, said, chosen)
    await _keep(connection, calls, now, at)
    voice = batch[0].voice
    await _write(connection, "calls_said", [_word(id, its[voice]) for id, its in words.items()])
    return [
        Heard(call=now[id], rivals=found.rivals, is_new=id not in calls, is_changed=now[id] != calls.get(id))
        if id is not None
        else Heard(call=None, rivals=found.rivals)
        for id, found in zip(targets, placed, strict=True)
    ]


def _made(
    batch: Sequence[Said],
    calls: Mapping[str, ExpectedCall],
    said: Mapping[str, Sequence[Said]],
    chosen: Mapping[str, str],
) -> tuple[list[Placed], list[str | None], dict[str, dict[str, Said]], dict[str, ExpectedCall]]:
    """Where each saying belongs, to which id; all that is said of these calls now, by voice; and the calls made of it."""
    found = place(batch, list(calls.values()), said)
    placed = [
        Placed(chosen.get(one.subject)) if one.subject in chosen else its for one, its in zip(batch, found, strict=True)
    ]
    targets = [_target(one, found) for one, found in zip(batch, placed, strict=True)]
    words: dict[str, dict[str, Said]] = {}
    for one, id in zip(batch, targets, strict=True):
        if id is not None:
            its = words.setdefault(id, {each.voice: each for each in said.get(id, ())})
            its[one.voice] = restated(its.get(one.voice), one)
    return placed, targets, words, {id: merged(id, its.values()) for id, its in words.items()}


def _target(one: Said, found: Placed) -> str | None:
    """The call, or the id of a new one: what a schedule holds is a sailing, whichever others it may be taken for."""
    may_found = one.founds and one.call.id and (one.voice == SCHEDULE or not found.rivals)
    return found.call or (one.call.id if may_found else None)


async def _wait(connection: Connection, sayings: Sequence[Said], heard: Sequence[Heard], at: datetime) -> None:
    """What is put with no call because several fit waits for a decision; what has its call waits no more."""
    became = [(one, its) for one, its in zip(sayings, heard, strict=True) if one.voice != SCHEDULE]
    waiting = [(one, its.rivals) for one, its in became if its.call is None and its.rivals]
    if waiting:
        await keep_unplaced(connection, waiting, at)
    if done := {one.subject for one, its in became if its.call is not None}:
        await forget_unplaced(connection, done)


async def _meant(connection: Connection, batch: Sequence[Said], chosen: Mapping[str, str]) -> dict[str, ExpectedCall]:
    """Every call that the batch may be about, by its id; held until the transaction ends."""
    wanted = [*search_of(batch).ids, *chosen.values()]
    known = _calls(await connection.fetch(SQL["calls_of_ids"], wanted))
    owned = {one.call.id for its in (await sayings_of(connection, [one.id for one in known])).values() for one in its}
    ids = owned | {one.id for one in known}
    search = search_of([one for one in batch if one.call.id not in ids])
    visits = [visit.lower() for visit in search.visits]
    if visits:
        known += _calls(await connection.fetch(SQL["calls_of_visits"], visits))
    if search.since and search.until:
        span = (search.since - _AROUND, search.until + _AROUND)
        known += _calls(await connection.fetch(SQL["calls_of_ships"], list(search.ships), *span, search.unnumbered))
    return {one.id: one for one in known}


async def _joined(connection: Connection, heard: list[Heard], at: datetime) -> list[Heard]:
    """The same, once calls that turn out to be one sailing by what was said are one."""
    moved = [one.call for one in heard if one.call is not None and one.is_changed]
    lonely = await _of_ships(connection, "calls_unscheduled", moved) if moved else []
    if not lonely:
        return heard
    near = await _of_ships(connection, "calls_of_ships", lonely)
    visits = [visit.lower() for one in lonely for visit in (one.arrival_visit_id, one.departure_visit_id) if visit]
    near += _calls(await connection.fetch(SQL["calls_of_visits"], visits)) if visits else []
    known = {one.id: one for one in (*near, *lonely)}
    said = await sayings_of(connection, list(known))
    held = {record["id"] for record in await connection.fetch(SQL["calls_held"], list(known))}
    made, apart = await asyncio.to_thread(unions, list(known.values()), said, held)
    now = {union.kept: merged(union.kept, union.said.values()) for union in made}
    for union in made:
        await _absorb(connection, union, known, at)
        known[union.kept] = merged(union.kept, union.said.values())
    return [_since_joined(one, made, now, apart) for one in heard]


async def _of_ships(connection: Connection, statement: str, of: Sequence[ExpectedCall]) -> list[ExpectedCall]:
    """What the statement finds around the sailings of these ships."""
    times = [moment.at for one in of for moment in (one.departs_at, one.arrives_at) if moment]
    if not times:
        return []
    ships, span = sorted({one.imo for one in of if one.imo}), (min(times) - _AROUND, max(times) + _AROUND)
    return _calls(await connection.fetch(SQL[statement], ships, *span, any(one.imo is None for one in of)))


async def _absorb(connection: Connection, union: Union, known: Mapping[str, ExpectedCall], at: datetime) -> None:
    """All that is said of the one is said of the other, whose history goes on."""
    old, new = known[union.kept], merged(union.kept, union.said.values())
    found = await connection.fetch(SQL["call_times_move"], union.absorbed, union.kept)
    told = {record["name"]: getattr(known[union.absorbed], record["name"]) for record in found}
    await connection.execute(SQL["call_forget"], union.absorbed)
    await _write(connection, "calls_change", [_columns(new)], at)
    await _write(connection, "call_times_add", list(_notes(msgspec.structs.replace(old, **told), new)), at)
    await _write(connection, "calls_said", [_word(union.kept, one) for one in union.said.values()])
    subject = {"call": union.kept, "was": union.absorbed}
    await log.append(connection, "calls-joined", subject, at)


def _since_joined(
    one: Heard, made: Sequence[Union], now: Mapping[str, ExpectedCall], apart: Sequence[tuple[str, str]]
) -> Heard:
    """What became of a saying, after calls have become one."""
    became = {union.absorbed: union.kept for union in made}
    id = one.call.id if one.call else ""
    while id in became:
        id = became[id]
    return msgspec.structs.replace(
        one,
        call=now.get(id, one.call),
        rivals=tuple(rival for rival in one.rivals if rival not in became and rival != id),
        is_new=one.is_new and id not in now,
        absorbed=tuple(sorted(union.absorbed for union in made if id and union.kept == id)),
        apart=tuple(sorted({other for pair in apart if id in pair for other in pair} - {id})),
    )


async def _keep(
    connection: Connection, old: Mapping[str, ExpectedCall], now: Mapping[str, ExpectedCall], at: datetime
) -> None:
    new = [now[id] for id in sorted(now) if id not in old]
    moved = [now[id] for id in sorted(now) if id in old and old[id] != now[id]]
    await _write(connection, "calls_add", [_columns(one) for one in new], at)
    await _write(connection, "calls_change", [_columns(one) for one in moved], at)
    notes = [note for one in (*new, *moved) for note in _notes(old.get(one.id), one)]
    await _write(connection, "call_times_add", notes, at)


async def _write(connection: Connection, statement: str, new: Sequence[tuple[Any, ...]], *at: datetime) -> None:
    """All rows in one statement, a column a list: a season costs the database half of what its rows cost one by one."""
    if new:
        await connection.execute(SQL[statement], *(list(column) for column in zip(*new, strict=True)), *at)


def _calls(records: Sequence[asyncpg.Record]) -> list[ExpectedCall]:
    return [msgspec.convert(record["data"], ExpectedCall) for record in records]


def _columns(one: ExpectedCall) -> tuple[Any, ...]:
    departs, arrives = one.departs_at, one.arrives_at
    places = (one.id, one.carrier, one.imo, one.departure_port, one.arrival_port)
    return (*places, departs and departs.at, arrives and arrives.at, one)


def _word(id: str, one: Said) -> tuple[Any, ...]:
    return id, one.voice, one.call.id or None, one


def _notes(old: ExpectedCall | None, new: ExpectedCall) -> Iterator[tuple[Any, ...]]:
    for name in TIMES:
        was: Moment | None = getattr(old, name, None)
        now: Moment | None = getattr(new, name)
        if now != was:
            value, source = (now.at, now.source) if now else (None, "")
            yield new.id, name, value, source
