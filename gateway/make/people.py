"""Invented people as they travel: families that share name, booking and cabin, with cars and children; crew with ranks.

In: how many, a seeded `Random`, the leg and the day. Out: `Person`s as a careful sender would report them, with travel documents
of the specimen kind (numbers begin with XS) and machine-readable zones that agree with the rest.
"""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from gateway.make import names
from gateway.make.zones import Layout, zone
from gateway.manifest import Document, DocumentType, Nationality, Person, Port, Role, Sex

_PLACES: Final = ("Sampleville", "Musterstadt", "Villa Ejemplo", "Prøveby", "Esempia", "Ville-d'Exemple")
_CARE: Final = ("wheelchair", "assistance on stairs", "deaf", "insulin in the fridge")
RANKS: Final = (
    ("Master", "10100"),
    ("Chief mate", None),
    ("Chief engineer", None),
    ("Able seafarer deck", None),
    ("Cook", None),
    ("Steward", None),
)
_NUMBERS, _STEP = 10**7, 7919  # a prime: all ten million numbers come before one comes again
_CHILD_UNTIL, _GROWN = 17, 24  # years


class Travel:
    """The leg, the day, and the document numbers that are still free: each is given once."""

    def __init__(self, random: Random, embarkation: Port, disembarkation: Port, onward: Port, today: date) -> None:
        self.random, self.today = random, today
        self.embarkation, self.disembarkation, self.onward = embarkation, disembarkation, onward
        self._number = random.randrange(_NUMBERS)

    def document(self, kind: DocumentType, issuer: str, born: date) -> Document:
        """Valid for five years or ten, issued after the holder's birth; the day is never the same twice by chance alone."""
        age = (self.today - born).days
        issued = self.today - timedelta(days=self.random.randint(1, min(max(age - 1, 1), 4 * 365)))
        expiry = issued + timedelta(days=self.random.choice((1826, 3652)))
        self._number = (self._number + _STEP) % _NUMBERS
        return Document(
            type=kind,
            number=f"XS{self._number:07d}",
            issuer=issuer,
            expiry=expiry.isoformat(),
            issued=issued.isoformat(),
        )

    def born(self, youngest: int, oldest: int) -> date:
        """A date of birth of somebody so many whole years old."""
        return self.today - timedelta(days=self.random.randint(youngest * 366 + 2, oldest * 365))


def passengers(number: int, travel: Travel) -> tuple[Person, ...]:
    """`number` passengers in bookings of one to five; what has more than one place is a family with its children."""
    people: list[Person] = []
    while len(people) < number:
        size = min(travel.random.choice((1, 1, 2, 2, 2, 3, 4, 5)), number - len(people))
        people += _booking(travel, len(people) + 1, size)
    return tuple(people[:number])


def crew(number: int, travel: Travel) -> tuple[Person, ...]:
    """`number` crew members, the master first."""
    random = travel.random
    people = []
    for place in range(number):
        country = random.choice(names.COUNTRIES)
        rank, code = RANKS[0] if place == 0 else random.choice(RANKS[1:])
        kind = random.choice((DocumentType.SEAFARER_BOOK, DocumentType.PASSPORT))
        born = travel.born(_GROWN, 62)
        who = _somebody(travel, country, born, None)
        member = replace(who, role=Role.CREW, master=place == 0, rank=rank, rank_code=code, transit=None)
        people.append(_with_document(travel, member, kind, born))
    return tuple(people)


def _booking(travel: Travel, first: int, size: int) -> list[Person]:
    random = travel.random
    country = random.choice(names.COUNTRIES)
    family = names.family_name(random, country) if size > 1 else None
    in_transit = random.random() < 0.08
    shared: dict[str, Any] = {
        "cabin": f"{random.randint(2, 14)}{random.randint(1, 399):03d}",
        "booking_reference": f"XS{first:05d}",
        "vehicle_registration": f"XS-{random.randint(100, 999)}" if random.random() < 0.4 else None,
        "emergency_contact": f"+99 000 {random.randint(100000, 999999)}" if random.random() < 0.3 else None,
        "transit": in_transit,
        "disembarkation": travel.onward if in_transit else travel.disembarkation,
    }
    people = []
    for place in range(size):
        born = travel.born(_GROWN, 85) if place < 2 else travel.born(1, _CHILD_UNTIL)
        person = replace(_somebody(travel, country, born, family), **shared)
        if random.random() < 0.03:
            person = replace(person, special_care=random.choice(_CARE))
        is_card = random.random() < 0.2
        people.append(
            _with_document(travel, person, DocumentType.IDENTITY_CARD if is_card else DocumentType.PASSPORT, born)
        )
    return people


def _somebody(travel: Travel, country: str, born: date, family: tuple[str, str] | None) -> Person:
    random = travel.random
    sex = random.choice((Sex.FEMALE, Sex.MALE))
    name = names.name(random, country, sex, family)
    return Person(
        sequence=1,
        family_name=name.family,
        given_names=name.given,
        family_name_latin=name.family_latin,
        given_names_latin=name.given_latin,
        name_reason=None if name.given else "no given name",
        sex=Sex.UNSPECIFIED if random.random() < 0.02 else sex,
        birth_date=born.isoformat(),
        birth_place=random.choice(_PLACES),
        birth_country=country,
        nationalities=(Nationality(country, country),),
        embarkation=travel.embarkation,
        disembarkation=travel.disembarkation,
    )


def _with_document(travel: Travel, person: Person, kind: DocumentType, born: date) -> Person:
    document = travel.document(kind, str(person.birth_country), born)
    if kind is DocumentType.SEAFARER_BOOK:
        return replace(person, documents=(document,))
    layouts: tuple[Layout, ...] = ("TD3",) if kind is DocumentType.PASSPORT else ("TD1", "TD2")
    layout = travel.random.choice(layouts)
    return replace(person, documents=(document,), mrz=zone(person, document, layout))
