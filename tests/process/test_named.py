"""A list for the sailing that its sender chose: taken, taken with a word, or for neither."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.findings import Severity
from gateway.manifest import Call, ListKind, Port, Vessel, Voyage
from gateway.obligations import ExpectedCall, Moment
from gateway.process.named import as_named
from gateway.sent import File
from tests.process.office import as_file, call, catalogue, entry, processed, recipient
from tests.specimen import NOW, crew_manifest, passenger_manifest

LEAVES = call().etd
assert LEAVES is not None
STATED = passenger_manifest(
    voyage=Voyage(
        departure=Call(port=Port(code="GRPIR"), estimated_departure=LEAVES.at.isoformat()),
        arrival=Call(port=Port(code="MTMLA")),
    )
)
OWN = call(id="own")
TITLED = b"Crew list;;;;\nVessel;Surname;Forename;Sex;DOB\nSPECIMEN STAR;ERIKSSON;ANNA MARIA;F;1974-08-12\n"


def later(hours: float) -> Moment:
    assert LEAVES is not None
    return Moment(LEAVES.at + timedelta(hours=hours), "test")


def office() -> Any:
    return catalogue(recipient(entry(form="common-json")))


@pytest.mark.parametrize(
    ("named", "others", "code", "taken"),
    [
        (call(id="named"), [], None, True),
        (call(id="named", vessel="OTHER", imo="9999993"), [OWN], "H-20", False),
        (call(id="named", departure_port="GRHER"), [OWN], "H-20", False),
        (call(id="named", etd=later(24), eta=None), [OWN], "H-20", False),
        (call(id="named", vessel="OTHER", imo="9999993", departure_port="GRHER"), [], "H-21", False),
        (call(id="named", departure_port="GRHER"), [], "H-22", True),
        (call(id="named", etd=later(24), eta=None), [], "H-22", True),
        # the ship was exchanged: it is the time of the one that was named, and the ship of a later one
        (call(id="named", vessel="OTHER", imo="9999993"), [call(id="own", etd=later(6))], "H-22", True),
        (call(id="named", vessel="OTHER", imo="9999993", etd=later(6)), [OWN], "H-20", False),
    ],
    ids=[
        "right", "another ship", "another port", "another day", "two facts, none fits", "a port, none fits", "moved, none fits",
        "ship exchanged", "ship of now, sailing of later",
    ],
)  # fmt: skip
def test_the_sailing_of_the_menu(
    named: ExpectedCall, others: list[ExpectedCall], code: str | None, *, taken: bool
) -> None:
    found = as_named(STATED, named, [named, *others], NOW)
    assert (found.call is named, found.said.code if found.said else None) == (taken, code)


def test_a_list_for_neither_is_kept_and_sent_to_nobody() -> None:
    wrong = call(id="wrong", vessel="OTHER", imo="9999993", departure_port="GRHER", voyage="X9")
    _, done = processed([as_file(STATED)], office(), [OWN, wrong], options={"call": "wrong"})
    (one,), (owed,) = done.understood.lists, done.owed
    assert done.calls == (None,)
    (said,) = (finding for finding in one.findings if finding.code == "H-20")
    assert said.text.startswith("the list was sent for the sailing wrong, but it is for own (ship and ports)")
    assert said.severity is Severity.ERROR
    assert (owed.payloads, owed.held[:4]) == ((), "H-20")


def test_of_several_lists_each_is_judged_by_itself() -> None:
    other = msgspec.structs.replace(crew_manifest(), vessel=Vessel(name="OTHER", imo="9999993"))
    _, done = processed([as_file(STATED), as_file(other)], office(), [call()], options={"call": call().id})
    assert done.calls == (call(), call())
    assert [[f.code for f in one.findings if f.code.startswith("H-2")] for one in done.understood.lists] == [
        [],
        ["H-22"],
    ]


def test_a_crew_list_sent_as_passengers_goes_nowhere() -> None:
    _, done = processed([File(TITLED)], office(), [call()], options={"list": "passengers", "call": call().id})
    assert [finding.code for finding in done.understood.findings if finding.code == "H-19"] == ["H-19"]
    assert (done.owed[0].payloads, done.owed[0].held[:4]) == ((), "H-19")
    _, done = processed([File(TITLED)], office(), [call()], options={"list": "crew", "call": call().id})
    (one,) = done.understood.lists
    assert (one.cut, one.manifest.kind) == ("", ListKind.CREW)
