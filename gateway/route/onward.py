"""Passing a list on: what a recipient may get of a list that another one has (WCO-UNOCT Arrangement, Article 4.4-4.10).

In: the terms under which the list went to its holder, who asks and for what. Out: the terms under which it may go on, or
why it may not. Only the terms that went out with the list count, not the register of today: a restriction outlives the
entry it came from (4.10). Nobody's decision widens them: the marking and the onward rule stay as they are, and what the
holder may not use a list for nobody gets it for (4.7). The decision itself is the originating authority's (4.4, 4.8). What a single
window has was never selected for a PIU, as a voyage inside the EU must be (CJEU C-817/19): it is passed on to nobody.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.keyring import PURPOSES_OF, PassedOn, Recipient, Terms
from gateway.manifest import Purpose


class Barred(StrEnum):
    """Why a list may not be passed on."""

    NOT_A_PIU = "lists are passed on between Passenger Information Units only, and both must be in keys/"
    OWN = "the one who asks is the one who has it"
    NOT_SAID = "it went out before its terms were kept, so it cannot be told whether it may be passed on"
    NOT_ONWARD = 'it went out with onward "none": its originator lets nobody pass it on'
    OTHER_PURPOSE = "its holder may not use it for every purpose that is asked for"
    NOT_FOR_A_PIU = "a Passenger Information Unit may not have lists for every purpose that is asked for"
    NO_GROUND = "the one who asks is in a third country, and the decision names no ground for the transfer"


def barred(
    terms: Terms | None,
    holder: Recipient | None,
    to: Recipient,
    purposes: Collection[Purpose],
    *,
    transfer_ground: str | None,
) -> Barred | None:
    """Why a list that `holder` got under these terms may not go to `to` for these purposes; None where it may. `holder` None: it
    is in keys/ no more, so that nobody can say what it is."""
    if holder is None or {holder.kind, to.kind} != {"piu"}:
        return Barred.NOT_A_PIU
    if to.id == holder.id:
        return Barred.OWN
    if terms is None:
        return Barred.NOT_SAID
    if terms.onward == "none":
        return Barred.NOT_ONWARD
    if not set(purposes) <= set(terms.purposes):
        return Barred.OTHER_PURPOSE
    if not set(purposes) <= PURPOSES_OF[to.kind]:
        return Barred.NOT_FOR_A_PIU
    if to.third_country and not transfer_ground:
        return Barred.NO_GROUND
    return None


def passed_on(
    terms: Terms, holder: str, to: Recipient, purposes: Collection[Purpose], *, basis: str, decision: str, at: datetime
) -> Terms:
    """The terms of the list at its next recipient: as they were, for the purposes granted, with this step added."""
    granted = tuple(purpose for purpose in Purpose if purpose in purposes)
    step = PassedOn(
        holder=holder,
        receiver=to.id,
        purposes=granted,
        legal_basis=basis,
        decision=decision,
        at=at.isoformat(timespec="seconds"),
    )
    return msgspec.structs.replace(terms, purposes=granted, transfers=(*(terms.transfers or ()), step))
