"""What the clock brings: due soon and nothing received; passed and nothing, or not enough, received; received late.

In: the board's rows, the alarms that there are about these calls, the time. Out: alarms to raise and to close, so that restarts and
several gateways tell nothing twice. Only what counts is told: nothing of calls that are cancelled, duties that are excused, law
that is shown only.

Times of arrival flap. A warning is taken back only when its deadline has gone well away (twice the lead time), and of one kind about one
duty only the first `MOST - 1`: after that the alarm stays until the duty is met or gone. So whatever the times do, there are at most
`MOST` "missing", `MOST` "incomplete" and 3 x `MOST` "due soon" about a duty, and never a moment at which a duty in need has none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.alerts.alarm import Alarm, Concerns
from gateway.keyring.contacts import AlarmKind
from gateway.obligations import Due, ExpectedCall
from gateway.obligations.calls import zone_of
from gateway.obligations.law import Product
from gateway.track import Row, Standing, State
from gateway.track.standing import LISTS

MOST: Final = 3

LEADS: Final[Mapping[Product, timedelta]] = {
    "count": timedelta(minutes=10),  # counted when boarding closes: an hour before, nobody could have it
    "list": timedelta(minutes=10),  # 98/41 lists are made at departure
    "passenger-list": timedelta(minutes=60),
    "crew-list": timedelta(minutes=60),
    "nominal-list": timedelta(minutes=60),
    "noa": timedelta(minutes=180),  # due 24 to 96 hours ahead; the agent's office may be closed
}
"""How long before its deadline a list is due soon; never more than a quarter of the leg."""

MISSED: Final[dict[State, AlarmKind]] = {State.MISSING: "filing-missing", State.INCOMPLETE: "filing-incomplete"}
SOON: Final[AlarmKind] = "filing-due-soon"
LATE: Final[AlarmKind] = "filing-late"
FILING_KINDS: Final[tuple[AlarmKind, ...]] = (SOON, *MISSED.values(), LATE)

OVER, MOVED, GONE = "the voyage is over", "the deadline has moved", "it is no longer due"
_ENDS: Final = {
    State.CANCELLED: "the sailing was cancelled",
    State.EXCUSED: "it is excused",
    State.NOT_COUNTED: "it is no longer counted",
    State.ON_TIME: "the list came in time",
}


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm to raise; of one that is open, what it says now."""

    kind: AlarmKind
    subject: str
    text: str
    concerns: Concerns
    deadline: datetime | None


