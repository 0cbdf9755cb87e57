"""A form and lists that came as files of their own: joined where they are of one sailing, and never where they are not."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.findings import Severity
from gateway.manifest import ListKind
from gateway.process.understand import Hints, Understood, understand
from gateway.sent import File
from tests.formats.books import ANNA, HEADERS, OLE, ZOE, book
from tests.formats.test_archive import packed
from tests.process.office import as_file
from tests.specimen import NOW, passenger_manifest

GIVEN: dict[str, str] = {
    "Arrival/Departure": "Arrival",
    "Name of ship": "SPECIMEN STAR",
    "IMO number": "1234567",
    "Voyage number": "SP1147",
    "Port of arrival": "MTMLA",
    "Date of arrival": "25/11/2026",
    "Time of arrival": "07:30",
    "Last port": "GRPIR",
    "Number of crew": "1",
    "Number of passengers": "2",
}


def form(**changes: str | None) -> File:
    said = GIVEN | {name.replace("_", " "): text for name, text in changes.items()}
    rows = [("General declaration", ""), *((label, text) for label, text in said.items() if text is not None)]
    return File("\n".join(";".join(row) for row in rows).encode(), "fal1.csv")


def listed(*people: Sequence[str], kind: str = "Passenger list", **said: str) -> File:
    """A list that says no more of its sailing than `said`."""
    above = [(f"{name.replace('_', ' ')}: {text}",) for name, text in said.items()]
    return File("\n".join(";".join(row) for row in ((kind,), *above, HEADERS, *people)).encode(), "list.csv")


def read(*files: File, **changes: Any) -> Understood:
    return understand(files, **({"carrier": None, "now": NOW} | changes))


BEN = ("PROBE", "BEN", "M", "1990-03-04", "NLD", "TX7K2L5")
PASSENGERS, CREW = listed(ANNA, OLE), listed(ZOE, kind="Crew list")


def codes(understood: Understood) -> list[str]:
    return [one.code for one in understood.findings if one.code[0] == "Z"]


# --- joined -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [(form(), PASSENGERS, CREW), (CREW, PASSENGERS, form())], ids=["first", "last"])
def test_the_form_speaks_for_the_lists_beside_it(files: tuple[File, ...]) -> None:
    understood = read(*files)
    assert sorted(one.manifest.kind for one in understood.lists) == ["crew", "passengers"]
    for one in understood.lists:
        manifest = one.manifest
        assert (manifest.vessel.imo, manifest.voyage.number, manifest.voyage.direction) == (
            "1234567",
            "SP1147",
            "arrival",
        )
        assert manifest.voyage.departure
        assert manifest.voyage.departure.port.code == "GRPIR"
        assert manifest.voyage.arrival
        assert manifest.voyage.arrival.estimated_arrival == "2026-11-25T07:30"
        assert (manifest.counts.crew, manifest.counts.passengers) == (1, 2)
        at = files.index(next(file for file in files if file.name == "fal1.csv")) + 1
        assert {one.lineage.header_places[field].file for field in ("vessel.imo", "counts.crew")} == {at}
        assert str(one.lineage.header_places["vessel.imo"]) == f"file {at}, line 4"
    assert codes(understood) == ["Z-10"]
    assert not [one for one in understood.findings if one.code in ("V-01", "V-10", "V-20", "V-21", "C-01", "C-02")]


def test_members_of_one_zip_are_joined_too() -> None:
    sheet = book(("General declaration",), *GIVEN.items(), title="General declaration")
    understood = read(File(packed({"fal1.xlsx": sheet, "fal6.xlsx": book(HEADERS, ANNA, OLE)})))
    (one,) = understood.lists
    assert str(one.lineage.header_places["vessel.imo"]) == '"fal1.xlsx", sheet "General declaration", cell B4'
    (joined,) = [found for found in understood.findings if found.code == "Z-10"]
    assert joined.place.member == "fal1.xlsx"


def test_numbers_are_compared_with_the_lists_and_told_at_the_form() -> None:
    understood = read(form(Number_of_passengers="7", Number_of_crew="3"), PASSENGERS, CREW)
    told = {one.code: str(one.place) for one in understood.findings if one.code in ("C-01", "C-02")}
    assert told == {
        "C-01": "file 1, line 11",
        "C-02": "file 1, line 10",
    }


def test_what_the_list_says_itself_stays() -> None:
    (one,) = read(form(), listed(ANNA, OLE, Name_of_ship="MS Specimen Star", Call_sign="9HTS7")).lists
    assert (one.manifest.vessel.name, one.manifest.vessel.call_sign) == ("MS Specimen Star", "9HTS7")
    assert one.lineage.header_places["vessel.name"].file is None or one.lineage.header_places["vessel.name"].file == 2


def test_a_mistake_in_the_form_is_told_once_for_all_lists() -> None:
    understood = read(form(IMO_number="12345"), PASSENGERS, CREW)
    assert [str(one.place) for one in understood.findings if one.code == "N-31"] == ["file 1, line 4"]


def test_a_list_with_its_own_way_of_writing_times_takes_those_of_the_form() -> None:
    """EDIFACT writes 2611250730, the form 25/11/2026 07:30."""
    edifact = File(
        b"UNB+UNOA:4+LINE+PORT+261120:1200+1'UNH+1+PAXLST:D:02B:UN:IATA'BGM+745'NAD+MS+++LINE'TDT+20+SP1147+++LINE'"
        b"LOC+125+GRPIR'LOC+87+MTMLA'NAD+FL+++ERIKSSON:ANNA'ATT+2++F'DTM+329:740812'CNT+42:1'UNT+11+1'UNZ+1+1'"
    )
    (one,) = read(form(Number_of_passengers="1"), edifact).lists
    assert one.format == "paxlst"
    assert one.manifest.voyage.arrival
    assert one.manifest.voyage.arrival.estimated_arrival == "2026-11-25T07:30"
    assert one.manifest.vessel.imo == "1234567"


# --- not joined ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"IMO_number": "9999993"}, "vessel.imo"),
        ({"Name_of_ship": "OTHER SHIP"}, "vessel.name"),
        ({"Voyage_number": "SP1148"}, "voyage.number"),
        ({"Voyage_number": "SP11471"}, "voyage.number"),
        ({"Port_of_arrival": "ITGOA"}, "arrival.port"),
        ({"Last_port": "ITGOA"}, "departure.port"),
        ({"Date_of_arrival": "2026-11-26"}, "arrival.estimated"),
        ({"Arrival_departure": "Departure"}, "direction"),
    ],
)
def test_a_form_of_another_sailing_is_not_used(said: dict[str, str], field: str) -> None:
    understood = read(form(), listed(ANNA, OLE, **said))
    (told,) = [one for one in understood.findings if one.code == "Z-11"]
    assert told.severity is Severity.WARNING
    assert field in told.text
    assert "file 1" in told.text
    assert told.place.file == 2
    assert told in understood.lists[1].findings
    assert [len(one.manifest.persons) for one in understood.lists] == [0, 2]  # each stays what it was
    assert understood.lists[1].manifest.counts.crew is None


def test_of_two_forms_the_one_that_fits_is_used() -> None:
    first, second = form(Voyage_number="SP1148"), form()
    understood = read(first, second, listed(ANNA, OLE, Voyage_number="SP1147"))
    alone, joined = understood.lists
    assert (alone.file, alone.manifest.voyage.number, len(alone.manifest.persons)) == (1, "SP1148", 0)
    assert (joined.file, joined.manifest.voyage.arrival and joined.manifest.voyage.arrival.port.code) == (3, "MTMLA")
    assert codes(understood) == ["Z-10"]


def test_of_two_forms_that_fit_none_is_used() -> None:
    understood = read(form(), form(), PASSENGERS)
    assert codes(understood) == ["Z-12"]
    assert [len(one.manifest.persons) for one in understood.lists] == [0, 0, 2]


def test_numbers_over_parts_of_a_list_are_compared_with_the_whole() -> None:
    right = read(form(Number_of_passengers="3"), PASSENGERS, listed(ZOE))
    assert codes(right) == ["Z-10"]
    (one,) = right.lists
    assert (len(one.manifest.persons), one.manifest.counts.passengers) == (3, 3)
    assert one.manifest.vessel.imo == "1234567"
    wrong = read(form(), PASSENGERS, listed(ZOE, BEN))  # two of 2 each: the form's 2 is neither's own number
    (told,) = [finding for finding in wrong.findings if finding.code == "C-01"]
    assert (told.severity, str(told.place)) == (Severity.ERROR, "file 1, line 11")
    assert "4 are listed" in told.text


def test_a_form_alone_stays_a_list_of_numbers() -> None:
    (one,) = read(form()).lists
    assert (one.manifest.counts.passengers, len(one.manifest.persons)) == (2, 0)
    two = read(form(), form(Voyage_number="SP1148"))
    assert len(two.lists) == 2
    assert not codes(two)


def test_our_own_json_is_left_as_it_is() -> None:
    """It is whole by its schema; what it leaves open, it leaves open."""
    manifest = passenger_manifest(purposes=())
    understood = read(form(), as_file(manifest))
    assert understood.lists[1].manifest.counts == manifest.counts
    assert len(understood.lists) == 2


def test_a_hint_of_the_kind_holds_before_joining() -> None:
    understood = read(form(Number_of_crew="2"), PASSENGERS, hints=Hints(kind=ListKind.CREW))
    (one,) = understood.lists
    assert (one.manifest.kind, one.manifest.counts.crew) == ("crew", 2)


def test_joining_again_gives_the_same() -> None:
    files = (form(), PASSENGERS, CREW)
    first, second = read(*files), read(*files)
    assert first.findings == second.findings
    assert [one.manifest for one in first.lists] == [one.manifest for one in second.lists]


UK = (
    "Fal1-Files/General declaration FAL 1 - goodData.xlsx",
    "Fal5-Files/Crew details including supernumeraries FAL 5-Positive-Test.xlsx",
    "Fal6-Files/FAL 6-CorrectedWith-same-TD-NumberAndCountry-asFAL5.xlsx",
)


def test_the_uks_own_forms_in_one_zip_are_joined(shared_data: Any) -> None:
    folder = shared_data / "formats/uk-nmsw/fixtures"
    sent = packed({name.split("/")[-1]: (folder / name).read_bytes() for name in UK})
    understood = read(File(sent, "voyage.zip"))
    assert [(one.manifest.kind, len(one.manifest.persons)) for one in understood.lists] == [
        ("crew", 3),
        ("passengers", 3),
    ]
    for one in understood.lists:
        assert (one.manifest.vessel.imo, one.manifest.vessel.name) == ("1234567", "JensShip")
        assert one.manifest.voyage.arrival
        assert one.manifest.voyage.arrival.port.code == "GBPOR"
    assert {"V-01", "V-10", "V-20", "V-21"}.isdisjoint(one.code for one in understood.findings)
