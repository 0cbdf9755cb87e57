"""Faults of tables: what spreadsheets, exports and hands do to cells, columns and rows.

In: nothing. Out: `FAULTS`, put into the pages after the persons are written down.
"""

from collections.abc import Callable, Sequence
from typing import Final

from gateway.make.draft import Draft, Fault
from gateway.make.page import Page
from gateway.make.targets import ANY_SIGN, Family

_TABLES: Final[frozenset[Family]] = frozenset(("text", "workbook"))
_TEXT: Final[frozenset[Family]] = frozenset(("text",))
_ZONE: Final = ("mrz1", "mrz2", "mrz3")

Places = Sequence[tuple[int | None, str]]


def _cell(
    name: str, means: str, codes: str, field: str, text: Callable[[str], str], *, needs: Sequence[str] = ()
) -> Fault:
    """One cell says something else; the zone of that person is left out, for it would tell."""

    def apply(draft: Draft) -> Places:
        index = draft.choose(lambda person: bool(person.given_names))
        if index is None:
            return ()
        page, number = draft.page_of(index)
        page.put(number, field, text(page.people[number - 1][page.fields.index(field)] or ""))
        for line in _ZONE:
            if line in page.fields:
                page.put(number, line, None)
        return ((index, field),)

    return Fault(
        name=name, means=means, codes=tuple(codes.split()), stage="page", apply=apply,
        needs=frozenset((field, *needs)), families=_TABLES,
    )  # fmt: skip


def _column(
    name: str, means: str, codes: str, field: str, change: Callable[[list[str]], list[str] | None], *, families: frozenset[Family] = _TABLES
) -> Fault:  # fmt: skip
    """A whole column is written in another way. It changes what is found of each of its cells."""

    def apply(draft: Draft) -> Places:
        page = draft.pages[0]
        changed = change([text or "" for text in page.column(field)])
        for number, text in enumerate(changed or (), 1):
            page.put(number, field, text)
        return ((None, field),) if changed else ()

    return Fault(
        name=name, means=means, codes=tuple(codes.split()), stage="page", apply=apply, needs=frozenset((field,)),
        families=families, is_alone=True,
    )  # fmt: skip


def _page(
    name: str, means: str, codes: str, change: Callable[[Page], bool | None], *, families: frozenset[Family] = _TABLES, is_alone: bool = False
) -> Fault:  # fmt: skip
    """Rows or columns are added, lost or spoilt."""

    def apply(draft: Draft) -> Places:
        if is_alone and len(draft.pages) > 1:  # the other page would still make a list
            return ()
        return () if change(draft.pages[0]) is False else ((None, ""),)

    return Fault(
        name=name,
        means=means,
        codes=tuple(codes.split()),
        stage="page",
        apply=apply,
        families=families,
        is_alone=is_alone,
    )


def _parts(text: str) -> list[str]:
    """Year, month, day of a date that a page holds."""
    parts = text.replace("/", "-").split("-")
    return parts if len(parts[0]) == 4 else parts[::-1]


def _months_first(texts: list[str]) -> list[str] | None:
    """Half the column has the month first: some cells prove one order, some the other."""
    if not all(texts) or len(texts) < 4:
        return None
    dates = [_parts(text) for text in texts]
    dates[0][1:], dates[1][1:] = ["03", "25"], ["04", "26"]
    half = len(texts) // 2
    return [
        f"{month}/{day}/{year}" if (place >= half or place == 0) and day != month else f"{day}/{month}/{year}"
        for place, (year, month, day) in enumerate(dates)
    ]


def _no_day_over_twelve(texts: list[str]) -> list[str] | None:
    if not all(texts) or len(texts) < 2:
        return None
    return [f"{1 + place % 11:02}/{2 + place % 11:02}/{_parts(text)[0]}" for place, text in enumerate(texts)]


def _two_digits(texts: list[str]) -> list[str] | None:
    if not all(texts):
        return None
    return [f"{day}/{month}/{year[2:]}" for year, month, day in map(_parts, texts)]


