"""What each recipient is owed of a list, in its form: written from the register, never more, with every reason said."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gateway.drift import Shape
from gateway.formats import commonjson
from gateway.formats.raw import PathPlaces
from gateway.keyring import Recipient
from gateway.manifest import Call, Counts, Direction, Function, ListKind, Manifest, Port, Purpose, Voyage
from gateway.normalise import Lineage
from gateway.process.owe import NO_KEY, Owed, owed
from gateway.process.understand import UnderstoodList
from tests.process.office import SUBMISSION, entry, recipient
from tests.specimen import NOW, TODAY, crew_manifest, crew_member, passenger, passenger_manifest


def listed(manifest: Manifest, cut: str = "") -> UnderstoodList:
    return UnderstoodList(
        manifest,
        Lineage(format="common-json", places=PathPlaces()),
        1,
        "common-json",
        (),
        Shape(format="common-json", size=0),
        cut,
    )


def owe(manifest: Manifest, *recipients: Recipient, **changes: Any) -> Owed:
    said = {
        "number": 1,
        "submission": SUBMISSION,
        "at": NOW,
        "service": "ferry",
        "originator": "specimen",
        "cut": "",
    } | changes
    one = listed(manifest, said.pop("cut"))
    return owed(one, said.pop("number"), said.pop("submission"), recipients, **said)


def body(of: Owed) -> dict[str, Any]:
    (payload,) = of.payloads
    document: dict[str, Any] = json.loads(payload.body)
    return document


def test_what_the_register_asks_for_is_written_in_its_form() -> None:
    (payload,) = owe(passenger_manifest(), recipient(entry())).payloads
    document = json.loads(payload.body)["env:Envelope"]
    header = document["mai:MAI"]
    assert header["mai:ExchangedDocument"]["ram:ID"] == str(payload.id)
    assert header["mai:ExchangedDeclaration"]["ram:DeclarantTradeParty"]["ram:ID"] == "MT0000000"
    assert document["pxa:PXA"]["pxa:ExchangedDocument"]["ram:SubtypeCode"] == ["SUB-01", "SUB-02"]
    assert (payload.persons, payload.kind, payload.left_out) == (5, "passengers", ())


def test_the_time_of_a_message_is_that_of_receipt() -> None:
    """EMSWe decides by it which of two lists is newer (DE-002-02): a later attempt must not move it."""
    document = body(owe(passenger_manifest(), recipient(entry())))["env:Envelope"]["mai:MAI"]["mai:ExchangedDocument"]
    time = document["ram:FirstSignatoryDocumentAuthentication"]["ram:FormattedActualDateTime"]
    assert time == NOW.isoformat().replace("+00:00", "Z")


def test_only_purposes_that_both_have_are_said() -> None:
    manifest = passenger_manifest(purposes=(Purpose.SAFETY,))
    document = body(owe(manifest, recipient(entry())))["env:Envelope"]["pxa:PXA"]
    assert document["pxa:ExchangedDocument"]["ram:SubtypeCode"] == ["SUB-02"]


def test_nobody_sees_more_than_the_purpose_allows() -> None:
    persons = (passenger(0, special_care="wheelchair", emergency_contact="+46 555 0100", remarks="vegetarian"),)
    both = {one: recipient(entry(form="common-json", purposes=[one]), id=f"mt-{one}") for one in ("border", "safety")}
    written = {}
    for purpose, one in both.items():
        manifest = commonjson.read(owe(passenger_manifest(persons=persons), one).payloads[0].body, {}).lists[0]
        assert isinstance(manifest, Manifest)
        (written[purpose],) = manifest.persons
    assert (written["border"].special_care, written["safety"].special_care) == (None, "wheelchair")
    assert (len(written["border"].documents), len(written["safety"].documents)) == (1, 0)
    assert written["border"].remarks is written["safety"].remarks is None


def test_a_list_that_was_cut_is_held_for_everyone() -> None:
    held = owe(
        passenger_manifest(), recipient(entry()), recipient(entry(form="common-json"), id="mt-2"), cut="E-31: why"
    )
    assert held == Owed(held="E-31: why")


def test_without_a_valid_key_nothing_is_written_and_that_is_said() -> None:
    ended = recipient(entry(), until=TODAY - timedelta(days=1))
    good = recipient(entry(), id="mt-2")
    of = owe(passenger_manifest(), ended, good)
    assert [payload.recipient.id for payload in of.payloads] == ["mt-2"]
    assert of.not_sent == (("mt-nsw", NO_KEY),)


def test_persons_whom_the_form_cannot_carry_are_named_by_their_number() -> None:
    persons = (passenger(0), passenger(1, birth_date="1968"), passenger(2, nationalities=(), birth_date=None))
    (payload,) = owe(passenger_manifest(persons=persons), recipient(entry())).payloads
    assert payload.persons == 1
    assert payload.left_out == ((2, ("birth_date",)), (3, ("birth_date", "nationality")))
    assert len(body(owe(passenger_manifest(persons=persons), recipient(entry(form="common-json"))))["persons"]) == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"persons": (passenger(0, birth_date=None),)}, "no person on the list has what emswe-json needs"),
        ({"persons": ()}, "no list without persons"),
        ({"function": Function.CHANGE}, "takes whole lists only"),
    ],
    ids=["nobody fits", "counts only", "a change"],
)
def test_what_a_form_cannot_say_is_not_sent_in_it(changes: dict[str, Any], why: str) -> None:
    """In EMSWe an empty list would be a withdrawal, and a part of a list would take everyone else off it."""
    of = owe(passenger_manifest(**changes), recipient(entry("emswe"), entry("ours", form="common-json")))
    assert [payload.route.id for payload in of.payloads] == ["ours"]
    ((who, reason),) = of.not_sent
    assert who == "mt-nsw"
    assert reason.startswith("emswe: ")
    assert why in reason


@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({"counts": Counts(passengers=12)}, False),  # the persons could not be read, or were never on it
        ({"counts": Counts()}, False),
        ({"counts": Counts(passengers=0)}, True),  # nobody travels: that does replace an earlier list
        ({"function": Function.CANCEL}, True),
    ],
)
def test_numbers_alone_never_replace_a_list_at_a_piu(changes: dict[str, Any], goes: bool) -> None:
    manifest = passenger_manifest(persons=(), **changes)
    piu = recipient(entry(form="paxlst-sea", purposes=["border"], decision="D 1"), kind="piu")
    made = owe(manifest, piu)
    assert bool(made.payloads) is goes
    assert bool(made.not_sent) is not goes


def test_a_cancelled_list_is_withdrawn() -> None:
    of = owe(passenger_manifest(function=Function.CANCEL, persons=()), recipient(entry()))
    assert list(body(of)["env:Envelope"]) == ["mai:MAI"]
    assert body(of)["env:Envelope"]["mai:MAI"]["mai:ExchangedDocument"]["ram:PurposeCode"] == "1"


@pytest.mark.parametrize(
    ("departure", "arrival", "said", "country", "formality"),
    [
        ("GRPIR", "MTMLA", None, "MT", "PXA"),
        ("GRPIR", "MTMLA", None, "GR", "PXD"),
        ("GRPIR", "MTMLA", Direction.DEPARTURE, "MT", "PXA"),
        ("GRPIR", "MTMLA", Direction.ARRIVAL, "GR", "PXD"),
        ("GRPIR", "GRHER", Direction.DEPARTURE, "GR", "PXD"),
        ("GRPIR", "GRHER", None, "GR", "PXA"),
        ("GRPIR", "MTMLA", Direction.DEPARTURE, "IT", "PXD"),
        (None, "MTMLA", None, "MT", "PXA"),
        (None, None, None, "MT", "PXA"),
    ],
)
def test_the_state_that_the_ship_leaves_gets_a_list_at_departure(
    departure: str | None, arrival: str | None, said: Direction | None, country: str, formality: str
) -> None:
    ends = [Call(port=Port(code=port)) if port else None for port in (departure, arrival)]
    manifest = passenger_manifest(voyage=Voyage(departure=ends[0], arrival=ends[1], direction=said))
    document = body(owe(manifest, recipient(entry(), country=country)))["env:Envelope"]
    assert document["mai:MAI"]["mai:ExchangedDocument"]["ram:TypeCode"] == formality


def test_a_mixed_list_is_two_messages() -> None:
    mixed = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1), passenger(2)))
    passengers, crew = owe(mixed, recipient(entry())).payloads
    assert (passengers.kind, passengers.persons, crew.kind, crew.persons) == ("passengers", 2, "crew", 1)
    assert passengers.id != crew.id
    assert "cwa:CWA" in json.loads(crew.body)["env:Envelope"]


def test_what_does_not_go_has_its_reason() -> None:
    of = owe(crew_manifest(), recipient(entry(lists=["passengers"])))
    assert of.payloads == ()
    assert of.not_sent == (("mt-nsw", "lists: the entry is for another kind of list"),)


def test_a_delivery_has_one_id_for_ever_and_no_other_has_it() -> None:
    """Processed again, a submission owes the same deliveries; a list, recipient or submission more is another."""
    offices = (recipient(entry("a"), entry("b", form="common-json")), recipient(entry("a"), id="mt-2"))

    def ids(number: int = 1, submission: UUID = SUBMISSION, manifest: Manifest | None = None) -> list[UUID]:
        of = owe(manifest or passenger_manifest(), *offices, number=number, submission=submission)
        return [payload.id for payload in of.payloads]

    assert len(set(ids())) == 3
    assert ids() == ids()
    assert ids(manifest=passenger_manifest(persons=(passenger(0),))) == ids()
    other = [*ids(number=2), *ids(submission=UUID(int=2)), *ids(manifest=crew_manifest())]
    assert not set(ids()) & set(other)
    assert len(set(other)) == 9


def test_the_same_list_gives_the_same_bytes() -> None:
    for form in ("emswe-json", "emswe-xml", "common-json", "common-xml", "paxlst-sea"):
        first, again = (owe(passenger_manifest(), recipient(entry(form=form))).payloads[0] for _ in range(2))
        assert first.body == again.body


def test_the_handling_header_says_what_the_register_says() -> None:
    (payload,) = owe(passenger_manifest(), recipient(entry(purposes=["safety"]))).payloads
    handling = payload.handling(version=3, changes=None)
    assert handling.purposes == (Purpose.SAFETY,)
    assert (handling.marking, handling.legal_basis, handling.route) == ("restricted", "an act, article 1", "lists")
    assert (handling.as_of, handling.originator, handling.version) == (NOW.isoformat(), "specimen", 3)


def test_repr_tells_nothing_of_the_list() -> None:
    of = owe(passenger_manifest(), recipient(entry()))
    assert "ERIKSSON" not in repr(of)
    assert "ERIKSSON" not in repr(msgspec.structs.asdict(of))
