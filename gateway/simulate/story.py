"""A sailing's story: step by step what is told of it, and which lists come, counted from its planned departure.

In: a `Sailing`. Out: `Step`s in their order. What is told: times as the port announces them. What comes: `Report`s. Times are real ones:
they do not shrink when a season is driven faster (see `laid`), because the law's minutes do not.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from gateway.simulate import incidents
from gateway.simulate.season import Sailing

What = Literal["passengers", "crew", "count"]


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a sailing's times, from its planned departure on."""

    etd: timedelta
    eta: timedelta
    boarding_closed: timedelta | None = None
    atd: timedelta | None = None
    ata: timedelta | None = None
    cancelled: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a line sends. `persons`: on the list, or declared. `faults`: of `make.FAULTS`. `is_page`: a printed page, no list at all.

    `again`: the very bytes of `version`, once more.
    """

    what: What
    version: int
    persons: int
    faults: tuple[str, ...] = ()
    is_page: bool = False
    again: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.faults and not self.is_page


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """`after` the planned departure (negative: before) this is told, or sent. `says`: to the trainee."""

    after: timedelta
    says: str
    times: Times | None = None
    reports: tuple[Report, ...] = ()


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


_CLOSED: Final = minutes(-20)  # boarding of a cruise ship ends
_COUNTED: Final = minutes(-3)
_EARLY: Final = minutes(-360)
_LATE: Final = (16, 45)  # past the 15 minutes of Directive 98/41/EC art. 5(2); the Borders Code's 30 lie in between
_CORRECTED: Final = minutes(50)


def planned(sailing: Sailing) -> Times:
    """The timetable."""
    return Times(etd=timedelta(), eta=sailing.leg.eta - sailing.leg.etd)


def story(sailing: Sailing) -> tuple[Step, ...]:
    """All of its steps, by time."""
    told = _Telling(sailing)
    steps = (*told.times(), *told.lists(), *told.counts())
    return tuple(sorted(steps, key=lambda step: step.after))


class _Telling:
    """One sailing being told. `slip`: by how much its departure moves; `delay`: how late it leaves in the end."""

    def __init__(self, sailing: Sailing) -> None:
        self.sailing, self.incident = sailing, sailing.incident
        self.random = Random(f"{sailing.seed}/story")
        self.slip = minutes(self.random.randrange(30, 80, 5)) if self.incident == "slip" else timedelta()
        self.leaves = self.slip + minutes(self.random.choice((0, 0, 1, 2, 3, 5, 8)))
        self.listed = self.slip - minutes(self.random.randint(10, 35))
        self.is_cruise = sailing.leg.of.service == "cruise"

    def times(self) -> Iterator[Step]:
        """As the port says them."""
        now = planned(self.sailing)
        duration = now.eta
        if self.incident == "cancelled":
            yield Step(
                after=minutes(-45),
                times=replace(now, cancelled=True),
                says="cancelled: the board shows it so, and nothing is due",
            )
            return
        if self.slip:
            now = replace(now, etd=self.slip, eta=now.eta + self.slip)
            yield Step(
                after=minutes(-50), times=now, says=f"departs {_long(self.slip)} later: its deadlines move with it"
            )
        if self.is_cruise:
            now = replace(now, boarding_closed=self.slip + _CLOSED)
            yield Step(after=self.slip + _CLOSED, times=now, says="boarding is closed")
        now = replace(now, atd=self.leaves)
        yield Step(after=self.leaves, times=now, says="has departed: the deadlines count from here")
        now = replace(now, ata=self.leaves + duration)
        yield Step(after=self.leaves + duration, times=now, says="has arrived")

    def lists(self) -> Iterator[Step]:
        """As the line sends them."""
        yield from _TELLING.get(self.incident, _in_time)(self)

    def counts(self) -> Iterator[Step]:
        """The number on board, declared as the gangway closes; and again where it changes after departure."""
        if self.incident in ("cancelled", incidents.SILENT, "count-missing"):
            return
        declared = self.sailing.persons + self.sailing.crew
        wrong = 3 if self.incident == "miscounted" else 0
        yield self.count(self.leaves + _COUNTED, 1, declared + wrong, "declares the number on board")
        if self.incident in _ALTERED:
            by = _ALTERED[self.incident] * (1 if self.incident == "stowaway" else self.sailing.some)
            yield self.count(self.leaves + minutes(9), 2, declared + by, "declares the number on board anew")

    def count(self, after: timedelta, version: int, persons: int, says: str) -> Step:
        return Step(after=after, reports=(Report(what="count", version=version, persons=persons),), says=says)

    def list(self, after: timedelta, says: str, version: int = 1, persons: int | None = None, **how: object) -> Step:
        """The passengers' list; a cruise line sends its crew's beside the first."""
        many = self.sailing.persons if persons is None else persons
        first = Report(what="passengers", version=version, persons=many)
        reports = [msgspec.structs.replace(first, **how)]
        if self.sailing.leg.of.crew is not None and version == 1 and "again" not in how:
            reports.append(Report(what="crew", version=1, persons=self.sailing.crew))
        return Step(after=after, reports=tuple(reports), says=says)


_ALTERED: Final = {"late-boarders": 1, "no-shows": -1, "stowaway": 1}


def _in_time(told: _Telling) -> Iterator[Step]:
    yield told.list(told.listed, "sends its list")


def _nothing(told: _Telling) -> Iterator[Step]:
    yield from ()


def _slow(told: _Telling) -> Iterator[Step]:
    yield told.list(told.leaves + minutes(told.random.randint(*_LATE)), "sends its list late")


def _altered(told: _Telling) -> Iterator[Step]:
    yield from _in_time(told)
    by = _ALTERED[told.incident] * (1 if told.incident == "stowaway" else told.sailing.some)
    word = f"{by:+d} on board: a second list; the board shows version 2 and what changed"
    yield told.list(told.leaves + minutes(7), word, version=2, persons=told.sailing.persons + by)


def _incomplete(told: _Telling) -> Iterator[Step]:
    yield told.list(told.listed, "sends a list in which a nationality is missing", faults=(incidents.INCOMPLETE,))
    if told.incident == "corrected":
        yield told.list(told.leaves + _CORRECTED, "sends the whole list: complete now, and late", version=2)


def _twice(told: _Telling) -> Iterator[Step]:
    yield from _in_time(told)
    yield told.list(told.listed + minutes(4), "sends the same file again: nothing changes", again=True)


def _printed(told: _Telling) -> Iterator[Step]:
    yield told.list(told.listed, "sends a printed page: it is no list", is_page=True)
    if told.incident == "resent":
        yield told.list(told.listed + minutes(6), "sends the list itself, still in time", version=2)


def _broken(told: _Telling) -> Iterator[Step]:
    fault = incidents.SWAPPED if told.incident == "swapped" else incidents.cut_of(told.sailing.leg.of)
    yield told.list(told.listed, f"sends a file with a fault ({fault})", faults=(str(fault),))


def _early(told: _Telling) -> Iterator[Step]:
    yield told.list(_EARLY, "sends its list hours ahead")


_TELLING: Final[dict[str, Callable[[_Telling], Iterator[Step]]]] = {
    "cancelled": _early, "late-boarders": _altered, "no-shows": _altered, "stowaway": _altered, "list-late": _slow,
    "list-missing": _nothing, incidents.SILENT: _nothing, "incomplete": _incomplete, "corrected": _incomplete, "twice": _twice,
    "wrong-format": _printed, "resent": _printed, "cut": _broken, "swapped": _broken, "early": _early,
}  # fmt: skip


def _long(span: timedelta) -> str:
    return f"{int(span.total_seconds()) // 60} min"
