"""The fields of a person that a law may ask for, and what makes each of them empty.

In: persons. Out: which of them lack a field, under the names of `formats.raw.FIELDS`; and whom a field is asked of at all. A field
is looked at down the whole list: a call for each of 20 fields and 10,000 persons took a tenth of a second.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from gateway.manifest import Person

Absent = Callable[[Sequence[Person]], list[int]]
"""Persons -> those who lack the field, as their positions from 0."""


def _plain(attribute: str) -> Absent:
    given = attrgetter(attribute)

    def absent(persons: Sequence[Person]) -> list[int]:
        if all(map(given, persons)):  # the usual case, twice as fast
            return []
        return [at for at, value in enumerate(map(given, persons)) if value is None]

    return absent


def _in_document(attribute: str) -> Absent:
    given = attrgetter(attribute)
    return lambda persons: [
        at for at, one in enumerate(persons) if not one.documents or given(one.documents[0]) is None
    ]


def _name(attribute: str, has_none: str) -> Absent:
    given = _plain(attribute)
    return lambda persons: [at for at in given(persons) if persons[at].name_reason != has_none]


PLAIN = (
    "sex", "birth_date", "birth_place", "birth_country", "residence_country", "cabin", "booking_reference",
    "ticket_number", "emergency_contact", "phone", "email", "vehicle_registration",
)  # fmt: skip

# What makes a field empty, under the names of `formats.raw.FIELDS`. A name that a person has not got is not missing.
ABSENT: dict[str, Absent] = {
    "family_name": _name("family_name", "no family name"),
    "given_names": _name("given_names", "no given name"),
    "nationality": lambda persons: [at for at, one in enumerate(persons) if not one.nationalities],
    **{name: _plain(name) for name in ("embarkation", "disembarkation", "transit")},
    "rank": lambda persons: [at for at in _plain("rank")(persons) if persons[at].rank_code is None],
    **{f"document.{name}": _in_document(name) for name in ("type", "number", "issuer", "expiry", "issued")},
    **{name: _plain(name) for name in PLAIN},
}
OF_CREW = frozenset({"rank"})
OF_PASSENGERS = frozenset({"embarkation", "disembarkation", "transit"})
