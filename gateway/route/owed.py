"""Who is owed a list: the route register, applied. What no entry in force names is not sent.

In: a manifest, the recipients, the day, the kind of service. Out: what is owed to whom, in which form and for which
purposes, and for every other entry the reason why not. Rules above any register: a list goes only for purposes it was
collected for (98/41/EC art. 5(4)); a Passenger Information Unit gets nothing of a voyage inside the EU, or of one that
may be, unless the entry names the decision that selected it (Directive (EU) 2016/681, CJEU C-817/19).

"Inside the EU" is judged by the leg's two ends alone, even where a cruise calls outside between others: the narrower
reading of what may be sent. Entries of one recipient that ask for the same list in the same form become one message
with all their purposes, because in EMSWe a message that lacks a purpose (SUB-01, SUB-02) withdraws the one before.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from gateway.codes.countries import EU, SCHENGEN
from gateway.keyring import PURPOSES_OF, Form, Handling, Marking, Recipient, RecipientKind, Route, Service, When
from gateway.manifest import Call, Function, ListKind, Manifest, Purpose, Role, Voyage

_STRICTER: tuple[Marking, ...] = ("non-confidential", "restricted", "confidential")


class Reason(StrEnum):
    """Why an entry of the register sends nothing."""

    NOT_IN_FORCE = "the entry is not in force on this day"
    OTHER_LIST = "the entry is for another kind of list"
    OTHER_PURPOSE = "the list was not collected for a purpose of the entry that this recipient may have it for"
    OTHER_VOYAGE = "the entry does not cover this voyage"
    PORT_UNKNOWN = "a port of the voyage is not known, so it cannot be told whether the entry covers it"
    SERVICE_UNKNOWN = (
        "it is not known whether this is a cruise or a ferry, so it cannot be told whether the entry covers it"
    )
    NO_DECISION = "the voyage is, or may be, inside the EU and the entry names no decision"


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient. `routes`: the entries of the register that ask for it, in their order."""

    recipient_id: str
    recipient_kind: RecipientKind
    routes: tuple[Route, ...]
    form: Form
    purposes: tuple[Purpose, ...]
    manifest_kind: ListKind

    @property
    def route_id(self) -> str:
        return "+".join(route.id for route in self.routes)

    def handling(self, *, as_of: str, originator: str, version: int) -> Handling:
        """The header that goes with it: all legal bases, the strictest marking, an onward rule only if all agree."""
        onward = {route.onward for route in self.routes}
        return Handling(
            marking=max((route.marking for route in self.routes), key=_STRICTER.index),
            purposes=self.purposes,
            legal_basis="; ".join(dict.fromkeys(route.legal_basis for route in self.routes)),
            route=self.route_id,
            as_of=as_of,
            originator=originator,
            onward=onward.pop() if len(onward) == 1 else "none",
            version=version,
        )


class NotSent(msgspec.Struct, frozen=True):
    recipient_id: str
    route_id: str
    reason: Reason


class Routing(msgspec.Struct, frozen=True):
    owed: tuple[Owed, ...]
    not_sent: tuple[NotSent, ...]


def owed(
    manifest: Manifest, recipients: Iterable[Recipient], *, today: date, service: Service | None = None
) -> Routing:
    """What each recipient is owed of this list, and why nothing goes under every other entry of its register."""
    kinds = list_kinds(manifest)
    due: list[Owed] = []
    not_sent: list[NotSent] = []
    for recipient in recipients:
        asked: dict[tuple[Form, ListKind], list[Route]] = {}
        for route in recipient.routes:
            reason = _reason_against(manifest, kinds, recipient.kind, route, today, service)
            if reason is not None:
                not_sent.append(NotSent(recipient.id, route.id, reason))
                continue
            for kind in _asked(route, kinds):
                asked.setdefault((route.form, kind), []).append(route)
        due.extend(_owed(manifest, recipient, form, kind, routes) for (form, kind), routes in asked.items())
    return Routing(tuple(due), tuple(not_sent))


