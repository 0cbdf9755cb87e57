"""Decks and coaches in files of their own are one list; two versions are not, and nobody is lost or invented either way."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Severity
from gateway.formats.raw import JoinedPlaces
from gateway.manifest import Call, Counts, Function, ListKind, Port, Purpose
from gateway.process.order import numbered
from gateway.process.record import new_manifests
from gateway.process.understand import Understood, understand
from gateway.sent import File
from tests.formats.books import ANNA, HEADERS, OLE, ZOE, book
from tests.formats.test_archive import packed
from tests.often import often
from tests.process.office import as_file, call, catalogue, processed
from tests.process.test_join import listed
from tests.specimen import NOW, VOYAGE, crew_member, large_manifest, passenger_manifest

MANY = large_manifest(60).persons
DECKS = (passenger_manifest(persons=MANY[:30]), passenger_manifest(persons=MANY[30:]))
BAD = ("PROBE", "BEN", "M", "1990-13-44", "NLD", "TX7K2L5")


def read(*files: File, **changes: Any) -> Understood:
    return understand(files, **({"carrier": None, "now": NOW} | changes))


def sizes(understood: Understood) -> list[int]:
    return [len(one.manifest.persons) for one in understood.lists]


def said(understood: Understood) -> list[str]:
    return [one.text for one in understood.findings if one.code == "H-11"]


# --- parts of one list --------------------------------------------------------------------------------------------


def test_two_decks_are_one_list_and_each_value_keeps_its_place() -> None:
    understood = read(listed(ANNA, OLE), listed(ZOE, BAD))
    assert sizes(understood) == [4]
    assert [one.sequence for one in understood.lists[0].manifest.persons] == [1, 2, 3, 4]
    assert said(understood) == [
        "2 lists of the same kind for the same sailing name different persons; they were taken together as one list of 4 persons"
    ]
    (born,) = [one for one in understood.findings if one.place.field == "birth_date" and one.severity is Severity.ERROR]
    assert (born.place.file, born.place.line, born.place.person) == (2, 4, 2)
    (one,) = understood.lists
    assert born in one.findings
    assert (one.lineage.places.at("sex", 0).file, one.lineage.places.at("sex", 3).file) == (1, 2)
    assert len(one.lineage.lists) == 2
    assert one.shape.size == 4


def test_coaches_in_a_zip_and_sheets_of_a_workbook_too() -> None:
    files = {"coach 1.xlsx": book(HEADERS, ANNA, OLE), "coach 2.xlsx": book(HEADERS, ZOE)}
    understood = read(File(packed(files)))
    assert sizes(understood) == [3]
    places = understood.lists[0].lineage.places
    assert [places.at("sex", at).member for at in range(3)] == ["coach 1.xlsx", "coach 1.xlsx", "coach 2.xlsx"]


def test_a_mistake_of_the_second_list_is_not_taken_for_one_of_the_first() -> None:
    """Both are person 1 of their files: what could not be read in one of them is missing in that one alone."""
    no_date = (*ANNA[:3], "", *ANNA[4:])
    understood = read(listed((*OLE[:3], "1990-13-44", *OLE[4:])), listed(no_date))
    found = sorted((one.place.file, one.code[0]) for one in understood.findings if one.place.field == "birth_date")
    assert [file for file, _ in found] == [1, 2]


def test_who_is_on_two_coaches_is_found_as_in_one_list() -> None:
    """One of thirty: a party changed coaches, and did not become two."""
    again = msgspec.structs.replace(MANY[0], sequence=31)
    understood = read(as_file(DECKS[0]), as_file(passenger_manifest(persons=(*MANY[30:], again))))
    assert sizes(understood) == [61]
    assert [one.place.file for one in understood.findings if one.code == "C-20"] == [1, 2]


@pytest.mark.parametrize(
    ("counts", "whole"),
    [
        ((Counts(passengers=30), Counts(passengers=30)), 60),  # each its own
        ((Counts(passengers=60), Counts(passengers=60)), 60),  # the ship's, twice
        ((Counts(passengers=30), Counts()), 60),
        ((Counts(), Counts(passengers=75)), 75),  # wrong, and C-01 says so
        ((Counts(), Counts()), None),
    ],
)
def test_numbers_are_each_list_s_own_or_the_ship_s(counts: tuple[Counts, Counts], whole: int | None) -> None:
    files = [as_file(msgspec.structs.replace(one, counts=own)) for one, own in zip(DECKS, counts, strict=True)]
    understood = read(*files)
    assert understood.lists[0].manifest.counts.passengers == whole
    assert [one.code for one in understood.findings if one.code == "C-01"] == (["C-01"] if whole == 75 else [])


def test_what_one_of_them_says_of_the_sailing_is_said_of_the_whole() -> None:
    silent = passenger_manifest(
        persons=MANY[30:], vessel=msgspec.structs.replace(passenger_manifest().vessel, imo=None)
    )
    (one,) = read(as_file(silent), as_file(DECKS[0])).lists
    assert (one.manifest.vessel.imo, one.manifest.vessel.name) == ("1234567", "SPECIMEN STAR")


def test_where_one_part_was_cut_off_the_whole_is_held() -> None:
    cut = File(listed(ZOE).data + b'\nPROBE;"LUCIA;F;1986-12-02;PHL;X1\n')
    understood = read(listed(ANNA, OLE), cut)
    assert len(understood.lists) == 1
    assert understood.lists[0].cut.startswith("T-42")


def test_findings_of_a_mixed_list_in_parts_are_told_of_the_right_kind() -> None:
    no_sex = msgspec.structs.replace(MANY[31], sequence=2, sex=None)
    decks = [
        passenger_manifest(kind=ListKind.MIXED, persons=(crew_member(0), msgspec.structs.replace(MANY[0], sequence=2))),
        passenger_manifest(kind=ListKind.MIXED, persons=(crew_member(1, sequence=1), no_sex)),
    ]
    known = catalogue()
    claimed, done = processed([as_file(one) for one in decks], known, [call()])
    (row,) = new_manifests(claimed, numbered(done, [1, 1]), known)
    assert [(part.kind, part.errors.get("sex")) for part in row.filing.parts] == [("passengers", 1), ("crew", None)]
    places = done.understood.lists[0].lineage.places
    assert isinstance(places, JoinedPlaces)
    assert [places.index_of(places.at("sex", at)) for at in range(4)] == [0, 1, 2, 3]


# --- not parts of one list ----------------------------------------------------------------------------------------

TOMORROW = Call(port=Port(code="GRPIR"), estimated_departure="2026-11-24T18:00:00+02:00")
EVENING = Call(port=Port(code="GRPIR"), estimated_departure="2026-11-23T22:00:00+02:00")


@pytest.mark.parametrize(
    "other",
    [
        {"issued": "2026-11-21T10:00:00+00:00"},
        {"issued": None},
        {"function": Function.REPLACE},
        {"function": Function.CHANGE},
        {"purposes": (Purpose.SAFETY,)},
        {"kind": ListKind.MIXED},
        {"voyage": msgspec.structs.replace(VOYAGE, number="SP1148")},
        {"voyage": msgspec.structs.replace(VOYAGE, departure=TOMORROW)},
        {"voyage": msgspec.structs.replace(VOYAGE, departure=EVENING)},
        {"vessel": msgspec.structs.replace(passenger_manifest().vessel, imo="9999993")},
        {"persons": MANY[28:]},  # two of thirty are on both
    ],
    ids=str,
)
def test_whatever_speaks_for_versions_keeps_them_apart(other: dict[str, Any]) -> None:
    understood = read(as_file(DECKS[0]), as_file(msgspec.structs.replace(DECKS[1], **other)))
    assert len(understood.lists) == 2
    assert said(understood) == []


def test_hundreds_of_lists_are_no_decks_and_cost_no_more_than_reading_them() -> None:
    """A file may hold 2,000 messages: comparing each with each would take minutes."""
    many = read(
        as_file(*(passenger_manifest(persons=(msgspec.structs.replace(MANY[n % 60], sequence=1),)) for n in range(101)))
    )
    assert len(many.lists) == 101
    few = read(as_file(*(passenger_manifest(persons=(msgspec.structs.replace(one, sequence=1),)) for one in MANY)))
    assert sizes(few) == [60]


def test_all_or_none_a_third_that_is_a_version_of_one_keeps_all_apart() -> None:
    again = passenger_manifest(persons=MANY[5:30])
    assert sizes(read(*map(as_file, (*DECKS, again)))) == [30, 30, 25]


@often(25)
@given(st.lists(st.integers(1, 59), max_size=5, unique=True), st.booleans())
def test_nobody_is_lost_however_a_list_is_cut_into_files(cuts: list[int], in_zip: bool) -> None:
    edges = [0, *sorted(cuts), len(MANY)]
    decks = [passenger_manifest(persons=MANY[a:b]) for a, b in pairwise(edges)]
    files = [as_file(one) for one in decks]
    if in_zip:
        files = [File(packed({f"{n}.json": one.data for n, one in enumerate(files)}))]
    (one,) = read(*files).lists
    assert one.manifest.persons == MANY
    assert one.manifest.counts == passenger_manifest().counts
