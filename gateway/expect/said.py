"""What one source says of one sailing.

In: calls as a schedule, a single window's message or AIS tells them. Out: a `Said`, which holds the source's whole word: the next
`Said` of the same voice takes its place, so that a source can correct itself and take back, and can never change another's word.
What AIS sees adds up instead: a ship that is seen to arrive has not been unseen leaving.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.obligations.calls import UNKNOWN_PORT, ExpectedCall, Instant, Moment

TIMES: Final = ("etd", "eta", "atd", "ata", "boarding_closed")
"""The times of a call, as `ExpectedCall` names them."""

SCHEDULE: Final = "schedule"
"""The voice of all schedules, whoever imports them and in whichever form: the operator's own expectation."""


class Origin(StrEnum):
    """Where a word comes from, which says how far it is believed (`merge`)."""

    PORT = "port office"
    AIS = "AIS"
    WINDOW = "single window"
    CARRIER = "carrier"
    SCHEDULE = "schedule"


_CALLED: Final = {
    "port": Origin.PORT,
    "port authority": Origin.PORT,
    "vts": Origin.PORT,
    "emswe": Origin.WINDOW,
    "mnsw": Origin.WINDOW,
    "line": Origin.CARRIER,
    "agent": Origin.CARRIER,
} | {origin.value.casefold(): origin for origin in Origin}


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One voice about one sailing. `by`: who handed it in. `at`: when it was said.

    `call` holds what is said; its id is the source's own for the sailing ("" for none), and what is not said is None, `NOBODY` or
    `UNKNOWN_PORT`. `since`: time -> when the voice first said the value that it has now; `at` for those that are not in it.
    `founds`: whether a call is made of it where it is about none that is known. `message`: the id of the request for a visit that says it,
    by which the window's answer names it.
    """

    voice: str
    origin: Origin
    by: str
    at: Instant
    call: ExpectedCall
    withdrawn: bool = False
    founds: bool = True
    message: str = ""
    since: Mapping[str, Instant] = {}

    @property
    def subject(self) -> str:
        """What the voice speaks of: it stays when it says more of it. Without an id of its own, the visit or the ship's leg."""
        one = self.call
        leg = (one.imo or one.vessel or "", one.departure_port, one.arrival_port)
        return "/".join((self.voice, one.id or one.arrival_visit_id or one.departure_visit_id or " ".join(leg)))

    def time(self, name: str) -> Moment | None:
        moment: Moment | None = getattr(self.call, name)
        return moment

    def said_since(self, name: str) -> datetime:
        return self.since.get(name, self.at)

    def origin_of(self, moment: Moment) -> Origin:
        """A schedule may say from whom it has a time ("port office"); another source speaks for itself."""
        return _CALLED.get(moment.source.casefold(), self.origin) if self.voice == SCHEDULE else self.origin


def scheduled(call: ExpectedCall, by: str, at: datetime) -> Said:
    """What a schedule says."""
    return Said(voice=SCHEDULE, origin=Origin.SCHEDULE, by=by, at=at, call=call)


def restated(old: Said | None, new: Said) -> Said:
    """`new` in the place of `old`, of the same voice. Saying again what was said makes it no newer."""
    if old is None:
        return new
    if new.at < old.at:  # came late: it was corrected since
        return old
    call = _added(old.call, new.call) if new.origin is Origin.AIS and not new.withdrawn else new.call
    kept = {name: old.said_since(name) for name in TIMES if _same(old.time(name), getattr(call, name))}
    return msgspec.structs.replace(new, call=call, since=kept)


def _same(old: Moment | None, new: Moment | None) -> bool:
    return old is not None and old == new


def _added(old: ExpectedCall, new: ExpectedCall) -> ExpectedCall:
    missing = {name: getattr(old, name) for name in (*TIMES, "vessel") if getattr(new, name) is None}
    for port in ("departure_port", "arrival_port"):
        if getattr(new, port) == UNKNOWN_PORT:
            missing[port] = getattr(old, port)
    return msgspec.structs.replace(new, **missing)
