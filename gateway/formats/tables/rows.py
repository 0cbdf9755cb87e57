"""Which rows of a table are persons.

In: a sheet and its header. Out: the persons' rows, the role that a section title ("CREW") gives them, the numbers that total
rows state, and findings for the rows that were passed over. A row with anything in a column of the person is a person, unless
it says itself that it is not: help and examples right below the header, totals, signatures, the header again.
"""

import re

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.grid import Sheet, letters
from gateway.formats.raw import HEADER_FIELDS, HeaderValue
from gateway.formats.tables.headers import Header
from gateway.formats.tables.words import (
    CREW,
    EXAMPLE,
    FILL_IN,
    FORMAT,
    INSTRUCTION,
    PASSENGERS,
    SIGNATURE,
    TOTAL,
    key,
)

PASSED_OVER = Rule(
    id="T-25",
    severity=Severity.INFO,
    text="{count} passed over as no persons: {what}",
    hint="nothing to do, unless a person stands there",
)
RULES = (PASSED_OVER,)

HELP, EXAMPLES, TOTALS, SIGNATURES, REPEATED, OUTSIDE, SECTIONS = (
    "help",
    "an example",
    "a total",
    "a signature or a page number",
    "the header again",
    "something only outside the columns of the persons",
    "a title that divides the list",
)
_NO_EVIDENCE = frozenset(HEADER_FIELDS) | {"sequence"}
_FEW = 3  # filled cells: a row of more is a person, whatever a cell says
_HELP_ROWS = 3  # below the header: the UK's templates have one, others a row of formats and an example
_LONG = 45


class People(msgspec.Struct):
    """`rows` from 0. `roles`: one a person, where titles divide the table. `counts`: header field -> stated number."""

    rows: list[int]
    roles: list[str | None]
    counts: dict[str, HeaderValue]
    findings: list[Finding]


def find(sheet: Sheet, header: Header) -> People:
    """Walks the rows below the header; only rows of few cells, and the first ones, are looked at closely."""
    filled = _filled(sheet, header)
    repeats = _repeats(sheet, header)
    people = People([], [], {}, [])
    passed: dict[str, list[int]] = {}
    role: str | None = None
    for row in range(header.row + 1, len(filled)):
        count = filled[row]
        if count > _FEW and row > header.row + _HELP_ROWS and row not in repeats:
            what = ""
        else:
            what = REPEATED if row in repeats else _look(sheet, header, row, count)
        if not what:
            people.rows.append(row)
            people.roles.append(role)
        elif what != "blank":
            passed.setdefault(what, []).append(row)
            if what == SECTIONS:
                role = _role(sheet, row)
            elif what == TOTALS:
                people.counts.update(_stated(sheet, row))
    people.findings = [_passed_over(sheet, what, rows) for what, rows in passed.items()]
    return people


def _filled(sheet: Sheet, header: Header) -> list[int]:
    """How many cells of the person each row holds."""
    counts = [0] * sheet.height
    for field, at in header.columns.items():
        if field not in _NO_EVIDENCE:
            for row, text in enumerate(sheet.columns[at].texts):
                if text is not None:
                    counts[row] += 1
    return counts


def _repeats(sheet: Sheet, header: Header) -> set[int]:
    """Rows that hold the header again, as on every page of a printed list."""
    fields = [at for field, at in header.columns.items() if field not in _NO_EVIDENCE][:2]
    same = [
        {row for row, text in enumerate(sheet.columns[at].texts) if text == header.texts.get(at) and row > header.row}
        for at in fields
    ]
    return set.intersection(*same) if same else set()


def _look(sheet: Sheet, header: Header, row: int, count: int) -> str:
    """Why this row is no person, or an empty text."""
    cells = {at: text for at, text in enumerate(sheet.row(row)) if text is not None}
    if not cells or (count == 0 and cells.keys() <= {header.columns.get("sequence")}):
        return "blank"
    if row <= header.row + _HELP_ROWS:
        if _is_help(cells):
            return HELP
        if _is_example(header, cells):
            return EXAMPLES
    if count <= _FEW and not _is_somebody(header, cells):
        words = {at: key(text) for at, text in cells.items()}
        if len(cells) == 1 and _role(sheet, row):
            return SECTIONS
        if any(TOTAL.match(word) for word in words.values()):
            return TOTALS
        if any(SIGNATURE.search(word) for word in words.values()):
            return SIGNATURES
    return "" if count else OUTSIDE


def _is_somebody(header: Header, cells: dict[int, str]) -> bool:
    """Two parts of a name, or a sex or nationality: PAGE and SUM are also names."""

    def is_worded(field: str) -> bool:
        return cells.get(header.columns.get(field, -1), "").strip()[:1].isalpha()

    return (is_worded("family_name") and is_worded("given_names")) or is_worded("sex") or is_worded("nationality")


def _is_help(cells: dict[int, str]) -> bool:
    helps = sum(
        (len(text) > _LONG and " " in text.strip()) or bool(FORMAT.fullmatch(key(text)))
        or (len(text) >= 18 and bool(INSTRUCTION.match(key(text))))
        for text in cells.values()
    )  # fmt: skip
    return helps * 5 >= len(cells) * 2


def _is_example(header: Header, cells: dict[int, str]) -> bool:
    """It begins with the word, or asks for a name where one should be. Further right the word may be a place or a street."""
    names = {header.columns.get(field) for field in ("family_name", "given_names", "middle_names", "full_name")}
    first = min(cells)
    if first not in names and EXAMPLE.match(key(cells[first])):
        return True
    return any(FILL_IN.search(key(text)) for at, text in cells.items() if at in names)


def _role(sheet: Sheet, row: int) -> str | None:
    """Crew or passenger, where the row is a short title that names one of them."""
    word = key(" ".join(text for text in sheet.row(row) if text))
    if len(word.split()) > 3 or any(char.isdigit() for char in word.replace("fal 5", "").replace("fal 6", "")):
        return None
    is_crew, is_passengers = bool(CREW.search(word)), bool(PASSENGERS.search(word))
    return None if is_crew == is_passengers else "crew" if is_crew else "passenger"


def _stated(sheet: Sheet, row: int) -> dict[str, HeaderValue]:
    """The number of a total row, as what its words say it counts."""
    cells = [(at, text) for at, text in enumerate(sheet.row(row)) if text is not None]
    words = key(" ".join(text for _, text in cells))
    numbers = [(at, number) for at, text in cells for number in re.findall(r"(?<![\d.,])\d{1,5}(?![\d.,])", text)]
    is_crew, is_passengers = bool(CREW.search(words)), bool(PASSENGERS.search(words))
    if len(numbers) != 1 or is_crew == is_passengers:
        return {}
    field = "counts.crew" if is_crew else "counts.passengers"
    at, number = numbers[0]
    place = Place(line=sheet.line(row), field=field)
    if sheet.name is not None:
        place = Place(sheet=sheet.name, cell=f"{letters(at)}{row + 1}", field=field)
    return {field: HeaderValue(number, place)}


def _passed_over(sheet: Sheet, what: str, rows: list[int]) -> Finding:
    shown = ", ".join(str(sheet.line(row)) for row in rows[:5]) + (", …" if len(rows) > 5 else "")
    unit = "line" if sheet.name is None else "row"
    place = Place(sheet=sheet.name, line=sheet.line(rows[0]) if sheet.name is None else None)
    return PASSED_OVER.at(place, count=f"{unit}{'' if len(rows) == 1 else 's'} {shown}", what=what)
