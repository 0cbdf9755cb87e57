"""One list in every form, read back: the same list, up to what the form cannot carry (`targets.CANNOT_CARRY`, a table's columns).

A form that nobody reads yet is passed over; as soon as a reader recognises it, it is compared like the others.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest

from gateway import formats
from gateway.make import Made, Order, make
from gateway.make.targets import ONE_NAME, OWN_LETTERS, TARGETS, Target
from gateway.manifest import Call, Document, ListKind, Manifest, Person, Port
from tests.corpus.cases import ON, read

ONE_KIND = [(target, kind) for target in TARGETS.values() for kind in target.kinds if kind is not ListKind.MIXED]


def of_person(person: Person) -> Iterator[tuple[str, object]]:
    """What a list says of a person, by the names of `formats.raw.PERSON_FIELDS`."""
    document = person.documents[0] if person.documents else Document()
    yield "family_name", person.family_name_latin
    yield "given_names", person.given_names_latin
    for name in ("sex", "birth_date", "birth_place", "birth_country", "rank", "cabin", "booking_reference"):
        yield name, getattr(person, name)
    for name in ("special_care", "emergency_contact", "vehicle_registration", "role", "master"):
        yield name, getattr(person, name)
    yield "nationality", [one.code for one in person.nationalities]
    for name in ("type", "number", "issuer", "expiry", "issued"):
        yield f"document.{name}", getattr(document, name)
    yield "embarkation", (person.embarkation or Port()).code
    yield "disembarkation", (person.disembarkation or Port()).code
    yield "transit", bool(person.transit)  # PAXLST has no word for "not in transit"
    yield "mrz1", person.mrz


def of_list(manifest: Manifest) -> Iterator[tuple[str, object]]:
    """What a list says of itself, by the names of `formats.raw.HEADER_FIELDS`."""
    ship, voyage, counts = manifest.vessel, manifest.voyage, manifest.counts
    departure, arrival = voyage.departure or Call(port=Port()), voyage.arrival or Call(port=Port())
    yield from (
        ("vessel.name", ship.name),
        ("vessel.imo", ship.imo),
        ("vessel.call_sign", ship.call_sign),
        ("vessel.flag", ship.flag),
    )
    yield from (("voyage.number", voyage.number), ("direction", voyage.direction))
    yield from (
        ("departure.port", departure.port.code),
        ("departure.estimated", _moment(departure.estimated_departure)),
    )
    yield from (("arrival.port", arrival.port.code), ("arrival.estimated", _moment(arrival.estimated_arrival)))
    yield from (("counts.passengers", counts.passengers), ("counts.crew", counts.crew))


def _moment(iso: str | None) -> datetime | None:
    """The same moment may be written with seconds and without."""
    return datetime.fromisoformat(iso) if iso else None


def read_back(target: Target, kind: ListKind, seed: int) -> tuple[Made, Manifest]:
    order = Order(form=target.name, persons=25, kind=kind, seed=seed, on=ON)
    made = make(order)
    if formats.recognise(made.data) is None:
        pytest.skip(f"{target.name} is written, and not read yet")
    (only,) = read(made, order).lists
    return made, only.manifest


@pytest.mark.parametrize(("target", "kind"), ONE_KIND, ids=lambda value: getattr(value, "name", value))
def test_read_back_it_is_the_same_list(target: Target, kind: ListKind) -> None:
    carried = target.carries(kind)
    made, back = read_back(target, kind, seed=21)
    written = made.manifest
    assert back.kind is kind
    assert len(back.persons) == len(written.persons)
    for before, after in zip(written.persons, back.persons, strict=True):
        then, now = dict(of_person(before)), dict(of_person(after))
        if ONE_NAME not in carried:
            then["given_names"] = then["given_names"] or then["family_name"]
        assert {name: now[name] for name in now if name in carried} == {
            name: then[name] for name in then if name in carried
        }
        if OWN_LETTERS in carried:
            assert after.family_name in (before.family_name, before.family_name_latin)
    stated, read_ = dict(of_list(written)), dict(of_list(back))
    assert {name: read_[name] for name in read_ if name in carried} == {
        name: stated[name] for name in stated if name in carried
    }


@pytest.mark.parametrize("form", ["common-json"])
def test_our_own_form_loses_nothing(form: str) -> None:
    made, back = read_back(TARGETS[form], ListKind.PASSENGERS, seed=22)
    assert back.persons == made.manifest.persons


@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if ListKind.MIXED in target.kinds])
def test_of_a_mixed_list_nobody_is_lost(name: str) -> None:
    order = Order(form=name, persons=17, kind=ListKind.MIXED, seed=3, on=ON)
    made = make(order)
    if formats.recognise(made.data) is None:
        pytest.skip(f"{name} is written, and not read yet")
    back = [person for one in read(made, order).lists for person in one.manifest.persons]
    names = [
        sorted((p.role, p.family_name_latin or "", p.birth_date or "") for p in people)
        for people in (back, made.manifest.persons)
    ]
    assert names[0] == names[1]