class Close(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm to close. `quietly`: another one about the same takes its place, or nobody waits to hear it."""

    alarm: int
    because: str
    quietly: bool = False


def due_alarms(
    rows: Iterable[Row],
    known: Iterable[Alarm],
    now: datetime,
    *,
    falls: Mapping[str, str],
    leads: Mapping[Product, timedelta] = LEADS,
) -> tuple[list[Raise], list[Close]]:
    """`known`: the alarms of `FILING_KINDS` that are open, and all about the calls of `rows`. `falls`: obligation -> the end of the leg
    ("departure" or "arrival") where it falls."""
    by_call: dict[str | None, dict[str, list[Alarm]]] = {}
    for alarm in known:
        by_call.setdefault(alarm.concerns.call, {}).setdefault(alarm.subject, []).append(alarm)
    raises: list[Raise] = []
    closes: list[Close] = []
    for row in rows:
        about = by_call.pop(row.call.id, {})
        for one in row.standings:
            subject, end = subject_of(one.due), falls.get(one.due.obligation)
            port = row.call.departure_port if end == "departure" else row.call.arrival_port
            turn = _Duty(row.call, port, one, about.pop(subject, []), now, _lead(row.call, one.due, leads))
            raises += turn.raises(subject)
            closes += turn.closes()
        closes += [Close(alarm=one.id, because=GONE) for one in _open(about)]
    for about in by_call.values():
        closes += [Close(alarm=one.id, because=OVER, quietly=True) for one in _open(about)]
    return raises, closes


def _open(about: Mapping[str, Sequence[Alarm]]) -> Iterator[Alarm]:
    return (one for alarms in about.values() for one in alarms if one.closed_at is None)


def subject_of(due: Due) -> str:
    """What the alarms about a duty are called by; it stays when the times move."""
    return "/".join(filter(None, (due.call, due.obligation, due.request)))


def _lead(call: ExpectedCall, due: Due, leads: Mapping[Product, timedelta]) -> timedelta:
    """On a short leg a list cannot be there an hour ahead."""
    lead = leads.get(due.product, LEADS[due.product])
    leg = call.leg_duration
    return min(lead, leg / 4) if leg is not None and leg > timedelta() else lead


class _Duty:
    """One duty's turn: how it stands, the alarms about it, what follows."""

    def __init__(
        self,
        call: ExpectedCall,
        port: str,
        one: Standing,
        known: Sequence[Alarm],
        now: datetime,
        lead: timedelta,
    ) -> None:
        self.call, self.port, self.one, self.known = call, port, one, known
        self.open = {alarm.kind: alarm for alarm in known if alarm.closed_at is None}
        self.left = one.due.deadline - now if one.due.deadline else None
        self.lead = lead
        self.wanted = self._wanted()

    def _wanted(self) -> AlarmKind | None:
        state = self.one.state
        if state in MISSED:
            return MISSED[state]
        if state is State.LATE:
            return LATE if not self.known or LATE in self.open else None  # of one that was missed it is known
        if state is State.DUE and self.left is not None:
            if any(not self._may_go(alarm) for alarm in self.open.values() if alarm.kind != SOON):
                return None
            margin = 2 if SOON in self.open else 1
            is_held = SOON in self.open and not self._may_go(self.open[SOON])
            return SOON if is_held or self.left <= margin * self.lead else None
        return None

    def _may_go(self, alarm: Alarm) -> bool:
        """Whether a deadline that moves may take this alarm away."""
        return sum(other.kind == alarm.kind for other in self.known) < MOST

    def raises(self, subject: str) -> Iterator[Raise]:
        kind = self.wanted
        if kind is None:
            return
        concerns = Concerns(carrier=self.call.carrier, call=self.call.id, ports=(self.port,))
        text, deadline = text_of(self.call, self.port, self.one), self.one.due.deadline
        is_open = self.open.get(kind)
        if is_open is None or (is_open.text, is_open.deadline) != (text, deadline):
            yield Raise(kind=kind, subject=subject, text=text, concerns=concerns, deadline=deadline)

    def closes(self) -> Iterator[Close]:
        for kind, alarm in self.open.items():
            if kind == self.wanted:
                continue
            if self.wanted is not None:
                yield Close(alarm=alarm.id, because="another alarm has taken its place", quietly=True)
            elif self.one.state is State.LATE:
                yield Close(alarm=alarm.id, because=f"the list came, {_late(self.one)} after the deadline")
            elif self.one.state in _ENDS:
                yield Close(alarm=alarm.id, because=_ENDS[self.one.state])
            elif self.one.received_at is not None:
                yield Close(alarm=alarm.id, because="the list came")
            elif self._may_go(alarm):
                yield Close(alarm=alarm.id, because=f"{MOVED}: {_when(self.one.due)}")


def text_of(call: ExpectedCall, port: str, one: Standing) -> str:
    """What is open, in one paragraph. Ship, ports and times; nobody's name."""
    what = {
        State.DUE: "is due soon, and nothing has come",
        State.MISSING: "was due, and nothing has come",
        State.INCOMPLETE: "was due, and what has come is not complete",
        State.LATE: f"came {_late(one)} after the deadline",
    }[one.state]
    if one.state is State.DUE and _lacking(one):
        what = "is due soon, and what has come is not complete"
    sailing = f"{call.vessel or 'IMO ' + (call.imo or 'not known')}, {call.departure_port} to {call.arrival_port}"
    lacking = f" It lacks: {_lacking(one)}." if _lacking(one) and one.state is not State.LATE else ""
    return f"{sailing} (call {call.id}): {one.due.title} {what}. Deadline: {_when(one.due)}.{lacking} {one.due.clause}."


def _lacking(one: Standing) -> str:
    """What keeps that which came from being complete; empty where nothing came."""
    is_given = bool(one.missing or one.errors) or len(one.lists) < len(LISTS[one.due.product])
    parts = [f"the {kind.value} list" for kind in one.lists]
    parts += [f"{field} of {count}" for field, count in sorted(one.missing.items())]
    parts += [f"{one.errors} errors to mend"] * bool(one.errors)
    return ", ".join(parts) if is_given or one.state is State.INCOMPLETE else ""


def _late(one: Standing) -> str:
    minutes = int(one.lateness.total_seconds() // 60) if one.lateness else 0
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _when(due: Due) -> str:
    return both_times(due.deadline, due.clock) if due.deadline else "not known"


def both_times(at: datetime, port: str) -> str:
    """In the port's clock time where its zone is certain, and in UTC."""
    zone = zone_of(port)
    utc = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key} ({utc})" if zone else utc
