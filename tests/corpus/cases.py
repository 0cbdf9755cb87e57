"""Cases of the corpus: an invented list each, with its verdict. What a case is follows from its number alone.

Half of them go through every fault in every form and kind of list that can show it; the others put several into one list, or none.
"""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import msgspec

from gateway.carrier import Carrier
from gateway.catalogue import read_carriers
from gateway.findings import Finding, Place, Severity
from gateway.make import FAULTS, Made, Order, chosen, make
from gateway.make.draft import Expectation
from gateway.make.targets import TARGETS
from gateway.manifest import ListKind, Manifest
from gateway.process.understand import Known, Understood, understand
from gateway.sent import File
from gateway.settings import PROJECT

ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONGEST = 30.0
"""Seconds for one small list: above it, reading hangs."""


class Case(msgspec.Struct, frozen=True):
    number: int
    order: Order

    def __str__(self) -> str:
        order = self.order
        return f"case {self.number}: {order.form} {order.kind} {order.persons} seed {order.seed} {'+'.join(order.faults) or 'no fault'}"


@cache
def _every_one() -> list[tuple[str, ListKind, str]]:
    """Each fault in each form and kind that can show it, shuffled."""
    every = [
        (target.name, kind, name)
        for target in TARGETS.values()
        for kind in target.kinds
        for name, fault in FAULTS.items()
        if fault.fits(target, kind)
    ]
    Random(1).shuffle(every)
    return every


@cache
def _ferry_line() -> Carrier:
    """The one of our profiles that states columns, words, an encoding and a delimiter."""
    return read_carriers(PROJECT / "carriers", [])["adria-lines"]


def case(number: int) -> Case:
    random = Random(number)
    if number % 2 == 0:
        every = _every_one()
        form, kind, fault = every[number // 2 % len(every)]
        return Case(
            number, Order(form=form, persons=random.randint(12, 30), kind=kind, seed=number, on=ON, faults=(fault,))
        )
    target = random.choice(tuple(TARGETS.values()))
    line = (
        _ferry_line()
        if target.name in ("ferry-csv", "fal6-csv", "fal6-xlsx", "paxlst-sea") and random.random() < 0.3
        else None
    )
    order = Order(
        form=target.name,
        persons=random.randint(5, 30),
        kind=random.choice(target.kinds),
        seed=number,
        on=ON,
        carrier=line,
    )
    many = random.choice((0, 0, 0, 2, 3, 4))
    return Case(number, msgspec.structs.replace(order, faults=chosen(order, many)))


def problems(case: Case) -> list[str]:
    """What is wrong with what the gateway makes of the case; nothing where all is as expected."""
    made = make(case.order)
    began = time.perf_counter()
    understood = read(made, case.order)
    took = time.perf_counter() - began
    late = [f"took {took:.0f} s"] if took > LONGEST else []
    if understood.formats == (None,):  # we write it, and have no reader for it yet
        return late
    return late + _missed(made.expected, understood.findings) + _false_alarms(made, understood.findings)


def read(made: Made, order: Order) -> Understood:
    """As the gateway reads it, with the sailing known where the form does not tell it."""
    known = Known(
        defaults=_sailing(make(msgspec.structs.replace(order, faults=())).manifest) if _is_silent(order) else {}
    )
    return understand((File(made.data),), carrier=order.carrier, now=NOW, known_of=lambda manifest: known)


def _is_silent(order: Order) -> bool:
    carried = TARGETS[order.form].of(order.carrier).carries(order.kind or ListKind.PASSENGERS)
    return not {"vessel.imo", "departure.port"} <= carried


def _sailing(manifest: Manifest) -> dict[str, str]:
    ship, voyage = manifest.vessel, manifest.voyage
    assert voyage.departure
    assert voyage.arrival
    stated = {
        "vessel.name": ship.name, "vessel.imo": ship.imo, "vessel.flag": ship.flag, "voyage.number": voyage.number,
        "departure.port": voyage.departure.port.code, "departure.estimated": voyage.departure.estimated_departure,
        "arrival.port": voyage.arrival.port.code, "arrival.estimated": voyage.arrival.estimated_arrival,
    }  # fmt: skip
    return {field: text for field, text in stated.items() if text}


def is_at(place: Place, stated: Place) -> bool:
    """Whether a place agrees with all that is stated of it."""
    wanted = {name: value for name in stated.__struct_fields__ if (value := getattr(stated, name)) is not None}
    return all(getattr(place, name) == value for name, value in wanted.items())


def _is(finding: Finding, expected: Expectation) -> bool:
    return finding.code in expected.codes and is_at(finding.place, expected.place)


def _missed(expected: Sequence[Expectation], findings: Sequence[Finding]) -> list[str]:
    return [
        f"{one.fault}: no {' or '.join(one.codes)} at {one.place} {one.place.field}"
        for one in expected
        if not any(_is(finding, one) for finding in findings)
    ]


def _false_alarms(made: Made, findings: Sequence[Finding]) -> list[str]:
    """Errors about persons, or the list, of whom nothing is wrong. A fault that comes alone may bring others with it."""
    if any(FAULTS[one.fault].is_alone for one in made.expected):
        return []
    spoilt = [_whose(one.place) for one in made.expected]
    return [
        f"false alarm {finding.code} at {finding.place}: {finding.text}"
        for finding in findings
        if finding.severity is Severity.ERROR
        and not any(_is(finding, one) for one in made.expected)
        and not any(is_at(finding.place, whose) for whose in spoilt if whose.person)
    ]


def _whose(place: Place) -> Place:
    return Place(message=place.message, sheet=place.sheet, person=place.person)
