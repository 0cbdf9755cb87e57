"""seal -> record: what a processed submission becomes in the store.

In: what `work` made, and the versions that its lists got. Out: rows to add. The list and its lineage are sealed under a
data key of their own; what stays readable are ids, times, ports, the ship, counts, and how many persons lack which field.
"""

from collections.abc import Sequence

import msgspec

from gateway.catalogue import Catalogue
from gateway.manifest import Function, Manifest, Role
from gateway.obligations import due
from gateway.process.done import Done
from gateway.process.order import manifest_id
from gateway.process.place import list_name
from gateway.receipts import RuleInForce, sign_receipt, verify_receipt
from gateway.seal import seal_at_rest, seal_to
from gateway.settings import MAX_ATTEMPTS
from gateway.store.deliveries import NewDelivery, sequence_key
from gateway.store.manifests import Filing, NewManifest, series
from gateway.store.submissions import ClaimedSubmission
from gateway.track import errors_by_field, missing_fields

_LONGEST = 200  # characters; a ship's name has 35, a voyage 17 (PAXLST D.05B TDT)


def series_of(claimed: ClaimedSubmission, done: Done) -> list[str]:
    """The series of each list: of its call, or of its voyage where no call is known."""
    return [
        _series(claimed, one.manifest, call.id if call else None)
        for one, call in zip(done.understood.lists, done.calls, strict=True)
    ]


def _series(claimed: ClaimedSubmission, manifest: Manifest, call_id: str | None) -> str:
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    return series(
        call_id=call_id,
        kind=list_name(manifest),
        carrier=claimed.carrier,
        vessel=_readable(manifest.vessel.imo or manifest.vessel.name or manifest.voyage.visit_id),
        voyage_number=_readable(manifest.voyage.number),
        departure_port=_readable(departure.port.code) if departure else None,
        arrival_port=_readable(arrival.port.code) if arrival else None,
    )


def _readable(text: str | None) -> str | None:
    """A sender's text as a column takes it: PostgreSQL refuses NUL, and its indexes text as long as a page."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_LONGEST] if text else text


def new_manifests(
    claimed: ClaimedSubmission, done: Done, versions: Sequence[int], catalogue: Catalogue
) -> list[NewManifest]:
    """The lists as they are stored, one for each that was understood."""
    names = series_of(claimed, done)
    made = []
    for at, one in enumerate(done.understood.lists):
        filing = _filing(claimed, done, at, names[at], versions[at], catalogue)
        kept = msgspec.msgpack.encode((one.manifest, one.lineage))
        sealed = seal_at_rest(kept, catalogue.identity.seal_to, context=b"manifest/" + filing.id.bytes)
        made.append(NewManifest(filing, sealed.ciphertext, sealed.wrapped, sealed.key_id))
    return made


def _filing(claimed: ClaimedSubmission, done: Done, at: int, name: str, version: int, catalogue: Catalogue) -> Filing:
    one, call, placed = done.understood.lists[at], done.calls[at], done.placed[at]
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
        series=name,
        version=version,
        carrier=claimed.carrier,
        kind=manifest.kind.value,
        purposes=[purpose.value for purpose in manifest.purposes],
        function=manifest.function.value,
        vessel_imo=_readable(manifest.vessel.imo),
        vessel_name=_readable(manifest.vessel.name),
        voyage_number=_readable(manifest.voyage.number),
        departure_port=_readable(departure.port.code) if departure else None,
        arrival_port=_readable(arrival.port.code) if arrival else None,
        persons=len(manifest.persons),
        passengers=len(manifest.persons) - crew,
        crew=crew,
        counts=msgspec.to_builtins(manifest.counts),
        missing=missing_fields(manifest),
        errors=errors_by_field(one.findings),
        deadlines={entry.obligation: entry.deadline.isoformat() for entry in dues if entry.deadline},
        received_at=claimed.received_at,
        listed=placed.listed,
        outdated=placed.outdated,
        changes=msgspec.to_builtins(placed.changes),
    )


def deliveries_of(
    claimed: ClaimedSubmission, done: Done, manifests: Sequence[NewManifest], catalogue: Catalogue
) -> list[NewDelivery]:
    """Everything owed, sealed to its recipient, so that the queue holds nothing that anyone else could read."""
    made = []
    for one, owed, placed, kept in zip(done.understood.lists, done.owed, done.placed, manifests, strict=True):
        for payload in owed.payloads:
            handling = payload.handling(
                as_of=claimed.received_at,
                originator=claimed.carrier,
                version=kept.filing.version,
                changes=placed.changes,
            )
            recipient = payload.recipient
            envelope = seal_to(
                recipient.form,
                payload.key or catalogue.identity.seal_to,
                payload.body,
                content_type=payload.form.media_type,
                handling=handling,
                delivery_id=str(payload.id),
                signer=catalogue.identity.signer,
            )
            made.append(
                NewDelivery(
                    id=payload.id,
                    manifest_id=kept.filing.id,
                    recipient=recipient.id,
                    route_id=payload.route.id,
                    form=payload.form.name,
                    purpose="+".join(payload.route.purposes),
                    legal_basis=payload.route.legal_basis,
                    media_type=envelope.media_type,
                    envelope=envelope.body,
                    sequence_key=sequence_key(recipient.id, f"{payload.form.name}/{payload.kind}", kept.filing.series),
                    arrival=placed.rank,
                    version=kept.filing.version,
                    replaces=one.manifest.function is not Function.CHANGE,
                    max_attempts=MAX_ATTEMPTS,
                )
            )
    return made


def receipt_with_rules(claimed: ClaimedSubmission, receipt: bytes, done: Done, catalogue: Catalogue) -> bytes:
    """The receipt again, now naming the rules that asked for these lists and their deadlines as known at receipt."""
    verdict = verify_receipt(receipt, catalogue.identity.verify_keys)
    calls = {call.id: call for call in done.calls if call}
    if verdict.receipt is None or not calls:
        return receipt
    dues = [one for call in calls.values() for one in due(call, catalogue.law) if one.counted]
    rules = tuple(RuleInForce(one.obligation, one.deadline) for one in dues)
    return sign_receipt(msgspec.structs.replace(verdict.receipt, rules=rules), catalogue.identity.signer)
