"""What is due for a sailing under the law: by when, to whom, with which fields, and why.

In: an `ExpectedCall` and a `Law`. Out: a `Due` for every obligation that applies, worked out anew from the times as they are
known, so a deadline moves with its sailing. No clock: whether a deadline has passed is for `track` to say.

A law counts on the local day of the port where the duty falls. Where an anchor is not known yet a nearby one stands in
and the deadline is marked provisional; where nothing can stand in there is no deadline, and what is missing is named.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from gateway.manifest import Purpose
from gateway.obligations.applies import applies
from gateway.obligations.calls import NOBODY, ExpectedCall, Moment, local_date, zone_of
from gateway.obligations.law import Anchor, Branch, Law, Limit, Obligation, Product, Recipient, Request

# Who stands in for an anchor that is not known, best first. An actual time is never guessed from a later event.
STAND_INS: dict[Anchor, tuple[Anchor, ...]] = {
    "atd": ("etd",),
    "etd": ("atd",),
    "ata": ("eta",),
    "eta": ("ata",),
    "boarding_closed": ("atd", "etd"),
}
NEVER = datetime.max.replace(tzinfo=UTC)
NAMES: dict[Anchor, str] = {
    "atd": "the actual departure",
    "etd": "the estimated departure",
    "ata": "the actual arrival",
    "eta": "the estimated arrival",
    "boarding_closed": "the end of boarding",
}


class Deadline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The earliest of the limits of a branch: `limit.anchor` is the one that was wanted, `used` the one that was known.

    `port` is where the anchor is: by its clock the deadline is told.
    """

    at: datetime
    limit: Limit
    used: Anchor
    moment: Moment
    port: str

    @property
    def is_provisional(self) -> bool:
        return self.used != self.limit.anchor


