"""Where a list stands among those of its sailing: newer or older by when it was issued, never on a guess."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given

from gateway.drift import Shape
from gateway.findings import Place
from gateway.formats.raw import CellPlaces, PathPlaces
from gateway.manifest import Call, Counts, Function, Manifest, Port, Purpose, Voyage
from gateway.normalise import Lineage
from gateway.process.order import in_order, numbered, series_of
from gateway.process.place import Current, Placed, by_itself, place
from gateway.process.record import deliveries_of, new_manifests
from gateway.process.understand import UnderstoodList
from gateway.store.manifests import SealedCurrent
from tests.manifests import manifests
from tests.often import often
from tests.process.office import as_file, call, catalogue, entry, processed, recipient
from tests.specimen import passenger_manifest

FIVE = passenger_manifest().persons
MORNING, NOON = "2026-11-21T09:00+00:00", "2026-11-21T12:00+00:00"
SHAPE = Shape(format="common-json", size=5)


def understood(manifest: Manifest, cut: str = "", **lineage: Any) -> UnderstoodList:
    told = Lineage(**({"format": "common-json", "places": PathPlaces()} | lineage))
    return UnderstoodList(manifest, told, 1, "common-json", (), SHAPE, cut)


def a_list(issued: str | None = NOON, **changes: Any) -> UnderstoodList:
    return understood(passenger_manifest(issued=issued, **changes))


def put(
    one: UnderstoodList, before: Placed | Current | None = None, *, version: int, is_known: bool = True, **changes: Any
) -> Placed:
    current = before.current if isinstance(before, Placed) else before
    values = {"id": UUID(int=version), "arrival": version} | changes
    return place(one, current, version=version, is_known=is_known, **values)


def said(placed: Placed) -> list[str]:
    return [finding.code for finding in placed.said]


def test_the_first_list_is_the_one_that_counts() -> None:
    placed = put(a_list(), version=1)
    assert placed.current is not None
    assert (placed.listed, placed.changes, placed.outdated, placed.held, said(placed)) == (5, None, False, "", [])
    assert (placed.current.version, len(placed.current.marks), len(placed.current.key)) == (1, 5, 32)
    assert "ERIKSSON" not in repr(placed)


def test_every_series_has_a_key_of_its_own() -> None:
    one, other = put(a_list(), version=1).current, put(a_list(), version=1).current
    assert one is not None
    assert other is not None
    assert one.key != other.key
    assert put(a_list(), one, version=2).current.key == one.key  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("issued", "before", "is_late"),
    [
        (MORNING, NOON, True),
        (NOON, MORNING, False),
        (NOON, NOON, False),
        (None, NOON, False),
        (MORNING, None, False),
        ("2026-11-21T12:30+02:00", NOON, True),  # 10:30 UTC
        ("2026-11-21T14:30+02:00", NOON, False),
        ("2026-11-21T09:00", "2026-11-21T12:00", True),  # the line's own clock, twice
        ("2026-11-21T09:00", NOON, False),  # whose nine o'clock?
        ("2026-11-21", "2026-11-21T12:00", False),  # the same day
        ("2026-11-20", "2026-11-21T12:00", True),
        ("tomorrow", NOON, False),
    ],
)
def test_which_one_is_newer(issued: str | None, before: str | None, is_late: bool) -> None:
    first = put(a_list(before), version=1)
    placed = put(a_list(issued), first, version=2)
    assert placed.outdated == bool(placed.held) == is_late
    assert said(placed) == (["H-01"] if is_late else [])
    assert (placed.current is None) == is_late


def test_the_last_one_issued_counts_in_whatever_order_they_are_processed() -> None:
    """Arrival and issue in any order: what counts in the end is what was issued last, and it goes out last."""
    hours = ("2026-11-21T09:00Z", "2026-11-21T10:00Z", "2026-11-21T11:00Z")
    for arrivals in permutations((1, 2, 3)):
        for turn in permutations(range(3)):
            current: Current | None = None
            ranks: list[tuple[int, int, int]] = []
            for version, at in enumerate(turn, 1):
                placed = put(a_list(hours[at]), current, version=version, arrival=arrivals[at])
                current = placed.current or current
                if not placed.held:
                    ranks.append((placed.rank, version, at))
            assert current is not None
            assert current.issued == hours[2]
            assert max(ranks)[2] == 2, (arrivals, turn)


def test_what_only_was_processed_late_is_nobody_s_mistake() -> None:
    newer = put(a_list(NOON), version=1, arrival=9)
    placed = put(a_list(MORNING), newer, version=2, arrival=4)
    assert (placed.outdated, placed.held, placed.rank, said(placed)) == (False, "", 4, [])
    assert placed.current is None


def test_a_list_for_another_purpose_is_not_older() -> None:
    border = put(a_list(NOON, purposes=(Purpose.BORDER,)), version=1)
    assert said(put(a_list(MORNING, purposes=(Purpose.SAFETY,)), border, version=2)) == []
    assert said(put(a_list(MORNING, purposes=(Purpose.BORDER,)), border, version=2)) == ["H-01"]
    both = a_list(MORNING, purposes=(Purpose.BORDER, Purpose.SAFETY))
    assert said(put(both, border, version=2)) == ["H-01"], "one message would replace the newer border list"


def test_a_voyage_number_that_comes_again_is_another_sailing() -> None:
    first = put(a_list(), version=1, is_known=False)
    assert put(a_list(), first, version=2, is_known=False).changes is not None
    assert first.current is not None
    tomorrow = Call(port=Port(code="GRPIR"), estimated_departure="2026-11-24T18:00:00+02:00")
    voyage = msgspec.structs.replace(passenger_manifest().voyage, departure=tomorrow)
    for other in (a_list(MORNING, voyage=voyage), a_list(MORNING, voyage=voyage, function=Function.FINAL)):
        placed = put(other, first, version=2, is_known=False)
        assert (placed.changes, placed.held, said(placed)) == (None, "", [])
        assert placed.current is not None
        assert placed.current.key != first.current.key, "nobody is followed from one sailing to the next"


@pytest.mark.parametrize("voyage", [Voyage(), Voyage(number="SP1"), passenger_manifest().voyage])
def test_without_a_sailing_nothing_is_compared(voyage: Voyage) -> None:
    voyage = msgspec.structs.replace(voyage, number=None) if voyage.departure else voyage
    placed = put(a_list(voyage=voyage), version=1, is_known=False)
    assert placed == by_itself(a_list(), 1)


def test_numbers_alone_and_cut_lists_leave_the_list_as_it_is() -> None:
    first = put(a_list(), version=1)
    for other in (a_list(persons=(), counts=Counts(passengers=9)), understood(passenger_manifest(), "E-14: cut")):
        placed = put(other, first, version=2)
        assert (placed.current, placed.changes, placed.held) == (None, None, "")
    nobody = put(a_list(None, persons=(), counts=Counts(passengers=0)), first, version=2)
    assert nobody.changes is not None
    assert nobody.changes.removed == 5


def test_changes_before_their_list_are_put_on_top_of_it() -> None:
    moved = msgspec.structs.replace(FIVE[0], cabin="9001")
    early = put(a_list(NOON, function=Function.CHANGE, persons=(moved,)), version=1, arrival=8)
    assert (said(early), early.listed, early.changes) == (["H-02"], 0, None)
    whole = put(a_list(MORNING), early, version=2, arrival=9)
    assert (said(whole), whole.held, whole.listed) == ([], "", 5)
    again = put(a_list("2026-11-21T13:00+00:00", persons=(moved, *FIVE[1:])), whole, version=3, arrival=10)
    assert again.changes is not None
    assert (again.changes.unchanged, again.changes.changed) == (5, 0)


def test_a_change_of_a_final_list_is_held_and_it_stays_final() -> None:
    final = put(a_list(MORNING, function=Function.FINAL), version=1)
    change = put(a_list(NOON, function=Function.CHANGE, persons=FIVE[:1]), final, version=2)
    assert (said(change), change.outdated, change.listed) == (["H-03"], True, 0)
    for function in (Function.REPLACE, Function.FINAL, Function.CANCEL):
        assert said(put(a_list(NOON, function=function), final, version=2)) == []


@pytest.mark.parametrize(("size", "stay", "is_said"), [(10, 4, True), (10, 5, False), (9, 0, False)])
def test_half_gone_is_said_of_ten_or_more(size: int, stay: int, is_said: bool) -> None:
    people = tuple(
        msgspec.structs.replace(FIVE[0], documents=(), family_name_latin=f"TEST{chr(65 + n)}") for n in range(size)
    )
    first = put(a_list(MORNING, persons=people), version=1)
    placed = put(a_list(NOON, persons=people[:stay] + FIVE[1:2]), first, version=2)
    assert said(placed) == (["H-05"] if is_said else [])


def test_it_is_said_where_the_time_stands() -> None:
    there = {"issued": ("0900", Place(segment=4, field="issued"))}
    first = put(a_list(NOON), version=1)
    (found,) = put(understood(passenger_manifest(issued=MORNING), header=there), first, version=2).said
    assert found.place == Place(segment=4, field="issued")
    sheet = CellPlaces(columns={}, rows=[], sheet="Crew")
    (found,) = put(understood(passenger_manifest(issued=MORNING), places=sheet), first, version=2).said
    assert found.place == Place(sheet="Crew")


@often(20)
@given(manifests(most=2), manifests(most=2))
def test_nothing_that_a_list_holds_makes_it_raise(one: Manifest, other: Manifest) -> None:
    for is_known in (True, False):
        first = put(understood(one), version=1, is_known=is_known)
        second = put(understood(other), first, version=2, is_known=is_known)
        kept = msgspec.msgpack.encode(second.current)
        assert msgspec.msgpack.decode(kept, type=Current | None) == second.current


# --- a submission as a whole -------------------------------------------------------------------------------------


def ordered(known: Any, *manifests: Manifest, before: dict[str, SealedCurrent] | None = None, **claim: Any) -> Any:
    claimed, done = processed([as_file(*manifests)], known, [call()], **claim)
    done = numbered(done, range(1, len(series_of(done)) + 1))
    done, kept = in_order(claimed, done, before or {}, known)
    return claimed, done, kept


def placed_in(done: Any) -> list[Placed]:
    """Of every part of every list."""
    return [part.placed for parts in done.parts for part in parts]


def test_what_counts_is_kept_sealed_and_found_again() -> None:
    known = catalogue(recipient(entry()))
    _, _, kept = ordered(known, passenger_manifest())
    (sealed,) = kept.values()
    assert b"marks" not in sealed.sealed
    _, done, _ = ordered(known, passenger_manifest(persons=FIVE[:3], issued=NOON), before=kept, id=uuid4())
    assert placed_in(done)[0].changes.removed == 2
    (name,) = kept
    for lost in (msgspec.structs.replace(sealed, wrapped=None), msgspec.structs.replace(sealed, sealed=b"x" * 99)):
        _, done, _ = ordered(known, passenger_manifest(), before={name: lost}, id=uuid4())
        assert placed_in(done)[0].changes is None, "what cannot be opened keeps no list back"


def test_lists_of_one_submission_are_compared_with_each_other() -> None:
    _, done, _ = ordered(
        catalogue(), passenger_manifest(), passenger_manifest(persons=FIVE[:3], issued="2026-11-21T10:00Z")
    )
    assert [one.changes and one.changes.removed for one in placed_in(done)] == [None, 2]


def test_lists_that_would_replace_each_other_are_both_held() -> None:
    """Two versions in one submission: neither is sent, and the sender is told. The same list twice is no such case."""
    known = catalogue(recipient(entry()))
    versions = passenger_manifest(persons=FIVE[:4]), passenger_manifest(persons=FIVE[1:])
    claimed, done, kept = ordered(known, *versions)
    assert [one.held[:4] for one in placed_in(done)] == ["H-07", "H-07"]
    assert deliveries_of(claimed, done, new_manifests(claimed, done, known), known) == []
    assert kept == {}
    _, done, _ = ordered(known, *versions, versions[1], id=uuid4())
    assert [one.held[:4] for one in placed_in(done)] == ["H-07"] * 3, "nor one that came twice"
    _, done, _ = ordered(known, versions[0], versions[0], id=uuid4())
    assert [one.held for one in placed_in(done)] == ["", ""]


def test_a_list_from_the_future_keeps_no_later_one_back() -> None:
    known = catalogue(recipient(entry()))
    _, _, kept = ordered(known, passenger_manifest(issued="2062-01-01T00:00:00Z"))
    claimed, done = processed([as_file(passenger_manifest(persons=FIVE[:4], issued=NOON))], known, [call()], id=uuid4())
    done, _ = in_order(claimed, numbered(done, [2]), kept, known)
    assert (placed_in(done)[0].held, placed_in(done)[0].changes.removed) == ("", 1)


def test_a_late_list_is_held_and_its_rows_say_so() -> None:
    known = catalogue(recipient(entry()))
    _, _, kept = ordered(known, passenger_manifest(issued=NOON))
    claimed, done, again = ordered(known, passenger_manifest(issued=MORNING), before=kept, id=uuid4())
    assert again == {}
    (row,) = new_manifests(claimed, done, known)
    assert row.filing.parts[0].outdated
    assert deliveries_of(claimed, done, [row], known) == []
    assert done.understood.findings[-1].code == "H-01"
    assert done.understood.lists[0].findings[-1].code == "H-01"


def test_of_several_files_a_finding_names_its_own() -> None:
    known = catalogue()
    files = [as_file(passenger_manifest(issued=NOON)), as_file(passenger_manifest(issued=MORNING))]
    claimed, done = processed(files, known, [call()])
    done, _ = in_order(claimed, numbered(done, [1, 2]), {}, known)
    assert [(one.code, one.place.file) for one in done.understood.findings if one.code[0] == "H"] == [("H-01", 2)]
