"""One date as people and programs write it.

In: a text, and what kind of date it is. Out: the date it must be, the dates it may be (by the order of day and month),
or nothing. Dates are ISO 8601 with the precision that was given: "1974-08-12", "1974-08", "1974". A date with a time
and an offset keeps its day as written: turned into UTC, 1970-05-01T00:00+02:00 would be the day before.
The order of a doubtful date is never decided here: that takes the whole column (`dates`).
"""

import re
from datetime import date
from enum import Enum

from gateway.normalise.months import month


class Meaning(Enum):
    """What a date is about; it decides the century of two-digit years."""

    PAST = "birth, issue"
    AROUND = "expiry, travel"


class Odd(Enum):
    """A text that is no date: one that says "nothing", and one that cannot be read."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NO_CENTURY = "no century"


Dates = str | dict[str, str] | Odd
"""A certain date; order -> date; or why there is none."""

_WINDOW_YEARS = (
    20  # ICAO 9303: no document is valid for more than ten; twice that, either way, takes in the expired ones
)
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}  # where year, month and day stand

_UNKNOWN = r"xx|\?\?|--|__|<<"
_PLAIN = re.compile(r"(0[1-9]|[12]\d|3[01])([-/. ])(0[1-9]|[12]\d|3[01])\2((?:18|19|20|21)\d\d)", re.ASCII)
_PARTS = re.compile(rf"(\d{{1,4}}|{_UNKNOWN})([-/. ])(\d{{1,2}}|{_UNKNOWN})\2(\d{{1,4}}|{_UNKNOWN})", re.I)
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})([-/. ]*)(?:de )?([^\W\d_]{3,})\.?[-/. ,']*(?:de )?(\d{4}|\d{2})")
_MONTH_NAME_DAY = re.compile(r"([^\W\d_]{3,})\.?[-/. ]*(\d{1,2})[-/ ,]+(\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_COMPACT = re.compile(rf"(\d\d(?:\d\d)?)(\d\d|{_UNKNOWN})(\d\d|{_UNKNOWN})", re.I)
_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)")  # XML Schema's dates may have one
_TIME = re.compile(r"(.*?\d[\w.]*?)[T ,]+(\d{1,2}:\d\d.*)", re.I | re.S)


def possible_dates(text: str, meaning: Meaning, today: date) -> Dates:
    """Every date that `text` can be, whatever the order of day and month."""
    if (plain := _PLAIN.fullmatch(text)) and (days := _day_and_month(plain[1], plain[3], plain[4])):
        return days
    text = without_time(text)
    if found := _PARTS.fullmatch(text):
        return _three(found[1], found[3], found[4], meaning, today)
    if found := _DAY_MONTH_NAME.fullmatch(text):
        return _named(found[1], found[3], found[4], meaning, today)
    if found := _MONTH_NAME_DAY.fullmatch(text):
        return _named(found[2], found[1], found[3], meaning, today)
    if found := _MONTH_YEAR.fullmatch(text):
        return _certain(found[2], found[1], "")
    if found := _YEAR_MONTH.fullmatch(text):
        return _certain(found[1], found[2], "")
    if "<" in text:
        return compact_date(text, meaning, today)
    if text.isascii() and text.isdigit():
        return _digits(text, meaning, today)
    return Odd.UNREADABLE


def _day_and_month(first: str, second: str, year: str) -> dict[str, str]:
    """The usual form with the year behind, at a fifth of the cost; empty where there is no such day in any order."""
    found = {"dmy": f"{year}-{second}-{first}", "mdy": f"{year}-{first}-{second}"}
    return {order: day for order, day in found.items() if _is_a_day(day)}


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def compact_date(text: str, meaning: Meaning, today: date) -> Dates:
    """YYMMDD, CCYYMMDD, CCYYMM or CCYY, perhaps with HHMM behind (UN/EDIFACT 2379: 101, 102, 610, 602, 201, 203), with
    "<<", "XX" or "00" for what is unknown (ICAO 9303-3, 4.8). Six digits are YYMMDD wherever that is a date."""
    if "<" not in text and (len(text) == 4 or "-" in text):
        return possible_dates(text, meaning, today)
    found = _COMPACT.fullmatch(text if len(text) not in (10, 12, 14) else text[: 6 if len(text) == 10 else 8])
    if found is None:
        return Odd.UNREADABLE
    read = _certain(_century(found[1], found[2], found[3], meaning, today), found[2], found[3])
    if read is Odd.UNREADABLE and len(text) == 6 and text[:2] in ("19", "20"):
        return _certain(text[:4], text[4:], "")
    return read


def without_time(text: str) -> str:
    """The date part, as it was written, with ordinary hyphens and no space beside a separator."""
    text = re.sub(r"\s*([-/.])\s*", r"\1", re.sub("[‐‑‒–—−]", "-", text.strip()))
    found = _ZONE.fullmatch(text) or _TIME.fullmatch(text)
    return found[1].rstrip("T ,") if found else text.rstrip(".")


def two_digit_year(text: str) -> bool:
    """Whether a date was written without its century."""
    return not _PLAIN.fullmatch(text) and re.search(r"\d{4}", without_time(text)) is None


def _three(first: str, second: str, third: str, meaning: Meaning, today: date) -> Dates:
    if len(first) > 2:
        return _certain(first, second, third)
    if len(third) == 4:
        return _either((first, second, third), ("dmy", "mdy"), meaning, today)
    if len(third) == 2 and len(first) == 2:
        return _either((first, second, third), ("dmy", "mdy", "ymd"), meaning, today)
    return _either((first, second, third), ("dmy", "mdy"), meaning, today) if len(third) == 2 else Odd.UNREADABLE


def _digits(text: str, meaning: Meaning, today: date) -> Dates:
    if len(text) == 4:
        return _certain(text, "", "")
    if len(text) == 6:
        return _either((text[:2], text[2:4], text[4:]), ("dmy", "mdy", "ymd"), meaning, today)
    if len(text) != 8:
        return Odd.UNREADABLE
    if 1 <= int(text[4:6]) <= 12 and text[:2] in ("19", "20"):
        return _certain(text[:4], text[4:6], text[6:])
    if text == "00000000":
        return Odd.EMPTY
    return _either((text[:2], text[2:4], text[4:]), ("dmy", "mdy"), meaning, today)


def _either(parts: tuple[str, str, str], orders: tuple[str, ...], meaning: Meaning, today: date) -> Dates:
    read: dict[str, str] = {}
    odd = Odd.UNREADABLE
    for order in orders:
        year, month_, day = (parts[index] for index in _ORDERS[order])
        found = _certain(_century(year, month_, day, meaning, today), month_, day)
        if isinstance(found, str):
            read[order] = found
        elif found in (Odd.EMPTY, Odd.NO_CENTURY) and odd is not Odd.EMPTY:
            odd = found
    return read or odd


def _named(day: str, name: str, year: str, meaning: Meaning, today: date) -> Dates:
    number = month(name)
    if number is None:
        return Odd.UNREADABLE
    return _certain(_century(year, str(number), day, meaning, today), str(number), day)


def _century(year: str, month_: str, day: str, meaning: Meaning, today: date) -> str:
    """The year in full. A birth is the latest that is not after today; an expiry lies at most 20 years from today."""
    if len(year) != 2 or not year.isdigit():
        return year
    of_year = int(year)
    years = [century + of_year for century in (1900, 2000, 2100)]
    if meaning is Meaning.PAST:
        month_and_day = (_number(month_) or 1, _number(day) or 1)
        return str(max(y for y in years if y == 1900 + of_year or (y, *month_and_day) <= _ymd(today)))
    return next((str(y) for y in years if abs(y - today.year) <= _WINDOW_YEARS), "?")


def centuries(meaning: Meaning, today: date) -> dict[str, str]:
    """Two digits of a year -> its century, for the years of which every day has the same."""
    years = (f"{year:02}" for year in range(100) if meaning is not Meaning.PAST or year != today.year % 100)
    full = {year: _century(year, "1", "1", meaning, today) for year in years}
    return {year: whole[:2] for year, whole in full.items() if whole != "?"}


def _ymd(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _certain(year: str, month_: str, day: str) -> str | Odd:
    if year == "?":
        return Odd.NO_CENTURY
    if not year.isdigit() or len(year) > 4:
        return Odd.EMPTY if _is_blank(year) and _is_blank(month_) and _is_blank(day) else Odd.UNREADABLE
    if int(year) == 0 or (int(year) == 1 and _number(month_) in (1, None) and _number(day) in (1, None)):
        return Odd.EMPTY  # .NET's DateTime.MinValue is 0001-01-01, MySQL's empty date 0000-00-00
    if not (1800 <= int(year) < 2200 or int(year) == 9999):  # 9999-12-31: a document without an end
        return Odd.UNREADABLE
    if _is_blank(month_):
        return f"{int(year):04}" if _is_blank(day) else Odd.UNREADABLE
    if not 1 <= int(month_) <= 12:
        return Odd.UNREADABLE
    if _is_blank(day):
        return f"{int(year):04}-{int(month_):02}"
    try:
        return date(int(year), int(month_), int(day)).isoformat()
    except ValueError:
        return Odd.UNREADABLE


def _is_blank(part: str) -> bool:
    return not part.isdigit() or int(part) == 0


def _number(part: str) -> int | None:
    return None if _is_blank(part) else int(part)