def _totals(page: Page) -> None:
    row: list[str | None] = [None] * len(page.headers)
    row[page.fields.index("family_name")] = "TOTAL"
    row[page.fields.index("given_names")] = str(len(page.people))
    page.below.append(row)


def _headers_again(page: Page) -> bool | None:
    if len(page.people) < 6:  # only where a printed page could end
        return False
    page.people.append(page.headers)
    return None


def _unknown(page: Page) -> None:
    page.headers = [*page.headers, "Gate at terminal"]
    page.fields.append("")
    page.people = [[*row, "A7"] for row in page.people]


def _doubled(page: Page) -> None:
    page.headers = [*page.headers, page.headers[page.fields.index("family_name")]]
    page.fields.append("")
    page.people = [[*row, row[page.fields.index("family_name")]] for row in page.people]


def _swapped(page: Page) -> None:
    here, there = (page.fields.index(field) for field in ("family_name", "nationality"))
    headers = list(page.headers)
    headers[here], headers[there] = headers[there], headers[here]
    page.headers = headers


def _nobody(page: Page) -> None:
    page.people, page.help = [], []


def _no_headers(page: Page) -> None:
    page.headers = [None for _ in page.headers]


def _too_long(page: Page) -> None:
    page.people[-1] = [*page.people[-1], "A7", "B8"]


def _too_short(page: Page) -> None:
    page.people[-1] = page.people[-1][:-1]


FAULTS: Final = (
    _cell("sex-letter", "the sex is a letter that stands for none", "N-22", "sex", lambda text: "Q"),
    _cell("date-unreadable", "the date of birth is no date", "N-01 N-09", "birth_date", lambda text: "one day in 19x5"),
    _cell("month-thirteen", "the date of birth has a thirteenth month and day", "N-33 N-01 N-09", "birth_date", lambda text: "1980-13-32"),
    _cell("date-of-nothing", "a program's date for 'nothing' stands for the birth", "N-06 N-09", "birth_date", lambda text: "0001-01-01"),
    _cell("country-misspelt", "the nationality is a word for no country", "N-20", "nationality", lambda text: "Atlantis"),
    _cell("country-by-custom", "the nationality is a customary word", "N-21", "nationality", lambda text: "England"),
    _cell("transit-word", "transit is neither yes nor no", "N-26", "transit", lambda text: "Perhaps"),
    _cell("document-word", "the kind of document is a library card", "N-28", "document.type", lambda text: "Library card"),
    _cell("number-as-decimal", "a spreadsheet has made the number a decimal one", "N-40", "document.number", lambda text: "12345678.0"),
    _cell("number-rounded", "a spreadsheet has rounded the number", "N-41", "document.number", lambda text: "1.23457E+12"),
    _cell("invisible-sign", "a zero-width sign stands in the name", "N-10", "family_name", lambda text: text[:2] + "\u200b" + text[2:],
          needs=(ANY_SIGN,)),
    _column("mixed-dates", "half the dates of birth have the month first", "N-04 N-02 N-09 N-01 N-33", "birth_date", _months_first),
    _column("ambiguous-dates", "no date of birth tells day from month", "N-03", "birth_date", _no_day_over_twelve, families=_TEXT),
    _column("two-digit-years", "the years of birth have two digits", "N-08 N-09", "birth_date", _two_digits),
    _page("totals-row", "a total stands below the persons", "T-25", _totals),
    _page("headers-again", "the headers stand below the persons again", "T-25", _headers_again),
    _page("unknown-column", "a column that nobody knows", "T-21", _unknown),
    _page("column-twice", "the family name has two columns", "T-22", _doubled),
    _page("headers-swapped", "family name and nationality stand under each other's headers", "N-20", _swapped, is_alone=True),
    _page("nobody-listed", "the headers are there, and no person", "T-23 C-06", _nobody, is_alone=True),
    _page("headers-missing", "the row of headers was lost", "T-20", _no_headers, is_alone=True),
    _page("line-too-long", "a line has more values than there are headers", "T-43", _too_long, families=_TEXT, is_alone=True),
    _page("line-too-short", "a line ends early", "T-44", _too_short, families=_TEXT, is_alone=True),
)  # fmt: skip
