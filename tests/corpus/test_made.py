"""What `gateway.make` makes: people who look invented, zones that hold, faults that are told, late changes as they are told."""

import json
from collections import Counter
from random import Random
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import mrz
from gateway.make import FAULTS, Order, chosen, make, make_later, together
from gateway.make.names import COUNTRIES, name
from gateway.make.targets import CANNOT_CARRY, TARGETS, Family
from gateway.manifest import ListKind, Role, Sex
from tests.corpus.cases import ON
from tests.often import often

ORDER = Order(form="common-json", persons=200, kind=ListKind.MIXED, seed=5, on=ON)


def test_families_share_what_families_share() -> None:
    passengers = [person for person in make(ORDER).manifest.persons if person.role is Role.PASSENGER]
    bookings: dict[str | None, list[str | None]] = {}
    for person in passengers:
        bookings.setdefault(person.booking_reference, []).append(person.family_name)
    assert max(map(len, bookings.values())) > 2
    assert all(len(set(names)) == 1 for names in bookings.values())
    by_booking = {(p.booking_reference, p.cabin, p.vehicle_registration) for p in passengers}
    assert len(by_booking) == len(bookings)
    assert any(p.birth_date and p.birth_date > f"{ON.year - 12}" for p in passengers)


def test_one_master_ranks_and_documents_given_once() -> None:
    people = make(ORDER).manifest.persons
    assert [person.master for person in people if person.role is Role.CREW].count(True) == 1
    assert all(person.rank for person in people if person.role is Role.CREW)
    numbers = Counter(person.documents[0].number for person in people)
    assert set(numbers.values()) == {1}
    assert all(str(number).startswith("XS") for number in numbers)


def test_every_zone_holds_and_says_what_the_list_says() -> None:
    zones = [(person, mrz.decode(person.mrz)) for person in make(ORDER).manifest.persons if person.mrz]
    assert {zone.layout for _, zone in zones if zone} == {"TD1", "TD2", "TD3"}
    for person, zone in zones:
        assert zone is not None
        assert zone.is_consistent
        assert zone.number == person.documents[0].number
        assert mrz.birth_date(zone.birth, ON) == person.birth_date


@often(30)
@given(st.integers(0, 10**9), st.sampled_from(COUNTRIES), st.sampled_from((Sex.FEMALE, Sex.MALE)))
def test_names_have_a_latin_form_of_plain_letters(seed: int, country: str, sex: Sex) -> None:
    made = name(Random(seed), country, sex)
    for latin in (made.family_latin, made.given_latin or "A"):
        assert latin
        assert set(latin) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")


def test_names_come_in_many_scripts_and_shapes() -> None:
    names = [name(Random(seed), country, Sex.FEMALE) for seed in range(40) for country in COUNTRIES]
    families = " ".join(one.family for one in names)
    for letters in ("öø", "αδ", "Пр", "نم", "样本", "見本", "견본"):
        assert all(letter in families for letter in letters)
    assert any("-" in one.family for one in names)
    assert any("'" in one.family for one in names)
    assert any(one.given is None for one in names)
    assert any(len(one.family_latin) > 39 for one in names)


def test_there_are_faults_of_every_kind_and_each_can_be_shown_somewhere() -> None:
    assert len(FAULTS) >= 25
    assert {family for fault in FAULTS.values() for family in fault.families} == set(get_args(Family)) - {"emswe"}
    for fault in FAULTS.values():
        assert any(fault.fits(target, kind) for target in TARGETS.values() for kind in target.kinds), fault.name
        assert fault.means
        assert fault.codes
    assert CANNOT_CARRY.keys() <= TARGETS.keys()


def test_only_what_was_put_in_is_expected() -> None:
    assert make(ORDER).expected == ()
    order = Order(
        form="fal6-csv", persons=20, seed=2, on=ON, faults=("sex-letter", "expired-document", "crew-too-young")
    )
    made = make(order)
    assert {one.fault for one in made.expected} == {"sex-letter", "expired-document"}
    assert made.left_out == ("crew-too-young",)
    assert all(one.place.line for one in made.expected)


def test_what_hides_other_faults_comes_alone() -> None:
    assert together(("message-cut",)) == ""
    assert "message-cut" in together(("expired-document", "message-cut"))
    for seed in range(30):
        order = Order(form="uk-fal6", persons=20, seed=seed, on=ON)
        assert together(chosen(order, 4)) == ""
        assert len(chosen(order, 4)) == 4


def test_taking_the_faults_out_is_told_as_a_change() -> None:
    members = {"sex-missing": "sex", "document-number-short": "documents", "country-misspelt": "nationalities"}
    order = Order(form="fal6-csv", persons=40, seed=9, on=ON, faults=(*members, "person-twice"))
    made, (second, changes) = make(order), make_later(order)
    fields = {one.before: one.fields for one in changes.changed}
    for one in made.expected:
        if one.fault in members and one.place.person not in changes.removed:
            assert members[one.fault] in fields[one.place.person or 0], one.fault
    assert len(made.manifest.persons) in changes.removed, "whoever stood there twice stands there once"
    assert len(made.manifest.persons) - len(changes.removed) + len(changes.added) == len(second.manifest.persons)
    corrected = {one.before for one in make_later(msgspec.structs.replace(order, faults=()))[1].changed}
    assert corrected < fields.keys()


@pytest.mark.parametrize("form", ["common-json", "imo-xlsx", "fal5-csv"])
def test_late_changes_are_as_they_are_told(form: str) -> None:
    order = Order(form=form, persons=40, kind=TARGETS[form].kinds[-1], seed=9, on=ON)
    first, (second, changes) = make(order).manifest, make_later(order)
    before = {number: person.documents[0].number for number, person in enumerate(first.persons, 1)}
    after = {number: person.documents[0].number for number, person in enumerate(second.manifest.persons, 1)}
    assert {before[number] for number in changes.removed} == set(before.values()) - set(after.values())
    assert {after[number] for number in changes.added} == set(after.values()) - set(before.values())
    assert all(before[one.before] == after[one.after] and one.fields for one in changes.changed)
    assert second.manifest.function == "replace"
    assert second.expected == ()
    if form == "common-json":
        assert json.loads(second.data)["function"] == "replace"
