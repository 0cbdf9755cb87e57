"""What may be passed on to whom: the terms that went out decide, and every reason has its case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.keyring import Recipient, Terms
from gateway.manifest import Purpose
from gateway.route import Barred, barred, passed_on
from tests.process.office import recipient

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TERMS = Terms(
    marking="restricted",
    purposes=(Purpose.BORDER,),
    legal_basis="an act, article 1",
    route="lists",
    as_of="2026-11-21T12:00:00+00:00",
    originator="specimen",
    onward="C 7",
)
UNIT = recipient(id="ut-piu", kind="piu")
TO = recipient(id="ux-piu", kind="piu")
ABROAD = msgspec.structs.replace(TO, third_country=True)
NSW = recipient(id="mt-nsw")


@pytest.mark.parametrize(
    ("changes", "to", "holder", "purposes", "ground", "why"),
    [
        ({}, TO, UNIT, {Purpose.BORDER}, None, None),
        ({}, ABROAD, UNIT, {Purpose.BORDER}, "G 4", None),
        ({}, ABROAD, UNIT, {Purpose.BORDER}, None, Barred.NO_GROUND),
        ({}, NSW, UNIT, {Purpose.BORDER}, None, Barred.NOT_A_PIU),
        ({}, TO, TO, {Purpose.BORDER}, None, Barred.OWN),
        ({"onward": "none"}, TO, UNIT, {Purpose.BORDER}, None, Barred.NOT_ONWARD),
        ({}, TO, UNIT, {Purpose.BORDER, Purpose.BOOKING}, None, Barred.OTHER_PURPOSE),
        ({"purposes": (Purpose.SAFETY,)}, TO, UNIT, {Purpose.SAFETY}, None, Barred.NOT_FOR_A_PIU),
        ({}, TO, NSW, {Purpose.BORDER}, None, Barred.NOT_A_PIU),
        ({}, TO, None, {Purpose.BORDER}, None, Barred.NOT_A_PIU),
        (None, TO, UNIT, {Purpose.BORDER}, None, Barred.NOT_SAID),
    ],
)
def test_every_reason(
    changes: dict[str, Any] | None,
    to: Recipient,
    holder: Recipient | None,
    purposes: set[Purpose],
    ground: str | None,
    why: Any,
) -> None:
    terms = None if changes is None else msgspec.structs.replace(TERMS, **changes)
    assert barred(terms, holder, to, purposes, transfer_ground=ground) == why


def test_every_reason_is_proved() -> None:
    [mark] = [mark for mark in test_every_reason.pytestmark if mark.name == "parametrize"]
    assert {row[-1] for row in mark.args[1]} == {None, *Barred}


def test_the_terms_stay_as_they_were_and_the_chain_grows() -> None:
    terms = TERMS
    for number, (holder, to) in enumerate((("ut-piu", TO), ("ux-piu", ABROAD))):
        at = NOW + timedelta(days=number)
        terms = passed_on(terms, holder, to, {Purpose.BORDER}, basis="a treaty", decision=f"D {number}", at=at)
    steps = terms.transfers or ()
    assert [(one.holder, one.receiver, one.decision) for one in steps] == [
        ("ut-piu", "ux-piu", "D 0"),
        ("ux-piu", "ux-piu", "D 1"),
    ]
    assert steps[0].at == "2026-11-22T10:00:00+00:00"
    assert msgspec.structs.replace(terms, transfers=msgspec.UNSET) == TERMS


def test_for_less_than_its_holder_had() -> None:
    wide = msgspec.structs.replace(TERMS, purposes=(Purpose.BORDER, Purpose.BOOKING))
    made = passed_on(wide, "ut-piu", TO, {Purpose.BOOKING}, basis="a treaty", decision="D", at=NOW)
    assert made.purposes == (Purpose.BOOKING,)
