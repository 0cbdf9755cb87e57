"""The tables that lines really send, filled with invented people: UK FAL 5/6, the IMO/Kystverket workbook, a ferry CSV.

In: persons and the leg. Out: bytes, laid out as each template is (facts in schemas/SOURCES.md; the cells are our own).
`forty_mistakes` is a UK FAL 6 with one known mistake in each of forty cells.
"""

import io
from collections.abc import Iterable, Sequence

from gateway.formats import inert
from gateway.manifest import Document, Person

UK_CREW = ("TYPE OF TRAVEL DOCUMENT (TD)", "NATURE OF IDENTITY DOCUMENT (if Other)", "TD_ISSUING COUNTRY", "TD_NUMBER", "RANK OR RATING",
            "FAMILY NAME", "FORENAMES", "GENDER", "DATE OF BIRTH", "PLACE OF BIRTH", "NATIONALITY", "TD_EXPIRY DATE")  # fmt: skip
UK_PASSENGERS = ("TYPE OF TRAVEL DOCUMENT (TD)", "NATURE OF IDENTITY DOCUMENT (if Other)", "TD_ISSUING COUNTRY", "TD_NUMBER",
                  "FAMILY NAME", "FORENAMES", "GENDER", "DATE OF BIRTH", "PLACE OF BIRTH", "NATIONALITY", "TD_EXPIRY DATE", "CABIN",
                  "PORT OF EMBARKATION", "PORT OF DISEMBARKATION", "TRANSIT")  # fmt: skip
IMO = ("SrNo", "Last Name", "First Name", "Middle Name", "Nationality (ISO 3 Lett Country Code)", "Sex ( M, F or Other)",
        "Date of Birth (yyyy/mm/dd)", "Document Number", "Country of Issue (ISO 3 Lett Country Code)", "Date of Expiry (yyyy/mm/dd)",
        "Port of Embarkation", "Port Of Debarkation")  # fmt: skip


def uk_fal5(people: Sequence[Person]) -> bytes:
    """The UK crew template: headers in row 3, help in row 4, people from row 5."""
    rows = (
        (*_uk_document(p), p.rank, p.family_name_latin, p.given_names_latin or "UNKNOWN", p.sex, _dmy(p.birth_date), p.birth_place, _nationality(p), _expiry(p))
        for p in people
    )  # fmt: skip
    return _workbook({"FAL 5": [("Crew list",), ("UK NMSW FAL 5",), UK_CREW, _help(UK_CREW), *rows]})


def uk_fal6(people: Sequence[Person]) -> bytes:
    """The UK passenger template: headers in row 3, help in row 4, people from row 5."""
    return _workbook({"FAL 6": _uk_fal6_rows(people)})


def _uk_fal6_rows(people: Sequence[Person]) -> list[Sequence[object]]:
    rows: Iterable[Sequence[object]] = (
        (*_uk_document(p), p.family_name_latin, p.given_names_latin or "UNKNOWN", p.sex, _dmy(p.birth_date), p.birth_place,
         _nationality(p), _expiry(p), p.cabin, _port(p.embarkation), _port(p.disembarkation), "No")
        for p in people
    )  # fmt: skip
    return [("Passenger list",), ("UK NMSW FAL 6",), UK_PASSENGERS, _help(UK_PASSENGERS), *rows]


_MISTAKES: tuple[tuple[str, object], ...] = (
    ("A5", "Library card"), ("A6", "X"), ("B7", None), ("C8", "GB1"), ("C9", "Atlantis"), ("C10", None), ("D11", None), ("D12", "-"),
    ("D13", "000000000"), ("D14", "X" * 41), ("E15", None), ("E16", "R2D2"), ("E17", "S" * 72), ("F18", "C3PO"), ("F19", None),
    ("G20", None), ("G21", "Q"), ("G22", "7"), ("H23", None), ("H24", "31/02/1980"), ("H25", "1stJan1980"), ("H26", "12/30/1977"),
    ("H27", "01/01/2199"), ("H28", "01/01/1850"), ("H29", "01/01/ 19x5"), ("I30", None), ("J31", None), ("J32", "Narnia"), ("J33", "QQQ"),
    ("J34", "UTO"), ("K35", None), ("K36", "01/01/2019"), ("K37", "31/04/2031"), ("K38", "soon"), ("M39", None), ("M40", "GBXQX"),
    ("N41", "ZZZZZ"), ("N42", None), ("O43", "Perhaps"), ("D45", "same as D44"),
)  # fmt: skip


