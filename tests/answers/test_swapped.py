"""Family and given names in each other's place are put right where machine-readable zones prove it, and nowhere else."""

import json
from collections.abc import Sequence

import pytest
from msgspec import json as msgspec_json
from msgspec.structs import replace

from gateway.answers import repairs
from gateway.answers.swapped import swapped
from gateway.make.zones import zone
from gateway.manifest import Manifest, Person
from tests.answers.reading import codes, corrected, opened, read, values
from tests.formats.books import book
from tests.specimen import passenger, passenger_manifest

HEADERS = (
    "Family name",
    "Given names",
    "Sex",
    "Date of birth",
    "Nationality",
    "Passport No.",
    "Date of expiry",
    "MRZ 1",
    "MRZ 2",
)
PEOPLE = tuple(
    replace(one, mrz=zone(one, one.documents[0], "TD3")) for one in (passenger(at) for at in range(5))
)  # ERIKSSON to O'TESTER
NOBODY = replace(PEOPLE[1], family_name="SAMPLE", family_name_latin="SAMPLE", given_names="JOHAN", mrz=())


def turned(person: Person) -> Person:
    return replace(
        person, family_name=person.given_names, family_name_latin=person.given_names_latin, given_names=person.family_name,
        given_names_latin=person.family_name_latin,
    )  # fmt: skip


def row(person: Person) -> tuple[str, ...]:
    paper, lines = person.documents[0], person.mrz or ("", "")
    return (
        person.family_name or "", person.given_names or "", str(person.sex), person.birth_date or "", person.nationalities[0].code,
        paper.number or "", paper.expiry or "", *lines,
    )  # fmt: skip


def csv(*people: Person) -> bytes:
    return "".join(";".join(one) + "\r\n" for one in (HEADERS, *map(row, people))).encode()


def names(data: bytes) -> list[tuple[str, str]]:
    rows = (line.split(";") for line in data.decode().splitlines()[1:])
    return [(family, given) for family, given, *_ in rows]


def as_listed(*people: Person) -> list[tuple[str | None, str | None]]:
    return [(one.family_name, one.given_names) for one in people]


def test_only_whom_a_zone_proves_is_put_right() -> None:
    """Two of five: the rest have their names as the zone has them, or no zone."""
    people = (turned(PEOPLE[0]), PEOPLE[1], turned(PEOPLE[2]), NOBODY, PEOPLE[3])
    copy = corrected(csv(*people))
    assert names(copy.data) == as_listed(PEOPLE[0], PEOPLE[1], PEOPLE[2], NOBODY, PEOPLE[3])
    assert [(one.place.line, one.place.column, one.what) for one in copy.repairs] == [
        (line, column, repairs.SWAPPED) for line in (2, 4) for column in ("Family name", "Given names")
    ]
    assert codes(csv(*people)).count("V-52") == 2
    assert "V-52" not in codes(copy.data)


def test_columns_that_were_exchanged_are_put_right_for_everyone() -> None:
    people = (*map(turned, PEOPLE[:4]), turned(NOBODY))
    copy = corrected(csv(*people))
    assert names(copy.data) == as_listed(*PEOPLE[:4], NOBODY)
    assert [one.what for one in copy.repairs][-2:] == [repairs.ALL_SWAPPED] * 2


@pytest.mark.parametrize(
    ("people", "proven"),
    [
        ((*map(turned, PEOPLE[:2]), NOBODY), {0, 1}),  # too few to speak for others
        ((*map(turned, PEOPLE[:3]), PEOPLE[3], NOBODY), {0, 1, 2}),  # one has the names as listed
        ((*map(turned, PEOPLE[:3]), replace(PEOPLE[3], mrz=PEOPLE[4].mrz), NOBODY), {0, 1, 2}),  # another person's zone
        ((PEOPLE[0], replace(PEOPLE[1], given_names=None)), set()),
        ((replace(PEOPLE[0], family_name="ANNA", given_names="MARIA ERIKSSON"),), set()),  # divided otherwise, not swapped
        ((replace(PEOPLE[0], family_name="ANNA", given_names="ERIKSSON"),), set()),  # a name is missing
        ((replace(PEOPLE[0], family_name="安娜", given_names="エリクソン"),), set()),  # cannot be compared
        ((replace(PEOPLE[0], family_name="ANNA", given_names="ANNA"),), set()),
    ],
)  # fmt: skip
def test_what_is_proven(people: Sequence[Person], proven: set[int]) -> None:
    assert swapped(people) == (frozenset(proven), False)


def test_one_name_alone_is_left_where_it_stands() -> None:
    alone = replace(turned(NOBODY), given_names=None)
    data = csv(*map(turned, PEOPLE[:4]), alone)
    assert names(corrected(data).data)[-1] == (alone.family_name, "")


def test_padding_goes_with_the_name() -> None:
    padded = replace(turned(PEOPLE[0]), family_name=" ANNA  MARIA ")
    assert names(corrected(csv(padded)).data) == as_listed(PEOPLE[0])


def test_in_a_workbook_both_cells_change_or_neither() -> None:
    people = [row(turned(PEOPLE[0])), row(turned(PEOPLE[1]))]
    data = book(HEADERS, *people, ('="ANNA MARIA"', *people[0][1:]))
    copy = corrected(data)
    cells = values(copy.data)["Passengers"]
    assert [tuple(cells[at][:2]) for at in (1, 2)] == as_listed(PEOPLE[0], PEOPLE[1])
    assert opened(copy.data)["Passengers"]["B4"].value == people[0][1]
    listed = [cell.value for cell in opened(copy.data)["Corrections"]["B"] if cell.value]
    assert listed.count(repairs.SWAPPED) == len(copy.repairs) == 4


def as_json(manifest: Manifest) -> bytes:
    return msgspec_json.encode(manifest)


def test_in_json_the_latin_forms_go_with_them() -> None:
    manifest = passenger_manifest(persons=(turned(PEOPLE[2]), PEOPLE[1]))
    copy = corrected(as_json(manifest))
    assert read(copy.data).lists[0].manifest.persons == (PEOPLE[2], PEOPLE[1])
    assert {one.place.path for one in copy.repairs} == {
        f"/persons/0/{name}" for name in ("family_name", "given_names", "family_name_latin", "given_names_latin")
    }


def test_in_json_without_latin_forms() -> None:
    document = json.loads(as_json(passenger_manifest(persons=(turned(PEOPLE[0]),))))
    for name in ("family_name_latin", "given_names_latin"):
        del document["persons"][0][name]
    copy = corrected(json.dumps(document).encode())
    assert json.loads(copy.data)["persons"][0]["family_name"] == "ERIKSSON"
    assert len(copy.repairs) == 2
