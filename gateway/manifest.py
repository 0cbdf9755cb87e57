"""The common schema: one `Manifest` is one list, for one voyage leg and one or more purposes.

The union of IMO FAL forms 5 and 6 (FAL.14(46)), EMSWe PXA/PXD/CWA/CWD (MIG 2.0) and PAXLST (D.02B to D.16B), in the
IMO Compendium's words. Frozen msgspec Structs; `schemas/manifest.schema.json` is generated from them and
`schemas/manifest.xsd` kept in step by a test.

`None` means "not given". Why a name is not there is a field of its own (`name_reason`), never a placeholder.
Dates of birth are ISO 8601 with the precision that was given: "1974-08-12", "1974-08" or "1974". Times are ISO 8601;
one without an offset is local to its port. `repr` of anything about a person shows nothing of the person.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

CountryCode = Annotated[
    str, Meta(pattern=r"^[A-Z]{3,4}$", description="ISO 3166-1 alpha-3 or ICAO 9303-3; alpha-4 of ISO 3166-3")
]
PartialDate = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="ISO 8601: YYYY-MM-DD, YYYY-MM or YYYY, as precise as it was given",
    ),
]
Locode = Annotated[str, Meta(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$", description="UN/LOCODE")]
ImoNumber = Annotated[str, Meta(pattern=r"^\d{7}$", description="IMO ship number, seven digits")]
Sequence = Annotated[int, Meta(ge=1, le=99999, description="IMO0044; at most 99,999 (EMSWe DE-001-02)")]
Count = Annotated[int, Meta(ge=0, le=99999999, description="n..8 (EMSWe DE-034-01)")]


class Role(StrEnum):
    """What a person is on board (EMSWe DE-035-01; the master is a crew member with `master` set)."""

    PASSENGER = "passenger"
    CREW = "crew"
    OTHER_SHIP_CREW = "other-ship-crew"  # DFY
    STOWAWAY = "stowaway"  # DEE


class Sex(StrEnum):
    """UN/EDIFACT 3499 and ICAO 9303. UNSPECIFIED was said ("X"); None in `Person.sex` means nothing was said."""

    MALE = "M"
    FEMALE = "F"
    UNSPECIFIED = "X"


class Purpose(StrEnum):
    """Why a list may be used: border checks (SUB-01), safety of life under 98/41/EC (SUB-02), or booking data."""

    BORDER = "border"
    SAFETY = "safety"
    BOOKING = "booking"


class ListKind(StrEnum):
    PASSENGERS = "passengers"
    CREW = "crew"
    MIXED = "mixed"


class Function(StrEnum):
    """UN/EDIFACT 1225: what this message does to earlier ones. FINAL is the last whole list of a sailing (flight close)."""

    ORIGINAL = "original"
    REPLACE = "replace"
    CHANGE = "change"
    CANCEL = "cancel"
    FINAL = "final"


class Direction(StrEnum):
    """IMO0013: whether the list is made for an arrival or a departure."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"


class DocumentType(StrEnum):
    """UN/EDIFACT 1001 as EMSWe narrows it: 39, 36, 101, 718; VISA and OTHER for what lines send besides."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    RESIDENCE_DOCUMENT = "residence-document"
    SEAFARER_BOOK = "seafarer-book"
    OTHER = "other"


class NationalityKind(StrEnum):
    """What an ICAO 9303-3 code stands for; "stateless" and "not given" are different things to an authority."""

    STATE = "state"
    BRITISH_SUBTYPE = "british-subtype"
    ORGANISATION = "organisation"
    STATELESS = "stateless"
    REFUGEE = "refugee"
    UNSPECIFIED = "unspecified"
    FORMER_STATE = "former-state"
    SPECIMEN = "specimen"


NameReason = Literal["no given name", "no family name", "unknown", "refused"]


class Private(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of what belongs to a person: its repr tells nothing."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Nationality(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`code` as ICAO 9303-3 writes it (GBN, RKS, XXA; Germany is DEU); `iso3` the ISO 3166-1 state, where there is one."""

    code: CountryCode
    iso3: CountryCode | None = None
    kind: NationalityKind = NationalityKind.STATE


