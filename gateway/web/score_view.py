"""Scorecards as pages show them: a card in words, with the period before beside it; the heatmap; the points that were lost.

In: cards and lost points of `compliance`. Out: plain values in the language of the request, nothing to work out in a template.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.compliance import Asked
from gateway.store.compliance import Contest
from gateway.track.metrics import FEWEST_FOR_A_SHARE, METRICS, Card, Filled, Lost, Period, Value, heatmap
from gateway.track.metrics.score import TOO_FEW
from gateway.web.moments import in_utc
from gateway.web.reasons import FIELDS
from gateway.web.score_words import CONTEST_STATES, number, share, title
from gateway.web.words import day, figure, say

CHIEF: Final = (("score", ""), ("coverage", ""), ("on-time", ""), ("field-completeness", ""), ("manifest-sufficiency", ""), ("count-list-agreement", ""))  # fmt: skip
_LEVELS: Final = ((0.99, "best"), (0.95, "good"), (0.8, "fair"), (0.5, "poor"))


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One number. `before`: of the period before. `trend`: up, down, same, or "" where nothing can be said; `good` what that means."""

    title: str
    number: str
    share: str
    note: str
    before: str
    trend: str
    better: str
    definition: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier in the table of all."""

    carrier: str
    name: str
    sailings: int
    excused: int
    cells: list[Cell]


class Heated(msgspec.Struct, frozen=True):
    """One field of one line. `level`: best to worst; "few" where a colour would say more than the number does."""

    text: str
    level: str


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A lost point. `contest`: how it stands, where it was contested."""

    point: Lost
    metric: str
    at: str
    received: str
    contest: str
    may_contest: bool


class Step(msgspec.Struct, frozen=True):
    """One period of a line's own trend: how many duties were on time of how many, and the height of its bar of 100."""

    title: str
    text: str
    height: float | None


def line_of(card: Card, before: Card | None, name: str) -> Line:
    return Line(
        carrier=card.carrier,
        name=name,
        sailings=card.sailings,
        excused=card.excused,
        cells=[_cell(metric, part, card, before) for metric, part in CHIEF],
    )


def rows_of(card: Card, before: Card | None) -> list[Cell]:
    """Every number of a card, in the order of METRICS."""
    return [_cell(metric.id, part, card, before) for metric in METRICS for part in metric.parts]


def heat_of(cards: Sequence[Card]) -> list[tuple[str, list[Heated]]]:
    """(field, a cell a line)."""
    return [
        (say(FIELDS[field]) if field in FIELDS else field, [_heated(one) for one in cells])
        for field, cells in heatmap(cards).cells.items()
    ]


def missed(
    points: Iterable[Lost], contests: Iterable[Contest], window: timedelta, now: datetime, *, own: bool
) -> list[Missed]:
    """The newest first. `own`: who looks may contest them."""
    known = {(one.metric, one.call_id, one.obligation): one for one in contests}
    found = []
    for one in sorted(points, key=lambda one: one.deadline, reverse=True):
        contest = known.get((one.metric, one.call, one.obligation))
        state = say(CONTEST_STATES[contest.state]) if contest else ""
        may = own and contest is None and now <= one.deadline + window
        received = in_utc(one.received_at) if one.received_at else ""
        found.append(
            Missed(
                point=one,
                metric=title(one.metric),
                at=in_utc(one.deadline),
                received=received,
                contest=state,
                may_contest=may,
            )
        )
    return found


def earlier(asked: Asked, back: int = 1) -> Asked:
    """The same question about the period as long, `back` periods before."""
    length = asked.period.end - asked.period.start
    period = Period(asked.period.start - back * length, asked.period.end - back * length)
    return msgspec.structs.replace(asked, period=period)


def by_carrier(cards: Iterable[Card]) -> Mapping[str, Card]:
    return {card.carrier: card for card in cards}


def step(period: Period, card: Card | None) -> Step:
    """A line's duties on time in one period."""
    heading = f"{day(period.start)} - {day(period.end - timedelta(seconds=1))}"
    value = card.value("on-time") if card is not None else None
    if value is None or not value.denominator or value.numerator is None:
        return Step(heading, say("nothing was due"), None)
    return Step(heading, f"{number(value)} {share(value)}".strip(), round(100 * value.numerator / value.denominator, 1))


def _cell(metric: str, part: str, card: Card, before: Card | None) -> Cell:
    value = card.value(metric, part)
    known = next(one for one in METRICS if one.id == metric)
    old = before.value(metric, part) if before is not None else None
    return Cell(
        title=title(metric, part),
        number=number(value),
        share=share(value),
        note=_note(value),
        before=number(old) if old is not None and _size(old) is not None else "",
        trend=_trend(old, value),
        better=known.better,
        definition=known.definition,
    )


def _note(value: Value) -> str:
    if value.reason == TOO_FEW:
        return say("fewer than %(few)s sailings: see what each number counts", few=FEWEST_FOR_A_SHARE)
    if value.reason or value.low is None or value.high is None or value.share is None:
        return say(value.reason) if value.reason else ""
    low, high = figure(value.low / 10), figure(value.high / 10)
    return say("between %(low)s and %(high)s %% (95 %% interval)", low=low, high=high)


def _size(value: Value) -> float | None:
    """What two periods are compared by; None where there is nothing to compare."""
    if value.duration is not None:
        return value.duration.total_seconds()
    if value.numerator is None:
        return None
    return value.numerator / value.denominator if value.denominator else float(value.numerator)


def _trend(old: Value | None, new: Value) -> str:
    """Only between two periods of which each says something: both with a share, or both with a time or points."""
    if old is None or (old.share is None) != (new.share is None) or (new.denominator and new.share is None):
        return ""
    one, other = _size(old), _size(new)
    if one is None or other is None:
        return ""
    return "same" if abs(other - one) < 1e-9 else "up" if other > one else "down"


def _heated(one: Filled | None) -> Heated:
    if one is None or not one.asked:
        return Heated("", "none")
    whole = say("%(part)s of %(whole)s", part=figure(one.given), whole=figure(one.asked))
    if one.asked < FEWEST_FOR_A_SHARE:
        return Heated(whole, "few")
    ratio = one.given / one.asked
    level = next((name for least, name in _LEVELS if ratio >= least), "worst")
    return Heated(f"{figure(round(100 * ratio, 1))} %", level)
