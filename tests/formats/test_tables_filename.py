"""The sailing in a file's name, as the line's profile says it stands there."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.carrier import parse
from gateway.formats import delimited
from gateway.formats.raw import RawList
from gateway.formats.tables import filename
from gateway.process.understand import Understood, understand
from gateway.sent import File
from tests.formats.books import ANNA, HEADERS, OLE, book
from tests.formats.test_archive import packed
from tests.often import often
from tests.process.office import line
from tests.specimen import NOW

TEMPLATE = "{port}_{direction}_{date}_{vessel}"
PROFILE = f'[reads.table]\nfile_name = "{TEMPLATE}"\n[lookup.port]\nICZ = "MXCZM"\n[lookup.country]\nSUEC = "SWE"\n'
NAME = "ICZ_ARV_20261125_SPECIMEN_STAR.xls"
LIST = "\n".join(";".join(row) for row in (("Passenger list",), HEADERS, ANNA, OLE)).encode()


def read(data: bytes, name: str | None = NAME) -> Understood:
    return understand([File(data, name)], carrier=line(PROFILE), now=NOW)


def codes(understood: Understood) -> set[str]:
    return {one.code for one in understood.findings}


@pytest.mark.parametrize("data", [LIST, book(HEADERS, ANNA, OLE)], ids=["csv", "workbook"])
def test_ship_port_and_day_are_taken_from_the_name(data: bytes) -> None:
    understood = read(data)
    (one,) = understood.lists
    voyage = one.manifest.voyage
    assert (one.manifest.vessel.name, voyage.direction) == ("SPECIMEN_STAR", "arrival")
    assert voyage.arrival is not None
    assert (voyage.arrival.port.code, voyage.arrival.estimated_arrival) == ("MXCZM", "2026-11-25")
    assert {
        one.lineage.header_places[field].path for field in ("vessel.name", "arrival.port", "arrival.estimated")
    } == {"file name"}
    assert not codes(understood) & {"T-47", "T-48", "V-01", "V-21"}


def test_a_departure_is_one() -> None:
    voyage = read(LIST, "ICZ_DEP_20261125_STAR.xls").lists[0].manifest.voyage
    assert voyage.departure is not None
    assert (voyage.departure.port.code, voyage.departure.estimated_departure) == ("MXCZM", "2026-11-25")


def test_the_file_itself_goes_before_its_name() -> None:
    data = b"Name of ship: OTHER NAME\nPort of arrival: MXVER\n" + LIST
    (one,) = read(data).lists
    assert one.manifest.vessel.name == "OTHER NAME"
    assert one.manifest.voyage.arrival is not None
    assert one.manifest.voyage.arrival.port.code == "MXVER"
    assert one.manifest.voyage.arrival.estimated_arrival == "2026-11-25"


def test_the_direction_of_the_file_says_which_end_the_name_is_of() -> None:
    carrier = line('[reads.table]\nfile_name = "{port}_{date}"\n')
    (one,) = understand(
        [File(b"Arrival/Departure: Departure\n" + LIST, "MXCZM_20261125.csv")], carrier=carrier, now=NOW
    ).lists
    assert one.manifest.voyage.departure is not None
    assert one.manifest.voyage.departure.port.code == "MXCZM"


def test_a_name_of_another_direction_is_not_used() -> None:
    understood = read(b"Arrival/Departure: Departure\n" + LIST)
    assert "T-48" in codes(understood)
    assert understood.lists[0].manifest.vessel.name is None


@pytest.mark.parametrize("name", [None, "", "list.xls", "ICZ_ARV_20261125.xls", "ICZ__20261125_STAR.xls"])
def test_a_name_that_does_not_fit_is_said_and_not_guessed(name: str | None) -> None:
    understood = read(LIST, name)
    (told,) = [one for one in understood.findings if one.code == "T-47"]
    assert TEMPLATE in told.text
    assert told.place.path == "file name"
    assert understood.lists[0].manifest.vessel.name is None


def test_the_name_of_a_member_is_its_own() -> None:
    understood = understand([File(packed({f"lists/{NAME}": LIST}), "all.zip")], carrier=line(PROFILE), now=NOW)
    (one,) = understood.lists
    assert one.manifest.vessel.name == "SPECIMEN_STAR"
    assert str(one.lineage.header_places["vessel.name"]) == "file name"


def test_the_lines_own_words_hold_for_the_header_too() -> None:
    """[lookup.port] and [lookup.country] spoke for columns alone."""
    (one,) = read(b"Last port: ICZ\nFlag: SUEC\n" + LIST).lists
    assert one.manifest.voyage.departure is not None
    assert (one.manifest.voyage.departure.port.code, one.manifest.vessel.flag) == ("MXCZM", "SWE")


def texts(template: str, name: str) -> dict[str, str]:
    return {label: value.text for label, value in filename.read(template, name)[0].items()}


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("{vessel}", "C:/lists\\SPECIMEN STAR.xlsx", {"vessel.name": "SPECIMEN STAR"}),
        ("PAX-{voyage} ({any})", "PAX-SP1147 (2).csv", {"voyage.number": "SP1147"}),
        ("{imo}.{departure}-{arrival}", "1234567.GRPIR-MTMLA.csv", {
            "vessel.imo": "1234567", "departure.port": "GRPIR", "arrival.port": "MTMLA",
        }),
        ("{vessel}_{date}", "SPECIMEN_STAR_20261125", {"vessel.name": "SPECIMEN", "this.date": "STAR_20261125"}),
        ("{vessel}_{any}_x", "STAR_y.csv", {}),
    ],
)  # fmt: skip
def test_values_end_at_the_first_sign_that_follows(template: str, name: str, expected: dict[str, str]) -> None:
    assert texts(template, name) == expected


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{vesel}", "unknown value {vesel}"),
        ("{port}{date}", "a sign between"),
        ("{port}_{port}", "twice"),
        ("list", "names no value"),
        ("{port}_{date", "a brace"),
        ("{}", "unknown value {}"),
    ],
)
def test_a_template_that_cannot_be_used_is_a_problem_of_the_profile(template: str, problem: str) -> None:
    text = f'name = "Line"\ncontact = "a@b.example"\nservice = "ferry"\n[reads.table]\nfile_name = "{template}"\n'
    found = parse("line", text)
    assert isinstance(found, list)
    assert any(one.startswith("reads.table.file_name: ") and problem in one for one in found)


def test_no_name_takes_long() -> None:
    template = "_".join(f"{{{name}}}" for name in ("port", "date", "vessel", "imo", "voyage", "reference", "arrival"))
    began = time.perf_counter()
    filename.read(template + "!", "_" * 100_000)
    filename.read(template, "_" * 100_000)
    assert time.perf_counter() - began < 0.5


@often(50)
@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=60)))
def test_whatever_stands_there_never_raises(template: str, name: str | None) -> None:
    if not filename.problems(template):
        filename.read(template, name)


def test_other_formats_do_not_ask_for_a_name() -> None:
    options: dict[str, Any] = {"name": NAME}
    (one,) = delimited.read(LIST, options).lists
    assert isinstance(one, RawList)
    assert not one.header