def forty_mistakes(people: Sequence[Person]) -> tuple[bytes, tuple[str, ...]]:
    """A UK FAL 6 of at least 41 people with forty cells spoilt, and the cells' names."""
    rows = [list(row) for row in _uk_fal6_rows(people)]
    for cell, wrong in _MISTAKES:
        row, column = int(cell[1:]) - 1, ord(cell[0]) - ord("A")
        rows[row][column] = rows[row - 1][column] if wrong == "same as D44" else wrong
        if cell == "B7":  # 'Other' without saying what it is
            rows[row][0] = "Other"
        if cell == "D45":  # the same number of the same state twice
            rows[row][2] = rows[row - 1][2]
    return _workbook({"FAL 6": list[Sequence[object]](rows)}), tuple(cell for cell, _ in _MISTAKES)


def imo_workbook(crew: Sequence[Person], passengers: Sequence[Person]) -> bytes:
    """The IMO maritime single window's import template: headers in row 18 from column B, people from row 19."""
    sheets: dict[str, list[Sequence[object]]] = {}
    for sheet, people, last in (
        ("Crew List", crew, ("Rank or Rating", "Place of Birth")),
        ("Passenger List", passengers, ("Visa number", "Transit (Y/N)")),
    ):
        blank: list[Sequence[object]] = [()] * 17
        headers: Sequence[object] = (None, *IMO, *last)
        rows = ((None, i, *_imo_row(p, is_crew=sheet == "Crew List")) for i, p in enumerate(people, 1))
        sheets[sheet] = [*blank, headers, *rows]
    return _workbook(sheets)


def _imo_row(p: Person, *, is_crew: bool) -> tuple[object, ...]:
    document = p.documents[0] if p.documents else Document()
    last = (p.rank, p.birth_place) if is_crew else (None, "N")
    return (
        p.family_name_latin, p.given_names_latin or "FNU", None, _nationality(p), p.sex, _ymd(p.birth_date), document.number, document.issuer,
        _ymd(document.expiry), _port(p.embarkation), _port(p.disembarkation), *last,
    )  # fmt: skip


_CREW_OF_A_FERRY = 42


def ferry_csv(people: Sequence[Person], *, ship: str, sailing: str, departure: str, arrival: str, when: str) -> bytes:
    """A ferry booking system's export: semicolons, Windows-1252, day-month dates, a totals row, no documents."""
    voyage: tuple[tuple[object, ...], ...] = (
        ("Nave", ship),
        ("Viaggio", sailing),
        ("Porto di partenza", departure, when),
        ("Porto di arrivo", arrival),
    )
    lines: list[tuple[object, ...]] = [*voyage, ("Persone a bordo", len(people) + _CREW_OF_A_FERRY), ()]
    lines.append(("N.", "Cognome", "Nome", "Sesso", "Data di nascita", "Cittadinanza", "Targa", "Assistenza"))
    for i, p in enumerate(people, 1):
        born = _dmy(p.birth_date)
        care = "sedia a rotelle" if i % 97 == 0 else ""
        lines.append(
            (
                i,
                _cp1252(p.family_name, p.family_name_latin),
                _cp1252(p.given_names, p.given_names_latin),
                p.sex,
                born,
                _nationality(p),
                "",
                care,
            )
        )
    lines.append(("", "TOTALE PASSEGGERI", len(people)))
    return inert.delimited(lines, ";").encode("cp1252")


def _cp1252(submitted: str | None, latin: str | None) -> str:
    try:
        (submitted or "").encode("cp1252")
    except UnicodeEncodeError:
        return latin or ""
    return submitted or ""


def _uk_document(p: Person) -> tuple[object, ...]:
    document = p.documents[0] if p.documents else Document()
    is_passport = document.type == "passport"
    return ("P" if is_passport else "O", None if is_passport else "SID", document.issuer, document.number)


def _expiry(p: Person) -> str | None:
    return _dmy(p.documents[0].expiry) if p.documents else None


def _nationality(p: Person) -> str | None:
    return p.nationalities[0].code if p.nationalities else None


def _port(port: object) -> str | None:
    return getattr(port, "code", None)


def _dmy(iso: str | None) -> str | None:
    return "/".join(reversed(iso.split("-"))) if iso else None


def _ymd(iso: str | None) -> str | None:
    return iso.replace("-", "/") if iso else None


def _help(headers: Sequence[str]) -> tuple[str, ...]:
    return tuple("Enter as shown in the travel document, at most 35 characters" for _ in headers)


def _workbook(sheets: dict[str, list[Sequence[object]]]) -> bytes:
    from openpyxl import Workbook  # half a second to import

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if value is None else str(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
