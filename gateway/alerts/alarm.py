"""An alarm: a matter that is open until it is settled, whom it concerns, and who looks after it."""

from datetime import datetime

import msgspec

from gateway.obligations.calls import ExpectedCall


class Concerns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By these the parties are found. `ports`: UN/LOCODEs, where the duty falls, else both ends of the leg."""

    carrier: str | None = None
    recipient: str | None = None
    call: str | None = None
    ports: tuple[str, ...] = ()


NOTHING = Concerns()


def concerns_of(call: ExpectedCall) -> Concerns:
    """Whom a matter of the whole sailing concerns."""
    return Concerns(carrier=call.carrier or None, call=call.id, ports=(call.departure_port, call.arrival_port))


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """`subject`: what it is about, an id; there is one open alarm of a kind about a subject. `times`: how often it was raised since.
    `acknowledged_*`: somebody looks after it, so nobody further is told. `closed_*`: it is settled, and why."""

    id: int
    at: datetime
    last_at: datetime
    times: int
    kind: str
    subject: str
    text: str
    concerns: Concerns = NOTHING
    deadline: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None
