"""Tables of every kind that is at hand, and the same tables with headers that say nothing.

What each column truly is, is what the reader makes of the original headers; those of the golden files were checked by hand, the
UK's are written down in tests/formats/test_tables_uk.py, and the generated ones are known from the start.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

from gateway import formats
from gateway.codes import countries
from gateway.demo import tables as demo
from gateway.demo.people import crew, passengers
from gateway.formats import delimited, encodings, grid, workbook
from gateway.formats.grid import Column, Grid, Sheet
from gateway.formats.tables import header_of
from gateway.learn import Sample, of_table
from gateway.manifest import Person, Port, Sex

TODAY = date(2026, 11, 21)
TESTS = Path(__file__).parents[1]
HERE, THERE = Port("GRPIR"), Port("GRHER")


class Case(NamedTuple):
    """`truth`: (sheet, column) -> field, an empty text for a column that is none of ours."""

    name: str
    sample: Sample
    truth: dict[tuple[str | None, int], str]


def sample(name: str, data: bytes) -> Sample:
    if formats.recognise(data) is workbook:
        return of_table(name, workbook.NAME, grid.parse(workbook.decode(data)))
    parted, (encoding, guessed) = delimited.part(data, {}), encodings.encoding_of(data)
    found = Grid(sheets=[parted.sheet])
    return of_table(name, delimited.NAME, found, encoding=encoding, guessed=bool(guessed), delimiter=parted.delimiter)


def by_reader(name: str, data: bytes) -> Case:
    """The truth as the reader finds it by the original headers."""
    one = sample(name, data)
    truth: dict[Any, str] = {}
    for sheet in one.grid.sheets if one.grid else ():
        if header := header_of(sheet, {}):
            truth |= {(sheet.name, at): "" for at in header.texts}
            truth |= {(sheet.name, at): field for field, at in header.columns.items()}
    return Case(name, one, truth)


def files() -> Iterator[tuple[str, bytes]]:
    """Golden files, samples, and what the demo's lines send."""
    for path in sorted((TESTS / "golden").glob("*/*/input.*")) + sorted((TESTS / "samples").glob("*.*")):
        data = path.read_bytes()
        if formats.recognise(data) in (workbook, delimited):
            yield f"{path.parent.parent.name}/{path.parent.name}", data
    people, staff = passengers(60, 5, HERE, THERE, TODAY), crew(24, 6, HERE, THERE, TODAY)
    yield "uk fal5", demo.uk_fal5(staff)
    yield "uk fal6", demo.uk_fal6(people)
    yield "uk fal6, forty mistakes", demo.forty_mistakes(people)[0]
    yield "imo workbook", demo.imo_workbook(staff, people)
    yield (
        "ferry",
        demo.ferry_csv(
            people, ship="Adria Esempio", sailing="S1", departure="GRIGO", arrival="ITBRI", when="21/11/2026 12:00"
        ),
    )


