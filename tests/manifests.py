"""Manifests of every shape that the common schema allows, for properties: `manifests()`, `persons()`.

What follows from the rest (the Latin form of a name, what a nationality's code stands for) is as the gateway makes it, so
that a manifest read back equals the one written. Texts hold any letters and signs; the names are nobody's.
"""

from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from gateway.codes.countries import nationality
from gateway.codes.names import latin
from gateway.manifest import (
    Call,
    Counts,
    Direction,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    NameReason,
    Nationality,
    Permit,
    Person,
    Port,
    Purpose,
    Role,
    Sex,
    Vessel,
    Voyage,
)

NAMES = (
    "ERIKSSON",
    "ANNA MARIA",
    "Zoë",
    "O'TESTER",
    "Пробная",
    "Δοκιμή",
    "李",
    "Ng",
    "van der Proef",
    "TEST" * 30,
    " ",
    "-",
)

texts = st.one_of(
    st.sampled_from(
        ("A", "L898902C3", "Göteborg", "tab\there", "two\nlines", "\x00\x1f", "\ufffe", "<&>\"'", "x" * 300)
    ),
    st.text(max_size=12),
)
names = st.one_of(st.sampled_from(NAMES), st.text(max_size=80))
codes = st.sampled_from(
    ("SWE", "DEU", "GBR", "GBN", "GBD", "RKS", "XXA", "XXB", "XXX", "UNO", "SUHH", "UTO", "QQQ", "ZZZZ")
)
dates = st.one_of(
    st.dates().map(str), st.sampled_from(("1974-08-12", "1974-08", "1974", "2026-02-31", "0000-00-00", "2031-04-15"))
)
ports = st.builds(Port, code=st.none() | st.sampled_from(("GRPIR", "MTMLA", "ZZUKN", "FIHEL")), name=st.none() | texts)
moments = st.one_of(
    st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(("2026-11-25T07:30:00+01:00", "2026-11-25T07:30Z", "2026-11-25", "tomorrow")),
)


def _nationality(code: str) -> Nationality:
    return nationality(code) or Nationality(code)


def _with_latin(person: Person) -> Person:
    return msgspec.structs.replace(
        person,
        family_name_latin=person.family_name_latin or latin(person.family_name or "") or None,
        given_names_latin=person.given_names_latin or latin(person.given_names or "") or None,
    )


def _few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


documents = st.builds(
    Document,
    type=st.none() | st.sampled_from(DocumentType),
    number=st.none() | texts,
    issuer=st.none() | codes,
    expiry=st.none() | dates,
    issued=st.none() | dates,
    issuer_name=st.none() | texts,
    native_type=st.none() | texts,
)
permits = st.builds(Permit, number=st.none() | texts, issuer=st.none() | codes, expiry=st.none() | dates)
calls = st.builds(Call, port=ports, estimated_arrival=st.none() | moments, estimated_departure=st.none() | moments)

_TEXTS = (
    "birth_place", "rank", "rank_code", "cabin", "booking_reference", "carrier_reference", "ticket_number",
    "special_care", "emergency_contact", "phone", "email", "vehicle_registration", "remarks",
)  # fmt: skip


def persons() -> st.SearchStrategy[Person]:
    """A person; any member may be absent, and most are."""
    given: dict[str, st.SearchStrategy[Any]] = {
        "sequence": st.integers(1, 99999),
        "role": st.sampled_from(Role),
        "master": st.booleans(),
        "transit": st.none() | st.booleans(),
        "family_name": st.none() | names,
        "given_names": st.none() | names,
        "name_reason": st.none() | st.sampled_from(get_args(NameReason)),
        "sex": st.none() | st.sampled_from(Sex),
        "birth_date": st.none() | dates,
        "birth_country": st.none() | codes,
        "nationalities": _few(codes.map(_nationality)),
        "residence_country": st.none() | codes,
        "documents": _few(documents),
        "visas": _few(permits),
        "residence_permits": _few(permits),
        "embarkation": st.none() | ports,
        "disembarkation": st.none() | ports,
        "embarked_at": st.none() | moments,
        "booked_at": st.none() | moments,
        "disembarks_on": st.none() | dates,
        "mrz": _few(texts),
        "extras": _few(st.tuples(texts, texts)),
        **{name: st.none() | texts for name in _TEXTS},
    }
    return st.builds(Person, **given).map(_with_latin)


def manifests(kinds: tuple[ListKind, ...] = tuple(ListKind), most: int = 4) -> st.SearchStrategy[Manifest]:
    """A list of at most `most` persons."""
    return st.builds(
        Manifest,
        kind=st.sampled_from(kinds),
        function=st.sampled_from(Function),
        purposes=st.lists(st.sampled_from(Purpose), max_size=3).map(tuple),
        carrier=st.none() | texts,
        reference=st.none() | texts,
        issued=st.none() | moments,
        vessel=st.builds(
            Vessel,
            name=st.none() | texts,
            imo=st.none() | st.just("1234567"),
            flag=st.none() | codes,
            mmsi=st.none() | texts,
        ),
        voyage=st.builds(
            Voyage,
            number=st.none() | texts,
            visit_id=st.none() | texts,
            direction=st.none() | st.sampled_from(Direction),
            departure=st.none() | calls,
            arrival=st.none() | calls,
            itinerary=_few(calls),
        ),
        counts=st.builds(
            Counts,
            on_board=st.none() | st.integers(0, 99_999_999),
            crew=st.none() | st.integers(0, 3000),
            basis=st.none() | st.sampled_from(("counted", "estimated")),
        ),
        persons=st.lists(persons(), max_size=most).map(tuple),
        code_lists=st.dictionaries(texts, texts, max_size=2),
    )
