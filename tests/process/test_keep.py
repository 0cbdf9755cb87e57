"""A later version of a list withdraws nothing by saying less: what an earlier one was filed for stays filed."""

import json
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.forms import FORMS
from gateway.formats.writing import WriteOrder
from gateway.manifest import Function, ListKind, Manifest, Purpose
from gateway.process.done import Done
from gateway.process.keep import keeping, kept_purposes
from gateway.process.order import series_of
from gateway.process.owe import Owed
from gateway.sent import File
from tests.often import often
from tests.process.office import as_file, call, catalogue, entry, processed, recipient
from tests.specimen import NOW, crew_manifest, passenger_manifest

BORDER, SAFETY, BOOKING = Purpose.BORDER, Purpose.SAFETY, Purpose.BOOKING
BOTH = frozenset((BORDER, SAFETY))


def office() -> Any:
    return catalogue(
        recipient(entry("border", purposes=["border"]), entry("safety", purposes=["safety"])),
        recipient(entry("unit", purposes=["border"], form="common-json", decision="1"), id="mt-piu", kind="piu"),
    )


def kept(*files: File, before: frozenset[Purpose] = BOTH) -> Done:
    known = office()
    claim, done = processed(files, known, [call()])
    return keeping(claim, done, dict.fromkeys(series_of(done), before), known)


def subtypes(done: Done, at: int = 0) -> list[str]:
    """What the message to the single window is for."""
    (payload,) = (one for one in done.owed[at].payloads if one.recipient.id == "mt-nsw")
    envelope = json.loads(payload.body)["env:Envelope"]
    (code,) = set(envelope) - {"mai:MAI"}
    said: list[str] = envelope[code][f"{code[:3]}:ExchangedDocument"]["ram:SubtypeCode"]
    return said


def listed(*purposes: Purpose, **changes: Any) -> File:
    return as_file(passenger_manifest(purposes=purposes, **changes))


@pytest.mark.parametrize("purposes", [(BORDER,), (SAFETY,), (BORDER, SAFETY)])
def test_a_replacement_keeps_every_subtype(purposes: tuple[Purpose, ...]) -> None:
    done = kept(listed(*purposes))
    assert subtypes(done) == ["SUB-01", "SUB-02"]
    told = [one.code for one in done.understood.findings if one.code == "X-57"]
    assert told == (["X-57"] if len(purposes) == 1 else [])
    assert done.understood.lists[0].manifest.purposes == purposes  # what the sender said is stored as it was said


def test_without_it_the_second_version_would_withdraw() -> None:
    """The trap itself: what `work` alone makes of the list."""
    _, done = processed([listed(SAFETY)], office(), [call()])
    assert subtypes(done) == ["SUB-02"]


def test_nobody_else_gets_the_list_for_more_than_it_says() -> None:
    done = kept(listed(SAFETY))
    assert [one.recipient.id for one in done.owed[0].payloads] == ["mt-nsw"]
    assert [one.recipient.id for one in kept(listed(BORDER)).owed[0].payloads] == ["mt-nsw", "mt-piu"]


def test_a_list_that_is_held_stays_held() -> None:
    known = office()
    claim, done = processed([listed(SAFETY)], known, [call()])
    held = msgspec.structs.replace(done, owed=(Owed(held="a newer one is here"),))
    assert keeping(claim, held, dict.fromkeys(series_of(done), BOTH), known).owed == held.owed


def test_within_one_submission_too() -> None:
    done = kept(listed(BORDER, SAFETY), listed(SAFETY, reference="2"), before=frozenset())
    assert [subtypes(done, at) for at in (0, 1)] == [["SUB-01", "SUB-02"]] * 2
    (said,) = (one for one in done.understood.findings if one.code == "X-57")
    assert said.place.file == 2


def test_a_withdrawal_ends_every_purpose() -> None:
    done = kept(listed(BORDER, SAFETY, function=Function.CANCEL), listed(SAFETY, reference="2"))
    assert subtypes(done, 1) == ["SUB-02"]


