"""What is true of a sailing: how each of its duties must stand, by what was told and sent, worked out without the gateway's own judgement.

In: a sailing, what was known when, what was received when (by the gateway's receipts), the time. Out: obligation -> state in words of the
board. It knows the four duties that this season's routes meet, from the law itself:

- the number of persons on board, before departure (Directive 98/41/EC art. 4), from any port of the Union;
- the list of persons, 15 minutes after departure at the latest (art. 5), on legs of more than 20 nautical miles;
- a ferry from outside the Schengen area, more than 20 nautical miles: that list within 30 minutes of departure (Regulation (EU)
  2016/399 Annex VI point 3.2);
- a cruise ship that has called outside the area, or will: passengers and crew, 24 hours before each arrival inside; on legs shorter
  than that, 30 minutes after boarding ended.

A list counts by when it was received, against the deadline as it is or as it was then, whichever is kinder (the time of departure
may be moved after the list is in). A second list makes nothing worse.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from gateway.codes.countries import EU, SCHENGEN
from gateway.simulate.laid import Known
from gateway.simulate.season import Sailing
from gateway.simulate.story import Report
from gateway.simulate.timetable import Leg

Duty = Literal["EU-9841-COUNT", "EU-9841-LIST", "EU-SBC-FERRY", "EU-SBC-CRUISE"]
DUTIES: Final[tuple[Duty, ...]] = ("EU-9841-COUNT", "EU-9841-LIST", "EU-SBC-FERRY", "EU-SBC-CRUISE")
CLOSE: Final = timedelta(seconds=5)
"""So near to a deadline nobody can say on which side of it the gateway's clock was."""
_DAY, _QUARTER, _HALF = timedelta(hours=24), timedelta(minutes=15), timedelta(minutes=30)


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A report that the gateway has a receipt for. `known`: what it had been told of the sailing by then."""

    report: Report
    at: datetime
    known: Known


def duties(leg: Leg) -> tuple[Duty, ...]:
    """What the law asks of a leg."""
    leaves_union, is_long = _is_in(leg.departure, EU), leg.nm > 20
    is_ferry, reaches_area = leg.of.service == "ferry", _is_in(leg.arrival, SCHENGEN)
    was_outside = not _is_in(leg.departure, SCHENGEN)
    is_outside = was_outside or any(
        port is not None and not _is_in(port, SCHENGEN) for port in (leg.previous, leg.next)
    )
    holds: Mapping[Duty, bool] = {
        "EU-9841-COUNT": leaves_union,
        "EU-9841-LIST": leaves_union and is_long,
        "EU-SBC-FERRY": is_ferry and was_outside and reaches_area and is_long,
        "EU-SBC-CRUISE": not is_ferry and reaches_area and is_outside,
    }
    return tuple(duty for duty in DUTIES if holds[duty])


def deadline(duty: Duty, known: Known) -> datetime:
    """The last moment, or for the number on board the first that is too late."""
    left = known.atd or known.etd
    if duty == "EU-9841-COUNT":
        return left
    if duty == "EU-9841-LIST":
        return left + _QUARTER
    if duty == "EU-SBC-FERRY":
        return left + _HALF
    return known.eta - _DAY if known.eta - known.etd >= _DAY else (known.boarding_closed or left) + _HALF


def states(sailing: Sailing, known: Known, received: Sequence[Received], now: datetime) -> dict[Duty, str]:
    """How each duty must stand at `now`; without those that are too near to a deadline to tell."""
    found = {}
    for duty in duties(sailing.leg):
        if not _is_close(duty, known, received, now):
            found[duty] = "cancelled" if known.cancelled else _state(duty, known, received, now)
    return found


def on_board(received: Sequence[Received]) -> int | None:
    """The number declared last, else the persons on the newest lists; None where a file was broken, for it may hold some."""
    counts = [one.report.persons for one in received if one.report.what == "count"]
    if counts:
        return counts[-1]
    if any(not one.report.is_clean for one in received):
        return None
    newest = {one.report.what: one.report.persons for one in received}
    return sum(newest.values()) if newest else None


def _state(duty: Duty, known: Known, received: Sequence[Received], now: datetime) -> str:
    needed = _needed(duty)
    firsts = [next((one for one in received if _meets(one.report, what)), None) for what in needed]
    met = [one for one in firsts if one is not None]
    if len(met) == len(needed):
        return "on-time" if all(_is_in_time(duty, one, known) for one in met) else "late"
    if now < deadline(duty, known):
        return "due"
    return "incomplete" if _some(received, needed) else "missing"


def _needed(duty: Duty) -> tuple[str, ...]:
    """The reports that together meet a duty."""
    both = {"EU-9841-COUNT": ("count",), "EU-SBC-CRUISE": ("passengers", "crew")}
    return both.get(duty, ("passengers",))


def _meets(report: Report, what: str) -> bool:
    return report.what == what and report.is_clean


def _some(received: Iterable[Received], needed: Iterable[str]) -> bool:
    """Whether a list of persons came at all; a number is there or not, and a page is no list."""
    return any(one.report.what in needed and one.report.what != "count" and _is_list(one.report) for one in received)


def _is_list(report: Report) -> bool:
    return not report.is_page and not any(fault in NO_LIST for fault in report.faults)


NO_LIST: Final = frozenset(("json-cut", "workbook-cut", "headers-missing"))
"""Faults after which nobody can be read; of a PAXLST that breaks off, some can."""


def _is_in_time(duty: Duty, one: Received, known: Known) -> bool:
    limits = (deadline(duty, known), deadline(duty, one.known))
    return any(one.at < limit if duty == "EU-9841-COUNT" else one.at <= limit for limit in limits)


def _is_close(duty: Duty, known: Known, received: Sequence[Received], now: datetime) -> bool:
    limit = deadline(duty, known)
    moments = (now, *(one.at for one in received))
    return any(abs(moment - limit) < CLOSE for moment in moments)


def _is_in(port: str, places: frozenset[str]) -> bool:
    return port[:2] in places
