"""When a sailing that repeats takes place: the days of an RRULE (RFC 5545 3.3.10) as timetables use them.

In: the parts of a rule, the first start, the days that matter. Out: days, or why the rule is not taken. Daily and weekly rules with an
interval, days of the week, months, an end or a number are read; whatever else a calendar can say ("the last Friday") no timetable
that we know does, and it is said instead of guessed. The steps are bounded, so no rule takes long.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_STEPS: Final = 4_000
"""Days looked at for one rule: eleven years, for a rule that counts from its beginning."""
_READ: Final = frozenset(("FREQ", "INTERVAL", "BYDAY", "BYMONTH", "UNTIL", "COUNT", "WKST"))


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A daily or weekly rule. `weekdays`: 0 is Monday; `until`: the last local day, a time of it cut off."""

    weekly: bool
    interval: int
    weekdays: frozenset[int]
    months: frozenset[int]
    first_weekday: int
    until: date | None
    count: int | None


def rule_of(parts: Mapping[str, Sequence[Any]], start: date) -> Rule | None:
    """The rule, or None where it is of a kind that is not read."""
    frequency = str(next(iter(parts.get("FREQ", ())), "")).upper()
    weekdays = [str(day).upper() for day in parts.get("BYDAY", ())]
    months = parts.get("BYMONTH", ())
    weeks_start = str(next(iter(parts.get("WKST", ())), "MO")).upper()
    numbers = [next(iter(parts.get(name, ())), None) for name in ("INTERVAL", "COUNT")]
    until = next(iter(parts.get("UNTIL", ())), None)
    if (
        frequency not in ("DAILY", "WEEKLY")
        or not _READ.issuperset(parts)
        or not set(WEEK).issuperset([*weekdays, weeks_start])
        or not all(isinstance(month, int) and 1 <= month <= 12 for month in months)
        or not all(number is None or (isinstance(number, int) and 1 <= number <= 100_000) for number in numbers)
        or not (until is None or isinstance(until, date))
    ):
        return None
    days = frozenset(WEEK.index(day) for day in weekdays)
    return Rule(
        weekly=frequency == "WEEKLY",
        interval=numbers[0] or 1,
        weekdays=days or (frozenset((start.weekday(),)) if frequency == "WEEKLY" else frozenset(range(7))),
        months=frozenset(int(month) for month in months) or frozenset(range(1, 13)),
        first_weekday=WEEK.index(weeks_start),
        until=until.date() if isinstance(until, datetime) else until,
        count=numbers[1],
    )


def days_of(rule: Rule, start: date, since: date, until: date) -> Iterator[date]:
    """The days of the rule in [since, until]. The first start is always one of them (RFC 5545 3.8.5.3)."""
    last = min(until, rule.until or until)
    day = start if rule.count is not None else max(start, since)
    counted = 0
    for _ in range(MOST_STEPS):
        if day > last or (rule.count is not None and counted >= rule.count):
            return
        if day == start or _is_due(rule, start, day):
            counted += 1
            if day >= since:
                yield day
        day += timedelta(days=1)


def _is_due(rule: Rule, start: date, day: date) -> bool:
    if day.weekday() not in rule.weekdays or day.month not in rule.months:
        return False
    if not rule.weekly:
        return (day - start).days % rule.interval == 0
    weeks = (_week(day, rule.first_weekday) - _week(start, rule.first_weekday)).days // 7
    return weeks % rule.interval == 0


def _week(day: date, first_weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)
