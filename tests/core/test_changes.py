"""Two versions of a list: who came, who left, who changed; nobody can be told from the marks without the key."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.changes import Changes, Marks, applied, compared, marks_of
from gateway.manifest import Document, Person
from tests.manifests import persons
from tests.often import often
from tests.specimen import large_manifest, passenger, passenger_manifest

KEY, OTHER = b"k" * 32, b"o" * 32
FIVE = passenger_manifest().persons
few = st.lists(persons(), max_size=6)


def between(old: tuple[Person, ...], new: tuple[Person, ...]) -> tuple[int, int, int, int]:
    found = compared(marks_of(old, KEY), marks_of(new, KEY), 1)
    return found.added, found.removed, found.changed, found.unchanged


def with_number(person: Person, number: str) -> Person:
    return msgspec.structs.replace(
        person, documents=(msgspec.structs.replace(person.documents[0], number=number), *person.documents[1:])
    )


@often(30)
@given(few, few, st.randoms(use_true_random=False))
def test_the_sums_are_right_and_order_does_not_matter(old: list[Person], new: list[Person], chance: Random) -> None:
    found = compared(marks_of(old, KEY), marks_of(new, KEY), 3)
    assert found.added + found.changed + found.unchanged == len(new)
    assert found.removed + found.changed + found.unchanged == len(old)
    assert min(msgspec.structs.astuple(found)) >= 0
    chance.shuffle(old)
    chance.shuffle(new)
    renumbered = [msgspec.structs.replace(person, sequence=at) for at, person in enumerate(new, 1)]
    assert compared(marks_of(old, KEY), marks_of(renumbered, KEY), 3) == found


@often(20)
@given(few)
def test_a_list_sent_again_has_changed_in_nothing(people: list[Person]) -> None:
    renumbered = [msgspec.structs.replace(one, sequence=at) for at, one in enumerate(reversed(people), 1)]
    assert between(tuple(people), tuple(renumbered)) == (0, 0, 0, len(people))


@often(20)
@given(few, few)
def test_a_change_on_top_loses_nobody(old: list[Person], some: list[Person]) -> None:
    whole, found = applied(marks_of(old, KEY), marks_of(some, KEY), 1)
    assert found.removed == 0
    assert found.added + found.changed + found.unchanged == len(whole) == len(old) + found.added


def test_what_became_of_each() -> None:
    renamed = msgspec.structs.replace(FIVE[0], family_name="ERIKSON", family_name_latin="ERIKSON")
    renumbered = with_number(FIVE[1], "TP9999999")
    moved = msgspec.structs.replace(FIVE[2], cabin="9001")
    new = passenger(4, family_name="NEWCOMER", family_name_latin="NEWCOMER", birth_date="1999-01-01")
    assert between(FIVE, (*FIVE[:4], with_number(new, "NEW1"))) == (1, 1, 0, 4)
    for corrected in (renamed, renumbered, moved):
        others = [one for one in FIVE if one.sequence != corrected.sequence]
        assert between(FIVE, (corrected, *others)) == (0, 0, 1, 4), "a correction is no departure"


def test_without_documents_the_name_and_birth_tell_who_it_is() -> None:
    bare = tuple(msgspec.structs.replace(one, documents=()) for one in FIVE)
    assert between(bare, FIVE) == (0, 0, 5, 0)
    assert between(bare, (msgspec.structs.replace(bare[0], given_names_latin="Anna-Maria"), *bare[1:])) == (0, 0, 1, 4)
    nameless = (Person(sequence=1, cabin="1"), Person(sequence=2, cabin="1"))
    assert between(nameless, nameless[:1]) == (0, 1, 0, 1), "who cannot be told apart is counted"
    assert between(nameless, (Person(sequence=1, cabin="2"),)) == (1, 2, 0, 0)


def test_who_stands_twice_counts_twice() -> None:
    assert between((FIVE[0], FIVE[0]), (FIVE[0],)) == (0, 1, 0, 1)
    assert between((FIVE[0],), (FIVE[0], FIVE[0], FIVE[0])) == (2, 0, 0, 1)


def test_one_number_on_two_documents_is_not_one_person_gone() -> None:
    shared = (with_number(FIVE[0], "0000"), with_number(FIVE[1], "0000"))
    moved = tuple(msgspec.structs.replace(one, cabin="1") for one in shared)
    assert between(shared, moved) == (0, 0, 2, 0)


def test_another_key_makes_other_marks_and_none_holds_a_value() -> None:
    marks, others = marks_of(FIVE, KEY), marks_of(FIVE, OTHER)
    assert not {part for mark in marks.marks for part in mark} & {part for mark in others.marks for part in mark}
    kept = msgspec.msgpack.encode(marks)
    for person in FIVE:
        assert (person.family_name or "?").encode() not in kept
    assert repr(marks) == "<Marks>"


def test_parts_of_a_mark_do_not_stand_for_each_other() -> None:
    """A document's number that is spelled like somebody's name is not that person."""
    odd = Person(sequence=1, documents=(Document(number="x", issuer=None),))
    for parts in zip(*marks_of((odd, *FIVE), KEY).marks, strict=True):
        assert len(set(parts)) == len(parts)


def test_the_largest_ship_is_compared_in_one_go() -> None:
    people = large_manifest(6000).persons
    assert between(people, people[100:]) == (0, 100, 0, 5900)
    assert compared(Marks(), marks_of(people[:3], KEY), 7) == Changes(
        against_version=7, added=3, removed=0, changed=0, unchanged=0
    )
