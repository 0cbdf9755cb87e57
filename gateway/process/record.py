"""seal -> record: what a processed submission becomes in the store.

In: what `work` made, and the versions that its lists got. Out: rows to add. The list and its lineage are sealed under a
data key of their own (`kept_list`); what stays readable are ids, times, ports, the ship, counts, and how many persons lack which field.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from gateway.catalogue import Catalogue
from gateway.findings import Finding, Place, Severity
from gateway.formats.raw import JoinedPlaces
from gateway.keyring import Handling
from gateway.manifest import ListKind, Manifest, Role
from gateway.obligations import due
from gateway.process.done import Done
from gateway.process.kept_list import KeptList, sealed_list
from gateway.process.order import manifest_id
from gateway.process.owe import Payload
from gateway.process.parts import Part, is_booking, narrowed, part_for, readable, sequence_of
from gateway.process.said_times import arrives_at, departs_at
from gateway.process.understand import UnderstoodList
from gateway.receipts import RuleInForce, sign_receipt, verify_receipt
from gateway.seal import Envelope, seal_to
from gateway.settings import MAX_ATTEMPTS
from gateway.store.deliveries import OURSELVES, NewDelivery
from gateway.store.manifests import Filing, NewManifest
from gateway.store.manifests import Part as StoredPart
from gateway.store.submissions import ClaimedSubmission
from gateway.track import errors_by_field, missing_fields
from gateway.track.filing import touched
from gateway.track.quality import NOTHING_WRONG, Quality, Wrong, quality_of


def new_manifests(claimed: ClaimedSubmission, done: Done, catalogue: Catalogue) -> list[NewManifest]:
    """The lists as they are stored, one for each that was understood."""
    made = []
    for at, one in enumerate(done.understood.lists):
        filing = _filing(claimed, done, at, catalogue)
        sealed = sealed_list(KeptList(one.manifest, one.lineage, done.wholes[at]), filing.id, catalogue)
        made.append(NewManifest(filing, sealed.ciphertext, sealed.wrapped, sealed.key_id))
    return made


def _filing(claimed: ClaimedSubmission, done: Done, at: int, catalogue: Catalogue) -> Filing:
    one, call = done.understood.lists[at], done.calls[at]
    manifest = one.manifest
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    crew = sum(person.role is Role.CREW for person in manifest.persons)
    dues = due(call, catalogue.law) if call else ()
    return Filing(
        id=manifest_id(claimed, at),
        submission_id=claimed.id,
        number=at + 1,
        arrival=claimed.arrival,
        call_id=call.id if call else None,
        carrier=claimed.carrier,
        kind=manifest.kind.value,
        purposes=[purpose.value for purpose in manifest.purposes],
        function=manifest.function.value,
        vessel_imo=readable(manifest.vessel.imo),
        vessel_name=readable(manifest.vessel.name),
        voyage_number=readable(manifest.voyage.number),
        departure_port=readable(departure.port.code) if departure else None,
        arrival_port=readable(arrival.port.code) if arrival else None,
        departs=departs_at(manifest),
        arrives=arrives_at(manifest),
        persons=len(manifest.persons),
        passengers=len(manifest.persons) - crew,
        crew=crew,
        counts=msgspec.to_builtins(manifest.counts),
        deadlines={entry.obligation: entry.deadline.isoformat() for entry in dues if entry.deadline},
        received_at=claimed.received_at,
        parts=tuple(_part(one, part, catalogue.law.fields) for part in done.parts[at]),
    )


def _part(one: UnderstoodList, part: Part, asked: Collection[str]) -> StoredPart:
    manifest = narrowed(one, part.kind).manifest
    return StoredPart(
        kind=part.kind.value,
        series=part.series,
        version=part.version,
        listed=part.placed.listed,
        outdated=part.placed.outdated,
        changes=msgspec.to_builtins(part.placed.changes),
        missing=missing_fields(manifest),
        errors=errors_by_field(_of_kind(one, part.kind)),
        quality=msgspec.to_builtins(_quality(one, manifest, asked)),
    )


def _quality(one: UnderstoodList, manifest: Manifest, asked: Collection[str]) -> Quality:
    """`manifest`: those of the list who are meant, the very same persons."""
    fields: dict[int, set[str]] = {}
    codes: dict[int, set[str]] = {}
    for finding in one.findings:
        whom = _whom(one, finding.place)
        if whom is None:
            continue
        codes.setdefault(whom, set()).add(finding.code)
        if finding.severity is Severity.ERROR and finding.place.field:
            fields.setdefault(whom, set()).update(touched(finding.place.field))
    meant = {id(person) for person in manifest.persons}
    wrong = [
        Wrong(frozenset(fields.get(at, ())), frozenset(codes[at])) if at in codes else NOTHING_WRONG
        for at, person in enumerate(one.manifest.persons)
        if id(person) in meant
    ]
    return quality_of(manifest.persons, wrong, asked=asked, is_booking=is_booking(one.manifest))


def _of_kind(one: UnderstoodList, kind: ListKind) -> list[Finding]:
    """What concerns these persons, or the list as a whole."""
    if one.manifest.kind is not ListKind.MIXED:
        return list(one.findings)
    others = {
        at for at, person in enumerate(one.manifest.persons) if (person.role is Role.CREW) != (kind is ListKind.CREW)
    }
    return [finding for finding in one.findings if _whom(one, finding.place) not in others]


def _whom(one: UnderstoodList, place: Place) -> int | None:
    """Whom of the list a finding is about, from 0."""
    if isinstance(one.lineage.places, JoinedPlaces):
        return one.lineage.places.index_of(place)
    return place.person - 1 if place.person is not None else None


def deliveries_of(
    claimed: ClaimedSubmission, done: Done, manifests: Sequence[NewManifest], catalogue: Catalogue
) -> list[NewDelivery]:
    """Everything owed, sealed to its recipient, so that the queue holds nothing that anyone else could read."""
    made = []
    for owed, parts, kept in zip(done.owed, done.parts, manifests, strict=True):
        for payload in owed.payloads:
            part = part_for(parts, payload.kind)
            handling = payload.handling(version=part.version, changes=part.placed.changes)
            place = Position(
                manifest_id=kept.filing.id,
                sequence_key=sequence_of(payload.recipient, payload.route.form, part, payload.kind),
                arrival=part.placed.rank,
                version=part.version,
                replaces=payload.replaces,
            )
            made.append(delivery_of(payload, handling, place, catalogue))
    return made


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Which list a delivery is of, and where it stands among those of its sequence."""

    manifest_id: UUID
    sequence_key: str
    arrival: int
    version: int
    replaces: bool


