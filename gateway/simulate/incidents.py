"""What happens to a sailing, beside what was planned: nothing to most, one incident to the others.

In: a line. Out: `INCIDENTS`, how often each comes, and `chosen`, one of those that are possible there, by a seeded `Random`.
"""

from collections.abc import Callable
from random import Random
from typing import Final

import msgspec

from gateway.make import FAULTS
from gateway.make.draft import Fault
from gateway.make.targets import TARGETS
from gateway.manifest import ListKind
from gateway.simulate.fleet import Line, carrier

CUTS: Final = {
    "paxlst": "message-cut",
    "common-json": "json-cut",
    "workbook": "workbook-cut",
    "text": "headers-missing",
}
"""How a file of each family arrives broken (names of `make.FAULTS`)."""
SWAPPED: Final = "headers-swapped"
INCOMPLETE: Final = "nationality-missing"


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """`share` of 1,000 sailings; `possible`: where it can happen; `means`: for the trainee."""

    name: str
    share: int
    means: str
    possible: Callable[[Line], bool] = lambda line: True


def cut_of(line: Line) -> str | None:
    """The fault with which a file of this line arrives broken, where there is one."""
    return CUTS.get(TARGETS[line.passengers].family)


def _shows(fault: str | None, line: Line) -> bool:
    """Whether the line's form can show it."""
    if fault is None:
        return False
    known: Fault = FAULTS[fault]
    return known.fits(TARGETS[line.passengers].of(carrier(line.id)), ListKind.PASSENGERS)


def _can_lack(line: Line) -> bool:
    return _shows(INCOMPLETE, line)


def _can_break(line: Line) -> bool:
    return _shows(cut_of(line), line)


def _can_swap(line: Line) -> bool:
    return _shows(SWAPPED, line)


INCIDENTS: Final = {
    one.name: one
    for one in (
        Incident(name="slip", share=50, means="the departure moves, and the arrival with it; deadlines move too"),
        Incident(name="cancelled", share=20, means="the sailing is cancelled; nothing is due any more"),
        Incident(name="late-boarders", share=40, means="some board after the list was closed; a second list adds them after departure"),
        Incident(name="no-shows", share=40, means="some stay ashore; a second list leaves them out after departure"),
        Incident(name="list-late", share=30, means="the list comes after departure, past its deadline"),
        Incident(name="list-missing", share=15, means="no list comes"),
        Incident(name="count-missing", share=15, means="nobody declares the number on board; the list comes in time"),
        Incident(name="incomplete", share=20, means="a person has no nationality; the list stays incomplete", possible=_can_lack),
        Incident(name="corrected", share=15, means="a person has no nationality; the whole list comes again after the deadline", possible=_can_lack),
        Incident(name="twice", share=20, means="the same file is sent twice; the second changes nothing"),
        Incident(name="wrong-format", share=10, means="a printed page comes instead of a list"),
        Incident(name="resent", share=10, means="a printed page comes first, the list soon after and still in time"),
        Incident(name="cut", share=10, means="the file breaks off; nothing of it can be used", possible=_can_break),
        Incident(name="swapped", share=10, means="two columns stand under each other's headers", possible=_can_swap),
        Incident(name="stowaway", share=5, means="somebody is found on board after departure: one more than counted"),
        Incident(name="miscounted", share=20, means="the number declared is not the number listed"),
        Incident(name="early", share=30, means="the list comes hours ahead, and nothing after it"),
    )
}  # fmt: skip
ORDINARY: Final = "ordinary"
SILENT: Final = "silent"
"""A line that sends nothing at all for some hours; decided for the line, not for one sailing."""
DRIFT: Final = "drift"
"""A line whose export is another from one day on; decided for the line."""


def chosen(line: Line, random: Random) -> str:
    """The name of the incident, or ORDINARY. Each asks once, so that what is not possible is ordinary."""
    turn = random.randrange(1000)
    for one in INCIDENTS.values():
        if turn < one.share:
            return one.name if one.possible(line) else ORDINARY
        turn -= one.share
    return ORDINARY
