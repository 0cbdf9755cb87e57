"""route -> write: what each recipient is owed of a list, in its form, before anything is sealed.

In: an understood list, the recipients, what is known of the sailing. Out: payloads with their handling, and in words
whatever is not sent and why. Nothing goes out that no register entry names; what an entry does not allow is cut away
before it is written.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from gateway import route
from gateway.changes import Changes
from gateway.formats.forms import FORMS, Form, fitting
from gateway.formats.writing import WriteOrder
from gateway.keyring import Handling, PublicKey, Recipient, Route
from gateway.manifest import Direction, Function, ListKind, Manifest, Purpose
from gateway.process.understand import UnderstoodList

_DELIVERIES = UUID("6f1d3b7e-0a53-5c8e-9a44-4d1f6d1c7b10")  # any constant: the namespace of delivery ids

NUMBERS_ONLY = "it holds numbers only, no persons: it is for those who want counts"
NO_KEY = "no key of this recipient is valid today: nothing can be sealed to it"


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one recipient, written but not yet sealed. `id` is the delivery's, in every attempt.

    `key`: whom it is sealed to; None: ourselves, until an AS4 message seals it to the recipient on its way."""

    id: UUID
    recipient: Recipient
    key: PublicKey | None
    route: Route
    form: Form
    body: bytes
    persons: int
    kind: str
    left_out: tuple[tuple[int, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        return f"<Payload {self.form.name} {self.persons} persons>"

    def handling(self, *, as_of: datetime, originator: str, version: int, changes: Changes | None) -> Handling:
        """The header that goes with it (WCO-UNOCT Arrangement, Article 4)."""
        return Handling(
            marking=self.route.marking,
            purposes=self.route.purposes,
            legal_basis=self.route.legal_basis,
            route=self.route.id,
            as_of=as_of.isoformat(timespec="seconds"),
            originator=originator,
            onward=self.route.onward,
            version=version,
            changes=changes or msgspec.UNSET,
        )


class Owed(msgspec.Struct, frozen=True):
    """`not_sent`: (recipient, why). `held`: why nothing at all is sent of this list.

    A list that was cut is held, because it would replace a whole one. What is wrong with single persons is reported
    with the list: an authority is better served by 2,999 persons than by none.
    """

    payloads: tuple[Payload, ...] = ()
    not_sent: tuple[tuple[str, str], ...] = ()
    held: str = ""


def owed(
    one: UnderstoodList,
    number: int,
    submission: UUID,
    recipients: Iterable[Recipient],
    *,
    at: datetime,
    service: str | None,
    kept: Iterable[Purpose] = (),
) -> Owed:
    """Everything that is to be written for this list. `at` is its receipt: the authentication time of its messages.
    `kept`: for what earlier versions went out, where leaving it out would withdraw them (`route.ONE_FILING`)."""
    if one.cut:
        return Owed(held=one.cut)
    routing = route.owed(one.manifest, tuple(recipients), today=at.date(), service=service, kept=kept)
    manifest = route.with_purposes(one.manifest, kept)  # each entry has been narrowed to what it was granted
    not_sent = [(miss.recipient, f"{miss.route}: {miss.reason}") for miss in routing.not_sent]
    payloads: list[Payload] = []
    for entry in routing.owed:
        key = entry.recipient.key_for(at.date())
        if key is None and entry.recipient.form != "as4":
            not_sent.append((entry.recipient.id, NO_KEY))
            continue
        made = _payload(manifest, entry, key, number, submission, at)
        if isinstance(made, Payload):
            payloads.append(made)
        else:
            not_sent.append((entry.recipient.id, f"{entry.route.id}: {made}"))
    return Owed(tuple(payloads), tuple(not_sent))


def _payload(
    manifest: Manifest, entry: route.Owed, key: PublicKey | None, number: int, submission: UUID, at: datetime
) -> Payload | str:
    """The message of one register entry; or why the form cannot say this list."""
    recipient, form = entry.recipient, FORMS[entry.route.form]
    seen = _directed(route.project(manifest, recipient, entry.route), recipient.country)
    whole, left_out = fitting(seen, form)
    if seen.persons and not whole.persons:
        return f"no person on the list has what {form.name} needs"
    if reason := form.refuses(whole):
        return reason
    if recipient.kind == "piu" and _is_numbers_only(whole):
        return NUMBERS_ONLY
    id = uuid5(_DELIVERIES, f"{submission}/{number}/{recipient.id}/{entry.route.id}/{entry.manifest_kind}")
    return Payload(
        id=id,
        recipient=recipient,
        key=key,
        route=entry.route,
        form=form,
        body=form.write(whole, _order(whole, recipient, entry.route, id, at)),
        persons=len(whole.persons),
        kind=entry.manifest_kind.value,
        left_out=tuple((seen.persons[index].sequence, tuple(lacking)) for index, lacking in left_out),
    )


def _is_numbers_only(manifest: Manifest) -> bool:
    """No person on it, and it does not say that nobody travels: to a PIU it would replace a list by nothing."""
    declared = manifest.counts.crew if manifest.kind is ListKind.CREW else manifest.counts.passengers
    return not manifest.persons and declared != 0 and manifest.function is not Function.CANCEL


def _directed(manifest: Manifest, country: str) -> Manifest:
    """For a State that the ship leaves, a list at departure; for any other, at arrival (EMSWe PXD/CWD against PXA/CWA)."""
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    leaves = departure is not None and (departure.port.code or "").startswith(country)
    enters = arrival is not None and (arrival.port.code or "").startswith(country)
    direction = Direction.DEPARTURE if leaves and not enters else manifest.voyage.direction or Direction.ARRIVAL
    if enters and not leaves:
        direction = Direction.ARRIVAL
    return msgspec.structs.replace(manifest, voyage=msgspec.structs.replace(manifest.voyage, direction=direction))


def _order(manifest: Manifest, recipient: Recipient, entry: Route, id: UUID, at: datetime) -> WriteOrder:
    edifact = recipient.edifact
    return WriteOrder(
        message_id=str(id),
        at=at,
        sender=edifact.sender if edifact else "GATEWAY",
        recipient=edifact.recipient if edifact else recipient.id.upper(),
        control=int.from_bytes(id.bytes[:4], "big") % 99_999_999 + 1,
        declarant=recipient.declarant,
        purposes=entry.purposes,  # `route` has left those that the list and the recipient have in common
        visit_id=manifest.voyage.visit_id,
    )