class Document(Private, frozen=True, omit_defaults=True, gc=False):
    """A travel or identity document. `issuer` is alpha-3 (ICAO); `native_type` is the sender's own word or code."""

    type: DocumentType | None = None
    number: str | None = None
    issuer: CountryCode | None = None
    expiry: PartialDate | None = None
    issued: PartialDate | None = None
    issuer_name: str | None = None
    native_type: str | None = None


class Permit(Private, frozen=True, omit_defaults=True, gc=False):
    """A visa or a residence permit: number, issuing state (alpha-3), expiry."""

    number: str | None = None
    issuer: CountryCode | None = None
    expiry: PartialDate | None = None


class Port(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A port: `code` is UN/LOCODE (5 characters) where it is known, `name` as the sender wrote it otherwise."""

    code: Locode | None = None
    name: str | None = None


class Person(Private, frozen=True, omit_defaults=True, gc=False, kw_only=True):
    """One person on board. Names as submitted; the `_latin` forms are ICAO 9303-3 letters A-Z, space, hyphen, apostrophe."""

    sequence: Sequence
    role: Role = Role.PASSENGER
    master: bool = False
    transit: bool | None = None
    family_name: str | None = None
    given_names: str | None = None
    family_name_latin: str | None = None
    given_names_latin: str | None = None
    name_reason: NameReason | None = None
    sex: Sex | None = None
    birth_date: PartialDate | None = None
    birth_place: str | None = None
    birth_country: CountryCode | None = None  # alpha-3, or alpha-4 of ISO 3166-3 for a former country
    nationalities: tuple[Nationality, ...] = ()
    residence_country: CountryCode | None = None
    documents: tuple[Document, ...] = ()
    visas: tuple[Permit, ...] = ()
    residence_permits: tuple[Permit, ...] = ()
    embarkation: Port | None = None
    disembarkation: Port | None = None
    embarked_at: str | None = None
    disembarks_on: str | None = None
    rank: str | None = None
    rank_code: str | None = None  # IMO crew role, 5 digits
    cabin: str | None = None
    booking_reference: str | None = None
    booked_at: str | None = None
    carrier_reference: str | None = None
    ticket_number: str | None = None
    special_care: str | None = None
    emergency_contact: str | None = None
    phone: str | None = None
    email: str | None = None
    vehicle_registration: str | None = None
    mrz: tuple[str, ...] = ()
    remarks: str | None = None
    extras: tuple[tuple[str, str], ...] = ()  # what the sender's list holds and the schema has no field for


class Vessel(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The ship. `imo` is seven digits, `flag` alpha-3."""

    name: str | None = None
    imo: ImoNumber | None = None
    call_sign: str | None = None
    mmsi: str | None = None
    flag: CountryCode | None = None


class Call(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A stay in a port. Times: ISO 8601, local to the port when they carry no offset."""

    port: Port
    estimated_arrival: str | None = None
    estimated_departure: str | None = None
    actual_arrival: str | None = None
    actual_departure: str | None = None


class Voyage(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One leg across which the list is reported: last port before, first port after; other calls in `itinerary`."""

    number: str | None = None
    operator: str | None = None
    visit_id: str | None = None  # EMSWe DE-014-01, the port call number
    direction: Direction | None = None
    departure: Call | None = None
    arrival: Call | None = None
    itinerary: tuple[Call, ...] = ()


class Counts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Persons on board as declared, independent of any list. 0 is a number; None is "not given"."""

    on_board: Count | None = None
    passengers: Count | None = None
    crew: Count | None = None
    basis: Literal["counted", "estimated"] | None = None


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One list. `persons` may be empty when only counts are declared."""

    schema: Literal["1"] = "1"
    kind: ListKind
    function: Function = Function.ORIGINAL
    purposes: tuple[Purpose, ...] = ()
    carrier: str | None = None
    reference: str | None = None
    issued: str | None = None
    vessel: Vessel = Vessel()
    voyage: Voyage = Voyage()
    counts: Counts = Counts()
    persons: tuple[Person, ...] = ()
    code_lists: dict[str, str] = {}  # list -> edition, as used to normalise

    def __repr__(self) -> str:
        return f"<Manifest {self.kind} {len(self.persons)} persons>"
