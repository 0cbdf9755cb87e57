"""How lines lay their tables out: UK FAL 5 and 6, the IMO workbook, generic FAL 5 and 6, a ferry's export, a profile's own.

In: a manifest, a layout's name, and a carrier's profile. Out: pages. Templates are laid out as their publishers do (facts in
schemas/SOURCES.md); with a profile that names columns, the line's own headers, words, order of dates and tab take their place.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from gateway.carrier import EVERY_DATE, Carrier
from gateway.codes.names import latin
from gateway.demo.tables import IMO, UK_CREW, UK_PASSENGERS
from gateway.make.page import Page, Row
from gateway.manifest import Call, Document, DocumentType, ListKind, Manifest, Person, Port, Role

Order = Literal["dmy", "mdy", "ymd", "iso", "ymd/"]

_DOCUMENT: Final = ("document.type", "document.other_type", "document.issuer", "document.number")
_PERSON: Final = ("family_name", "given_names", "sex", "birth_date", "birth_place", "nationality", "document.expiry")
_UK_CREW_FIELDS: Final = (*_DOCUMENT, "rank", *_PERSON)
_UK_FIELDS: Final = (*_DOCUMENT, *_PERSON, "cabin", "embarkation", "disembarkation", "transit")
_IMO_FIELDS: Final = ("sequence", "family_name", "given_names", "middle_names", "nationality", "sex", "birth_date",
                      "document.number", "document.issuer", "document.expiry", "embarkation", "disembarkation")  # fmt: skip
_FAL: Final = {
    "sequence": "No.", "family_name": "Family name", "given_names": "Given names", "sex": "Sex", "birth_date": "Date of birth",
    "birth_place": "Place of birth", "birth_country": "Country of birth", "nationality": "Nationality",
    "document.type": "Type of travel document", "document.number": "Document number", "document.issuer": "Issuing State",
    "document.issued": "Date of issue", "document.expiry": "Date of expiry",
    "embarkation": "Port of embarkation", "disembarkation": "Port of disembarkation",
}  # fmt: skip
_ZONE: Final = {"mrz1": "MRZ 1", "mrz2": "MRZ 2", "mrz3": "MRZ 3"}
_FAL5: Final = {**_FAL, "rank": "Rank or rating", **_ZONE}
_FAL6: Final = {
    **_FAL, "transit": "Transit", "cabin": "Cabin", "booking_reference": "Booking reference", "special_care": "Special care",
    "emergency_contact": "Emergency contact", "vehicle_registration": "Vehicle registration", **_ZONE,
}  # fmt: skip
_FERRY: Final = {
    "sequence": "N.", "family_name": "Cognome", "given_names": "Nome", "sex": "Sesso", "birth_date": "Data di nascita",
    "nationality": "Cittadinanza", "vehicle_registration": "Targa", "special_care": "Assistenza", "emergency_contact": "Contatto di emergenza",
}  # fmt: skip
LABELLED: Final = frozenset(
    ("vessel.name", "vessel.imo", "vessel.call_sign", "vessel.flag", "voyage.number", "departure.port",
     "departure.estimated", "arrival.port", "arrival.estimated", "counts.passengers", "counts.crew")
)  # fmt: skip
"""The header fields that a generic FAL table states above its persons."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """`columns`: kind of list -> (header, field) of each column. `is_labelled`: the sailing stands above the table.
    `is_latin`: names are filled in as the machine-readable zone has them. `types`: what it calls kinds of documents."""

    name: str
    columns: Mapping[ListKind, tuple[tuple[str | None, str], ...]]
    tabs: Mapping[ListKind, str | None]
    dates: Order
    titles: int = 0  # rows above the headers, beside the labels
    is_labelled: bool = False
    has_help: bool = False
    no_given_name: str = "FNU"
    is_latin: bool = False
    types: Mapping[DocumentType, str] = {}
    encoding: str = "utf-8"
    delimiter: str = ","

    def fields(self, kind: ListKind) -> frozenset[str]:
        """The fields of persons that it has columns for."""
        return frozenset(field for _, field in self.columns[kind] if field)


def _one(kind: ListKind, headers: Mapping[str, str]) -> dict[ListKind, tuple[tuple[str | None, str], ...]]:
    return {kind: tuple((header, field) for field, header in headers.items())}


_UK_TYPES: Final = dict.fromkeys(DocumentType, "O") | {DocumentType.PASSPORT: "P", DocumentType.IDENTITY_CARD: "I"}
_WORDS: Final = {
    DocumentType.PASSPORT: "passport", DocumentType.IDENTITY_CARD: "identity card",
    DocumentType.SEAFARER_BOOK: "seafarer's book", DocumentType.RESIDENCE_DOCUMENT: "residence document", DocumentType.OTHER: "other",
}  # fmt: skip
_PASSENGERS, _CREW = ListKind.PASSENGERS, ListKind.CREW

LAYOUTS: Final = {
    layout.name: layout
    for layout in (
        Layout(name="uk-fal5", columns={_CREW: tuple(zip(UK_CREW, _UK_CREW_FIELDS, strict=True))}, tabs={_CREW: "FAL 5"},
               dates="dmy", titles=2, has_help=True, is_latin=True, no_given_name="UNKNOWN", types=_UK_TYPES),
        Layout(name="uk-fal6", columns={_PASSENGERS: tuple(zip(UK_PASSENGERS, _UK_FIELDS, strict=True))}, tabs={_PASSENGERS: "FAL 6"},
               dates="dmy", titles=2, has_help=True, is_latin=True, no_given_name="UNKNOWN", types=_UK_TYPES),
        Layout(name="imo", columns={
                   _CREW: ((None, ""), *zip((*IMO, "Rank or Rating", "Place of Birth"), (*_IMO_FIELDS, "rank", "birth_place"), strict=True)),
                   _PASSENGERS: ((None, ""), *zip((*IMO, "Visa number", "Transit (Y/N)"), (*_IMO_FIELDS, "visa.number", "transit"), strict=True)),
               }, tabs={_CREW: "Crew List", _PASSENGERS: "Passenger List"}, dates="ymd/", titles=17, is_latin=True),
        Layout(name="fal5", columns=_one(_CREW, _FAL5), tabs={_CREW: "IMO FAL 5"}, dates="iso", titles=1, is_labelled=True, types=_WORDS),
        Layout(name="fal6", columns=_one(_PASSENGERS, _FAL6), tabs={_PASSENGERS: "IMO FAL 6"}, dates="iso", titles=1, is_labelled=True,
               types=_WORDS),
        Layout(name="ferry", columns=_one(_PASSENGERS, _FERRY), tabs={_PASSENGERS: None}, dates="dmy", is_labelled=True,
               encoding="windows-1252", delimiter=";"),
    )
}  # fmt: skip


def pages(manifest: Manifest, layout: Layout, carrier: Carrier | None, *, as_text: bool) -> list[Page]:
    """A page for each kind of person that the layout has a page for; the manifest has persons of these kinds only."""
    words = _Words(layout, carrier)
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


def of_carrier(layout: Layout, carrier: Carrier | None) -> Layout:
    """The layout as this line would fill it in: its own columns and tab, where the profile names columns."""
    if carrier is None or not carrier.columns or layout.has_help or len(layout.columns) != 1:
        return layout
    (kind,) = layout.columns
    options = carrier.reads.get("table", {})
    header = options.get("header")
    return msgspec.structs.replace(
        layout,
        columns={kind: tuple((theirs, ours) for theirs, ours in carrier.columns.items())},
        tabs={kind: options.get("sheet") or layout.tabs[kind]},
        dates=carrier.dates.get(EVERY_DATE, layout.dates),
        titles=header - 1 if header else layout.titles,
        is_labelled=layout.is_labelled and not header,
        encoding=options.get("encoding", layout.encoding),
        delimiter=options.get("delimiter", layout.delimiter),
    )


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

    def __init__(self, layout: Layout, carrier: Carrier | None) -> None:
        self.layout = layout
        lookups = carrier.lookups if carrier and layout is not LAYOUTS.get(layout.name) else {}
        self.theirs = {kind: {ours: word for word, ours in words.items()} for kind, words in lookups.items()}

    def text(self, field: str, person: Person, number: int) -> str | None:
        if field == "sequence":
            return str(number)
        reader = _TEXTS.get(field)
        return reader(self, person) if reader else None

    def word(self, kind: str, ours: str | None) -> str | None:
        return self.theirs.get(kind, {}).get(ours or "", ours)

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
