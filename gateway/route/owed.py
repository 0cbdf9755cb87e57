"""Who is owed a list: the route register, applied. What no entry in force names is not sent.

In: a manifest, the recipients, the day, the kind of service. Out: what is owed to whom, in which form and for which
purposes, and for every other entry the reason why not. Rules above any register: a list goes only for purposes it was
collected for (98/41/EC art. 5(4)); a Passenger Information Unit gets nothing of a voyage inside the EU, or of one that
may be, unless the entry names the decision that selected it (Directive (EU) 2016/681, CJEU C-817/19).
In EMSWe all purposes of a list are one filing, and a message without one of them (SUB-01, SUB-02) withdraws it there (G-PXA-003).
So a purpose for which an earlier version went out is kept in those forms, for single windows, and there alone, and whatever entries of one
recipient ask for one list in them becomes one message.

"Inside the EU" is judged by the leg's two ends alone, even where a cruise calls outside between others: the narrower
reading of what may be sent. Entries of one recipient that ask for the same list in the same form become one message
with all their purposes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from gateway.codes.countries import EU, SCHENGEN
from gateway.codes.ports import country_of
from gateway.keyring import PURPOSES_OF, Form, Marking, Recipient, RecipientKind, Route, When
from gateway.manifest import Call, Function, ListKind, Manifest, Purpose, Role, Voyage

_STRICTER: tuple[Marking, ...] = ("non-confidential", "restricted", "confidential")


ONE_FILING: dict[Form, str] = {"emswe-json": "emswe", "emswe-xml": "emswe"}
"""The forms in which all purposes of a list are one filing, and what that filing is called: one, in whichever syntax."""


NOTICES: frozenset[Form] = frozenset(("emswe-notice-json", "emswe-notice-xml"))
"""The forms of a ship's notification (NOA, NOD), which has the numbers of persons; one for a visit, whatever lists it is from."""

OF_A_VISIT = ONE_FILING.keys() | NOTICES
"""The forms of EMSWe, whose messages name the visit."""


Kept = Mapping[ListKind, frozenset[Purpose]]
"""Kind of list -> for what earlier versions of it went out."""

NONE_KEPT: Kept = {}


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


class Owed(msgspec.Struct, frozen=True):
    """One message to one recipient. `route`: the entry of its register that asks for it, or the `merged` several,
    narrowed to the purposes granted and the list meant."""

    recipient: Recipient
    route: Route

    @property
    def manifest_kind(self) -> ListKind:
        return self.route.lists[0] if len(self.route.lists) == 1 else ListKind.MIXED


class NotSent(msgspec.Struct, frozen=True):
    """An entry of the register (recipient's id, entry's id) under which nothing goes, and why."""

    recipient: str
    route: str
    reason: Reason


class Routing(msgspec.Struct, frozen=True):
    owed: tuple[Owed, ...]
    not_sent: tuple[NotSent, ...]


def owed(
    manifest: Manifest,
    recipients: Iterable[Recipient],
    *,
    today: date,
    service: str | None = None,
    kept: Kept = NONE_KEPT,
) -> Routing:
    """What each recipient is owed of this list, and why nothing goes under every other entry of its register.
    `kept`: for what earlier versions of the list went out."""
    kinds = list_kinds(manifest)
    wide = {kind: with_purposes(manifest, kept.get(kind, ())) for kind in kinds}
    due: list[Owed] = []
    not_sent: list[NotSent] = []
    for recipient in recipients:
        asked: dict[tuple[str, ListKind], list[Route]] = {}
        for route in recipient.routes:
            is_filed = recipient.kind == "nsw" and route.form in ONE_FILING  # nobody else has a filing to withdraw
            meant = {kind: wide[kind] if is_filed else manifest for kind in _asked(route, kinds)}
            reasons = {kind: _reason_against(one, recipient.kind, route, today, service) for kind, one in meant.items()}
            if None not in reasons.values():
                reason = next(iter(reasons.values()), None) or Reason.OTHER_LIST
                not_sent.append(
                    NotSent(recipient.id, route.id, reason if route.in_force(today) else Reason.NOT_IN_FORCE)
                )
            for kind in (kind for kind, reason in reasons.items() if reason is None):
                narrowed = _narrowed(route, kind, meant[kind], recipient.kind)
                asked.setdefault((filing_of(route.form), kind), []).append(narrowed)
        due.extend(Owed(recipient, merged(routes)) for routes in asked.values())
    return Routing(tuple(due), tuple(not_sent))


