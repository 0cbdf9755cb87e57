"""Which known call a saying is about: by its own id, by a Visit ID, or by the ship, a port and the time. Never by a guess.

A ship is the same by its IMO number; by its name only where one of the two does not say the number.

In: what is said, the calls that may be meant, what was said of them before. Out: for each saying a `Placed`.

Of several sailings of one ship the nearest in time is meant, where one is (`same.NEAR`), and where that sailing is not nearer to
another saying of the same voice: of an hourly ferry's schedule, only one row is the sailing that AIS saw. A sailing that the voice
spoke of already, under another id or at another time, is not meant either: no source says one sailing twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, Generic, TypeVar

import msgspec

from gateway.expect.said import SCHEDULE, Origin, Said
from gateway.expect.same import NEAR, narrowed, ship_name
from gateway.obligations.calls import UNKNOWN_PORT, ExpectedCall

One = TypeVar("One")
Sayings = Mapping[str, Sequence[Said]]
"""Call id -> what was said of it."""

_ENDS: Final = (("departure_port", ("etd", "atd")), ("arrival_port", ("eta", "ata")))
VISITS: Final = ("departure_visit_id", "arrival_visit_id")
_SPAN: Final = NEAR[0].total_seconds()
SAME_SIGHT: Final = NEAR[-1]
"""Two receivers see one departure at most so far apart; the shortest ferry is back in port no sooner."""


class Placed(msgspec.Struct, frozen=True):
    """The call, or None where none is meant. `rivals`: the calls of which it cannot be told which one is."""

    call: str | None
    rivals: tuple[str, ...] = ()


class Search(msgspec.Struct, frozen=True):
    """What to look for, so that every call that may be meant is found: ids, Visit IDs, IMO numbers, and the time around them.

    `unnumbered`: there is a ship of which only the name is said.
    """

    ids: tuple[str, ...]
    visits: tuple[str, ...]
    ships: tuple[str, ...]
    unnumbered: bool
    since: datetime | None
    until: datetime | None


def search_of(sayings: Sequence[Said]) -> Search:
    """Which calls `place` needs to see."""
    calls = [one.call for one in sayings]
    stated = [at for call in calls for at in _stated(call)]
    return Search(
        ids=tuple(sorted({call.id for call in calls if call.id})),
        visits=tuple(sorted({visit for call in calls for name in VISITS if (visit := getattr(call, name))})),
        ships=tuple(sorted({call.imo for call in calls if call.imo})),
        unnumbered=any(call.imo is None for call in calls),
        since=min(stated, default=None),
        until=max(stated, default=None),
    )


def place(new: Sequence[Said], calls: Sequence[ExpectedCall], said: Sayings) -> list[Placed]:
    """Where each of `new` belongs; they are of one voice."""
    owned = {one.call.id: id for id, its in said.items() for one in its if one.call.id}
    ids = {call.id for call in calls}
    visits = Visits([(call, call) for call in calls])
    found = [_by_id(one, ids, owned) or _by_visit(one.call, visits.of(one.call)) for one in new]
    taken = {placed.call for placed in found if placed is not None}
    open_ = [call for call in calls if call.id not in taken and not _is_scheduled(call, new, said)]
    ships = Ships([(call, call) for call in open_])
    rows = Ships([(one.call, one) for one, placed in zip(new, found, strict=True) if placed is None])

    def by_ship(one: Said) -> Placed:
        fitting = [call for call in ships.of(one.call) if _fits(one, call, said.get(call.id, ()))]
        spoken = {call.id for call in fitting if any(each.voice == one.voice for each in said.get(call.id, ()))}
        fitting = narrowed(fitting, [lambda call: call.id in spoken, *questions(one.call)])
        if len(fitting) > 1:
            return Placed(None, tuple(sorted(call.id for call in fitting)))
        return next((Placed(call.id) for call in fitting if _is_best(one, call, rows.of(call))), Placed(None))

    return [placed or by_ship(one) for one, placed in zip(new, found, strict=True)]


class Ships(Generic[One]):
    """Things by the ship and the time that they are about; a season of one ferry is thousands."""

    def __init__(self, pairs: Iterable[tuple[ExpectedCall, One]]) -> None:
        self._all: list[One] = []
        self._by_key: dict[tuple[str, int], list[int]] = {}
        for pair in pairs:
            self.add(*pair)

    def add(self, call: ExpectedCall, one: One) -> None:
        keys = [f"imo {call.imo}"] if call.imo else []
        if call.vessel:
            keys += [f"{'named' if call.imo else 'only'} {ship_name(call.vessel)}"]
        for key in product(keys, {span for at in _stated(call) for span in _spans(at)}):
            self._by_key.setdefault(key, []).append(len(self._all))
        self._all.append(one)

    def of(self, call: ExpectedCall) -> list[One]:
        """What is about the ship of `call`, and near enough to be the same sailing (`is_near`), with some that is not."""
        keys = [f"imo {call.imo}"] if call.imo else []
        if call.vessel:
            keys += [f"{kind} {ship_name(call.vessel)}" for kind in (("only",) if call.imo else ("only", "named"))]
        spans = {int(at.timestamp() // _SPAN) for at in _stated(call)}
        found = {number for key in product(keys, spans) for number in self._by_key.get(key, ())}
        return [self._all[number] for number in sorted(found)]


def _spans(at: datetime) -> tuple[int, ...]:
    """The stretches of time in which what is near to `at` may be."""
    here = int(at.timestamp() // _SPAN)
    return here - 1, here, here + 1


class Visits(Generic[One]):
    """Things by the Visit IDs at either end of what they are about."""

    def __init__(self, pairs: Iterable[tuple[ExpectedCall, One]]) -> None:
        self._by_visit: dict[tuple[str, str], list[One]] = {}
        for pair in pairs:
            self.add(*pair)

    def add(self, call: ExpectedCall, one: One) -> None:
        for name in VISITS:
            if visit := getattr(call, name):
                self._by_visit.setdefault((name, visit.casefold()), []).append(one)

    def of(self, call: ExpectedCall) -> list[One]:
        """What has a Visit ID of `call`; of its departure, where that is known."""
        found = (self._by_visit.get((name, (getattr(call, name) or "").casefold()), []) for name in VISITS)
        return next(filter(None, found), [])


def _by_visit(one: ExpectedCall, same: Sequence[ExpectedCall]) -> Placed | None:
    """The only call with its Visit ID, if it is not another ship's."""
    own = [call for call in same if None in (one.imo, call.imo) or one.imo == call.imo]
    if len(own) == 1:
        return Placed(own[0].id)
    return Placed(None, tuple(sorted(call.id for call in same))) if same else None


