"""What of a list a recipient may see: every field of a person belongs to purposes, and the rest is left out.

In: a manifest, a recipient, the route under which it is owed the list. Out: a manifest with nothing more in it.
Default is deny: a field that no purpose names goes nowhere, and a test makes every new field choose. The sets are
98/41/EC art. 5(1) for safety, FAL forms 5 and 6 with EMSWe PXA and CWA for border, Booking and Reservation
Information for booking. Health data (special care) and the emergency contact belong to safety alone, which only rescue
and the single window may have (`PURPOSES_OF`; GDPR art. 9; 98/41/EC art. 5). Free text and the unread machine-readable zone go to nobody: what an authority may have
is a closed list (CJEU C-817/19), and free text can hold anything. A port gets counts, never a person.
"""

from functools import cache

import msgspec

from gateway.keyring import PURPOSES_OF, Recipient, Route
from gateway.manifest import Counts, ListKind, Manifest, Person, Purpose, Role

_WHO = {
    "sequence", "role", "family_name", "given_names", "family_name_latin", "given_names_latin", "name_reason",
    "sex", "birth_date", "nationalities",
}  # fmt: skip
_HEALTH = {"special_care", "emergency_contact"}
_JOURNEY = {
    "embarkation",
    "disembarkation",
    "embarked_at",
    "disembarks_on",
    "carrier_reference",
    "ticket_number",
    "residence_country",
}

FIELDS: dict[Purpose, frozenset[str]] = {
    Purpose.SAFETY: frozenset(_WHO | _HEALTH),
    Purpose.BORDER: frozenset(
        _WHO
        | _JOURNEY
        | {
            "master",
            "transit",
            "birth_place",
            "birth_country",
            "documents",
            "visas",
            "residence_permits",
            "rank",
            "rank_code",
        }
    ),
    Purpose.BOOKING: frozenset(
        _WHO | _JOURNEY | {"booking_reference", "booked_at", "cabin", "phone", "email", "vehicle_registration"}
    ),
}
NEVER = frozenset({"mrz", "remarks", "extras"})


def project(manifest: Manifest, recipient: Recipient, route: Route) -> Manifest:
    """The lists of `manifest` that `route` names, and of each person the fields its purposes allow this recipient."""
    granted = PURPOSES_OF[recipient.kind].intersection(route.purposes, manifest.purposes)
    kind = route.lists[0] if manifest.kind is ListKind.MIXED and len(route.lists) == 1 else manifest.kind
    seen = msgspec.structs.replace(
        manifest, kind=kind, purposes=tuple(purpose for purpose in Purpose if purpose in granted)
    )
    if recipient.kind == "port" or not granted:
        return msgspec.structs.replace(seen, persons=(), counts=_counted(manifest))
    left_out = _left_out(granted)
    persons = (person for person in manifest.persons if list_of(person) in route.lists)
    return msgspec.structs.replace(
        seen, persons=tuple(msgspec.structs.replace(person, **left_out) for person in persons)
    )


def list_of(person: Person) -> ListKind:
    """EMSWe puts crew of another ship (DFY) and stowaways (DEE) on the passenger list."""
    return ListKind.CREW if person.role is Role.CREW else ListKind.PASSENGERS


@cache
def _left_out(granted: frozenset[Purpose]) -> dict[str, object]:
    """Field -> its empty value, for every field that no granted purpose names."""
    allowed = frozenset[str]().union(*(FIELDS[purpose] for purpose in granted))
    return {field.name: field.default for field in msgspec.structs.fields(Person) if field.name not in allowed}


def _counted(manifest: Manifest) -> Counts:
    """The counts as declared; where none is, the length of the list."""
    declared = manifest.counts
    crew = sum(person.role is Role.CREW for person in manifest.persons)
    passengers = len(manifest.persons) - crew
    if declared != Counts() or not manifest.persons:
        return declared
    if manifest.kind is ListKind.CREW:
        return Counts(crew=crew)
    return (
        Counts(passengers=passengers)
        if manifest.kind is ListKind.PASSENGERS
        else Counts(passengers=passengers, crew=crew)
    )
