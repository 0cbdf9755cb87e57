"""The forms: what each takes, how a mixed list is parted, and that all of them write the same bytes for the same order."""

from collections.abc import Callable
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.forms import FORMS, Form, fitting, parts
from gateway.formats.writing import WriteOrder
from gateway.keyring import Form as FormName
from gateway.manifest import Counts, Direction, Function, ListKind, Manifest, Role
from gateway.route import NOTICES
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, VOYAGE, crew_manifest, crew_member, passenger, passenger_manifest

ORDER = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW")
MIXED = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1), passenger(2)))
SPLIT = [form for form in FORMS.values() if form.split]


def numbers() -> Manifest:
    """Nobody listed: how many are on board of a ship that leaves."""
    voyage = msgspec.structs.replace(VOYAGE, direction=Direction.DEPARTURE)
    return Manifest(kind=ListKind.MIXED, counts=Counts(on_board=208), voyage=voyage)


def test_the_register_and_the_table_name_the_same_forms() -> None:
    assert set(FORMS) == set(get_args(FormName))
    assert all(form.name == name for name, form in FORMS.items())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("make", [passenger_manifest, crew_manifest, numbers])
def test_the_same_order_gives_the_same_bytes(form: Form, make: Callable[[], Manifest]) -> None:
    if form.refuses(make()):
        assert (form.name in NOTICES) is not (make is numbers)  # each takes what the others leave, and nothing else
        assert form.name.startswith(("emswe", "paxlst-g", "gtas"))
        return
    assert form.write(make(), ORDER) == form.write(make(), ORDER)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@often(25)
@given(manifests())
def test_no_manifest_makes_a_writer_raise(form: Form, manifest: Manifest) -> None:
    for part in parts(manifest, form):
        whole, _ = fitting(part, form)
        if not form.refuses(whole):
            assert form.write(whole, ORDER)


@pytest.mark.parametrize("form", SPLIT, ids=lambda form: form.name)
def test_a_mixed_list_is_parted_where_the_form_takes_one_kind(form: Form) -> None:
    passengers, crew = parts(MIXED, form)
    assert (passengers.kind, crew.kind) == (ListKind.PASSENGERS, ListKind.CREW)
    assert passengers.persons == (MIXED.persons[0], MIXED.persons[2])
    assert crew.persons == (MIXED.persons[1],)


def test_stowaways_go_with_the_passengers() -> None:
    """EMSWe R-PXA-002: DEE and DFY are categories of the passenger list."""
    persons = (crew_member(0), passenger(1, role=Role.STOWAWAY), passenger(2, role=Role.OTHER_SHIP_CREW))
    passengers, crew = parts(msgspec.structs.replace(MIXED, persons=persons), FORMS["emswe-json"])
    assert [person.role for person in passengers.persons] == [Role.STOWAWAY, Role.OTHER_SHIP_CREW]
    assert len(crew.persons) == 1


def test_a_list_of_one_kind_stays_whole() -> None:
    assert parts(passenger_manifest(), FORMS["emswe-json"]) == [passenger_manifest()]
    assert parts(MIXED, FORMS["common-json"]) == [MIXED]


def test_a_cancelled_mixed_list_withdraws_both() -> None:
    cancelled = Manifest(kind=ListKind.MIXED, function=Function.CANCEL)
    assert [part.kind for part in parts(cancelled, FORMS["emswe-xml"])] == [ListKind.PASSENGERS, ListKind.CREW]
    assert parts(Manifest(kind=ListKind.MIXED), FORMS["emswe-xml"]) == []


@often(25)
@given(manifests(), st.sampled_from(sorted(FORMS)))
def test_nobody_is_lost_unsaid(manifest: Manifest, name: str) -> None:
    for part in parts(manifest, FORMS[name]):
        whole, left_out = fitting(part, FORMS[name])
        assert len(whole.persons) + len(left_out) == len(part.persons)
        assert all(lacking for _, lacking in left_out)
        gone = {index for index, _ in left_out}
        assert whole.persons == tuple(person for at, person in enumerate(part.persons) if at not in gone)
