"""What pages and the printed report show of scorecards: rows of words and numbers, and the heatmap of fields against lines.

In: cards. Out: plain values, nothing to work out any more. A share is told only where the card tells it; else the two numbers stand alone.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gateway.track.metrics.definitions import METRICS, Metric
from gateway.track.metrics.values import Card, Filled, Value

PARTS: Mapping[str, str] = {
    "median": "the middle one",
    "p95": "95 of 100 at most",
    "ghosts": "listed and not on board",
    "missing": "on board and not listed",
    "within": "within the time of the terms",
    "before-arrival": "before arrival",
    "across": "on the lists of passengers and crew",
    "elsewhere": "on two ships at once",
    "machine-readable": "read from a machine-readable zone",
    "keyed": "keyed",
    "booking": "from bookings",
    "carrier": "the line's affair",
    "gateway": "the gateway's affair",
    "authority": "the authority's affair",
    "timeliness": "timeliness",
    "sufficiency": "sufficiency",
    "agreement": "agreement",
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a report. `number`: "27 of 30", "14 min" or "not measurable"; `share`: "90.0 %" or nothing; `note`: why it is not measurable,
    or the interval. `before`: the number of the same line in the period before, for a line's own trend."""

    metric: str
    part: str
    title: str
    definition: str
    better: str
    number: str
    share: str
    note: str
    before: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str
    route: str
    card: Card
    rows: tuple[Row, ...]


class Heat(msgspec.Struct, frozen=True):
    """Fields against lines: `cells[field][at]` is of `carriers[at]`; None where nobody was asked."""

    carriers: tuple[str, ...]
    cells: Mapping[str, tuple[Filled | None, ...]]


def report(card: Card, before: Card | None = None) -> Report:
    """A card as a report; with the card of the period before, its numbers beside."""
    rows = tuple(_row(metric, part, card, before) for metric in METRICS for part in metric.parts)
    return Report(carrier=card.carrier, route=card.route, card=card, rows=rows)


def heatmap(cards: Iterable[Card]) -> Heat:
    """How many of those for whom a field was asked had it, line by line."""
    shown = list(cards)
    fields = sorted({field for card in shown for field in card.fields})
    cells = {field: tuple(card.fields.get(field) for card in shown) for field in fields}
    return Heat(tuple(card.carrier for card in shown), cells)


def _row(metric: Metric, part: str, card: Card, before: Card | None) -> Row:
    value = card.value(metric.id, part)
    return Row(
        metric=metric.id,
        part=part,
        title=f"{metric.title}: {_part(metric, part)}" if part else metric.title,
        definition=metric.definition,
        better=metric.better,
        number=number(value),
        share="" if value.share is None else f"{100 * value.share:.1f} %",
        note=_note(value),
        before=number(before.value(metric.id, part)) if before else "",
    )


def _part(metric: Metric, part: str) -> str:
    """ "within" is a time for one metric and a list for another."""
    return "on one list" if (metric.id, part) == ("duplicates", "within") else PARTS[part]


def number(value: Value) -> str:
    if value.duration is not None:
        return f"{int(value.duration.total_seconds() // 60):,} min"
    if value.numerator is None:
        return "not measurable"
    if value.denominator is None:
        return f"{value.numerator:,}"
    return f"{value.numerator:,} of {value.denominator:,}"


def _note(value: Value) -> str:
    if value.reason or value.low is None or value.high is None or value.share is None:
        return value.reason
    return f"between {value.low / 10:.1f} and {value.high / 10:.1f} % (95 % interval)"


def table(cards: Sequence[Card]) -> tuple[tuple[str, ...], ...]:
    """The cards as rows for CSV, a number a row, with a head. Durations are whole seconds."""
    head = (
        "carrier", "route", "from", "until", "metric", "part", "numerator", "denominator", "share", "seconds", "sailings", "low", "high", "reason",
    )  # fmt: skip
    return (head, *(_line(card, value) for card in cards for value in card.values))


def _line(card: Card, value: Value) -> tuple[str, ...]:
    seconds = None if value.duration is None else int(value.duration.total_seconds())
    share = None if value.share is None else f"{value.share:.4f}"
    cells = (
        card.carrier, card.route, card.period.start.isoformat(), card.period.end.isoformat(), value.metric, value.part,
        value.numerator, value.denominator, share, seconds, value.sailings, value.low, value.high, value.reason,
    )  # fmt: skip
    return tuple("" if cell is None else str(cell) for cell in cells)
