"""An export that changed is told on its first file; ordinary lists, however they vary, never are."""

import os
from collections.abc import Callable, Sequence
from datetime import date
from random import Random

import msgspec
import pytest

from gateway.drift import FEWEST, LAST, MANY, Earlier, Shape, differences, key_of, keyed, shape_of
from gateway.formats import delimited
from gateway.formats.raw import CellPlaces, RawList
from gateway.keyring import new_identity
from gateway.manifest import Call, ListKind, Manifest, Port, Vessel, Voyage
from tests.specimen import passenger_manifest

KEY = bytes(range(32))
FERRY = passenger_manifest(persons=())
HEADERS = {
    "family_name": "Surname",
    "given_names": "Forename",
    "sex": "Sex",
    "birth_date": "DOB",
    "nationality": "Nationality",
    "document.number": "Document number",
    "special_care": "Assistance",
    "cabin": "Cabin",
}
NOT_THERE_BEFORE = "a column that was not there before (letter {}, {}) is new"
Rows = list[dict[str, str]]
Spoil = Callable[[Rows, dict[str, str]], None]


def ordinary(chance: Random, size: int) -> Rows:
    """Persons in parties: what one of a party lacks, all lack. Nine parties of ten show a document, one of twenty wants help."""
    rows: Rows = []
    while len(rows) < size:
        party = min(chance.choice((1, 2, 2, 3, 4, 5)), size - len(rows))
        shows, sleeps = chance.random() < 0.9, chance.random() < 0.4
        for _ in range(party):
            born = f"{chance.randrange(28) + 1:02}.{chance.randrange(12) + 1:02}.{chance.randrange(1940, 2020)}"
            number = len(rows) + 1
            rows.append(
                {
                    "family_name": f"TEST{chance.randrange(10_000)}",
                    "given_names": "Specimen" if chance.random() < 0.99 else "",
                    "sex": chance.choice("MF"),
                    "birth_date": born if chance.random() < 0.97 else "",
                    "nationality": chance.choice(("SWE", "FIN", "EST")) if chance.random() < 0.98 else "",
                    "document.number": f"XS{number:06}" if shows else "",
                    "special_care": "wheelchair" if chance.random() < 0.05 else "",
                    "cabin": str(1000 + number) if sleeps else "",
                }
            )
    return rows


def as_read(rows: Rows, headers: dict[str, str], delimiter: str = ";") -> RawList:
    lines = [delimiter.join(headers.values()), *[delimiter.join(row.get(f, "") for f in headers) for row in rows]]
    (raw,) = delimited.read("\n".join(lines).encode(), {}).lists
    assert isinstance(raw, RawList)
    return raw


def shape(
    chance: Random,
    size: int,
    spoil: Spoil = lambda rows, headers: None,
    manifest: Manifest = FERRY,
    delimiter: str = ";",
) -> Shape:
    rows, headers = ordinary(chance, size), dict(HEADERS)
    spoil(rows, headers)
    return keyed(shape_of(as_read(rows, headers, delimiter), manifest), KEY)


def earlier(shapes: Sequence[Shape]) -> list[Earlier]:
    """The newest first, each of a sailing of its own."""
    return [Earlier(str(number), one) for number, one in enumerate(shapes)][::-1][:LAST]


def usual(size: int = 40, count: int = FEWEST) -> list[Earlier]:
    return earlier([shape(Random(n), size) for n in range(count)])


def as_if_read(rows: Rows) -> RawList:
    columns = {field: [row[field] or None for row in rows] for field in HEADERS}
    places = CellPlaces(columns={}, rows=[], headers=HEADERS)
    return RawList(
        format="delimited",
        kind=ListKind.PASSENGERS,
        size=len(rows),
        columns=columns,
        places=places,
        delimiter=";",
    )


