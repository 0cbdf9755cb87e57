"""Invented people for the demo and the bench: seeded, many cultures' letters, and plainly nobody.

In: how many, a seed, the leg. Out: `Person`s as a good sender would report them. Family names are built from the words
for "sample" in a dozen languages, so that no list of ours can be taken for a real one; document numbers begin with XS.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from gateway.codes.names import latin
from gateway.manifest import Document, DocumentType, Nationality, Person, Port, Role, Sex

STEMS = {
    "SWE": (("Mönster", "Prov"), ("sson", "ström", "lund")),
    "NOR": (("Prøve", "Mønster"), ("sen", "vik", "dal")),
    "DEU": (("Muster", "Beispiel"), ("mann", "hofer", "berger")),
    "FRA": (("Exemple", "Modèle"), ("au", "ier", "mont")),
    "ESP": (("Ejempl", "Muestr"), ("ez", "ales", "ero")),
    "ITA": (("Esempi", "Campion"), ("ni", "elli", "otti")),
    "POL": (("Przykład", "Wzor"), ("owski", "icki", "ewicz")),
    "TUR": (("Örnek", "Deneme"), ("oğlu", "gil", "taş")),
    "GRC": (("Paradeigm", "Deigm"), ("idis", "opoulos", "akis")),
    "GBR": (("Sample", "Specimen"), ("ton", "ford", "by")),
    "PHL": (("Halimbaw", "Muestr"), ("ano", "ento", "igan")),
    "IND": (("Udaharan", "Namun"), ("kar", "pal", "wala")),
}
GIVEN = {
    Sex.FEMALE: ("Ariadne", "Åse", "Brünhild", "Cassiopeia", "Daphné", "Élodie", "Freya", "Galatea", "Io", "Ñusta", "Ophelia", "Zoë"),
    Sex.MALE: ("Ajax", "Björn", "Castor", "Daedalus", "Érec", "Fáfnir", "Gawain", "Hérault", "Icarus", "Óðinn", "Perseus", "Søren"),
}  # fmt: skip
_CREW_RANKS = (
    ("Master", "10100"),
    ("Chief mate", None),
    ("Chief engineer", None),
    ("Able seafarer deck", None),
    ("Steward", None),
)


def passengers(number: int, seed: int, embarkation: Port, disembarkation: Port, today: date) -> tuple[Person, ...]:
    """`number` passengers with passports; about one in seven is a child, one in fifty has no given name."""
    random = Random(seed)
    return tuple(_passenger(random, sequence, embarkation, disembarkation, today) for sequence in range(1, number + 1))


def crew(number: int, seed: int, embarkation: Port, disembarkation: Port, today: date) -> tuple[Person, ...]:
    """`number` crew members, the master first, with seafarers' books or passports."""
    random = Random(seed)
    return tuple(
        _crew_member(random, sequence, embarkation, disembarkation, today) for sequence in range(1, number + 1)
    )


def _identity(random: Random, youngest: int, today: date) -> dict[str, Any]:
    country = random.choice(tuple(STEMS))
    stems, endings = STEMS[country]
    sex = random.choice((Sex.FEMALE, Sex.MALE))
    family = random.choice(stems) + random.choice(endings)
    given = " ".join(random.sample(GIVEN[sex], random.choice((1, 1, 2))))
    born = today - timedelta(days=random.randint(youngest * 366, 85 * 365))
    return {
        "family_name": family,
        "given_names": given,
        "family_name_latin": latin(family),
        "given_names_latin": latin(given),
        "sex": sex,
        "birth_date": born.isoformat(),
        "birth_country": country,
        "birth_place": random.choice(("Sampleville", "Musterstadt", "Villa Ejemplo", "Prøveby", "Esempia")),
        "nationalities": (Nationality(country, country),),
    }


def _document(random: Random, kind: DocumentType, issuer: str, today: date) -> Document:
    issued = today - timedelta(days=random.randint(30, 9 * 365))
    return Document(
        type=kind,
        number=f"XS{random.randint(0, 9_999_999):07d}",
        issuer=issuer,
        expiry=(issued + timedelta(days=3652)).isoformat(),
    )


def _passenger(random: Random, sequence: int, embarkation: Port, disembarkation: Port, today: date) -> Person:
    who = _identity(random, 1, today)
    country = str(who["birth_country"])
    if sequence % 50 == 0:
        who |= {"given_names": None, "given_names_latin": None, "name_reason": "no given name"}
    return Person(
        sequence=sequence,
        transit=False,
        documents=(_document(random, DocumentType.PASSPORT, country, today),),
        embarkation=embarkation,
        disembarkation=disembarkation,
        cabin=f"{random.randint(2, 14)}{random.randint(1, 399):03d}",
        booking_reference=f"XS{(sequence + 1) // 2:05d}",
        **who,
    )


def _crew_member(random: Random, sequence: int, embarkation: Port, disembarkation: Port, today: date) -> Person:
    who = _identity(random, 18, today)
    rank, code = _CREW_RANKS[0] if sequence == 1 else random.choice(_CREW_RANKS[1:])
    kind = random.choice((DocumentType.SEAFARER_BOOK, DocumentType.PASSPORT))
    return Person(
        sequence=sequence,
        role=Role.CREW,
        master=sequence == 1,
        rank=rank,
        rank_code=code,
        documents=(_document(random, kind, str(who["birth_country"]), today),),
        embarkation=embarkation,
        disembarkation=disembarkation,
        **who,
    )
