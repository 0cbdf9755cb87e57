"""The common schema: what is not given is None, nobody's data is in a repr, and every field has a meaning in a standard."""

import pickle
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given

from gateway import manifest as schema
from gateway.manifest import (
    Counts,
    Document,
    Manifest,
    NameReason,
    Nationality,
    Permit,
    Person,
    Port,
    Private,
    Vessel,
    Voyage,
)
from tests.manifests import manifests
from tests.often import often
from tests.specimen import large_manifest, passenger_manifest

STRUCTS = [kind for kind in vars(schema).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
CODECS: list[tuple[Callable[[Any], bytes], Callable[[bytes], Any]]] = [
    (msgspec.json.encode, lambda data: msgspec.json.decode(data, type=Manifest)),
    (msgspec.msgpack.encode, lambda data: msgspec.msgpack.decode(data, type=Manifest)),
    (pickle.dumps, pickle.loads),
]


@pytest.mark.parametrize("codec", CODECS, ids=["json", "msgpack", "pickle"])
@often(25)
@given(one=manifests())
def test_a_manifest_survives_storage(codec: Any, one: Manifest) -> None:
    encode, decode = codec
    assert decode(encode(one)) == one


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
def test_all_is_frozen_and_absent_by_default(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen
    for field in msgspec.structs.fields(kind):
        if not field.required and not isinstance(field.default, bool):
            assert field.default not in ("", 0), f"{kind.__name__}.{field.name}: absent is None, not empty"


def test_zero_is_a_number_and_none_is_not_given() -> None:
    assert msgspec.json.encode(Counts(on_board=0)) == b'{"on_board":0}'
    assert msgspec.json.encode(Counts()) == b"{}"


@pytest.mark.parametrize("count", [-1, 10**8])
def test_counts_have_the_digits_of_the_standard(count: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"on_board": count}, Counts)


CANARY = "Kanarienvogel"


@pytest.mark.parametrize(
    "holder",
    [
        Person(
            sequence=1, family_name=CANARY, mrz=(CANARY,), extras=((CANARY, CANARY),), embarkation=Port(name=CANARY)
        ),
        Document(number=CANARY),
        Permit(number=CANARY),
        Manifest(kind=schema.ListKind.CREW, reference=CANARY, persons=(Person(sequence=1, family_name=CANARY),)),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_repr_shows_nothing_of_a_person(holder: msgspec.Struct) -> None:
    assert CANARY not in f"{holder!r} {holder} {[holder]} {(holder,)!r}"


def test_everything_of_a_person_is_private() -> None:
    """A new Struct below a person must choose to be; a nationality or a port tells of nobody by itself."""
    below = {kind for kind in STRUCTS if kind.__name__ in str(msgspec.json.schema(Person)["$defs"])}
    assert {kind for kind in below if not issubclass(kind, Private)} <= {Nationality, Port}


def test_reasons_for_a_missing_name_are_words() -> None:
    assert set(get_args(NameReason)) == {"no given name", "no family name", "unknown", "refused"}


def test_a_large_list_costs_what_it_must() -> None:
    """Some 2.6 MB of JSON for 5,000 persons: what is at its default is not written."""
    assert len(msgspec.json.encode(large_manifest(1000))) < 700_000
    assert b"null" not in msgspec.json.encode(passenger_manifest())


def test_defaults_share_nothing_that_changes() -> None:
    one, other = Manifest(kind=schema.ListKind.CREW), Manifest(kind=schema.ListKind.CREW)
    assert one.code_lists is not other.code_lists
    assert (one.vessel, one.voyage) == (Vessel(), Voyage())