def published(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What authorities publish, where it is at hand."""
    for path in sorted(folder.rglob("*.xlsx")):
        yield path.name, path.read_bytes()


def nonsense(case: Case, name_of: Callable[[int], str] = "Kol{}".format) -> Case:
    """The same table with headers that say nothing."""
    assert case.sample.grid is not None
    sheets = [_renamed(sheet, name_of) for sheet in case.sample.grid.sheets]
    one = case.sample
    again = of_table(
        one.name, one.format, Grid(sheets=sheets), encoding=one.encoding, guessed=one.guessed, delimiter=one.delimiter
    )
    return Case(f"{case.name}, nonsense", again, case.truth)


def _renamed(sheet: Sheet, name_of: Callable[[int], str]) -> Sheet:
    header = header_of(sheet, {})
    if header is None:
        return sheet
    columns = []
    for at, column in enumerate(sheet.columns):
        texts = list(column.texts)
        for row in range(header.first_row, header.row + 1):
            if row < len(texts):
                texts[row] = name_of(at + 1) if row == header.row and texts[row] else None
        columns.append(Column(texts, column.kinds))
    merged = [area for area in sheet.merged if area[0] > header.row]
    return msgspec.structs.replace(sheet, columns=columns, merged=merged)


DEMONYMS = {"SWE": "Swedish", "NOR": "Norwegian", "DEU": "German", "FRA": "French", "ESP": "Spanish", "ITA": "Italian",
            "POL": "Polish", "TUR": "Turkish", "GRC": "Greek", "GBR": "British", "PHL": "Filipino", "IND": "Indian"}  # fmt: skip


class Style(NamedTuple):
    """How an invented line writes its list."""

    date_order: str = "%d/%m/%Y"
    country: str = "alpha-3"
    sex: str = "MF"
    single_name: bool = False
    delimiter: str = ";"
    encoding: str = "windows-1252"
    titles: int = 0
    order: int = 0
    words: str = "english"


WORDS = {
    "english": {
        "sequence": "No", "family_name": "Surname", "given_names": "First name", "full_name": "Passenger name", "sex": "Sex",
        "birth_date": "Date of birth", "birth_place": "Place of birth", "nationality": "Nationality", "document.type": "Document type",
        "document.number": "Passport No", "document.issuer": "Issuing country", "document.issued": "Date of issue",
        "document.expiry": "Expiry date", "cabin": "Cabin", "booking_reference": "Booking reference", "email": "E-mail",
        "phone": "Mobile", "transit": "Transit", "": "Deck colour",
    },
    "abbreviated": {
        "sequence": "Lfd.", "family_name": "Nachn.", "given_names": "Vorn.", "full_name": "Pax nme", "sex": "Geschl.",
        "birth_date": "Geb.dat.", "birth_place": "Geb.ort", "nationality": "Staatsangeh.", "document.type": "Dok.art",
        "document.number": "Passp.nr", "document.issuer": "Iss. ctry", "document.issued": "Iss. date", "document.expiry": "Exp.date",
        "cabin": "Cab.", "booking_reference": "Bookg ref", "email": "e-mail addr", "phone": "Tel.nr", "transit": "Trans.", "": "Deckfarbe",
    },
}  # fmt: skip


def generated(style: Style, number: int = 60, seed: int = 7) -> Case:
    """A list of invented people in this style; the truth is known."""
    people = passengers(number, seed, HERE, THERE, TODAY)
    random = Random(f"{style}{seed}")
    fields = [
        field
        for field in WORDS["english"]
        if field not in (("family_name", "given_names") if style.single_name else ("full_name",))
    ]
    random.shuffle(fields) if style.order else None
    rows = [[_text(field, person, at, style, random) for field in fields] for at, person in enumerate(people, 1)]
    titles = [["Specimen Line weekly export"], ["Printed", "21/11/2026"], [], [], [], []][: style.titles]
    headers = [WORDS[style.words][field] for field in fields]
    text = io.StringIO()
    csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n").writerows([*titles, headers, *rows])
    data = text.getvalue().encode(style.encoding, "replace")
    return Case(str(style), sample("list.csv", data), {(None, at): field for at, field in enumerate(fields)})


def _text(field: str, person: Person, at: int, style: Style, random: Random) -> str:
    paper = person.documents[0]
    country = str(person.birth_country)
    spelled = {"alpha-3": country, "alpha-2": str(countries.iso2_of(country)), "demonym": DEMONYMS[country]}[
        style.country
    ]
    expiry = date.fromisoformat(str(paper.expiry))
    return {
        "sequence": str(at),
        "family_name": person.family_name_latin or "",
        "given_names": person.given_names_latin or "",
        "full_name": f"{person.family_name_latin}, {person.given_names_latin or 'FNU'}",
        "sex": style.sex[person.sex is Sex.FEMALE],
        "birth_date": date.fromisoformat(str(person.birth_date)).strftime(style.date_order),
        "birth_place": person.birth_place or "",
        "nationality": spelled,
        "document.type": "Passport" if at % 3 else "ID card",
        "document.number": paper.number or "",
        "document.issuer": country if style.country == "demonym" else spelled,
        "document.issued": (expiry - timedelta(days=3652)).strftime(style.date_order),
        "document.expiry": expiry.strftime(style.date_order),
        "cabin": person.cabin or "",
        "booking_reference": person.booking_reference or "",
        "email": f"specimen{at}@example.org" if at % 4 else "",
        "phone": f"+44 7700 900{random.randint(100, 999)}" if at % 3 else "",
        "transit": "N",
        "": random.choice(("blue", "red", "green")),
    }[field]


STYLES: Sequence[Style] = (
    Style(),
    Style(date_order="%m/%d/%Y", country="alpha-2", delimiter=",", encoding="utf-8"),
    Style(date_order="%d.%m.%y", country="demonym", order=1, titles=6),
    Style(date_order="%Y-%m-%d", single_name=True, delimiter="\t", encoding="utf-16", order=2),
    Style(date_order="%d %b %Y", sex="UD", order=3, titles=3),
    Style(date_order="%y%m%d", country="alpha-2", order=4, single_name=True),
)
