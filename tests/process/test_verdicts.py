"""A verdict of a single window is put to the persons whom its message named, wherever their lists came from; and said once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway.changes import put_on
from gateway.findings import Finding, Severity
from gateway.formats.emswe_response import read
from gateway.formats.raw import PathPlaces
from gateway.manifest import Function, ListKind, Manifest, Person
from gateway.normalise import Lineage
from gateway.process.answer import Answer, Verdict
from gateway.process.kept_list import KeptList
from gateway.process.verdicts import persons_of as found
from gateway.process.verdicts import with_verdict
from gateway.store.responses import ClaimedResponse
from tests.specimen import NOW, crew_member, passenger, passenger_manifest

FORM = "emswe-json"
MIXED = (passenger(0), crew_member(1), passenger(2), passenger(3, birth_date=None), passenger(4))


def persons_of(*persons: Person, lists: Sequence[str] | None, whole: Manifest | None = None, **changes: Any) -> Any:
    manifest = passenger_manifest(**({"kind": ListKind.MIXED, "persons": persons} | changes))
    kept = KeptList(manifest, Lineage(format="common-json", places=PathPlaces()), whole)
    answer = read(b'{"env:Envelope":{"RES":{"x":"1"}}}')  # it does not say which formality it answers
    assert answer is not None
    assert answer.formality == ""
    claimed = ClaimedResponse(
        id=uuid4(), delivery_id=uuid4(), channel="https", received_at=NOW, sealed=b"", wrapped=None, key_id="",
        recipient="mt-nsw", form=FORM, lists=lists, manifest_id=uuid4(), submission_id=uuid4(), number=1, carrier="c", delivery_attempts=1,
    )  # fmt: skip
    return found(kept, claimed, answer)


@pytest.mark.parametrize(("kind", "whom"), [("passengers", [0, 2, 4]), ("crew", [1])])
def test_of_a_list_of_everybody_those_of_the_message(kind: str, whom: list[int]) -> None:
    assert persons_of(*MIXED, lists=[kind]) == whom


def test_of_a_change_those_who_came_with_it() -> None:
    base = tuple(passenger(at) for at in range(4))
    changed = msgspec.structs.replace(base[2], sequence=1, birth_place="Oslo")
    new = passenger(4, sequence=2, birth_date="1999-01-01", documents=())
    whole = passenger_manifest(persons=put_on(base, (changed, new)))
    kind = {"kind": ListKind.PASSENGERS, "function": Function.CHANGE}
    assert persons_of(changed, new, lists=["passengers"], whole=whole, **kind) == [None, None, 0, None, 1]


def test_of_a_list_that_came_after_its_changes_those_whom_nothing_changed() -> None:
    base = tuple(passenger(at) for at in range(3))
    whole = passenger_manifest(persons=put_on(base, (msgspec.structs.replace(base[1], birth_place="Oslo"),)))
    assert persons_of(*base, lists=["passengers"], whole=whole, kind=ListKind.PASSENGERS) == [0, None, 2]


def test_a_verdict_that_is_repeated_is_said_once() -> None:
    answer = Answer(
        submission="s", received_at=NOW, processed_at=NOW, formats=("common-json",), persons=1, errors=0, warnings=0,
        lists=(), findings=(),
    )  # fmt: skip
    rejected = Verdict(recipient="mt-nsw", delivery="d", list=1, verdict="rejected", at=NOW)
    once = with_verdict(answer, rejected, [Finding("R-01", Severity.ERROR, "no")])
    again = with_verdict(once, msgspec.structs.replace(rejected, at=NOW + timedelta(hours=1)), [])
    assert (again, again.errors) == (once, 1)
    accepted = msgspec.structs.replace(rejected, verdict="accepted")
    assert [one.verdict for one in with_verdict(again, accepted, []).verdicts] == ["rejected", "accepted"]
    assert len(with_verdict(again, msgspec.structs.replace(rejected, delivery="e"), []).verdicts) == 2


def test_an_answer_that_is_taken_back_is_no_verdict() -> None:
    taken_back = read(
        b'{"Envelope":{"RES":{"ExchangedDocument":{"PurposeCode":"1"}},'
        b'"FRM":{"AcknowledgementDocument":{"StatusCode":"8"}}}}'
    )
    assert taken_back is not None
    assert (taken_back.is_withdrawn, taken_back.status) == (True, None)
