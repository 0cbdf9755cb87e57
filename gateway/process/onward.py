"""open -> write -> seal, for a list that is passed on: what one recipient has goes to another, by decision.

In: a request, the originating authority's decision, the lists that the holder has. Out: deliveries to the one who asked, made
from the stored lists, for the purposes granted, on the terms that went out with the list and with this step added
(`route.onward`); or, for each list, why it may not go. It is all or nothing: a decision that cannot be carried out as it was
made is not carried out in part. (WCO-UNOCT Arrangement, Article 4.4-4.10.)
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

import msgspec

from gateway import route
from gateway.catalogue import Catalogue
from gateway.keyring import Handling, PublicKey, Recipient, Terms
from gateway.manifest import Purpose
from gateway.process.kept_list import opened_list
from gateway.process.owe import NO_KEY, Payload, written
from gateway.process.record import Position, delivery_of
from gateway.process.renew import one_off
from gateway.store.deliveries import NewDelivery
from gateway.store.submissions import Sealed
from gateway.store.transfers import Held, Transfer

FORGOTTEN = "the list is no longer kept, so nobody can open it"
NO_SUCH = "the holder has no such list among those that are asked for"
NO_DECLARANT = "this form names a declarant, and recipient.toml of the one who asks has none"
NO_ADDRESS = "this form goes out under interchange addresses, and recipient.toml of the one who asks has none"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided: the number of the written decision, which of the holder's deliveries, for what, until when.
    `transfer_ground`: why a requester in a third country may have them (Directive (EU) 2016/680, Articles 35-38)."""

    decision: str
    deliveries: tuple[UUID, ...]
    purposes: tuple[Purpose, ...]
    until: date
    transfer_ground: str | None = None


def carried_out(
    asked: Transfer, grant: Grant, found: Sequence[Held], to: Recipient, catalogue: Catalogue, now: datetime
) -> list[NewDelivery] | dict[UUID, str]:
    """Everything that was granted, sealed; or, for each list that may not go, why. Blocks: use a thread."""
    known = {one.id: one for one in found}
    reasons: dict[UUID, str] = {}
    made: list[NewDelivery] = []
    for id in grant.deliveries:
        one = _delivery(asked, grant, known, id, to, catalogue, now)
        if isinstance(one, str):
            reasons[id] = one
        else:
            made.append(one)
    return reasons or made


def barred(
    one: Held, asked: Transfer, to: Recipient, purposes: Sequence[Purpose], ground: str | None, catalogue: Catalogue
) -> str:
    """Why this list may not be passed on as it is asked for; an empty text where it may, if that is decided."""
    holder = catalogue.recipients.get(asked.holder)
    if one.wrapped is None:
        return FORGOTTEN
    reason = route.barred(terms_of(one), holder, to, purposes, transfer_ground=ground)
    if reason is not None:
        return str(reason)
    if asked.form.startswith("emswe") and to.declarant is None:
        return NO_DECLARANT
    return NO_ADDRESS if asked.form.startswith("paxlst") and to.edifact is None else ""


def terms_of(one: Held) -> Terms | None:
    """The terms on which the holder has it."""
    return msgspec.convert(one.handling, Terms) if one.handling else None


def _delivery(
    asked: Transfer,
    grant: Grant,
    known: Mapping[UUID, Held],
    id: UUID,
    to: Recipient,
    catalogue: Catalogue,
    now: datetime,
) -> NewDelivery | str:
    one = known.get(id)
    if one is None:
        return NO_SUCH
    key, terms = to.key_for(now.date()), terms_of(one)
    if reason := barred(one, asked, to, grant.purposes, grant.transfer_ground, catalogue):
        return reason
    if key is None or terms is None:
        return NO_KEY
    basis, holder = asked.legal_basis, asked.holder
    onward = route.passed_on(terms, holder, to, grant.purposes, basis=basis, decision=grant.decision, at=now)
    payload = _payload(asked, one, onward, to, key, catalogue, now)
    if isinstance(payload, str):
        return payload
    position = Position(
        manifest_id=one.manifest_id,
        sequence_key=f"{to.id}/onward/{asked.form}/{payload.kind}/{'+'.join(onward.purposes)}/{one.sequence_key}",
        arrival=one.arrival,
        version=one.version,
        replaces=one.replaces,
    )
    versions = msgspec.convert(one.handling, Handling)
    changes = versions.changes or None
    new = delivery_of(payload, payload.handling(version=one.version, changes=changes), position, catalogue)
    return msgspec.structs.replace(new, transfer_id=asked.id, sent_until=grant.until)


def _payload(
    asked: Transfer, one: Held, terms: Terms, to: Recipient, key: PublicKey, catalogue: Catalogue, now: datetime
) -> Payload | str:
    kept = opened_list(Sealed(one.sealed, one.wrapped, one.key_id), one.manifest_id, catalogue)
    if kept is None:
        return FORGOTTEN
    entry = one_off(terms, terms.route, one.lists or (), asked.form, now)
    wide = route.with_purposes(kept.for_form(asked.form), terms.purposes)
    id = uuid5(asked.id, str(one.id))
    return written(wide, route.Owed(to, entry), key, terms, id=id, at=one.received_at, visits={})