class Due(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One duty of one sailing. `basis`: what the deadline is counted from. `strict`: what comes at the deadline itself is late ("before").

    `counted` is False for what is only shown: advisory or unconfirmed law, ships that are nobody's, and sailings of which
    too little is known.
    `missing` names what keeps the deadline or the duty from being certain.
    """

    call: str
    obligation: str
    jurisdiction: str
    title: str
    clause: str
    product: Product
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...]
    fields: tuple[str, ...] = ()
    basis: Deadline | None = None
    counted: bool = False
    missing: tuple[str, ...] = ()
    excused: str = ""
    cancelled: bool = False
    request: str | None = None
    satisfied_by: tuple[str, ...] = ()

    @property
    def deadline(self) -> datetime | None:
        return self.basis.at if self.basis else None

    @property
    def clock(self) -> str:
        """The port by whose clock the deadline is told; empty where there is none."""
        return self.basis.port if self.basis else ""

    @property
    def anchor(self) -> Anchor | None:
        """The time that the deadline was counted from."""
        return self.basis.used if self.basis else None

    @property
    def strict(self) -> bool:
        return self.basis is not None and self.basis.limit.relation == "before"

    @property
    def provisional(self) -> bool:
        return self.basis is not None and self.basis.is_provisional

    @property
    def explanation(self) -> str:
        """The deadline in words, in the time of the port where its anchor is, and in UTC."""
        return _explanation(self.basis, self.missing)


def due(call: ExpectedCall, law: Law) -> list[Due]:
    """Every duty of this sailing, by deadline; those without one come last."""
    days = _days(call)
    dues = [
        one
        for obligation in law.between(call.service, call.departure_port, call.arrival_port)
        if obligation.status != "draft" and obligation.valid.covers(days[obligation.port])
        for one in _dues(call, obligation, law.requests, days[obligation.port])
    ]
    return sorted(dues, key=lambda one: (one.deadline or NEVER, one.obligation))


def _days(call: ExpectedCall) -> dict[str, date]:
    """The local day at either end of the leg; where nothing is known of one end, the other end's time serves."""
    leaves, arrives = call.departs_at or call.arrives_at, call.arrives_at or call.departs_at
    ends = {"departure": (leaves, call.departure_port), "arrival": (arrives, call.arrival_port)}
    return {end: local_date(moment.at, port) if moment else NEVER.date() for end, (moment, port) in ends.items()}


def _dues(call: ExpectedCall, obligation: Obligation, requests: tuple[Request, ...], day: date) -> Iterator[Due]:
    holds, unknown = applies(obligation.applies, call)
    if holds is False:
        return
    if obligation.on_request:
        for request in requests:
            if _binds(request, obligation, call, day):
                yield _due(call, obligation, day, (Branch(limits=request.limits),), unknown, request)
    else:
        yield _due(call, obligation, day, obligation.deadline, unknown, None)


def _binds(request: Request, obligation: Obligation, call: ExpectedCall, day: date) -> bool:
    return (
        request.obligation == obligation.id
        and request.valid.covers(day)
        and (not request.carriers or call.carrier in request.carriers)
        and (not request.vessels or call.imo in request.vessels)
    )


def _due(
    call: ExpectedCall,
    obligation: Obligation,
    day: date,
    branches: tuple[Branch, ...],
    unknown: tuple[str, ...],
    request: Request | None,
) -> Due:
    deadline, missing = deadline_of(call, branches)
    exemption = call.exemption_from(obligation.id, day)
    return Due(
        call=call.id,
        obligation=obligation.id,
        jurisdiction=obligation.jurisdiction,
        title=obligation.title,
        clause=obligation.clause,
        product=obligation.product,
        purposes=obligation.purposes,
        recipients=obligation.recipients,
        fields=obligation.fields,
        basis=deadline,
        counted=obligation.is_enforcing and not unknown and call.carrier != NOBODY,
        missing=unknown + missing,
        excused=exemption.reason if exemption else "",
        cancelled=call.status == "cancelled",
        request=request.id if request else None,
        satisfied_by=obligation.satisfied_by,
    )


def deadline_of(call: ExpectedCall, branches: tuple[Branch, ...]) -> tuple[Deadline | None, tuple[str, ...]]:
    """The deadline under the first branch that holds, or what would have to be known for one."""
    for branch in branches:
        holds, unknown = applies(branch.when, call)
        if holds is None:
            return None, unknown
        if holds:
            return _earliest(call, branch)
    return None, ("the law's time limit",)


def _earliest(call: ExpectedCall, branch: Branch) -> tuple[Deadline | None, tuple[str, ...]]:
    found = [_point(call, limit) for limit in branch.limits]
    missing = tuple(NAMES[limit.anchor] for limit, point in zip(branch.limits, found, strict=True) if point is None)
    if missing:
        return None, missing
    points = [point for point in found if point is not None]
    return min(points, key=lambda point: (point.at, point.limit.relation == "by")), ()


def _point(call: ExpectedCall, limit: Limit) -> Deadline | None:
    for anchor in (limit.anchor, *STAND_INS[limit.anchor]):
        moment: Moment | None = getattr(call, anchor)
        if moment is not None:
            port = call.arrival_port if anchor in ("eta", "ata") else call.departure_port
            at = moment.at.astimezone(UTC) + limit.offset
            return Deadline(at=at, limit=limit, used=anchor, moment=moment, port=port)
    return None


def _explanation(deadline: Deadline | None, missing: tuple[str, ...]) -> str:
    if deadline is None:
        return f"no deadline can be told; not known: {', '.join(missing)}"
    said = f"{deadline.limit.relation} {_both_times(deadline.at, deadline.port)}: {_from_anchor(deadline)}"
    if deadline.is_provisional:
        said += f"; provisional, because {NAMES[deadline.limit.anchor]} is not known"
    return said + (f"; not known whether it applies, for lack of {', '.join(missing)}" if missing else "")


def _both_times(at: datetime, port: str) -> str:
    zone = zone_of(port)
    utc = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key} ({utc})" if zone else utc


def _from_anchor(deadline: Deadline) -> str:
    anchor = f"{NAMES[deadline.used]} ({deadline.moment.source})"
    offset = deadline.limit.offset
    if not offset:
        return anchor
    return f"{_length(abs(offset))} {'before' if offset < timedelta() else 'after'} {anchor}"


def _length(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes))
