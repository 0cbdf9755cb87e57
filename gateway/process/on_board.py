"""on_board: everybody who is on the lists of one sailing, opened for a rescue centre.

In: the series of a sailing (of its call, or of the voyage that its lists name), the stored lists. Out: for passengers and for crew the list
that counts, with the changes to it put on it, as a single window gets it; or why there is none. What is opened here is shown once and
kept nowhere. Bookings are not persons on board and are left out.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.catalogue import Catalogue
from gateway.manifest import Function, ListKind, Manifest, Person, Private
from gateway.process.kept_list import opened_list
from gateway.process.order import current_of
from gateway.process.whole import everybody
from gateway.store import Connection
from gateway.store.manifests import SealedCurrent, currents, sealed_manifest
from gateway.store.rescues import Version, series_of_list, versions_of
from gateway.store.submissions import Sealed


class Condition(StrEnum):
    """`SOME`: changes to a list that never came; not everybody is on it. `DOUBTFUL`: lists came, and none was taken as the one that counts.
    `GONE`: its retention ended."""

    HERE = "here"
    SOME = "some"
    DOUBTFUL = "doubtful"
    NONE = "none"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


class KindOnBoard(Private, frozen=True, kw_only=True):
    """The list of one kind. `received_at`: of its newest version that counts; `issued` as it says itself. `not_taken`: newer versions that
    came and do not count; their submissions' answers say why."""

    kind: ListKind
    condition: Condition
    persons: tuple[Person, ...] = ()
    version: int | None = None
    received_at: datetime | None = None
    issued: str | None = None
    purposes: tuple[str, ...] = ()
    not_taken: int = 0


class Stored(Private, frozen=True, kw_only=True):
    """A list of one kind and the changes to it, sealed, in the order in which they count. `last`: the newest of them."""

    kind: ListKind
    last: Version | None = None
    is_whole: bool = True
    not_taken: int = 0
    lists: tuple[tuple[UUID, Sealed | None], ...] = ()


async def stored(
    connection: Connection, call_id: str | None, manifest_id: UUID | None, catalogue: Catalogue
) -> list[Stored]:
    """Of `call_id`, or of the sailing of a list that belongs to no expected call."""
    series = f"call/{call_id}" if call_id is not None else await _series_of(connection, manifest_id)
    names = {f"{series}/{kind.value}": kind for kind in (ListKind.PASSENGERS, ListKind.CREW)}
    versions = await versions_of(connection, list(names))
    known = await currents(connection, list(names))
    return [
        await _stored(connection, kind, [one for one in versions if one.series == name], known.get(name), catalogue)
        for name, kind in names.items()
    ]


def opened(kept: Stored, catalogue: Catalogue) -> KindOnBoard:
    """Opened for this once. Milliseconds for thousands of persons; still nothing for the event loop."""
    if kept.last is None:
        return KindOnBoard(kind=kept.kind, condition=Condition.NONE)
    manifests = [_manifest(sealed, id, catalogue) for id, sealed in kept.lists]
    persons = everybody(manifests, kept.kind)
    condition = _condition(kept, is_gone=persons is None)
    return KindOnBoard(
        kind=kept.kind,
        condition=condition,
        persons=persons or (),
        version=kept.last.version,
        received_at=kept.last.received_at,
        issued=manifests[-1].issued if manifests[-1] else None,
        purposes=tuple(kept.last.purposes),
        not_taken=kept.not_taken,
    )


async def _series_of(connection: Connection, manifest_id: UUID | None) -> str:
    found = await series_of_list(connection, manifest_id) if manifest_id is not None else []
    return found[0].rpartition("/")[0] if found else ""


async def _stored(
    connection: Connection,
    kind: ListKind,
    versions: Sequence[Version],
    known: SealedCurrent | None,
    catalogue: Catalogue,
) -> Stored:
    current = current_of(known, catalogue) if known is not None else None
    listed = [one for one in versions if one.listed or one.function == Function.CANCEL]
    newest = [*[one for one in listed if not one.outdated][-1:], *listed[-1:]]
    ids = (current.lists or (current.manifest,)) if current is not None else tuple(one.id for one in newest[:1])
    behind = [one for one in versions if one.id in ids]
    if not behind:
        return Stored(kind=kind)
    last = max(behind, key=lambda one: one.version)
    return Stored(
        kind=kind,
        last=last,
        is_whole=current.whole if current is not None else last.function != Function.CHANGE,
        not_taken=sum(one.outdated and one.version > last.version for one in listed),
        lists=tuple([(id, await sealed_manifest(connection, id)) for id in ids]),
    )


def _condition(kept: Stored, *, is_gone: bool) -> Condition:
    if kept.last is not None and kept.last.function == Function.CANCEL:
        return Condition.WITHDRAWN
    if is_gone:
        return Condition.GONE
    if kept.last is not None and kept.last.outdated:
        return Condition.DOUBTFUL
    return Condition.HERE if kept.is_whole else Condition.SOME


def _manifest(sealed: Sealed | None, id: UUID, catalogue: Catalogue) -> Manifest | None:
    kept = opened_list(sealed, id, catalogue) if sealed is not None else None
    return kept.manifest if kept is not None else None