@pytest.mark.parametrize("season", range(int(os.environ.get("GATEWAY_DRIFT_SEASONS", "1"))))
def test_two_hundred_ordinary_lists_raise_nothing(season: int) -> None:
    """A ferry: 5 persons on a winter's night, 1,800 in summer; every other sailing by a ship that sells no cabins."""
    chance, seen = Random(season), list[Shape]()
    for number in range(200):
        rows = ordinary(chance, round(5 * 360 ** chance.random() ** 1.6))
        if number % 2:
            rows = [row | {"cabin": ""} for row in rows]
        new = shape_of(as_if_read(rows), FERRY)
        assert differences(new, earlier(seen))[1] == [], f"list {number} of {len(rows)}"
        seen.append(new)


def test_a_list_made_for_the_season_is_as_one_that_was_read() -> None:
    rows = ordinary(Random(2), 30)
    assert shape_of(as_if_read(rows), FERRY) == shape_of(as_read(rows, HEADERS), FERRY)


def test_the_first_lists_are_no_measure() -> None:
    def no_nationality(rows: Rows, headers: dict[str, str]) -> None:
        del headers["nationality"]

    changed = shape(Random(9), 40, no_nationality)
    for count in range(FEWEST):
        assert differences(changed, usual(count=count)) == (0, [])
    same = [Earlier("one sailing", one.shape) for one in usual(count=9)]
    assert differences(changed, same) == (0, []), "nine versions of one list are one sailing"


def _gone(rows: Rows, headers: dict[str, str]) -> None:
    del headers["nationality"]


def _blank(rows: Rows, headers: dict[str, str]) -> None:
    for row in rows:
        row["nationality"] = ""


def _renamed(rows: Rows, headers: dict[str, str]) -> None:
    headers["nationality"] = "Citizenship"


def _unknown(rows: Rows, headers: dict[str, str]) -> None:
    headers["nationality"] = "Ntl Cd"


def _added(rows: Rows, headers: dict[str, str]) -> None:
    headers["tariff"] = "Tariff"
    for row in rows:
        row["tariff"] = "A"


def _iso(rows: Rows, headers: dict[str, str]) -> None:
    for row in rows:
        row["birth_date"] = "-".join(reversed(row["birth_date"].split(".")))


def _month_first(rows: Rows, headers: dict[str, str]) -> None:
    for row in rows:
        if row["birth_date"]:
            day, month, year = row["birth_date"].split(".")
            row["birth_date"] = f"{month}.{day}.{year}"


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_gone, ["the column 'Nationality' (nationality) is gone"]),
        (_blank, ["'nationality' is given for 0 of 40 persons"]),
        (_renamed, ["the column of 'nationality' is now 'Citizenship', and was 'Nationality'"]),
        (
            _unknown,
            [
                "the column 'Nationality' (nationality) is gone",
                NOT_THERE_BEFORE.format("E", "3 letters, 1 space, 2 letters"),
            ],
        ),
        (_added, [NOT_THERE_BEFORE.format("I", "6 letters")]),
        (_iso, ["birth dates are written yyyy-d-d, and were d.d.yyyy"]),
        (_month_first, ["birth dates are in the order month, day, and were in day, month"]),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_changed_is_said_on_the_first_file_and_once(spoil: Spoil, what: list[str]) -> None:
    before = usual()
    changed = shape(Random(77), 40, spoil)
    count, said = differences(changed, before)
    assert count == FEWEST
    assert len(said) == len(what), said
    for one, expected in zip(said, what, strict=True):
        assert one.startswith(expected)
    assert differences(shape(Random(78), 40, spoil), [Earlier("new", changed), *before])[1] == []
    assert differences(shape(Random(79), 40), [Earlier("new", changed), *before])[1] == [], "and back again"


def test_two_exports_of_one_line_take_turns() -> None:
    """What only some lists had may be missing."""
    turns = earlier([shape(Random(n), 40, _gone if n % 2 else _added) for n in range(2 * FEWEST + 1)])
    for spoil in (_gone, _added):
        assert differences(shape(Random(50), 40, spoil), turns) == (2 * FEWEST + 1, [])