def test_a_list_in_emswe_s_own_form_keeps_them_as_well() -> None:
    manifest = passenger_manifest(purposes=(BORDER,))
    order = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW", purposes=(BORDER,))
    known = office()
    claim, done = processed(
        [File(FORMS["emswe-xml"].write(manifest, order))], known, [call()], options={"call": call().id}
    )
    assert done.understood.lists[0].manifest.purposes == (BORDER,)
    done = keeping(claim, done, dict.fromkeys(series_of(done), BOTH), known)
    assert subtypes(done) == ["SUB-01", "SUB-02"]


def test_lists_of_two_visits_are_not_one_series() -> None:
    """An EMSWe list names neither ship nor ports: without a call, its visit id tells it apart."""
    orders = [WriteOrder(message_id="1", at=NOW, sender="X", recipient="N", visit_id=visit) for visit in ("A1", "A2")]
    files = [File(FORMS["emswe-json"].write(passenger_manifest(), order)) for order in orders]
    _, done = processed(files, office())
    assert len(set(series_of(done))) == 2


@often(50)
@given(
    st.frozensets(st.sampled_from(Purpose)), st.lists(st.sampled_from(Purpose), unique=True), st.sampled_from(Function)
)
def test_kept_is_what_was_filed_and_is_not_said(
    filed: frozenset[Purpose], purposes: list[Purpose], function: Function
) -> None:
    manifest = Manifest(kind=ListKind.PASSENGERS, purposes=tuple(purposes), function=function)
    found = kept_purposes(manifest, filed)
    if function is Function.CANCEL or not BOTH & set(purposes):
        assert found == frozenset()
    else:
        assert found | set(purposes) >= filed & BOTH
        assert found == (filed & BOTH) - set(purposes)


# --- bookings -----------------------------------------------------------------------------------------------------


def bookings(purpose_code: str = "9") -> File:
    person = {"ram:FamilyName": "PROBE", "ram:GivenName": "LUCIA", "ram:BirthDate": "1986-12-02",
              "ram:NationalityTradeCountry": [{"ram:AdditionalIdentificationID": "PHL"}]}  # fmt: skip
    header = {"ram:ID": str(uuid4()), "ram:TypeCode": "PBK", "ram:PurposeCode": purpose_code, "ram:VersionID": "2.0"}
    body = {"pbk:PBK": {"pbk:SpecifiedLogisticsTransportMovement": {"ram:OnboardTransportPerson": [person]}}}
    envelope = {"mai:MAI": {"mai:ExchangedDocument": header}} | (body if purpose_code == "9" else {})
    return File(json.dumps({"env:Envelope": envelope}).encode())


@pytest.mark.parametrize("purpose_code", ["9", "1"])
def test_bookings_never_take_the_place_of_a_border_or_safety_list(purpose_code: str) -> None:
    """Not even where the single window is owed bookings, in a form that has no word for them: nor does their withdrawal."""
    known = catalogue(
        recipient(entry("border", purposes=["border", "safety"]), entry("all", purposes=["border", "booking"])),
        recipient(entry("unit", purposes=["border"], form="common-json", decision="1"), id="mt-piu", kind="piu"),
        recipient(entry("book", purposes=["booking"], form="common-json", decision="1"), id="mt-pnr", kind="piu"),
    )
    _, done = processed([bookings(purpose_code)], known, [call()], options={"call": call().id})
    assert done.understood.lists[0].manifest.purposes == (BOOKING,)
    assert series_of(done)[0].endswith("/booking")
    assert [one.recipient.id for one in done.owed[0].payloads] == ["mt-pnr"]
    assert {recipient for recipient, _ in done.owed[0].not_sent} == {"mt-nsw", "mt-piu"}


def test_crew_lists_keep_theirs_apart() -> None:
    known = office()
    claim, done = processed([as_file(crew_manifest(purposes=(BORDER,)))], known, [call()])
    (name,) = series_of(done)
    other = name.replace("crew", "passengers")
    assert subtypes(keeping(claim, done, {other: BOTH}, known)) == ["SUB-01"]
