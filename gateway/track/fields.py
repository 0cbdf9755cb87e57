"""The fields of a person that a law may ask for, and what makes each of them empty.

In: a person. Out: whether a field is empty, under the names of `formats.raw.FIELDS`; and whom a field is asked of at all.
"""

from collections.abc import Callable

from gateway.manifest import Person

Absent = Callable[[Person], bool]


def _plain(attribute: str) -> Absent:
    return lambda person: getattr(person, attribute) is None


def _in_document(attribute: str) -> Absent:
    return lambda person: not person.documents or getattr(person.documents[0], attribute) is None


PLAIN = (
    "sex", "birth_date", "birth_place", "birth_country", "residence_country", "cabin", "booking_reference",
    "ticket_number", "emergency_contact", "phone", "email", "vehicle_registration",
)  # fmt: skip

# What makes a field empty, under the names of `formats.raw.FIELDS`. A name that a person has not got is not missing.
ABSENT: dict[str, Absent] = {
    "family_name": lambda person: person.family_name is None and person.name_reason != "no family name",
    "given_names": lambda person: person.given_names is None and person.name_reason != "no given name",
    "nationality": lambda person: not person.nationalities,
    "embarkation": lambda person: person.embarkation is None,
    "disembarkation": lambda person: person.disembarkation is None,
    "transit": lambda person: person.transit is None,
    "rank": lambda person: person.rank is None and person.rank_code is None,
    **{f"document.{name}": _in_document(name) for name in ("type", "number", "issuer", "expiry", "issued")},
    **{name: _plain(name) for name in PLAIN},
}
OF_CREW = frozenset({"rank"})
OF_PASSENGERS = frozenset({"embarkation", "disembarkation", "transit"})