def list_kinds(manifest: Manifest) -> tuple[ListKind, ...]:
    """The lists in a list: a mixed one is a crew list and a passenger list, sent apart as every form wants them.

    Of a mixed list only the parts with people count, unless it replaces or cancels an earlier one, which may have had both;
    with nobody on it, it declares counts.
    """
    if manifest.kind is not ListKind.MIXED:
        return (manifest.kind,)
    if manifest.function in (Function.REPLACE, Function.CANCEL):
        return (ListKind.PASSENGERS, ListKind.CREW)
    roles = {person.role for person in manifest.persons}
    present = {ListKind.PASSENGERS: bool(roles - {Role.CREW}), ListKind.CREW: Role.CREW in roles}
    return tuple(kind for kind, is_present in present.items() if is_present) or (ListKind.MIXED,)


def _owed(manifest: Manifest, recipient: Recipient, form: Form, kind: ListKind, routes: list[Route]) -> Owed:
    granted = frozenset[Purpose]().union(*(_granted(manifest, recipient.kind, route) for route in routes))
    return Owed(
        recipient_id=recipient.id,
        recipient_kind=recipient.kind,
        routes=tuple(routes),
        form=form,
        purposes=tuple(purpose for purpose in Purpose if purpose in granted),
        manifest_kind=kind,
    )


def _granted(manifest: Manifest, kind: RecipientKind, route: Route) -> frozenset[Purpose]:
    return PURPOSES_OF[kind].intersection(route.purposes, manifest.purposes)


def _asked(route: Route, kinds: Iterable[ListKind]) -> Iterator[ListKind]:
    return (kind for kind in kinds if kind is ListKind.MIXED or kind in route.lists)


def _reason_against(
    manifest: Manifest,
    kinds: tuple[ListKind, ...],
    recipient_kind: RecipientKind,
    route: Route,
    today: date,
    service: Service | None,
) -> Reason | None:
    if not route.in_force(today):
        return Reason.NOT_IN_FORCE
    if not any(_asked(route, kinds)):
        return Reason.OTHER_LIST
    if not _granted(manifest, recipient_kind, route):
        return Reason.OTHER_PURPOSE
    ports_fit = _all_of(_fits(route.when, manifest.voyage))
    if ports_fit is False or (route.when.services and service is not None and service not in route.when.services):
        return Reason.OTHER_VOYAGE
    if recipient_kind == "piu" and not route.decision and _leaves_eu(manifest.voyage) is not True:
        return Reason.NO_DECISION
    if ports_fit is None:
        return Reason.PORT_UNKNOWN
    return Reason.SERVICE_UNKNOWN if route.when.services and service is None else None


def _fits(when: When, voyage: Voyage) -> Iterator[bool | None]:
    """Each condition on the voyage: True, False, or None where an unknown port leaves it open."""
    departure, arrival = _port(voyage.departure), _port(voyage.arrival)
    if when.departure_countries:
        yield departure[:2] in when.departure_countries if departure else None
    if when.arrival_countries:
        yield arrival[:2] in when.arrival_countries if arrival else None
    if when.ports:
        yield _any_of(port in when.ports if port else None for port in (departure, arrival))
    if when.scope == "external":
        yield _leaves_eu(voyage)
    elif when.scope == "intra-eu":
        leaves = _leaves_eu(voyage)
        yield None if leaves is None else not leaves
    elif when.scope == "schengen-border":
        ports = (departure, arrival, *(_port(call) for call in voyage.itinerary))
        yield _any_of(port[:2] not in SCHENGEN if port else None for port in ports)


def _leaves_eu(voyage: Voyage) -> bool | None:
    ends = (_port(voyage.departure), _port(voyage.arrival))
    return _any_of(port[:2] not in EU if port else None for port in ends)


def _port(call: Call | None) -> str | None:
    """The UN/LOCODE; its first two letters are the country's (UNECE Recommendation 16)."""
    return call.port.code if call is not None else None


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    known = set(answers)
    return True if True in known else None if None in known else False


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    known = set(answers)
    return False if False in known else None if None in known else True
