"""A column of dates: one order of day and month for all of it, never one for each cell.

In: the texts of one column, what they are about, and the order that the profile or the format fixes. Out: text -> ISO
date, what is to be said of a text, and what is to be said of the column. Dates with the year in front, or with the
month in letters, are certain. For the rest the order is the profile's; without one it is proven by a date that can only
be read one way; where nothing proves it, doubtful dates stay unread: 03/04/1970 is not worth a guess. 03.04.1970 is: who writes
dots puts the day first (Unicode CLDR as of babel 2.18.0: none of its 235 forms with dots has the month first), unless a date of
the column says otherwise.
"""

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from gateway.findings import Rule, Severity
from gateway.normalise.dateforms import Dates, Meaning, Odd, centuries, compact_date, possible_dates, two_digit_year

_CITES = "ISO 8601; IMO Compendium"
UNREADABLE = Rule(
    id="N-01",
    severity=Severity.ERROR,
    text="this is not a date that can be read",
    hint="write dates as YYYY-MM-DD",
    cites=_CITES,
)
NOT_IN_ORDER = Rule(
    id="N-02",
    severity=Severity.ERROR,
    text="this is not a date in the order that is agreed for this list: {order}",
    hint="correct the date; it may have day and month exchanged",
    cites=_CITES,
)
AMBIGUOUS = Rule(
    id="N-03",
    severity=Severity.ERROR,
    text="day and month can be read both ways in this column, so that {count} could not be read",
    hint="write dates as YYYY-MM-DD, or have the order of day and month put into your profile",
    cites=_CITES,
)
TWO_ORDERS = Rule(
    id="N-04",
    severity=Severity.ERROR,
    text="this column holds dates with the day first and dates with the month first, so that {count} could not be read",
    hint="write all dates of the column as YYYY-MM-DD",
    cites=_CITES,
)
EXCHANGED = Rule(
    id="N-05",
    severity=Severity.WARNING,
    text="the real dates of this column ({count}) all fall on the 1st to 12th, and no text date does: "
    "a spreadsheet has probably exchanged their day and month",
    hint="compare some of these dates with the documents, and export the column as text",
)
EMPTY_DATE = Rule(
    id="N-06",
    severity=Severity.WARNING,
    text="this date is a program's way to say 'nothing' (such as 0001-01-01 or 00/00/0000); it counts as not given",
    hint="leave the value out, or give the date",
)
NO_CENTURY = Rule(
    id="N-07",
    severity=Severity.ERROR,
    text="the year has two digits, and in no century does this date fall within 20 years of today",
    hint="write the year with four digits",
    cites=_CITES,
)
TWO_DIGITS = Rule(
    id="N-08",
    severity=Severity.INFO,
    text="the year has two digits; a birth was taken as the latest that is not in the future, other dates as the nearest",
    hint="write years with four digits",
    cites=_CITES,
)
UK_FORM = Rule(
    id="N-09",
    severity=Severity.ERROR,
    text="this form takes dates only as dd/mm/yyyy",
    hint="write the date as in 24/02/2022",
    cites="UK NMSW FAL 5 and FAL 6 templates, 2023",
)
NO_SUCH_DAY = Rule(
    id="N-33",
    severity=Severity.ERROR,
    text="there is no such day: the month or the day is out of range",
    hint="correct it; day and month may be exchanged, or the month may have fewer days",
    cites=_CITES,
)
RULES = (
    UNREADABLE,
    NO_SUCH_DAY,
    NOT_IN_ORDER,
    AMBIGUOUS,
    TWO_ORDERS,
    EXCHANGED,
    EMPTY_DATE,
    NO_CENTURY,
    TWO_DIGITS,
    UK_FORM,
)

_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_ODD = {Odd.UNREADABLE: UNREADABLE, Odd.EMPTY: EMPTY_DATE, Odd.NO_CENTURY: NO_CENTURY}
_FEWEST_TO_SUSPECT = 5  # five days by chance all within 1 to 12: 0.4 ** 5, one column in a hundred


class ReadDates(msgspec.Struct):
    """`values`: text -> date, None where unread. `notes`: what to say of a text. `column`: what to say once, at which
    texts, and which texts are meant."""

    values: dict[str, str | None] = {}
    notes: dict[str, tuple[Rule, ...]] = {}
    column: list[tuple[Rule, list[str], list[str]]] = []
    order: str | None = None


def read_dates(texts: Iterable[str], meaning: Meaning, order: str | None, today: date) -> ReadDates:
    """Read one column. `order`: "dmy", "mdy", "ymd", "iso", "edifact", "uk" (dd/mm/yyyy only) or None (infer)."""
    different = set(texts)
    read = ReadDates(order=order, values=_usual_forms(different, meaning, order, today))
    doubtful: dict[str, dict[str, str]] = {}
    for text in different - read.values.keys():
        found = _possible(text, meaning, order, today)
        if isinstance(found, dict):
            doubtful[text] = found
        elif isinstance(found, str):
            read.values[text] = found
        else:
            read.values[text] = None
            read.notes[text] = (_why(text, found, order),)
    if doubtful:
        certain = [text for text in read.values if text not in read.notes]
        _suspect_exchanged(read, certain, doubtful)
        if order not in _WORDS:
            order, doubtful = _proven(read, doubtful)
        _settle(read, doubtful, order)
    return read