def delivery_of(payload: Payload, handling: Handling, place: Position, catalogue: Catalogue) -> NewDelivery:
    """A message as it is owed: sealed, with all that is needed to seal it again."""
    envelope = sealed(payload, handling, catalogue)
    return NewDelivery(
        id=payload.id,
        manifest_id=place.manifest_id,
        recipient=payload.recipient.id,
        route_id=payload.route.id,
        form=payload.form.name,
        purpose="+".join(payload.route.purposes),
        legal_basis=payload.route.legal_basis,
        media_type=envelope.media_type,
        envelope=envelope.body,
        sequence_key=place.sequence_key,
        arrival=place.arrival,
        version=place.version,
        replaces=place.replaces,
        max_attempts=MAX_ATTEMPTS,
        lists=payload.route.lists,
        handling=msgspec.to_builtins(handling),
        sealed_to=payload.key.fingerprint if payload.key else OURSELVES,
    )


def sealed(payload: Payload, handling: Handling, catalogue: Catalogue) -> Envelope:
    """The message in an envelope that only its recipient can open."""
    return seal_to(
        payload.recipient.form,
        payload.key or catalogue.identity.seal_to,
        payload.body,
        content_type=payload.form.media_type,
        handling=handling,
        delivery_id=str(payload.id),
        signer=catalogue.identity.signer,
    )


def receipt_with_rules(claimed: ClaimedSubmission, receipt: bytes, done: Done, catalogue: Catalogue) -> bytes:
    """The receipt again, now naming the rules that asked for these lists and their deadlines as known at receipt."""
    verdict = verify_receipt(receipt, catalogue.identity.verify_keys)
    calls = {call.id: call for call in done.calls if call}
    if verdict.receipt is None or not calls:
        return receipt
    dues = [one for call in calls.values() for one in due(call, catalogue.law) if one.counted]
    rules = tuple(RuleInForce(one.obligation, one.deadline) for one in dues)
    return sign_receipt(msgspec.structs.replace(verdict.receipt, rules=rules), catalogue.identity.signer)
