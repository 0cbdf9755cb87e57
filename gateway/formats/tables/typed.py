"""What a spreadsheet does to values that are no numbers and no dates: it makes them so.

In: a column of persons, its field and its kinds of cell. Out: the texts, serial numbers turned back into the dates they stand
for, and one finding a column for what may be lost: leading zeros, digits after the fifteenth, "3-4" become a date. Office Open
XML (ECMA-376 part 1, 18.17.4) stores numbers as binary floating point and dates as numbers of days.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from gateway.findings import Finding, Rule, Severity, shape
from gateway.formats.grid import DATE, NUMBER, TEXT
from gateway.formats.raw import CellPlaces

MIXED_NUMBERS = Rule(
    id="T-30",
    severity=Severity.WARNING,
    text="{count} of the values in this column are stored as numbers and the others as text (the first number is named): "
    "leading zeros of a number are lost",
    hint="format the whole column as text before typing or pasting into it",
)
TOO_LONG_NUMBER = Rule(
    id="T-31",
    severity=Severity.ERROR,
    text="a value of more than 15 digits is stored as a number, so its last digits are lost ({count} in this column, the first is named)",
    hint="format the column as text and type the value again, from the document",
)
SERIAL_DATE = Rule(
    id="T-32",
    severity=Severity.WARNING,
    text="a date is shown as a number of days; it was taken as the date it stands for ({count} in this column, the first is named)",
    hint="format the column as dates, or better as text with YYYY-MM-DD",
)
MADE_A_DATE = Rule(
    id="T-36",
    severity=Severity.WARNING,
    text="the spreadsheet has made a date of a value that is none ({count} in this column, the first is named)",
    hint="format the column as text and type the value again",
)
RULES = (MIXED_NUMBERS, TOO_LONG_NUMBER, SERIAL_DATE, MADE_A_DATE)

_EPOCH = date(1899, 12, 30)  # day 0, so that day 61 and later, after the 29 February 1900 that never was, come right
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_050  # 1927-05-18 to 2099-12-31; smaller numbers may be years
_MOST_DIGITS = 15


def is_date(field: str) -> bool:
    return field.endswith(("birth_date", ".expiry", ".issued")) or field in ("birth", "embarked_at", "disembarks_on")


def is_number_like(field: str) -> bool:
    """Fields whose values look like numbers and are none."""
    return field.endswith((".number", "document.combined")) or field in ("booking_reference", "ticket_number")


def settle(
    field: str, texts: list[str | None], kinds: str, places: CellPlaces
) -> tuple[list[str | None], list[Finding]]:
    """One column. `kinds`: a letter a person, or one for all."""
    if field == "sequence" or (NUMBER not in kinds and DATE not in kinds):
        return texts, []
    each = kinds * len(texts) if len(kinds) == 1 else kinds
    findings: list[Finding] = []

    def say(rule: Rule, at: Sequence[int]) -> None:
        if at:
            findings.append(rule.at(places.at(field, at[0]), shape=shape(texts[at[0]]), count=len(at)))

    if is_date(field):
        serials = _where(each, texts, lambda kind, text: kind == NUMBER and _is_serial(text))
        say(SERIAL_DATE, serials)
        for index in serials:
            texts[index] = (_EPOCH + timedelta(days=int(texts[index] or 0))).isoformat()
        return texts, findings
    if DATE in kinds:
        say(MADE_A_DATE, _where(each, texts, lambda kind, text: kind == DATE))
    if is_number_like(field):
        numbers = _where(each, texts, lambda kind, text: kind == NUMBER)
        say(TOO_LONG_NUMBER, [index for index in numbers if len((texts[index] or "").lstrip("-")) > _MOST_DIGITS])
        if any(kind == TEXT and text for kind, text in zip(each, texts, strict=True)):
            say(MIXED_NUMBERS, numbers)
    return texts, findings


def _where(kinds: str, texts: list[str | None], is_so: Callable[[str, str], bool]) -> list[int]:
    return [
        index
        for index, (kind, text) in enumerate(zip(kinds, texts, strict=True))
        if text is not None and is_so(kind, text)
    ]


def _is_serial(text: str) -> bool:
    return text.isdigit() and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL
