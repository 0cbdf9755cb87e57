"""parts: what a list is in each series that it belongs to. A list of passengers and crew belongs to two.

In: an understood list and its call. Out: its `Part`s, each with its series and, later, its version and its place there. So a
crew list and a list of everybody on board are compared, ordered and kept from withdrawing each other, whichever came first.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from gateway.manifest import ListKind, Manifest, Purpose, Role
from gateway.obligations import ExpectedCall
from gateway.process.place import Placed, by_itself
from gateway.process.understand import UnderstoodList
from gateway.route import list_kinds
from gateway.store.manifests import series_of_call, series_of_voyage
from gateway.store.submissions import ClaimedSubmission

_LONGEST: Final = 200  # characters; a ship's name has 35, a voyage 17 (PAXLST D.05B TDT)
_BOTH: Final = (ListKind.PASSENGERS, ListKind.CREW)


class Part(msgspec.Struct, frozen=True):
    """`kind`: passengers or crew. `version`: in the series, from 1; 0 until it has one."""

    kind: ListKind
    series: str
    placed: Placed
    version: int = 0


def parts_of(claimed: ClaimedSubmission, one: UnderstoodList, call: ExpectedCall | None) -> tuple[Part, ...]:
    """The parts, in the order passengers, crew; at least one. Not yet compared with anything."""
    manifest = one.manifest
    return tuple(
        Part(kind, _series(claimed, manifest, call, name), by_itself(narrowed(one, kind), claimed.arrival))
        for kind, name in _kinds(manifest)
    )


def part_for(parts: Sequence[Part], kind: ListKind) -> Part:
    """The part that a message about persons of this kind goes by; the first, where it is about numbers alone."""
    return next((part for part in parts if part.kind is kind), parts[0])


def narrowed(one: UnderstoodList, kind: ListKind) -> UnderstoodList:
    """The list as if it were of that kind alone."""
    manifest = one.manifest
    if manifest.kind is not ListKind.MIXED or is_booking(manifest):
        return one
    persons = tuple(person for person in manifest.persons if (person.role is Role.CREW) == (kind is ListKind.CREW))
    return msgspec.structs.replace(one, manifest=msgspec.structs.replace(manifest, kind=kind, persons=persons))


def is_booking(manifest: Manifest) -> bool:
    """Bookings are another list than that of the persons on board: neither replaces, changes or withdraws the other."""
    return manifest.purposes == (Purpose.BOOKING,)


def list_name(manifest: Manifest) -> str:
    return Purpose.BOOKING.value if is_booking(manifest) else manifest.kind.value


def _kinds(manifest: Manifest) -> list[tuple[ListKind, str]]:
    """The kinds of the list and the names of their series."""
    if is_booking(manifest):
        return [(ListKind.PASSENGERS, Purpose.BOOKING.value)]
    kinds = list_kinds(manifest)
    return [(kind, kind.value) for kind in (_BOTH if kinds == (ListKind.MIXED,) else kinds)]


def _series(claimed: ClaimedSubmission, manifest: Manifest, call: ExpectedCall | None, name: str) -> str:
    """Of the call, or of the voyage where no call is known."""
    if call is not None:
        return series_of_call(call.id, name)
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    return series_of_voyage(
        carrier=claimed.carrier,
        vessel=readable(manifest.vessel.imo or manifest.vessel.name or manifest.voyage.visit_id),
        voyage_number=readable(manifest.voyage.number),
        departure_port=readable(departure.port.code) if departure else None,
        arrival_port=readable(arrival.port.code) if arrival else None,
        name=name,
    )


def readable(text: str | None) -> str | None:
    """A sender's text as a column takes it: PostgreSQL refuses NUL, and its indexes text as long as a page."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_LONGEST] if text else text
