"""What every reader hands to `normalise`: a list as its sender wrote it, a column per field, a place for every value.

In: nothing. Out: the types. Readers find out *which* text belongs to which field; they do not judge or change the
text (beyond undoing the format's own escaping). `normalise` works down a column, so that a thousand equal
nationalities are looked up once and a date order is inferred from the whole column.
"""

from collections.abc import Mapping, Sequence

import msgspec

from gateway.findings import Finding, Place
from gateway.manifest import ListKind, Manifest, Purpose

PERSON_FIELDS: tuple[str, ...] = (
    "sequence", "role", "family_name", "given_names", "middle_names", "full_name",
    "sex", "birth_date", "birth_place", "birth_country", "birth",  # birth: date and place in one cell
    "nationality", "nationality2", "nationality3", "residence_country",
    "document.type", "document.other_type", "document.number", "document.issuer", "document.expiry",
    "document.issued", "document.issuer_name", "document.combined",  # combined: nature and number in one cell
    "document2.type", "document2.number", "document2.issuer", "document2.expiry", "document2.issued",
    "document3.type", "document3.number", "document3.issuer", "document3.expiry", "document3.issued",
    "visa.number", "visa.issuer", "visa.expiry", "visa2.number", "visa2.issuer", "visa2.expiry",
    "permit.number", "permit.issuer", "permit.expiry",
    "embarkation", "disembarkation", "embarked_at", "disembarks_on", "transit",
    "rank", "rank_code", "cabin", "booking_reference", "booked_at", "carrier_reference", "ticket_number",
    "special_care", "emergency_contact", "phone", "email", "vehicle_registration",
    "mrz1", "mrz2", "mrz3", "remarks",
)  # fmt: skip

HEADER_FIELDS: tuple[str, ...] = (
    "reference", "issued", "function", "direction",
    "vessel.name", "vessel.imo", "vessel.call_sign", "vessel.mmsi", "vessel.flag",
    "voyage.number", "voyage.operator", "voyage.visit_id",
    "departure.port", "departure.port_name", "departure.estimated", "departure.actual",
    "arrival.port", "arrival.port_name", "arrival.estimated", "arrival.actual",
    "last_port", "next_port",
    "counts.on_board", "counts.passengers", "counts.crew",
)  # fmt: skip

FIELDS = frozenset(PERSON_FIELDS) | frozenset(HEADER_FIELDS)


class CellPlaces(msgspec.Struct, frozen=True, tag="cells"):
    """Where the values of a table stand: `columns` field -> column letter, `rows` the 1-based row of each person.

    `headers` field -> the sender's own header. A delimited text has lines instead of cells (`sheet` is None).
    """

    columns: dict[str, str]
    rows: list[int]
    sheet: str | None = None
    headers: dict[str, str] = {}

    def at(self, field: str, index: int) -> Place:
        row, header = self.rows[index], self.headers.get(field)
        if self.sheet is None:
            return Place(line=row, column=header, person=index + 1, field=field)
        letter = self.columns.get(field)
        cell = f"{letter}{row}" if letter else f"row {row}"
        return Place(sheet=self.sheet, cell=cell, column=header, person=index + 1, field=field)


class SegmentPlaces(msgspec.Struct, frozen=True, tag="segments"):
    """Where the values of an EDIFACT message stand: the 1-based segment of each value, else of the person's NAD."""

    people: list[int]
    segments: dict[str, list[int]] = {}
    tags: dict[str, str] = {}
    message: int | None = None

    def at(self, field: str, index: int) -> Place:
        where = self.segments.get(field)
        segment = (where[index] if where else 0) or self.people[index]
        tag = self.tags.get(field) if where and where[index] else "NAD"
        return Place(message=self.message, segment=segment, tag=tag, person=index + 1, field=field)


class PathPlaces(msgspec.Struct, frozen=True, tag="paths"):
    """Where the values of a tree (JSON, XML) stand: `people` is the path of the persons, `names` field -> path below."""

    people: str = "/persons"
    names: dict[str, str] = {}
    message: int | None = None

    def at(self, field: str, index: int) -> Place:
        path = f"{self.people}/{index}/{self.names.get(field, field)}"
        return Place(message=self.message, path=path, person=index + 1, field=field)


