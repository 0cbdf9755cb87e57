"""Time to mend, and changes after departure: what a line did about what it was told, and how late lists still moved.

In: sailings of one carrier, the terms. Out: `Value`s. A notice is the answer to a list that lacked something its duty asks for; it is mended by the
first list without fault after it. One that is never mended counts in the denominator for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from gateway.track.ledger import is_booking
from gateway.track.metrics.definitions import AFTER_DEPARTURE, CORRECTION
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.timeliness import spread
from gateway.track.metrics.values import Value
from gateway.track.standing import LISTS, is_complete

NO_NOTICE = "no list was answered with an error"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that told of an error, and the list that mended it. `arrives_at`: of the sailing."""

    obligation: str
    submission: str
    answered_at: datetime
    mended_at: datetime | None
    arrives_at: datetime | None

    @property
    def lag(self) -> timedelta | None:
        """A list that was under way before the answer came took no time at all."""
        return max(self.mended_at - self.answered_at, timedelta()) if self.mended_at else None


def notices(sailing: Sailing) -> Iterator[Notice]:
    """The first answer with an error of each list that is due; one that two laws ask for counts once."""
    seen: set[str] = set()
    arrives = sailing.call.arrives_at
    for one in sailing.lists_due(CORRECTION.id):
        for kind in LISTS[one.due.product]:
            filings = [filing for filing in sailing.live[one.due.obligation] if filing.kind is kind]
            faulty = next((filing for filing in filings if not is_complete(one.due, filing)), None)
            if faulty is None or faulty.answered_at is None or f"{faulty.submission}/{kind}" in seen:
                continue
            seen.add(f"{faulty.submission}/{kind}")
            later = (filing for filing in filings if filing.order > faulty.order and is_complete(one.due, filing))
            mended = next(later, None)
            yield Notice(
                obligation=one.due.obligation,
                submission=faulty.submission,
                answered_at=faulty.answered_at,
                mended_at=mended.received_at if mended else None,
                arrives_at=arrives.at if arrives else None,
            )


def correction_lag(sailings: Iterable[Sailing], terms: Terms) -> list[Value]:
    told = [list(notices(one)) for one in sailings]
    every = [one for some in told for one in some]
    counted = sum(map(bool, told))
    if not every:
        return [Value(metric=CORRECTION.id, part=part, reason=NO_NOTICE) for part in CORRECTION.parts]
    within = sum(one.lag is not None and one.lag <= terms.thresholds.correction for one in every)
    before = sum(bool(one.mended_at and one.arrives_at and one.mended_at <= one.arrives_at) for one in every)
    shares = [
        Value(metric=CORRECTION.id, part=part, numerator=some, denominator=len(every), sailings=counted)
        for part, some in (("within", within), ("before-arrival", before))
    ]
    lags = [one.lag for one in every if one.lag is not None]
    return shares + spread(CORRECTION.id, lags, counted, "nothing was mended")


def post_departure_changes(sailings: Iterable[Sailing]) -> Value:
    changed = persons = counted = 0
    for sailing in sailings:
        leaves = sailing.call.departs_at
        if not sailing.sails_here or leaves is None:
            continue
        filings = [one for one in sailing.facts.filings if not is_booking(one)]
        largest = {
            kind: max(one.persons for one in filings if one.kind is kind) for kind in {one.kind for one in filings}
        }
        late = [one.changes for one in filings if one.changes and one.received_at > leaves.at]
        changed += sum(one.added + one.removed + one.changed for one in late)
        persons += sum(largest.values())
        counted += bool(filings)
    if not counted:
        return Value(metric=AFTER_DEPARTURE.id, reason="no list came")
    return Value(metric=AFTER_DEPARTURE.id, numerator=changed, denominator=persons, sailings=counted)