def _possible(text: str, meaning: Meaning, order: str | None, today: date) -> Dates:
    if order == "edifact":
        return compact_date(text, meaning, today)
    found = possible_dates(text, meaning, today)
    return _as_uk_takes_it(text, found) if order == "uk" else found


def _usual_forms(texts: set[str], meaning: Meaning, order: str | None, today: date) -> dict[str, str | None]:
    """The texts that are whole dates in the form of most lists: ISO 8601, and in EDIFACT CCYYMMDD and YYMMDD."""
    usual: dict[str, str | None] = {}
    century = centuries(meaning, today) if order == "edifact" else {}
    for text in texts:
        day = text
        if century and len(text) == 6:
            day = f"{century.get(text[:2], '?')}{text[:2]}-{text[2:4]}-{text[4:]}"
        elif century and len(text) == 8:
            day = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        if len(day) == 10 and day[4] == day[7] == "-" and "1800" <= day < "2200":
            try:
                date.fromisoformat(day)
            except ValueError:
                continue
            usual[text] = day
    return usual


_FOUR_DIGIT_YEAR = re.compile(r"\d{4}([-/. ])\d{1,2}\1\d{1,2}|\d{1,2}([-/. ])\d{1,2}\2\d{4}")
_DOTTED = re.compile(r"\s*\d{1,2}\s*\.\s*\d{1,2}\s*\.\s*(\d{4}|\d{2})(\D.*)?", re.S)
_UK_DATE = re.compile(r"\d\d/\d\d/\d{4}")


def _why(text: str, odd: Odd, order: str | None) -> Rule:
    """What is wrong with a date: its form, or a day that no calendar has."""
    form = _UK_DATE if order == "uk" else _FOUR_DIGIT_YEAR
    if odd is Odd.UNREADABLE and form.fullmatch(text.strip()):
        return NO_SUCH_DAY
    return UK_FORM if order == "uk" and odd is not Odd.EMPTY else _ODD[odd]


def _as_uk_takes_it(text: str, found: Dates) -> Dates:
    """A typed date cell arrives as ISO text, perhaps with a time; anything else must be dd/mm/yyyy."""
    if isinstance(found, str) and text[:10] == found:
        return found
    stripped = text.strip()
    is_form = len(stripped) == 10 and stripped[2] == stripped[5] == "/"
    return found.get("dmy", Odd.UNREADABLE) if is_form and isinstance(found, dict) else Odd.UNREADABLE


Doubtful = dict[str, dict[str, str]]
"""Text -> order -> the date that it is in this order."""


def _proven(read: ReadDates, doubtful: Doubtful) -> tuple[str | None, Doubtful]:
    """The one order in which every date of the column can be read, and what is still doubtful without one; says so where
    there is none, or more than one."""
    single = {next(iter(orders)): text for text, orders in doubtful.items() if len(orders) == 1}
    open_ = [text for text, orders in doubtful.items() if len(set(orders.values())) > 1]
    if len(single) > 1:
        fewest = min(single, key=lambda order: sum(list(orders) == [order] for orders in doubtful.values()))
        wrong = [text for text, orders in doubtful.items() if list(orders) == [fewest]]
        read.column.append((TWO_ORDERS, wrong, open_))
        return None, doubtful
    dotted = _day_first(doubtful)
    if "mdy" in single and dotted:
        if any(_DOTTED.fullmatch(text) for text, orders in doubtful.items() if list(orders) == ["mdy"]):
            return "mdy", doubtful
        read.column.append((TWO_ORDERS, list(dotted), open_))
        return None, doubtful
    still_open = [text for text in open_ if text not in dotted]
    if still_open and not single:
        read.column.append((AMBIGUOUS, still_open, still_open))
    return next(iter(single), None), doubtful | dotted


def _day_first(doubtful: Doubtful) -> Doubtful:
    """The dates with dots that are only doubtful because the month might stand first."""
    dotted = {text: orders for text, orders in doubtful.items() if _DOTTED.fullmatch(text) and "dmy" in orders}
    found = {text: {order: day for order, day in orders.items() if order != "mdy"} for text, orders in dotted.items()}
    return {text: orders for text, orders in found.items() if len(orders) == 1 and len(doubtful[text]) > 1}


def _settle(read: ReadDates, doubtful: Doubtful, order: str | None) -> None:
    """Fill in the doubtful ones: in the order, where there is one, else only those that are the same either way."""
    read.order = order
    for text, orders in doubtful.items():
        same = set(orders.values())
        read.values[text] = orders.get(order) if order else same.pop() if len(same) == 1 else None
        if order and order not in orders:
            read.notes[text] = (NOT_IN_ORDER,)
        elif read.values[text] and two_digit_year(text):
            read.notes[text] = (TWO_DIGITS,)


def order_in_words(order: str | None) -> str:
    """The order as it is said to a person."""
    return _WORDS.get(order or "", "")


def _suspect_exchanged(read: ReadDates, certain: list[str], doubtful: Doubtful) -> None:
    """US Excel turns 03/04/1970 into a real date, 4 March, and leaves 13/04/1970 a text: half the column is wrong."""
    real = [text for text in certain if text[4:5] == "-" and len(text) >= 10]
    early = all(int((read.values[text] or "")[8:10] or 99) <= 12 for text in real)
    proven = all(len(orders) == 1 for orders in doubtful.values())
    if len(real) >= _FEWEST_TO_SUSPECT <= len(doubtful) and early and proven:
        read.column.append((EXCHANGED, real, real))