def filing_of(form: Form) -> str:
    """What messages in this form are one of: within it, a later one takes the place of an earlier one."""
    return "emswe-notice" if form in NOTICES else ONE_FILING.get(form, form)


def with_purposes(manifest: Manifest, kept: Iterable[Purpose]) -> Manifest:
    """The list, for these purposes besides its own."""
    purposes = {*manifest.purposes, *kept}
    return msgspec.structs.replace(manifest, purposes=tuple(purpose for purpose in Purpose if purpose in purposes))


def merged(routes: Sequence[Route]) -> Route:
    """Entries that ask for one message as one: all purposes and legal bases, the strictest marking, and passing on only
    where all agree on the same consent."""
    if len(routes) == 1:
        return routes[0]
    onward = {route.onward for route in routes}
    purposes = {purpose for route in routes for purpose in route.purposes}
    return msgspec.structs.replace(
        routes[0],
        id="+".join(route.id for route in routes),
        purposes=tuple(purpose for purpose in Purpose if purpose in purposes),
        lists=tuple(dict.fromkeys(kind for route in routes for kind in route.lists)),
        legal_basis="; ".join(dict.fromkeys(route.legal_basis for route in routes)),
        marking=max((route.marking for route in routes), key=_STRICTER.index),
        onward=onward.pop() if len(onward) == 1 else "none",
        until=min(route.until for route in routes),
    )


def list_kinds(manifest: Manifest) -> tuple[ListKind, ...]:
    """The lists in a list: a mixed one is a crew list and a passenger list, sent apart as every form wants them.

    Of a mixed list only the parts with people count, unless it takes the place of an earlier one, which may have had both;
    with nobody on it, it declares counts.
    """
    if manifest.kind is not ListKind.MIXED:
        return (manifest.kind,)
    if manifest.function in (Function.REPLACE, Function.CANCEL, Function.FINAL):
        return (ListKind.PASSENGERS, ListKind.CREW)
    roles = {person.role for person in manifest.persons}
    present = {ListKind.PASSENGERS: bool(roles - {Role.CREW}), ListKind.CREW: Role.CREW in roles}
    return tuple(kind for kind, is_present in present.items() if is_present) or (ListKind.MIXED,)


def _narrowed(route: Route, kind: ListKind, manifest: Manifest, recipient_kind: RecipientKind) -> Route:
    granted = _granted(manifest, recipient_kind, route)
    return msgspec.structs.replace(
        route,
        purposes=tuple(purpose for purpose in Purpose if purpose in granted),
        lists=route.lists if kind is ListKind.MIXED else (kind,),
    )


def _granted(manifest: Manifest, kind: RecipientKind, route: Route) -> frozenset[Purpose]:
    return PURPOSES_OF[kind].intersection(route.purposes, manifest.purposes)


def _asked(route: Route, kinds: Iterable[ListKind]) -> Iterator[ListKind]:
    return (kind for kind in kinds if kind is ListKind.MIXED or kind in route.lists)


def _reason_against(
    manifest: Manifest,
    recipient_kind: RecipientKind,
    route: Route,
    today: date,
    service: str | None,
) -> Reason | None:
    if not route.in_force(today):
        return Reason.NOT_IN_FORCE
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
        yield country_of(departure) in when.departure_countries if departure else None
    if when.arrival_countries:
        yield country_of(arrival) in when.arrival_countries if arrival else None
    if when.ports:
        yield _any_of(port in when.ports if port else None for port in (departure, arrival))
    if when.scope == "external":
        yield _leaves_eu(voyage)
    elif when.scope == "intra-eu":
        leaves = _leaves_eu(voyage)
        yield None if leaves is None else not leaves
    elif when.scope == "schengen-border":
        ports = (departure, arrival, *(_port(call) for call in voyage.itinerary))
        yield _any_of(country_of(port) not in SCHENGEN if port else None for port in ports)


def _leaves_eu(voyage: Voyage) -> bool | None:
    ends = (_port(voyage.departure), _port(voyage.arrival))
    return _any_of(country_of(port) not in EU if port else None for port in ends)


def _port(call: Call | None) -> str | None:
    return call.port.code if call is not None else None


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    known = set(answers)
    return True if True in known else None if None in known else False


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    known = set(answers)
    return False if False in known else None if None in known else True
