"""Which element of an EMSWe person (PXA, PXD, CWA, CWD, PBK; MIG 2.0) is which field of a list, and what our writer leaves out.

In: nothing. Out: tables. Paths are of local names below OnboardTransportPerson or below Envelope, because prefixes are the
sender's own; a path with a number is that of a repeated element. What stands in no table is kept as an extra, or said.
"""

from typing import Final

from gateway.manifest import ListKind, Purpose

LISTS: Final = {
    "PXA": ("arrival", ListKind.PASSENGERS),
    "PXD": ("departure", ListKind.PASSENGERS),
    "CWA": ("arrival", ListKind.CREW),
    "CWD": ("departure", ListKind.CREW),
    "PBK": (None, ListKind.PASSENGERS),
}
"""Formality -> what it is made for (PBK is for the call as a whole), and whom it lists."""

SUBTYPES: Final = {"SUB-01": Purpose.BORDER, "SUB-02": Purpose.SAFETY}  # R-PXA-001
FUNCTIONS: Final = ("9", "1")  # R-MAI-001; 9 is an original and an update alike

PERSON: Final = "OnboardTransportPerson"
MOVEMENT: Final = "SpecifiedLogisticsTransportMovement"

_DOCUMENT, _BOOKING = "TravelIdentityReferencedDocument", "AssociatedPassengerBooking"
_NATIONALITY: Final = "NationalityTradeCountry/AdditionalIdentificationID"
PERSON_PATHS: Final = {
    "SequenceNumeric": "sequence",
    "CategoryCode": "role",
    "RoleCode": "rank_code",
    "FamilyName": "family_name",
    "GivenName": "given_names",
    "GenderCode": "sex",
    "BirthDate": "birth_date",
    "BirthplaceName": "birth_place",
    "BirthCountryID": "birth_country",
    _NATIONALITY: "nationality",
    f"{_NATIONALITY}[2]": "nationality2",
    f"{_NATIONALITY}[3]": "nationality3",
    f"{_DOCUMENT}/TypeCode": "document.type",
    f"{_DOCUMENT}/ID": "document.number",
    f"{_DOCUMENT}/IssueDate": "document.issued",
    f"{_DOCUMENT}/EffectiveSpecifiedPeriod/EndDate": "document.expiry",
    f"{_DOCUMENT}/IssueLogisticsLocation/CountryID": "document.issuer",
    f"{_DOCUMENT}/IssuerTradeParty/Name": "document.issuer_name",
    "TravelVisaReferencedDocument/ID": "visa.number",
    "TravelVisaReferencedDocument/IssueLogisticsLocation/CountryID": "visa.issuer",
    "ResidencePermitReferencedDocument/ID": "permit.number",
    "ResidencePermitReferencedDocument/IssueLogisticsLocation/CountryID": "permit.issuer",
    "EmbarkationLogisticsLocation/ID": "embarkation",
    "DisembarkationLogisticsLocation/ID": "disembarkation",
    "EmbarkationDateTime": "embarked_at",
    "DisembarkationDate": "disembarks_on",
    "InTransitIndicator": "transit",
    "AssistanceRequirements": "special_care",
    "EmergencyTelephoneUniversalCommunication/CompleteNumber": "emergency_contact",
    "MobileTelephoneUniversalCommunication/CompleteNumber": "phone",
    "EmailURIUniversalCommunication/URIID": "email",
    "Comments": "remarks",
    f"{_BOOKING}/TicketID": "ticket_number",
    f"{_BOOKING}/ActualDateTime": "booked_at",
    f"{_BOOKING}/SeatOrCabinID": "cabin",
    f"{_BOOKING}/PassengerUniqueReferenceIDID": "carrier_reference",  # "IDID" is the schema's own slip
}

HEADER_PATHS: Final = {
    "MAI/ExchangedDocument/ID": "reference",
    "MAI/ExchangedDocument/FirstSignatoryDocumentAuthentication/FormattedActualDateTime": "issued",
    "MAI/SpecifiedLogisticsTransportMovement/CallTransportEvent/ID": "voyage.visit_id",
}
TYPE_CODE: Final = "MAI/ExchangedDocument/TypeCode"
PURPOSE_CODE: Final = "MAI/ExchangedDocument/PurposeCode"
VERSION: Final = "MAI/ExchangedDocument/VersionID"
DECLARATION: Final = "MAI/ExchangedDeclaration"

DIALECTS: Final = {"dates": "iso", "sex": "emswe", "document.type": "un1001"}


def xml_names() -> dict[str, str]:
    """Field -> where it stands below the person, in XML."""
    return {field: _numbered(path, "[{}]", 1, "") for path, field in PERSON_PATHS.items()}


def json_names() -> dict[str, str]:
    """Field -> where it stands below the person, in the JSON of the declarant API."""
    return {field: _numbered(path, "/{}", 0, "ram:") for path, field in PERSON_PATHS.items()}


def _numbered(path: str, number: str, first: int, prefix: str) -> str:
    """Of a repeated leaf it is the container that is repeated. JSON counts from 0, and always."""
    whole, _, nth = path.removesuffix("]").partition("[")
    at = int(nth) if nth else 1
    container, *rest = (prefix + step for step in whole.split("/"))
    is_counted = at > 1 or (not first and whole == _NATIONALITY)
    return "/".join((container + (number.format(at - 1 + first) if is_counted else ""), *rest))


NOT_CARRIED: Final = (
    ("purposes: booking", "PXA and CWA have subtypes for border checks and for 98/41/EC alone; PBK is read, not written"),
    ("function: replace", "PurposeCode 9 is an original and an update (R-MAI-001); it is read as an original"),
    ("carrier, reference, issued, visit_id", "the header is the message's own: its id, its time, its recipient's port call"),
    ("vessel, voyage but for direction, counts", "they belong to the visit and to the notifications (VID, SID, NOA, NOD)"),
    ("sequence", "persons are counted anew, 1, 2, 3 (G-GENERAL-002)"),
    ("family_name, given_names", "cut at 70 characters; the Latin form where the name has other letters; one name stands for both"),
    ("name_reason", "there is no element for it, and a placeholder is forbidden (P33, P35)"),
    ("sex", "not given and unknown are both 0"),
    ("birth_date, document.expiry", "whole dates only; a document without expiry, number or one of four types is left out"),
    ("birth_place", "cut at 35; where the country has no code, its name stands behind the place (G-PXA-004)"),
    ("nationalities", "those without ISO 3166-1 code become XXX, or the code of their State"),
    ("documents, visas, residence_permits", "the first that can be written of each; a visa's and a permit's expiry have no element"),
    ("documents: native_type; issuer without ISO 3166-1 code", "DE-035-16 and -18 are closed lists"),
    ("embarkation, disembarkation", "ports by UN/LOCODE, not by name"),
    ("embarked_at, disembarks_on", "a time with its offset, a whole date; others are left out"),
    ("master, rank", "the rank is its code (DE-035-14), and the code says who is the master"),
    ("role, transit, special_care, emergency_contact, phone, email, ticket_number", "of passengers only; a crew list has no element"),
    ("special_care, emergency_contact", "cut at 256"),
    ("phone, email, ticket_number", "left out over 35 and 256; cut at 16"),
    ("cabin, booking_reference, booked_at, carrier_reference, residence_country, vehicle_registration", "no element in PXA or CWA"),
    ("remarks, mrz, extras", "free text and unread zones go to nobody"),
)  # fmt: skip
"""What does not come back when a list that we wrote is read again: (of the manifest, why). All else does."""