class ElementPlaces(msgspec.Struct, frozen=True, tag="elements"):
    """Where the values of an XML list stand: `people` is the path of each person's element, without its number (from 1),
    `names` field -> path below."""

    people: str
    names: dict[str, str] = {}
    message: int | None = None

    def at(self, field: str, index: int) -> Place:
        below = self.names.get(field)
        path = f"{self.people}[{index + 1}]" + (f"/{below}" if below else "")
        return Place(message=self.message, path=path, person=index + 1, field=field)


Own = CellPlaces | SegmentPlaces | PathPlaces | ElementPlaces
"""Where the values of one list stand in its file."""


class OneOf(msgspec.Struct, frozen=True):
    """One of several lists that became one: its file (None where there is but one) and its name in an archive, how many
    persons it has, and where their values stand."""

    file: int | None
    member: str | None
    size: int
    places: Own


class JoinedPlaces(msgspec.Struct, frozen=True, tag="joined"):
    """Where the values stand of a list that came as several, one behind the other. `Place.person` counts in each."""

    lists: tuple[OneOf, ...]

    def at(self, field: str, index: int) -> Place:
        for one in self.lists:
            if index < one.size:
                break
            index -= one.size
        return msgspec.structs.replace(one.places.at(field, index), file=one.file, member=one.member)

    def index_of(self, place: Place) -> int | None:
        """Whom of the whole list a place is about, from 0; None where it is about nobody in particular."""
        before = 0
        for one in self.lists:
            if place.person is not None and place.person <= one.size:
                own = one.places.at(place.field or "", place.person - 1)
                there = (one.file, one.member, own.message, own.sheet)
                if there == (place.file, place.member, place.message, place.sheet):
                    return before + place.person - 1
            before += one.size
        return None


Places = Own | JoinedPlaces
"""`places.at(field, index from 0)` -> where that person's value stands. Stored with the manifest as its lineage."""


def has_column(places: Places, field: str) -> bool:
    """Whether what was sent is a table with a column for this field, filled or not."""
    if isinstance(places, JoinedPlaces):
        return any(has_column(one.places, field) for one in places.lists)
    return isinstance(places, CellPlaces) and field in places.columns


class ManifestPlaces(msgspec.Struct, frozen=True):
    """Where the values of a list in our own schema stand; `header` is by field."""

    people: PathPlaces
    header: Mapping[str, Place]


class HeaderValue(msgspec.Struct, frozen=True):
    """A value that belongs to the whole list, and where it stands."""

    text: str
    place: Place

    def __repr__(self) -> str:
        return "<HeaderValue>"


class RawCall(msgspec.Struct, frozen=True, kw_only=True):
    """A port of the itinerary besides the leg's two, in the order of travel. Times as text; see `RawList.dialects`."""

    port: str
    arrival: str | None = None
    departure: str | None = None
    place: Place = Place()


class RawList(msgspec.Struct, kw_only=True):
    """One list. All columns have `size` entries; None is an absent or empty value.

    `dialects` says, per field, how to read its texts where the format fixes it and the text alone does not:
    dates    "iso" | "edifact" (6 digits YYMMDD, 8 CCYYMMDD, 10/12 with HHMM) | "dmy" | "ymd" | "mdy" | absent: infer
    document.type  "api" (WCO/IATA letters) | "un1001" | "uk" | "spms" | absent: words and P/I/O only
    sex      "iso5218" (0 1 2 9) | "emswe" (0 1 2 9) | "edifact" (M F X U) | absent: letters and words only
    `extras` are columns without a field of ours, by the sender's header; `letters`: where a table has them. `purposes`: what the list itself says it is for.
    `delimiter`: of a delimited text. `is_kind_assumed`: nothing says whom it lists; `kind` is what is most common.
    """

    format: str
    kind: ListKind
    size: int
    columns: dict[str, Sequence[str | None]]
    places: Own
    header: Mapping[str, HeaderValue] = {}
    itinerary: Sequence[RawCall] = ()
    dialects: Mapping[str, str] = {}
    extras: Mapping[str, Sequence[str | None]] = {}
    letters: Mapping[str, str] = {}
    purposes: tuple[Purpose, ...] = ()
    delimiter: str = ""
    is_kind_assumed: bool = False

    def __repr__(self) -> str:
        return f"<RawList {self.format} {self.kind} {self.size} persons>"


class Reading(msgspec.Struct, kw_only=True):
    """All that a reader got out of some bytes: lists (ours are manifests already) and what was wrong on the way.

    `places`: of those lists that are manifests, one each.
    """

    lists: Sequence[RawList | Manifest] = ()
    findings: Sequence[Finding] = ()
    places: Sequence[ManifestPlaces] = ()
