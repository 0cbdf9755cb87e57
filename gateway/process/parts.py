"""parts: what a list is in each series that it belongs to. A list of passengers and crew belongs to two.

In: an understood list and its call. Out: its `Part`s, each with its series and, later, its version and its place there. So a
crew list and a list of everybody on board are compared, ordered and kept from withdrawing each other, whichever came first.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from gateway.keyring import Form, Recipient
from gateway.manifest import ListKind, Manifest, Purpose, Role
from gateway.obligations import ExpectedCall
from gateway.process.place import Placed, by_itself
from gateway.process.said_times import arrives_at, departs_at, is_near
from gateway.process.understand import UnderstoodList
from gateway.route import NOTICES, filing_of, list_kinds
from gateway.store.deliveries import sequence_key
from gateway.store.manifests import VoyageSeries, series_of_call
from gateway.store.submissions import ClaimedSubmission

_LONGEST: Final = 200  # characters; a ship's name has 35, a voyage 17 (PAXLST D.05B TDT)
_BOTH: Final = (ListKind.PASSENGERS, ListKind.CREW)


class Part(msgspec.Struct, frozen=True):
    """`kind`: passengers or crew. `version`: in the series, from 1; 0 until it has one. `voyage`: where no call is known."""

    kind: ListKind
    series: str
    placed: Placed
    version: int = 0
    voyage: VoyageSeries | None = None


def parts_of(claimed: ClaimedSubmission, one: UnderstoodList, call: ExpectedCall | None) -> tuple[Part, ...]:
    """The parts, in the order passengers, crew; at least one. Not yet compared with anything."""
    parts = []
    for kind, name in _kinds(one.manifest):
        placed = by_itself(narrowed(one, kind), claimed.arrival)
        if call is not None:
            parts.append(Part(kind, series_of_call(call.id, name), placed))
        else:
            voyage = _voyage(claimed, one.manifest, name)
            parts.append(Part(kind, str(voyage), placed, voyage=voyage))
    return tuple(parts)


def same_sailing(part: Part, sailings: Sequence[str]) -> Part:
    """The part in the series of the sailing that it is for, which may have been moved by some hours since. `sailings`: those
    known of its voyage number."""
    voyage = part.voyage
    near = [other for other in sailings if voyage and is_near(voyage.sails, other)]
    if voyage is None or voyage.sails in sailings or not near:
        return part
    voyage = msgspec.structs.replace(voyage, sails=min(near))
    return msgspec.structs.replace(part, series=str(voyage), voyage=voyage)


def part_for(parts: Sequence[Part], kind: ListKind) -> Part:
    """The part that a message about persons of this kind goes by; the first, where it is about numbers alone."""
    return next((part for part in parts if part.kind is kind), parts[0])


def sequence_of(recipient: Recipient, form: Form, part: Part, kind: ListKind) -> str:
    """Within a filing, the lists of a kind follow each other, in whichever syntax; the notifications of a ship all do."""
    of = filing_of(form) if form in NOTICES else f"{filing_of(form)}/{kind.value}"
    return sequence_key(recipient.id, of, part.series)


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


def _voyage(claimed: ClaimedSubmission, manifest: Manifest, name: str) -> VoyageSeries:
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    return VoyageSeries(
        carrier=claimed.carrier,
        vessel=readable(manifest.vessel.imo or manifest.vessel.name or manifest.voyage.visit_id),
        voyage_number=readable(manifest.voyage.number),
        departure_port=readable(departure.port.code) if departure else None,
        arrival_port=readable(arrival.port.code) if arrival else None,
        sails=departs_at(manifest) or arrives_at(manifest),
        name=name,
    )


def readable(text: str | None) -> str | None:
    """A sender's text as a column takes it: PostgreSQL refuses NUL, and its indexes text as long as a page."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_LONGEST] if text else text
