"""One list as normalised: sealed, versioned in its series, with the facts compliance is judged by.

In: sealed lists and counts, within the transaction that settles their submission. Out: rows. A series is the lists that
replace one another: those of one call (or, where the call is not known, of one voyage) and one kind; a list of passengers
and crew has a part in both. `version` counts in the series as it is processed; which list is newer is decided by
`process.place`, by when the lists were issued or else received. The version that counts is kept as keyed digests, sealed
(`series_current`), for the next one to be compared with.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from gateway.manifest import Purpose
from gateway.store import Connection
from gateway.store.statements import SQL, row
from gateway.store.submissions import Sealed


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is in one series. `kind`: passengers or crew. `listed`: how many of them are on the list once this version
    has been taken in. `outdated`: a newer one was here already. `changes`: `changes.Changes` against the version before.
    `missing`: field -> how many persons of the kind lack it. `errors`: field -> how many errors touch it. `quality`: `track.quality.Quality`."""

    kind: str
    series: str
    version: int
    listed: int
    outdated: bool = False
    changes: Mapping[str, int] | None = None
    missing: Mapping[str, int] = {}
    errors: Mapping[str, int] = {}
    quality: Mapping[str, Any] | None = None


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a list without opening it. `counts`: as declared. `departs`, `arrives`: as the list says, ISO 8601.
    `deadlines`: obligation -> what was in force on receipt."""

    id: UUID
    submission_id: UUID
    number: int
    arrival: int
    call_id: str | None
    carrier: str
    kind: str
    purposes: Sequence[str]
    function: str
    vessel_imo: str | None
    vessel_name: str | None
    voyage_number: str | None
    departure_port: str | None
    arrival_port: str | None
    departs: str | None
    arrives: str | None
    persons: int
    passengers: int
    crew: int
    counts: Mapping[str, Any]
    deadlines: Mapping[str, str]
    received_at: datetime
    parts: tuple[Part, ...]


class NewManifest(msgspec.Struct, frozen=True):
    """A list to store: its facts, its ciphertext, its wrapped key."""

    filing: Filing
    sealed: bytes
    wrapped: bytes
    key_id: str


class SealedCurrent(msgspec.Struct, frozen=True):
    """The version of a series that counts, and the list that it is. `sealed_for`: the series under whose name it was sealed."""

    sealed_for: str
    manifest_id: UUID | None
    sealed: bytes
    wrapped: bytes | None
    key_id: str


def series_of_call(call_id: str, name: str) -> str:
    """The series of a call's lists. `name`: which lists they are: passengers, crew or booking."""
    return f"call/{call_id}/{name}"


class VoyageSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Lists whose call is not known. `vessel`: the IMO number, else the name, else EMSWe's visit id. `sails`: when the sailing
    leaves, else when it arrives, as its first list said: a voyage number comes again."""

    carrier: str
    vessel: str | None
    voyage_number: str | None
    departure_port: str | None
    arrival_port: str | None
    sails: str | None
    name: str

    @property
    def voyage(self) -> str:
        """All sailings of the voyage number."""
        parts = (self.carrier, self.vessel, self.voyage_number, self.departure_port, self.arrival_port)
        return "/".join(("voyage", *(part or "" for part in parts)))

    def __str__(self) -> str:
        return f"{self.voyage}/{self.sails or ''}/{self.name}"


async def sailings_of(connection: Connection, one: VoyageSeries, since: datetime) -> list[str]:
    """When the sailings of that voyage number are whose lists without a call came `since`; nobody else adds one before this
    transaction ends."""
    await connection.execute(SQL["series_lock"], one.voyage)
    found = await connection.fetch(SQL["series_of_voyage"], one.carrier, since, one.voyage_number, f"{one.voyage}/")
    return [str(record["series"]).removeprefix(f"{one.voyage}/").rpartition("/")[0] for record in found]


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
    values = [(*msgspec.structs.astuple(one.filing)[:-1], one.sealed, one.wrapped, one.key_id) for one in new]
    await connection.executemany(SQL["manifest_add"], values)
    parts = [(one.filing.id, *msgspec.structs.astuple(part)) for one in new for part in one.filing.parts]
    await connection.executemany(SQL["manifest_part_add"], parts)


async def currents(connection: Connection, names: Sequence[str]) -> dict[str, SealedCurrent]:
    """The versions of these series that count, sealed; only after `next_versions`, whose lock keeps them as they are."""
    found = [dict(record) for record in await connection.fetch(SQL["series_current"], list(set(names)))]
    return {record.pop("series"): SealedCurrent(**record) for record in found}


async def keep_current(connection: Connection, name: str, received_at: datetime, kept: SealedCurrent) -> None:
    """From now on this version of the series counts."""
    await connection.execute(SQL["series_current_keep"], name, received_at, *msgspec.structs.astuple(kept))


async def outdate(connection: Connection, id: UUID, series: str) -> None:
    """A list that was taken for the newest of the series was older than one that was processed after it."""
    await connection.execute(SQL["manifest_outdated"], id, series)


async def filings_of_submission(connection: Connection, submission_id: UUID) -> list[Filing]:
    return _filings(await connection.fetch(SQL["manifests_of_submission"], submission_id))


async def filings_without_call(connection: Connection, carrier: str, since: datetime) -> list[Filing]:
    """Lists that say when they sail, and for which no expected call was found when they came."""
    return _filings(await connection.fetch(SQL["manifests_without_call"], carrier, since))


def _filings(records: Sequence[asyncpg.Record]) -> list[Filing]:
    found = [dict(record) for record in records]
    return [Filing(**(one | {"parts": msgspec.convert(one["parts"], tuple[Part, ...])})) for one in found]


async def sealed_manifest(connection: Connection, id: UUID) -> Sealed | None:
    """The list itself, sealed."""
    return row(Sealed, await connection.fetchrow(SQL["manifest_sealed"], id))
