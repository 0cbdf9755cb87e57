"""The points that were lost, each with what shows it: the sailing, the deadline, what was received when.

In: sailings of one carrier, the terms. Out: `Lost`s, the newest last. Where a filing is meant, its submission is named: its receipt is signed, and the
log holds it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gateway.findings import counted
from gateway.obligations.due import NEVER
from gateway.track.filing import Filing
from gateway.track.metrics.agreement import at_departure, ledger_at
from gateway.track.metrics.definitions import AGREEMENT, COVERAGE, MANIFESTS, ON_TIME
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.sufficiency import in_full, is_sufficient, judged_lists
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.timeliness import is_covered
from gateway.track.metrics.values import Lost
from gateway.track.standing import LISTS, Standing, State


def lost_points(sailings: Iterable[Sailing], terms: Terms) -> list[Lost]:
    """Every lost point that can be contested; those that the desk gave back are none."""
    found = [point for one in sailings for point in _of_sailing(one, terms)]
    return sorted(found, key=lambda one: (one.deadline, one.call, one.metric, one.obligation))


def _of_sailing(sailing: Sailing, terms: Terms) -> Iterator[Lost]:
    yield from _uncovered(sailing)
    for one in sailing.duties(ON_TIME.id):
        if one.state is not State.ON_TIME:
            yield _not_on_time(sailing, one)
    for one in sailing.lists_due(MANIFESTS.id):
        yield from _insufficient(sailing, one, terms)
    if sailing.compared_at and not sailing.is_given_back(AGREEMENT.id):
        yield from _different(sailing, sailing.compared_at)


def _uncovered(sailing: Sailing) -> Iterator[Lost]:
    if sailing.standings and not sailing.is_given_back(COVERAGE.id) and not is_covered(sailing):
        first = sailing.standings[0]
        yield _lost(
            COVERAGE.id, sailing, first.due.obligation, first.due.deadline, None, "nothing was received of this sailing"
        )


def _not_on_time(sailing: Sailing, one: Standing) -> Lost:
    filings = sailing.live[one.due.obligation]
    if one.state is State.LATE:
        meant = next((filing for filing in filings if filing.received_at == one.received_at), None)
        minutes = int(one.lateness.total_seconds() // 60) if one.lateness else 0
        return _lost(
            ON_TIME.id,
            sailing,
            one.due.obligation,
            one.due.deadline,
            meant,
            f"complete {minutes} min after the deadline",
        )
    meant = filings[-1] if filings else None
    return _lost(ON_TIME.id, sailing, one.due.obligation, one.due.deadline, meant, _what_lacks(one))


def _what_lacks(one: Standing) -> str:
    if one.state is State.MISSING:
        return "nothing was received for this duty"
    said = [f"no list of {kind.value}" for kind in one.lists]
    said += [f"{field} lacks for {counted(many, 'person')}" for field, many in sorted(one.missing.items())]
    said += [counted(one.errors, "error")] if one.errors else []
    return "never complete: " + ", ".join(said[:6]) + (", …" if len(said) > 6 else "")


def _insufficient(sailing: Sailing, one: Standing, terms: Terms) -> Iterator[Lost]:
    """At most one point a duty, though it be of several lists."""
    for kind, filing in judged_lists(one, sailing).items():
        if not is_sufficient(filing, one, terms):
            why = f"no list of {kind.value}"
            if filing is not None:
                why = f"{in_full(filing, one.due.fields)} of {counted(filing.persons, 'person')} have every mandatory field without an error"
            yield _lost(MANIFESTS.id, sailing, one.due.obligation, one.due.deadline, filing, why)
            return


def _different(sailing: Sailing, at: datetime) -> Iterator[Lost]:
    persons, agreed = at_departure(sailing, at)
    book = ledger_at(sailing, at)
    if book.comparable and book.listed and persons == agreed:
        return
    both = (("counted", book.comparable), ("listed", book.listed))
    numbers = [f"{number.persons} {name}" for name, number in both if number]
    why = f"15 min after departure: {', '.join(numbers) or 'neither a count nor a list'}"
    meant = next((one for one in reversed(sailing.facts.filings) if one.received_at <= at), None)
    yield _lost(AGREEMENT.id, sailing, _duty_to_count(sailing), at, meant, why)


def _duty_to_count(sailing: Sailing) -> str:
    """The obligation by which a difference of count and list is known: a sailing has one such point."""
    return next(one.obligation for one in sailing.facts.dues if one.counted and not LISTS[one.product])


def _lost(
    metric: str, sailing: Sailing, obligation: str, deadline: datetime | None, filing: Filing | None, reason: str
) -> Lost:
    return Lost(
        metric=metric,
        carrier=sailing.call.carrier,
        call=sailing.call.id,
        obligation=obligation,
        deadline=deadline or NEVER,  # what fell due has one
        received_at=filing.received_at if filing else None,
        submission=filing.submission if filing else None,
        reason=reason,
    )
