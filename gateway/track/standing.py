"""How a duty stands: met in time, late, incomplete, missing, or still to come.

In: what is due, the filings of the call, and the time at which to judge. Out: one `Standing` a duty. What counts is the
gateway's receipt time of the *first complete* version: sending again never improves it, and a correction never worsens
it. Filings that came after `now` are not seen, so the same call shows how things stood at any earlier moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from gateway.manifest import ListKind, Purpose
from gateway.obligations.due import Due
from gateway.obligations.law import Product
from gateway.track.filing import WHOLE_LIST, Filing


class State(StrEnum):
    """DUE: a deadline lies ahead. NOT_DUE: none can be told yet. NOT_COUNTED: shown, held against nobody."""

    ON_TIME = "on-time"
    LATE = "late"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    DUE = "due"
    NOT_DUE = "not-due"
    NOT_COUNTED = "not-counted"
    CANCELLED = "cancelled"
    EXCUSED = "excused"


# The lists that make up a product. 98/41 lists are met by the passenger list; a count by a declared number, or by a list of everybody.
LISTS: dict[Product, tuple[ListKind, ...]] = {
    "count": (),
    "list": (ListKind.PASSENGERS,),
    "passenger-list": (ListKind.PASSENGERS,),
    "crew-list": (ListKind.CREW,),
    "nominal-list": (ListKind.PASSENGERS, ListKind.CREW),
    "noa": (ListKind.PASSENGERS, ListKind.CREW),
}


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`if_counted` is the state by the clock alone, whatever the law's status, an excuse or a cancellation make of it.

    `received_at` is when the duty was first met in full. Until then `lists`, `missing` and `errors` say what lacks in the newest version:
    whole lists, fields of persons, and errors that keep it from being reported.
    """

    due: Due
    state: State
    if_counted: State
    received_at: datetime | None = None
    lateness: timedelta | None = None
    lists: tuple[ListKind, ...] = ()
    missing: Mapping[str, int] = {}
    errors: int = 0


def standing(due: Due, filings: Iterable[Filing], now: datetime) -> Standing:
    """How this duty stands at `now`, by the filings of its own."""
    known = _known(filings, now)
    return _judged(due, known, now, _met(due, due, _complete(due, known)))


def standings(dues: Iterable[Due], filings: Iterable[Filing], now: datetime) -> list[Standing]:
    """How the duties of one call stand at `now`; a filing for one may do for another (`Due.satisfied_by`)."""
    dues, known = list(dues), _known(filings, now)
    complete = [(due, _complete(due, known)) for due in dues]
    judged = []
    for due in dues:
        doing = [(other, done) for other, done in complete if other is due or other.obligation in due.satisfied_by]
        found = [met for other, done in doing if (met := _met(due, other, done))]
        judged.append(_judged(due, known, now, min(found, key=lambda met: _rank(due, met), default=())))
    return judged


def state_of(due: Due, by_the_clock: State) -> State:
    if due.cancelled:
        return State.CANCELLED
    if due.excused:
        return State.EXCUSED
    return by_the_clock if due.counted else State.NOT_COUNTED


def has_passed(due: Due, now: datetime) -> bool:
    return not _in_time(due, now, due.deadline)


def relevant(due: Due, filing: Filing) -> bool:
    """Whether the filing is meant for this duty, complete or not."""
    if due.product == "count":
        return filing.purposes != (Purpose.BOOKING,)  # who booked need not be on board
    return filing.kind in LISTS[due.product] and _is_list(filing) and _serves(due, filing)


def is_complete(due: Due, filing: Filing) -> bool:
    """Whether everything the law asks of this list is there, and without an error that touches it."""
    if due.product == "count":
        return filing.counted is not None or (filing.of_everybody and _is_list(filing))
    return not lacks(due, filing) and not blocking_errors(due, filing)


def lacks(due: Due, filing: Filing) -> dict[str, int]:
    return {field: filing.missing[field] for field in due.fields if filing.missing.get(field)}


def blocking_errors(due: Due, filing: Filing) -> int:
    """Errors on what this law asks for; one in a field that it does not ask is another law's business."""
    return sum(filing.errors.get(field, 0) for field in (*due.fields, WHOLE_LIST))


