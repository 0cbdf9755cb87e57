"""Scorecards: every metric of a carrier in a period, on all its routes or on one.

In: sailings as measured, what was handed in, the terms, the time. Out: `Card`s, by carrier and route. Small numbers are told as numbers; what cannot be
measured says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from gateway.track.metrics.agreement import count_list_agreement, ghosts_and_missing, reconciliation
from gateway.track.metrics.content import duplicates, newest, placeholders, receipt_failures, sources
from gateway.track.metrics.corrections import correction_lag, post_departure_changes
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.score import parts_of, score
from gateway.track.metrics.sufficiency import (
    Submissions,
    field_completeness,
    fields_of,
    judged_of,
    manifest_sufficiency,
    person_sufficiency,
    syntax_rejects,
)
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.timeliness import coverage, early_complete, lateness, on_time
from gateway.track.metrics.values import Card, Period, Value


def cards(
    sailings: Iterable[Sailing],
    period: Period,
    terms: Terms,
    now: datetime,
    *,
    by_route: bool = False,
    submissions: Mapping[str, Submissions] | None = None,
) -> list[Card]:
    """A card for every carrier with an expected sailing, or for every carrier's every route. A ship of which nobody knows whose it is has none.
    `submissions`: of each carrier on all its routes."""
    groups: dict[tuple[str, str], list[Sailing]] = {}
    for one in sailings:
        if one.call.carrier:
            groups.setdefault((one.call.carrier, one.route if by_route else ""), []).append(one)
    sent = {} if by_route or submissions is None else submissions
    nothing = None if by_route or submissions is None else Submissions(0, 0)
    return [
        card(carrier, route, groups[carrier, route], period, terms, now, sent.get(carrier, nothing))
        for carrier, route in sorted(groups)
    ]


def card(
    carrier: str,
    route: str,
    sailings: Sequence[Sailing],
    period: Period,
    terms: Terms,
    now: datetime,
    submissions: Submissions | None,
) -> Card:
    judged = [judged_of(one) for one in sailings]
    fields = fields_of(judged)
    parts = parts_of(sailings)
    due = sum(bool(one.standings) for one in sailings)
    return Card(
        carrier=carrier,
        route=route,
        period=period,
        sailings=due,
        excused=sum(bool(one.excused) for one in sailings),
        undetermined=sum(one.undetermined for one in sailings),
        values=(
            *_timely(sailings, terms),
            field_completeness(fields, due),
            person_sufficiency(judged),
            manifest_sufficiency(sailings, terms),
            syntax_rejects(submissions, due),
            count_list_agreement(sailings),
            reconciliation(sailings),
            *ghosts_and_missing(sailings, now),
            *correction_lag(sailings, terms),
            post_departure_changes(sailings),
            *_content(sailings),
            *receipt_failures(sailings),
            *score(parts, terms, due),
        ),
        fields=fields,
        points=parts.points(terms),
    )


def _timely(sailings: Sequence[Sailing], terms: Terms) -> list[Value]:
    return [coverage(sailings), on_time(sailings), *lateness(sailings), early_complete(sailings, terms)]


def _content(sailings: Sequence[Sailing]) -> list[Value]:
    lists = newest(sailings)
    return [*duplicates(lists), placeholders(lists), *sources(lists, newest(sailings, of_bookings=True))]