@pytest.mark.parametrize("size", [8, 20, 500])
def test_a_field_that_is_suddenly_empty_is_seen_on_small_lists_too(size: int) -> None:
    before = usual(400)

    def blank(rows: Rows, headers: dict[str, str]) -> None:
        for row in rows:
            row["sex"] = ""

    assert differences(shape(Random(5), size, blank), before)[1] == [
        f"'sex' is given for 0 of {size} persons, and was for 100% or more"
    ]


def test_another_format_is_a_change() -> None:
    book = msgspec.structs.replace(shape(Random(3), 40), format="workbook")
    assert differences(book, usual()) == (FEWEST, ["it is workbook, and so far they were delimited"])
    assert differences(book, [Earlier("w", book), *usual()])[1] == []
    (said,) = differences(shape(Random(3), 40, delimiter=","), usual())[1]
    assert said == "values are separated by ',', and were by ';'"


def test_half_of_a_cruise_ship_gone_is_seen_and_another_ship_is_not_it() -> None:
    chance = Random(4)
    small = Shape(format="paxlst", size=1400, leg="ship/A/B", fields={"family_name": 1400})
    whole = [msgspec.structs.replace(small, size=chance.randrange(2850, 3000)) for _ in range(MANY)]
    whole = [msgspec.structs.replace(one, fields={"family_name": one.size}) for one in whole]
    (said,) = differences(small, earlier(whole))[1]
    assert said.startswith("it holds 1,400 persons, and the last 10 of this ship and leg held 2,8")
    assert differences(small, earlier(whole[:-1]))[1] == [], "too few to tell"
    elsewhere = msgspec.structs.replace(small, leg="ship/B/C")
    assert differences(elsewhere, earlier(whole))[1] == []


def test_nothing_of_a_person_is_kept() -> None:
    rows = ordinary(Random(1), 30)
    odd = {
        **HEADERS,
        "remark": "Order 4471902 of somebody with a very long name indeed",
        "typed": "Testperson",
        "sex": "Sex (Anna)",
    }
    for row in rows:
        row["remark"], row["typed"] = "ERIKSSON", "x"
    seen = shape_of(as_read(rows, odd), FERRY)
    kept = msgspec.json.encode(keyed(seen, KEY)).decode()
    values = {value for row in rows for value in row.values() if len(value) > 3} - {"Specimen"}
    assert not [value for value in values if value in kept]
    assert not [word for word in ("4471902", "somebody", "Order", "Testperson", "Anna") if word in kept]
    assert '"birth_date":"DOB"' in kept, "words of headers stay readable"
    assert msgspec.json.decode(kept, type=Shape) == keyed(seen, KEY)
    assert keyed(seen, KEY) != keyed(seen, bytes(32)), "without the key nobody finds a name by trying"


def test_each_line_has_a_key_of_its_own_that_a_new_generation_does_not_change() -> None:
    identity = new_identity(date(2026, 11, 1))
    assert (
        len({key_of(identity, "one"), key_of(identity, "other"), key_of(new_identity(date(2026, 11, 1)), "one")}) == 3
    )
    assert key_of(identity.renewed(date(2026, 12, 1)), "one") == key_of(identity, "one")


def test_our_own_json_has_a_shape_too() -> None:
    full = passenger_manifest()
    stateless = tuple(msgspec.structs.replace(one, nationalities=()) for one in full.persons * 2)
    before = earlier([shape_of(full, full)] * FEWEST + [shape_of(full, full)] * 5)
    changed = msgspec.structs.replace(full, persons=stateless)
    (said,) = differences(shape_of(changed, changed), before)[1]
    assert said.startswith("'nationalities' is given for 0 of 10 persons")
    numberless = [
        msgspec.structs.replace(one, documents=(msgspec.structs.replace(one.documents[0], number=None),))
        for one in full.persons * 2
    ]
    changed = msgspec.structs.replace(full, persons=tuple(numberless))
    (said,) = differences(shape_of(changed, changed), before)[1]
    assert said.startswith("'document.number' is given for 0 of 10 persons")
    bare = Manifest(kind=full.kind, vessel=Vessel(), voyage=Voyage(departure=Call(port=Port(name="x"))))
    assert shape_of(bare, bare) == Shape(format="common-json", size=0, leg="//")