def _by_id(one: Said, ids: set[str], owned: Mapping[str, str]) -> Placed | None:
    own = one.call.id
    if not own:
        return None
    return Placed(own) if own in ids else Placed(owned[own]) if own in owned else None


def _fits(one: Said, call: ExpectedCall, said: Sequence[Said]) -> bool:
    before = next((each for each in said if each.voice == one.voice), None)
    if before is not None and is_another(one, before):
        return False
    return is_near(one.call, call)


def is_near(one: ExpectedCall, other: ExpectedCall) -> bool:
    """Whether ports and times let the two be one sailing of a ship."""
    gaps = _gaps(one, other)
    ports = [(getattr(one, port), getattr(other, port)) for port, _ in _ENDS]
    return (
        all(UNKNOWN_PORT in pair or pair[0] == pair[1] for pair in ports)
        and any(gap is not None for gap in gaps)
        and all(gap is None or gap <= NEAR[0] for gap in gaps)
    )


def _is_scheduled(call: ExpectedCall, new: Sequence[Said], said: Sayings) -> bool:
    """Whether these are rows of a schedule, and one has the call already: under its id it was found, under another it is another."""
    is_schedule = bool(new) and new[0].voice == SCHEDULE
    return is_schedule and any(each.voice == SCHEDULE for each in said.get(call.id, ()))


def is_another(one: Said, before: Said) -> bool:
    """Whether the voice spoke of another sailing then."""
    if one.origin is Origin.AIS:
        pairs = [(one.time(name), before.time(name)) for name in ("atd", "ata")]
        return any(now and then and abs(now.at - then.at) > SAME_SIGHT for now, then in pairs)
    visits = [(getattr(one.call, name), getattr(before.call, name)) for name in VISITS]
    return any(now and then and now.casefold() != then.casefold() for now, then in visits)


def _is_best(one: Said, call: ExpectedCall, others: Sequence[Said]) -> bool:
    """Whether none of the sayings that came with it is nearer to the call."""
    fitting = [each for each in others if _fits(each, call, ())]
    return narrowed(fitting, [_within_of(call, span) for span in NEAR[1:]]) == [one]


def questions(own: ExpectedCall) -> list[Callable[[ExpectedCall], bool]]:
    """Which of several calls that fit is meant: ever nearer, and one that takes place."""

    def within(span: timedelta) -> Callable[[ExpectedCall], bool]:
        return lambda call: all(gap is None or gap <= span for gap in _gaps(own, call))

    return [*(within(span) for span in NEAR[1:]), lambda call: call.status != "cancelled"]


def _within_of(call: ExpectedCall, span: timedelta) -> Callable[[Said], bool]:
    return lambda one: all(gap is None or gap <= span for gap in _gaps(one.call, call))


def _gaps(one: ExpectedCall, other: ExpectedCall) -> list[timedelta | None]:
    """How far apart the times are at each end whose port both know: planned or actual, whichever are nearer."""
    return [
        min((abs(a - b) for a in _times(one, names) for b in _times(other, names)), default=None)
        if UNKNOWN_PORT not in (getattr(one, port), getattr(other, port))
        else None
        for port, names in _ENDS
    ]


def _times(call: ExpectedCall, names: Sequence[str]) -> list[datetime]:
    return [moment.at for name in names if (moment := getattr(call, name))]


def _stated(call: ExpectedCall) -> list[datetime]:
    return [at for _, names in _ENDS for at in _times(call, names)]