def live(due: Due, filings: Sequence[Filing]) -> list[Filing]:
    """The filings for this duty that were not taken back later, oldest first."""
    ordered = sorted(filings, key=lambda filing: filing.order)
    return [
        filing
        for at, filing in enumerate(ordered)
        if not filing.withdrawn
        and relevant(due, filing)
        and not any(_takes_back(due, later, filing) for later in ordered[at + 1 :])
    ]


def _takes_back(due: Due, later: Filing, filing: Filing) -> bool:
    return later.withdrawn and later.kind is filing.kind and _serves_some(due, later)


def _serves(due: Due, filing: Filing) -> bool:
    return not filing.purposes or set(due.purposes) <= set(filing.purposes)


def _serves_some(due: Due, filing: Filing) -> bool:
    return not filing.purposes or bool(set(due.purposes) & set(filing.purposes))


def _is_list(filing: Filing) -> bool:
    """A message with numbers only is no list, unless what it says is that nobody travels; nor is one about some persons."""
    if filing.is_change:
        return False
    empty = filing.counts.crew if filing.kind is ListKind.CREW else filing.counts.passengers
    return filing.persons > 0 or empty == 0


def _known(filings: Iterable[Filing], now: datetime) -> list[Filing]:
    return [filing for filing in filings if filing.received_at <= now]


def _complete(due: Due, filings: Sequence[Filing]) -> list[Filing]:
    return [filing for filing in live(due, filings) if filing.call == due.call and is_complete(due, filing)]


def _met(due: Due, by: Due, complete: Iterable[Filing]) -> tuple[Filing, ...]:
    """The filings of `complete` that together first met the duty `by`, and with it `due`; or none. One that came in time, by a deadline that
    moved since, stands before one that did not: a line that had sent nothing earlier must not fare better."""
    ranked = sorted(complete, key=lambda filing: (not _came_in_time(due, filing), filing.order))
    if not LISTS[by.product]:
        return tuple(ranked[:1])
    firsts = [_first(ranked, kind) for kind in LISTS[by.product]]
    found = tuple(filing for filing in firsts if filing is not None)
    return found if len(found) == len(firsts) else ()


def _first(filings: Sequence[Filing], kind: ListKind) -> Filing | None:
    return next((filing for filing in filings if filing.kind is kind), None)


def _rank(due: Due, completed: tuple[Filing, ...]) -> tuple[bool, datetime]:
    return not all(_came_in_time(due, filing) for filing in completed), _moment(completed)


def _moment(completed: tuple[Filing, ...]) -> datetime:
    """A duty of several lists is met with the last of them."""
    return max(filing.received_at for filing in completed)


def _judged(due: Due, known: Sequence[Filing], now: datetime, completed: tuple[Filing, ...]) -> Standing:
    if completed:
        at = _moment(completed)
        in_time = all(_came_in_time(due, filing) for filing in completed)
        state = State.NOT_DUE if due.deadline is None else State.ON_TIME if in_time else State.LATE
        lateness = at - due.deadline if due.deadline and not in_time else None
        return Standing(due=due, state=state_of(due, state), if_counted=state, received_at=at, lateness=lateness)
    newest = _newest([filing for filing in live(due, known) if filing.call == due.call], due)
    given = [filing for filing in newest.values() if filing]
    state = State.NOT_DUE if due.deadline is None else State.DUE
    if has_passed(due, now):
        state = State.INCOMPLETE if given else State.MISSING
    missing: dict[str, int] = {}
    for filing in given:
        for field, count in lacks(due, filing).items():
            missing[field] = missing.get(field, 0) + count
    return Standing(
        due=due,
        state=state_of(due, state),
        if_counted=state,
        lists=tuple(kind for kind, filing in newest.items() if filing is None),
        missing=missing,
        errors=sum(blocking_errors(due, filing) for filing in given),
    )


def _newest(filings: Sequence[Filing], due: Due) -> dict[ListKind, Filing | None]:
    return {kind: _first(filings[::-1], kind) for kind in LISTS[due.product]}


def _in_time(due: Due, at: datetime, deadline: datetime | None) -> bool:
    return deadline is None or (at < deadline if due.strict else at <= deadline)


def _came_in_time(due: Due, filing: Filing) -> bool:
    """By the deadline as it is now, or as it was when the list came: a later move of the schedule does not undo that."""
    then = filing.deadlines.get(due.obligation, due.deadline)
    return any(_in_time(due, filing.received_at, deadline) for deadline in (due.deadline, then))
