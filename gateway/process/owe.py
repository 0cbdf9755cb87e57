"""route -> write: what each recipient is owed of a list, in its form, before anything is sealed.

In: an understood list, the recipients, what is known of the sailing. Out: payloads with their handling, and in words
whatever is not sent and why. Nothing goes out that no register entry names; what an entry does not allow is cut away
before it is written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid5

import msgspec

from gateway import route
from gateway.changes import Changes
from gateway.formats.forms import FORMS, Form, fitting
from gateway.formats.writing import WriteOrder
from gateway.keyring import Handling, PublicKey, Recipient, Route, Terms
from gateway.manifest import Direction, Function, ListKind, Manifest
from gateway.process.understand import UnderstoodList

_DELIVERIES = UUID("6f1d3b7e-0a53-5c8e-9a44-4d1f6d1c7b10")  # any constant: the namespace of delivery ids

NUMBERS_ONLY = "it holds numbers only, no persons: it is for those who want counts"
NO_KEY = "no key of this recipient is valid today: nothing can be sealed to it"


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one recipient, written but not yet sealed. `id` is the delivery's, in every attempt; `terms` go with
    it (WCO-UNOCT Arrangement, Article 4). `replaces`: a whole list or a withdrawal; not a change of an earlier list.
    `key`: whom it is sealed to; None: ourselves, until an AS4 message seals it to the recipient on its way.
    `is_of_no_visit`: it should name the visit (EMSWe C-MAI-002), and nobody has said which.
    """

    id: UUID
    recipient: Recipient
    key: PublicKey | None
    route: Route
    form: Form
    body: bytes
    persons: int
    kind: ListKind
    left_out: tuple[tuple[int, tuple[str, ...]], ...]
    terms: Terms
    replaces: bool
    is_of_no_visit: bool = False

    def __repr__(self) -> str:
        return f"<Payload {self.form.name} {self.persons} persons>"

    def handling(self, *, version: int, changes: Changes | None) -> Handling:
        """The header that goes with it."""
        return Handling(**msgspec.structs.asdict(self.terms), version=version, changes=changes or msgspec.UNSET)


def terms_of(entry: Route, *, as_of: datetime, originator: str) -> Terms:
    """What an entry of the register says of a list's use."""
    return Terms(
        marking=entry.marking,
        purposes=entry.purposes,
        legal_basis=entry.legal_basis,
        route=entry.id,
        as_of=as_of.isoformat(timespec="seconds"),
        originator=originator,
        onward=entry.onward,
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
    originator: str,
    service: str | None,
    kept: route.Kept = route.NONE_KEPT,
    whole: Manifest | None = None,
    visits: Mapping[Direction, str] = MappingProxyType({}),
) -> Owed:
    """Everything that is to be written for this list. `at` is its receipt: the authentication time of its messages.
    `originator`: the line that it is from. `visits`: what the single windows of the leg's two ports call the visit, for where the
    list does not say. `kept`: for what earlier versions went out, where leaving it out would withdraw them; `whole`: what to
    write instead of a list that changes some persons, where who is left out would be withdrawn (`route.ONE_FILING`)."""
    if one.cut:
        return Owed(held=one.cut)
    routing = route.owed(one.manifest, tuple(recipients), today=at.date(), service=service, kept=kept)
    not_sent = [(miss.recipient, f"{miss.route}: {miss.reason}") for miss in routing.not_sent]
    payloads: list[Payload] = []
    for entry in routing.owed:
        key = entry.recipient.key_for(at.date())
        if key is None and entry.recipient.form != "as4":
            not_sent.append((entry.recipient.id, NO_KEY))
            continue
        meant = whole if whole is not None and entry.route.form in route.ONE_FILING else one.manifest
        manifest = route.with_purposes(meant, entry.route.purposes)  # narrowed to what it was granted
        name = f"{submission}/{number}/{entry.recipient.id}/{entry.route.id}/{entry.manifest_kind}"
        terms = terms_of(entry.route, as_of=at, originator=originator)
        made = written(manifest, entry, key, terms, id=uuid5(_DELIVERIES, name), at=at, visits=visits)
        if isinstance(made, Payload):
            payloads.append(made)
        else:
            not_sent.append((entry.recipient.id, f"{entry.route.id}: {made}"))
    return Owed(tuple(payloads), tuple(not_sent))


