"""Recognises columns of dates, what they are dates of, and the order of day and month with its evidence.

In: the values of a column, today. Out: a `Look` ("birth", "expiry", "issued", "travel" or only "day"), and an `Order`. Births lie
in the past over many years, expiries within the ten years that a document is valid (ICAO 9303) or shortly before today, issues
in the ten years behind us, days of travel close together. An order is proven by days of 13 and later, never by a majority.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from gateway.learn.values import Look, Values, of
from gateway.normalise.dateforms import Meaning, possible_dates

DAYS = frozenset(("birth", "expiry", "issued", "travel", "day"))

_YEAR = timedelta(days=365)
_POPULATION = 35 * _YEAR  # between the youngest and the oldest twentieth: no document and no customer card is that old
_GLANCE = 20  # values: where most of these have no digit, there are no dates
_OLD = 50 * _YEAR  # longer than anybody has been a customer or held a licence
_VOYAGE = timedelta(days=45)
_ORDERS = {
    "dmy": "13 to 31 seen in first position",
    "mdy": "13 to 31 seen in second position",
    "ymd": "a year seen first",
}


class Order(msgspec.Struct, frozen=True):
    """How a column writes dates. `order`: dmy, mdy, or "" where it needs none or nothing proves it. `is_open`: it needs one."""

    order: str
    is_open: bool
    said: str


def day(values: Values, today: date) -> Look:
    """What kind of dates the values are."""
    first = list(values.different)[:_GLANCE]
    if sum(any(char.isdigit() for char in text) for text in first) * 2 < len(first):
        return Look("day", 0.0, "")
    around = _read(values, Meaning.AROUND, today)
    past = _read(values, Meaning.PAST, today)
    if not past and not around:
        return Look("day", 0.0, "")
    count = sum(values.different[text] for text in past.keys() | around.keys())
    share = count / values.filled
    dates = f"{of(values, count)} are dates"
    near = _sorted(values, around)
    if count - len(near) <= 0.05 * count and near and (kind := _near(near, today)):
        return Look(kind, share, f"{dates}, {_NEAR[kind]}")
    long_ago = _sorted(values, past)
    if len(long_ago) and _is_birth(long_ago, today):
        span = _span(long_ago)
        has_old = long_ago[len(long_ago) // 20] < today - _OLD
        is_population = has_old and span >= _POPULATION and len(long_ago) >= 10 and long_ago[-1] <= today
        return Look("birth", share, f"{dates}, past and over many years", is_population)
    return Look("day", share, dates)


_NEAR = {
    "expiry": "nearly all to come",
    "issued": "all of the last ten years",
    "travel": "all within some weeks",
}


def _near(days: list[date], today: date) -> str:
    """What dates are that lie around today; nothing where they do not."""
    edge = len(days) // 20  # a few slips do not make it another column
    days = days[edge : len(days) - edge]
    to_come = sum(one > today for one in days) / len(days)
    if days[-1] - days[0] <= _VOYAGE and abs(days[0] - today) < _YEAR:
        return "travel"
    if to_come >= 0.8 and days[0] > today - 3 * _YEAR and days[-1] < today + 21 * _YEAR:
        return "expiry"
    return "issued" if not to_come and days[0] > today - 11 * _YEAR and _span(days) > _VOYAGE else ""


def _is_birth(days: list[date], today: date) -> bool:
    past = sum(one <= today for one in days) / len(days)
    return past >= 0.95 and (_span(days) >= 12 * _YEAR or days[len(days) // 2] < today - 16 * _YEAR)


def _span(days: list[date]) -> timedelta:
    edge = len(days) // 20
    return days[-1 - edge] - days[edge]


def _read(values: Values, meaning: Meaning, today: date) -> dict[str, date]:
    """Every text that is a whole date, in the one order that reads most of them."""
    possible = {text: possible_dates(text, meaning, today) for text in values.different}
    counts = Counter(order for read in possible.values() if isinstance(read, Mapping) for order in read)
    order = max(_ORDERS, key=lambda order: counts[order])
    whole = {text: read.get(order, "") if isinstance(read, Mapping) else read for text, read in possible.items()}
    return {
        text: date.fromisoformat(read)
        for text, read in whole.items()
        if isinstance(read, str) and len(read) == 10 and read < "2200"
    }


def _sorted(values: Values, found: dict[str, date]) -> list[date]:
    return sorted(day for text, day in found.items() for _ in range(values.different[text]))


def order(values: Values, field: str, today: date) -> Order:
    """The evidence of the order of day and month: dates that can be read in one order only."""
    meaning = Meaning.PAST if field in ("birth_date", "birth") or field.endswith(".issued") else Meaning.AROUND
    seen: Counter[str] = Counter()
    doubtful = 0
    for text, number in values.different.items():
        read = possible_dates(text, meaning, today)
        if isinstance(read, Mapping):
            seen += Counter({next(iter(read)): number} if len(read) == 1 else {})
            doubtful += number * (len(set(read.values())) > 1)
    total = values.filled
    if len(seen) > 1:
        both = " and ".join(f"{_ORDERS[order]} in {count}" for order, count in seen.items())
        return Order("", True, f"{both} of {total} rows: two orders at once")
    if seen:
        ((order, count),) = seen.items()
        return Order(order, False, f"{_ORDERS[order]} in {count} of {total} rows, and no other order")
    return Order("", doubtful > 0, f"nothing tells day from month in {doubtful} of {total} rows")
