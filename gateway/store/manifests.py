"""One list as normalised: sealed, versioned in its series, with the facts compliance is judged by.

In: sealed lists and counts, within the transaction that settles their submission. Out: rows. A series is the lists that
replace one another: those of one call (or, where the call is not known, of one voyage) and one kind. `version` counts
in the series as it is processed; which list is newer is decided by `process.place`, by when the lists were issued or else
received. The version that counts is kept as keyed digests, sealed (`series_current`), for the next one to be compared with.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from gateway.manifest import Purpose
from gateway.store import BOARD, Connection
from gateway.store.statements import SQL, row, rows
from gateway.store.submissions import Sealed


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a list without opening it. `counts`: as declared. `missing`: field -> how many persons
    lack it. `errors`: field -> how many errors touch it. `deadlines`: obligation -> what was in force on receipt.
    `listed`: how many are on the list once this version has been taken in. `outdated`: a newer one was here already.
    `changes`: `changes.Changes` against the version before."""

    id: UUID
    submission_id: UUID
    number: int
    arrival: int
    call_id: str | None
    series: str
    version: int
    carrier: str
    kind: str
    purposes: Sequence[str]
    function: str
    vessel_imo: str | None
    vessel_name: str | None
    voyage_number: str | None
    departure_port: str | None
    arrival_port: str | None
    persons: int
    passengers: int
    crew: int
    counts: Mapping[str, Any]
    missing: Mapping[str, int]
    errors: Mapping[str, int]
    deadlines: Mapping[str, str]
    received_at: datetime
    listed: int
    outdated: bool = False
    changes: Mapping[str, int] | None = None


class NewManifest(msgspec.Struct, frozen=True):
    """A list to store: its facts, its ciphertext, its wrapped key."""

    filing: Filing
    sealed: bytes
    wrapped: bytes
    key_id: str


def series(
    *,
    call_id: str | None,
    kind: str,
    carrier: str,
    vessel: str | None,
    voyage_number: str | None,
    departure_port: str | None,
    arrival_port: str | None,
) -> str:
    """The name of a list's series. `vessel`: the IMO number, else the name, else EMSWe's visit id."""
    if call_id is not None:
        return f"call/{call_id}/{kind}"
    return "/".join(
        ("voyage", carrier, vessel or "", voyage_number or "", departure_port or "", arrival_port or "", kind)
    )


async def next_versions(connection: Connection, names: Sequence[str]) -> list[int]:
    """The version of each new list, `names` being their series in order; held until the transaction ends."""
    for name in sorted(set(names)):  # in one order everywhere, so that two workers cannot wait for each other
        await connection.execute(SQL["series_lock"], name)
    known = await connection.fetch(SQL["series_versions"], list(set(names)))
    highest = {record["series"]: record["version"] for record in known}
    versions = []
    for name in names:
        highest[name] = highest.get(name, 0) + 1
        versions.append(highest[name])
    return versions


async def filed_purposes(connection: Connection, names: Sequence[str]) -> dict[str, frozenset[Purpose]]:
    """For what the lists of these series are, since each was last withdrawn; only after `next_versions`, whose lock holds."""
    found = await connection.fetch(SQL["series_purposes"], list(set(names)))
    return {record["series"]: frozenset(map(Purpose, record["purposes"])) for record in found}


async def add_manifests(connection: Connection, new: Sequence[NewManifest]) -> None:
    """Stores the lists of a submission; their versions come from `next_versions` in the same transaction."""
    values = [(*msgspec.structs.astuple(one.filing), one.sealed, one.wrapped, one.key_id) for one in new]
    await connection.executemany(SQL["manifest_add"], values)


async def currents(connection: Connection, names: Sequence[str]) -> dict[str, Sealed]:
    """The versions of these series that count, sealed; only after `next_versions`, whose lock keeps them as they are."""
    found = await connection.fetch(SQL["series_current"], list(set(names)))
    return {record["series"]: Sealed(record["sealed"], record["wrapped"], record["key_id"]) for record in found}


async def keep_current(connection: Connection, name: str, received_at: datetime, sealed: Sealed) -> None:
    """From now on this version of the series counts."""
    await connection.execute(SQL["series_current_keep"], name, received_at, *msgspec.structs.astuple(sealed))


async def outdate(connection: Connection, id: UUID) -> None:
    """A list that was taken for the newest was older than one that was processed after it."""
    await connection.execute(SQL["manifest_outdated"], id)


async def filings_of_submission(connection: Connection, submission_id: UUID) -> list[Filing]:
    return rows(Filing, await connection.fetch(SQL["manifests_of_submission"], submission_id))


async def filings_of_calls(connection: Connection, call_ids: Sequence[str]) -> list[Filing]:
    """Every list of these calls, oldest first."""
    return rows(Filing, await connection.fetch(SQL["manifests_of_calls"], list(call_ids)))


async def filings_received(
    connection: Connection, since: datetime, until: datetime, *, carrier: str | None = None
) -> list[Filing]:
    """Every list received in [since, until), oldest first."""
    return rows(Filing, await connection.fetch(SQL["manifests_received"], since, until, carrier))


async def filings_without_call(connection: Connection, since: datetime) -> list[Filing]:
    """Lists that no expected call was found for when they came."""
    return rows(Filing, await connection.fetch(SQL["manifests_without_call"], since))


async def filing_before(connection: Connection, series: str, arrival: int) -> Filing | None:
    """The list that one received at `arrival` replaces."""
    return row(Filing, await connection.fetchrow(SQL["manifest_before"], series, arrival))


async def sealed_manifest(connection: Connection, id: UUID) -> Sealed | None:
    """The list itself, sealed."""
    return row(Sealed, await connection.fetchrow(SQL["manifest_sealed"], id))


async def link_to_call(connection: Connection, id: UUID, call_id: str) -> bool:
    """The list belongs to that call after all. Its series, and so its version, stays. False where it has one already."""
    linked = await connection.fetchval(SQL["manifest_link"], id, call_id) is not None
    if linked:
        await connection.execute(SQL["notify"], BOARD)
    return linked