def written(
    manifest: Manifest,
    entry: route.Owed,
    key: PublicKey | None,
    terms: Terms,
    *,
    id: UUID,
    at: datetime,
    visits: Mapping[Direction, str],
) -> Payload | str:
    """The message of one register entry, the same bytes each time; or why the form cannot say this list."""
    recipient, form = entry.recipient, FORMS[entry.route.form]
    whole_voyage = route.project(manifest, recipient, entry.route)
    usual = Direction.DEPARTURE if form.name in route.NOTICES else Direction.ARRIVAL
    seen = _directed(_of_one_border(whole_voyage, recipient), recipient.country, visits, usual)
    whole, left_out = fitting(seen, form)
    if seen.persons and not whole.persons:
        return f"no person on the list has what {form.name} needs"
    if reason := form.refuses(whole):
        return reason
    if recipient.kind == "piu" and _is_numbers_only(whole):
        return NUMBERS_ONLY
    return Payload(
        id=id,
        recipient=recipient,
        key=key,
        route=entry.route,
        form=form,
        body=form.write(whole, _order(whole, recipient, terms, id, at)),
        persons=len(whole.persons),
        kind=entry.manifest_kind,
        replaces=manifest.function is not Function.CHANGE,
        left_out=tuple((seen.persons[index].sequence, tuple(lacking)) for index, lacking in left_out),
        terms=terms,
        is_of_no_visit=entry.route.form in route.OF_A_VISIT and not whole.voyage.visit_id,
    )


def _is_numbers_only(manifest: Manifest) -> bool:
    """No person on it, and it does not say that nobody travels: to a PIU it would replace a list by nothing."""
    declared = manifest.counts.crew if manifest.kind is ListKind.CREW else manifest.counts.passengers
    return not manifest.persons and declared != 0 and manifest.function is not Function.CANCEL


def _of_one_border(manifest: Manifest, recipient: Recipient) -> Manifest:
    """A Passenger Information Unit is told of its own border alone; what a single window files is the call."""
    if recipient.kind != "piu":
        return manifest
    return msgspec.structs.replace(manifest, voyage=route.border_leg(manifest.voyage, recipient.country))


def _directed(manifest: Manifest, country: str, visits: Mapping[Direction, str], usual: Direction) -> Manifest:
    """For a State that the ship leaves, a list at departure; for any other, at arrival (EMSWe PXD/CWD against PXA/CWA).
    `usual`: where both ends are in the State and the list does not say; numbers are asked for at departure (98/41/EC art. 4).

    The Visit ID of one port is none of the other's: what a list says of its arrival does not go to where the ship left.
    """
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    leaves = departure is not None and (departure.port.code or "").startswith(country)
    enters = arrival is not None and (arrival.port.code or "").startswith(country)
    direction = Direction.DEPARTURE if leaves and not enters else manifest.voyage.direction or usual
    if enters and not leaves:
        direction = Direction.ARRIVAL
    own = manifest.voyage.visit_id if manifest.voyage.direction in (None, direction) else None
    voyage = msgspec.structs.replace(manifest.voyage, direction=direction, visit_id=own or visits.get(direction))
    return msgspec.structs.replace(manifest, voyage=voyage)


def _order(manifest: Manifest, recipient: Recipient, terms: Terms, id: UUID, at: datetime) -> WriteOrder:
    edifact = recipient.edifact
    return WriteOrder(
        message_id=str(id),
        at=at,
        sender=edifact.sender if edifact else "GATEWAY",
        recipient=edifact.recipient if edifact else recipient.id.upper(),
        control=int.from_bytes(id.bytes[:4], "big") % 99_999_999 + 1,
        declarant=recipient.declarant,
        purposes=terms.purposes,  # `route` has left those that the list and the recipient have in common
        visit_id=manifest.voyage.visit_id,
        terms=terms,
    )
