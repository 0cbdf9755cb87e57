"""How lines lay their tables out: UK FAL 5 and 6, the IMO workbook, generic FAL 5 and 6, a ferry's export, a profile's own.

In: a carrier's profile. Out: `LAYOUTS`, and a layout as that line has it. Templates are laid out as their publishers do (facts in
schemas/SOURCES.md); with a profile that names columns, the line's own headers, words, order of dates and tab take their place.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from gateway.carrier import EVERY_DATE, Carrier
from gateway.make.tables import IMO, UK_CREW, UK_PASSENGERS
from gateway.manifest import DocumentType, ListKind

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
    `is_latin`: names are filled in as the machine-readable zone has them. `types`: what it calls kinds of documents;
    `words`: kind of lookup -> our word -> theirs."""

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
    words: Mapping[str, Mapping[str, str]] = {}
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
        words={kind: {ours: theirs for theirs, ours in words.items()} for kind, words in carrier.lookups.items()},
    )
