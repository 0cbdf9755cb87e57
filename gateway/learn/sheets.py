"""Finds the tables in a grid: where the header stands, which columns its words name, which rows are persons.

In: a sheet. Out: a `Table`, or None. The header words that we know decide first (`formats.tables.headers`); where nobody knows
them, the first row that is as wide as the rows below it, is unlike them, and stands above what can only be persons: dates and
words of letters and one thing more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

import msgspec

from gateway.formats import tables
from gateway.formats.grid import Grid, Sheet, letters
from gateway.formats.tables import rows
from gateway.formats.tables.headers import MOST_ROWS_ABOVE, Header
from gateway.formats.tables.words import key
from gateway.learn import days, forms, vocabulary
from gateway.learn.values import Look, Values

_STRONG = 0.8
_LONGEST_HEADER = 120
_SAMPLE = 200  # rows, to see whether a sheet holds persons at all
MOST_PERSONS = 5000  # whose values are looked at; more say nothing new


class Column(msgspec.Struct):
    """`field`: what its header words say, or an empty text. `looks`: the likeliest first. `is_twin`: another filled column has the
    very same header."""

    at: int
    header: str
    field: str
    values: Values
    looks: Sequence[Look] = ()
    is_twin: bool = False

    def share(self, *kinds: str) -> float:
        return max((look.share for look in self.looks if look.kind in kinds), default=0.0)

    def look(self, *kinds: str) -> Look | None:
        return next((look for look in self.looks if look.kind in kinds), None)

    @property
    def is_nameable(self) -> bool:
        """Whether a profile can name it: by a header that is words, and no text that might hold a person."""
        return bool(key(self.header)) and len(self.header) <= _LONGEST_HEADER

    @property
    def named(self) -> str:
        """Its header as it may be shown, or its letter."""
        return " ".join(self.header.split()) if self.is_nameable else f"column {letters(self.at)}"


class Table(msgspec.Struct):
    """`header` has the fields that its words name. `by_words`: it was found by them; else `header.columns` is made up."""

    sheet: Sheet
    header: Header
    rows: list[int]
    columns: list[Column]
    by_words: bool

    @property
    def line(self) -> int:
        return self.sheet.line(self.header.row)


def find(grid: Grid, today: date) -> list[Table]:
    """By words; where no sheet has them, by content."""
    seen = [sheet for sheet in grid.sheets if not sheet.hidden] or grid.sheets
    worded = [(sheet, header) for sheet in seen if (header := tables.header_of(sheet, {}))]
    if worded:
        return [_table(sheet, header, True, today) for sheet, header in worded]
    return [found for sheet in seen if (found := _by_content(sheet, today))]


def looks(values: Values, today: date) -> list[Look]:
    """What the values look like, the likeliest first."""
    seen = [recognise(values) for recognise in (*forms.FORMS, *vocabulary.VOCABULARY)]
    return sorted((look for look in (days.day(values, today), *seen) if look.share), key=lambda look: -look.share)


def _table(sheet: Sheet, header: Header, by_words: bool, today: date) -> Table:
    people = rows.find(sheet, header).rows
    fields = {at: field for field, at in header.columns.items()} if by_words else {}
    columns = []
    for at, column in enumerate(sheet.columns):
        values = Values(column.at(people[:MOST_PERSONS]))
        text = header.texts.get(at, "")
        if text or values.filled:
            columns.append(Column(at, text, fields.get(at, ""), values, looks(values, today)))
    heads = Counter(key(one.header) for one in columns if one.values.filled)
    for one in columns:
        one.is_twin = bool(key(one.header)) and heads[key(one.header)] > 1
    return Table(sheet, header, people, columns, by_words)


def _by_content(sheet: Sheet, today: date) -> Table | None:
    row = _header_row(sheet)
    if row is None:
        return None
    texts = {at: text for at, text in enumerate(sheet.row(row)) if text}
    header = Header(
        row=row, first_row=row, columns={f"column {at}": at for at in texts}, texts=texts, unknown=[], doubled=[], natures={}
    )  # fmt: skip
    sample = {at: Values(column.texts[row + 1 : row + 1 + _SAMPLE]) for at, column in enumerate(sheet.columns)}
    kinds = {at: looks(values, today)[:1] for at, values in sample.items()}
    strong = {at: look.kind for at, (look, *_) in ((at, k) for at, k in kinds.items() if k) if look.share >= _STRONG}
    if not _are_persons(strong.values()) or _is_data(texts, strong, today):
        return None
    return _table(sheet, header, False, today)


def _header_row(sheet: Sheet) -> int | None:
    """The first row about as wide as most, with a text of its own in each cell."""
    widths = [sum(text is not None for text in sheet.row(row)) for row in range(min(sheet.height, _SAMPLE))]
    wide = [width for width in widths if width > 2]
    for row, width in enumerate(widths[:MOST_ROWS_ABOVE]):
        if wide and width >= max(3, 0.7 * median(wide)):
            texts = [key(text) for text in sheet.row(row) if text]
            return row if len(set(texts)) == len(texts) and row + 1 < sheet.height else None
    return None


def _are_persons(kinds: Iterable[str]) -> bool:
    seen = set(kinds)
    has_dates = any(kind in ("birth", "day", "expiry", "issued") for kind in seen)
    return has_dates and "letters" in seen and any(kind in ("sex", "country", "number", "sequence") for kind in seen)


def _is_data(texts: Mapping[int, str], strong: Mapping[int, str], today: date) -> bool:
    """Whether the row looks as the rows below it: then there is no header."""
    alike = [
        any(look.kind == kind and look.share for look in looks(Values([texts[at]]), today))
        for at, kind in strong.items()
        if at in texts and kind in ("birth", "day", "expiry", "issued", "sex", "country")
    ]
    return bool(alike) and sum(alike) * 2 > len(alike)
