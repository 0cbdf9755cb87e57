"""A layout filled in: the persons of a list, a row each, in the words of one line.

In: a manifest and a layout. Out: pages, one for each kind of person that the layout has a page for.
"""

from collections.abc import Callable
from typing import Any, Final

from gateway.codes.names import latin
from gateway.make.layouts import Layout
from gateway.make.page import Page, Row
from gateway.manifest import Call, Document, DocumentType, ListKind, Manifest, Person, Port, Role


def pages(manifest: Manifest, layout: Layout, *, as_text: bool) -> list[Page]:
    """A page for each kind of person that the layout has a page for; the manifest has persons of these kinds only."""
    words = _Words(layout)
    found = []
    for kind, columns in layout.columns.items():
        people = [person for person in manifest.persons if (person.role is Role.CREW) is (kind is ListKind.CREW)]
        if not people:
            continue
        rows: list[Row] = [
            [words.text(field, person, number) for _, field in columns] for number, person in enumerate(people, 1)
        ]
        found.append(
            Page(
                name=None if as_text else (layout.tabs[kind] or "List"),
                above=_above(manifest, layout, len(columns)),
                headers=[header for header, _ in columns],
                fields=[field for _, field in columns],
                help=[["Enter as shown in the travel document, at most 35 characters"] * len(columns)]
                * layout.has_help,
                people=rows,
                below=[],
            )
        )
    return found


def _above(manifest: Manifest, layout: Layout, width: int) -> list[Row]:
    title = "Crew list" if manifest.kind is ListKind.CREW else "Passenger list"
    rows: list[Row] = [[title], *([] for _ in range(layout.titles - 1))] if layout.titles else []
    if layout.name == "imo":
        return [[] for _ in range(layout.titles)]
    if layout.name.startswith("uk"):
        return [[title], [f"UK NMSW {layout.tabs[manifest.kind]}"]]
    if layout.is_labelled:
        rows += [[label, str(value)] for label, value in _labelled(manifest) if value is not None]
        rows.append([])
    return rows


def _labelled(manifest: Manifest) -> list[tuple[str, str | int | None]]:
    ship, voyage, counts = manifest.vessel, manifest.voyage, manifest.counts
    departure, arrival = voyage.departure or Call(port=Port()), voyage.arrival or Call(port=Port())
    return [
        ("Name of ship", ship.name),
        ("IMO number", ship.imo),
        ("Call sign", ship.call_sign),
        ("Flag State of ship", ship.flag),
        ("Voyage number", voyage.number),
        ("Port of departure", departure.port.code),
        ("ETD", departure.estimated_departure),
        ("Port of arrival", arrival.port.code),
        ("ETA", arrival.estimated_arrival),
        ("Number of passengers", counts.passengers),
        ("Number of crew", counts.crew),
    ]


class _Words:
    """Values in the words of one line: its lookups backwards, its order of dates, its letters."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def text(self, field: str, person: Person, number: int) -> str | None:
        if field == "sequence":
            return str(number)
        reader = _TEXTS.get(field)
        return reader(self, person) if reader else None

    def word(self, kind: str, ours: str | None) -> str | None:
        return self.layout.words.get(kind, {}).get(ours or "", ours)

    def date(self, iso: str | None) -> str | None:
        if not iso:
            return None
        year, month, day = iso.split("-")
        return {"dmy": f"{day}/{month}/{year}", "mdy": f"{month}/{day}/{year}", "ymd/": f"{year}/{month}/{day}"}.get(
            self.layout.dates, iso
        )

    def name(self, submitted: str | None, in_latin: str | None) -> str | None:
        """As its holder writes it where the file can hold it and its reader can tell the Latin form from it."""
        if submitted is None or self.layout.is_latin or latin(submitted) != in_latin:
            return in_latin
        try:
            submitted.encode(self.layout.encoding)
        except UnicodeEncodeError:
            return in_latin
        return submitted

    def kind_of_document(self, document: Document) -> str | None:
        ours = self.layout.types.get(document.type) if document.type else None
        return self.word("document", document.type) if ours is None else ours


def _document(person: Person) -> Document:
    return person.documents[0] if person.documents else Document()


def _port(port: Port | None) -> str | None:
    return port.code if port else None


def _line(number: int) -> Callable[[Any, Person], str | None]:
    return lambda words, person: person.mrz[number] if number < len(person.mrz) else None


def _plain(name: str) -> Callable[[Any, Person], str | None]:
    return lambda words, person: getattr(person, name)


_TEXTS: Final[dict[str, Callable[[_Words, Person], str | None]]] = {
    "family_name": lambda words, p: words.name(p.family_name, p.family_name_latin),
    "given_names": lambda words, p: words.name(p.given_names, p.given_names_latin)
    or (words.layout.no_given_name if p.name_reason else None),
    "sex": lambda words, p: words.word("sex", p.sex),
    "birth_date": lambda words, p: words.date(p.birth_date),
    "nationality": lambda words, p: words.word("country", p.nationalities[0].code) if p.nationalities else None,
    "document.type": lambda words, p: words.kind_of_document(_document(p)),
    "document.other_type": lambda words, p: "seafarer's book" if _document(p).type is DocumentType.SEAFARER_BOOK else None,
    "document.number": lambda words, p: _document(p).number,
    "document.issuer": lambda words, p: words.word("country", _document(p).issuer),
    "document.issued": lambda words, p: words.date(_document(p).issued),
    "document.expiry": lambda words, p: words.date(_document(p).expiry),
    "embarkation": lambda words, p: _port(p.embarkation),
    "disembarkation": lambda words, p: _port(p.disembarkation),
    "transit": lambda words, p: None if p.transit is None else "Y" if p.transit else "N",
    "mrz1": _line(0),
    "mrz2": _line(1),
    "mrz3": _line(2),
    **{
        name: _plain(name)
        for name in (
            "birth_place", "birth_country", "rank", "cabin", "booking_reference", "special_care",
            "emergency_contact", "vehicle_registration", "ticket_number",
        )
    },
}  # fmt: skip
