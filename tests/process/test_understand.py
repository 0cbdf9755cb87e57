"""From files to lists and findings: as the gateway does it, and `./gw read` at the sender's desk."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import checks, formats, jail
from gateway.findings import Place, Rule, Severity
from gateway.formats import archive
from gateway.formats.raw import CellPlaces, HeaderValue, RawList, Reading
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.normalise import normalise
from gateway.process import join
from gateway.process import understand as understanding
from gateway.process.understand import CUT, Hints, Known, Understood, purposes_by_content, understand
from gateway.sent import File
from tests.often import often
from tests.process.office import as_file, line
from tests.specimen import NOW, TODAY, crew_manifest, passenger, passenger_manifest

GOLDEN = Path(__file__).parents[1] / "golden"
TABLE = """Surname;Forename;Sex;DOB;Nationality;Port of embarkation
ERIKSSON;ANNA MARIA;F;12/08/1974;SWE;GRPIR
TESTPERSON;OLE;M;29/02/1968;NOR;GRPIR
"""


def paxlst(name: str) -> File:
    return File((GOLDEN / "paxlst" / name / "input.edi").read_bytes())


def read(*files: File, **changes: Any) -> Understood:
    return understand(files, **({"carrier": None, "now": NOW} | changes))


def places(understood: Understood, code: str) -> list[Place]:
    return [finding.place for finding in understood.findings if finding.code == code]


# --- several files ----------------------------------------------------------------------------------------------


def test_of_several_files_each_finding_names_its_own() -> None:
    understood = read(as_file(passenger_manifest()), File(b"%PDF-1.7"), File(TABLE.encode()))
    assert [one.file for one in understood.lists] == [1, 3]
    assert places(understood, "T-02") == [Place(file=2)]
    assert understood.formats == ("common-json", None, "delimited")
    assert {finding.place.file for finding in understood.lists[1].findings} == {3}


def test_of_one_file_none_does() -> None:
    understood = read(File(TABLE.encode()))
    assert understood.findings
    assert all(finding.place.file is None for finding in understood.findings)


def test_every_finding_is_there_once_and_in_the_order_of_the_files() -> None:
    understood = read(File(TABLE.encode()), paxlst("part-missing"), as_file(passenger_manifest(), crew_manifest()))
    of_lists = [finding for one in understood.lists for finding in one.findings]
    assert [finding for finding in understood.findings if finding in of_lists] == of_lists
    files = [finding.place.file or 0 for finding in understood.findings]
    assert files == sorted(files)


def test_lists_of_one_file_keep_their_findings_apart() -> None:
    bad = passenger_manifest(persons=(passenger(0, birth_date="1974-13-01"),))
    document = json.loads(as_file(passenger_manifest(), bad).data)
    document[1]["persons"][0]["sex"] = "Q"
    understood = read(File(json.dumps(document).encode()))
    first, second = understood.lists
    assert not [finding for finding in first.findings if finding.code == "J-03"]
    (finding,) = [finding for finding in second.findings if finding.code == "J-03"]
    assert finding.place.path == "/1/persons/0/sex"


def test_lists_of_one_submission_are_compared() -> None:
    """C-30: a person on the passenger list and on the crew list."""
    crew = crew_manifest(persons=(passenger(0, role=crew_manifest().persons[0].role, rank="Cook"),))
    understood = read(as_file(passenger_manifest()), as_file(crew))
    across = [finding for finding in understood.findings if finding.code.startswith("C-3")]
    assert across
    assert {finding.place.file for finding in across} <= {1, 2}


# --- one mistake, one finding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "field"),
    [("12/08/1974", "31/02/1974", "birth_date"), (";F;", ";Q;", "sex"), ("SWE", "Atlantis", "nationality")],
)
def test_a_value_that_cannot_be_read_is_one_mistake(right: str, wrong: str, field: str) -> None:
    """That it is missing now is not another."""
    understood = read(File(TABLE.replace(right, wrong).encode()))
    found = [one for one in understood.findings if one.place.person == 1 and one.place.field == field]
    assert len(found) == 1, found
    assert found[0].severity is Severity.ERROR


def test_a_misfit_of_our_own_json_is_one_mistake_too() -> None:
    document = json.loads(as_file(passenger_manifest()).data)
    document[0]["persons"][2]["birth_date"] = "03.11.1991"
    document[0]["persons"][3]["nationalities"] = [{"code": "DE"}]
    understood = read(File(json.dumps(document).encode()), now=NOW)
    assert [(one.code, one.place.path) for one in understood.findings if one.severity is Severity.ERROR] == [
        ("J-03", "/0/persons/2/birth_date"),
        ("J-03", "/0/persons/3/nationalities/0/code"),
    ]


def test_a_clean_list_has_nothing_to_say() -> None:
    assert read(as_file(passenger_manifest())).count(Severity.ERROR) == 0
    assert read(as_file(passenger_manifest())).count(Severity.WARNING) == 0


def test_checks_of_our_own_json_are_told_at_their_paths() -> None:
    manifest = passenger_manifest(persons=(passenger(0), passenger(1, birth_date=None)))
    missing = [one for one in read(as_file(manifest, manifest)).findings if one.place.field == "birth_date"]
    assert [(one.place.path, one.place.message) for one in missing] == [
        ("/0/persons/1/birth_date", 1),
        ("/1/persons/1/birth_date", 2),
    ]


# --- what the sender and the line's profile say -----------------------------------------------------------------


def tolerated(code: str, until: date = TODAY + timedelta(days=9)) -> str:
    return f'[tolerate.{code}]\nreason = "agreed with the port office"\nuntil = {until}\n'


def test_a_tolerated_error_is_a_warning_that_says_why() -> None:
    manifest = passenger_manifest(persons=(passenger(0, sex=None),))
    plain = [one for one in read(as_file(manifest), carrier=line()).findings if one.code == "P-20"]
    agreed = [one for one in read(as_file(manifest), carrier=line(tolerated("P-20"))).findings if one.code == "P-20"]
    over = line(tolerated("P-20", TODAY - timedelta(days=1)))
    ended = [one for one in read(as_file(manifest), carrier=over).findings if one.code == "P-20"]
    assert [one.severity for one in plain] == [Severity.ERROR] == [one.severity for one in ended]
    assert [(one.severity, one.tolerated) for one in agreed] == [(Severity.WARNING, "agreed with the port office")]


def test_a_tolerated_misfit_is_still_one_mistake() -> None:
    document = json.loads(as_file(passenger_manifest()).data)
    document[0]["persons"][2]["birth_date"] = "03.11.1991"
    understood = read(File(json.dumps(document).encode()), carrier=line(tolerated("J-03")))
    assert [(one.code, one.severity) for one in understood.findings] == [("J-03", Severity.WARNING)]


def test_a_hint_of_the_kind_of_list_is_followed() -> None:
    (as_said,) = read(File(TABLE.encode()), hints=Hints(kind=ListKind.CREW)).lists
    (by_itself,) = read(File(TABLE.encode())).lists
    assert (as_said.manifest.kind, by_itself.manifest.kind) == (ListKind.CREW, ListKind.PASSENGERS)


def test_a_hint_of_the_format_is_followed() -> None:
    understood = read(File(TABLE.encode()), hints=Hints(format="paxlst"))
    assert not understood.lists
    assert [finding.code for finding in understood.findings] == ["E-01"]


@pytest.mark.parametrize(
    ("hinted", "own", "asked", "used"),
    [
        ((Purpose.SAFETY,), (Purpose.BORDER,), (Purpose.BORDER,), (Purpose.SAFETY,)),
        ((), (Purpose.SAFETY,), (Purpose.BORDER,), (Purpose.SAFETY,)),
        ((), (), (Purpose.SAFETY,), (Purpose.SAFETY,)),
        ((), (), (), (Purpose.BORDER,)),
    ],
    ids=["hint", "the list's own", "the law's", "by content"],
)
def test_what_a_list_is_for(hinted: Any, own: Any, asked: Any, used: Any) -> None:
    """98/41/EC art. 5(4): what its sender says a list is for is not widened by what the law would like of it."""
    understood = read(
        as_file(passenger_manifest(purposes=own)),
        hints=Hints(purposes=hinted),
        known_of=lambda _: Known(purposes=asked),
    )
    assert understood.lists[0].manifest.purposes == used


def test_bookings_stay_bookings_whatever_is_said_beside_them() -> None:
    bookings = File((GOLDEN / "pnrgov" / "two-bookings" / "input.edi").read_bytes())
    for hinted in ((), (Purpose.BORDER,), (Purpose.SAFETY, Purpose.BORDER)):
        understood = read(bookings, hints=Hints(purposes=hinted), known_of=lambda _: Known(purposes=(Purpose.BORDER,)))
        assert [one.manifest.purposes for one in understood.lists] == [(Purpose.BOOKING,)]
        assert understood.formats == ("pnrgov",)


def test_who_booked_is_expected_on_the_passenger_list_too() -> None:
    """C-30 and C-31 compare lists of who is on board; bookings are apart."""
    both = as_file(passenger_manifest(), passenger_manifest(purposes=(Purpose.BOOKING,)))
    assert not [one for one in read(both).findings if one.code in ("C-30", "C-31")]
    assert [one for one in read(as_file(passenger_manifest(), passenger_manifest())).findings if one.code == "C-30"]


def test_a_zone_in_one_cell_is_a_witness() -> None:
    zone = '"P<SWEERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36SWE7408122F3104150<<<<<<<<<<<<<<04"'
    table = (
        "Surname;Forename;Sex;DOB;Nationality;Document number;MRZ\nERIKSSON;ANNA;F;{born};SWE;L898902C3;" + zone + "\n"
    )
    agreed, other = (read(File(table.replace("{born}", born).encode())) for born in ("12/08/1974", "13/08/1974"))
    codes = [f.code for f in agreed.findings if f.code in ("D-50", "D-51", "D-52", "D-53", "D-57", "V-51")]
    assert (agreed.persons, codes) == (1, [])
    assert ["so the list looks wrong" in f.text for f in other.findings if f.code == "D-53"] == [True]


def test_a_purpose_by_content() -> None:
    assert purposes_by_content(passenger_manifest()) == (Purpose.BORDER,)
    assert purposes_by_content(passenger_manifest(persons=(passenger(0, documents=()),))) == (Purpose.SAFETY,)


def test_what_is_known_of_the_sailing_fills_only_what_the_list_leaves_open() -> None:
    known = Known(defaults={"vessel.name": "SPECIMEN STAR", "voyage.number": "SP1147", "departure.port": "GRPIR"})
    silent = read(File(TABLE.encode()), known_of=lambda _: known)
    filled = silent.lists[0].manifest
    assert (filled.vessel.name, filled.voyage.number) == ("SPECIMEN STAR", "SP1147")
    said = read(paxlst("crew-list"), known_of=lambda _: known)
    assert said.lists[0].manifest.voyage.number == "0417"
    assert {place.field for place in places(silent, "N-30")} == set(known.defaults)
    assert not places(said, "N-30")


def test_what_is_known_is_asked_of_the_list_itself() -> None:
    asked: list[Manifest] = []

    def known_of(manifest: Manifest) -> Known:
        asked.append(manifest)
        return Known()

    read(as_file(passenger_manifest(), crew_manifest()), File(TABLE.encode()), known_of=known_of)
    assert [manifest.kind for manifest in asked] == [ListKind.PASSENGERS, ListKind.CREW, ListKind.PASSENGERS]


def test_a_list_is_normalised_once_whatever_its_sailing_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    module = sys.modules["gateway.process.understand"]

    def counted(raw: RawList, *args: Any, **more: Any) -> Any:
        sizes.append(raw.size)
        return normalise(raw, *args, **more)

    monkeypatch.setattr(module, "normalise", counted)
    found = read(File(TABLE.encode()), known_of=lambda _: Known(defaults={"vessel.name": "SPECIMEN STAR"}))
    assert found.lists[0].manifest.vessel.name == "SPECIMEN STAR"
    assert [size for size in sizes if size] == [2]


def test_a_date_left_unread_is_not_missing() -> None:
    text = TABLE.replace("29/02/1968", "02/03/1968") + "SAMPLE;EVA;F;;NOR;GRPIR\n"
    found = read(File(text.encode()))
    assert [place.line for place in places(found, "N-03")] == [2], "said once, for both"
    assert [place.line for place in places(found, "P-21")] == [4], "and only who has no date has none"


def test_dates_left_unread_are_counted_as_they_stand_though_they_are_alike() -> None:
    text = TABLE.replace("29/02/1968", "02/03/1968")
    for rows, said in ((1, "so that 2 dates could"), (4, "so that 5 dates could")):
        more = "SAMPLE;EVA;F;02/03/1968;NOR;GRPIR\n" * (rows - 1)
        (found,) = [one for one in read(File((text + more).encode())).findings if one.code == "N-03"]
        assert said in found.text


def test_the_carrier_is_the_one_who_sent_it() -> None:
    assert read(as_file(passenger_manifest(carrier="other")), carrier=line()).lists[0].manifest.carrier == "specimen"
    assert read(as_file(passenger_manifest(carrier="other"))).lists[0].manifest.carrier == "other"


# --- cut ---------------------------------------------------------------------------------------------------------


def test_a_list_of_which_a_part_is_missing_is_cut() -> None:
    (one,) = read(paxlst("part-missing")).lists
    assert one.cut.startswith("E-31: ")


def test_all_lists_of_a_file_that_breaks_off_are_cut() -> None:
    whole, broken = paxlst("part-missing").data, paxlst("cut-off").data
    body = broken[broken.index(b"UNH") :]
    message = whole[whole.index(b"UNH") : whole.index(b"UNE")].replace(b"+01:C", b"").replace(b"+03:F", b"")
    head = whole[: whole.index(b"UNH")]
    understood = read(File(head + message + body))
    assert understood.lists
    assert all(one.cut.startswith("E-14: ") for one in understood.lists)


def test_a_line_that_could_not_be_read_cuts() -> None:
    (one,) = read(File((TABLE + 'SPECIMEN;"ZOE;X;03/11/1991;NLD;GRPIR\n').encode())).lists
    assert one.cut.startswith("T-42: ")


def test_nothing_is_sent_of_persons_who_are_to_be_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the reader got to know it."""
    usual = jail.read_file

    def taking_off(*given: Any, **more: Any) -> Reading:
        reading = usual(*given, **more)
        for raw in reading.lists:
            assert isinstance(raw, RawList)
            raw.header = {**raw.header, "function": HeaderValue("deletion", Place(line=1))}
        return reading

    monkeypatch.setattr(jail, "read_file", taking_off)
    (one,) = read(File(TABLE.encode())).lists
    assert one.cut.startswith("H-06: this takes persons off an earlier list")


def test_a_whole_list_with_mistakes_is_not_cut() -> None:
    assert [one.cut for one in read(File(TABLE.replace("SWE", "Atlantis").encode())).lists] == [""]
    assert [one.cut for one in read(as_file(passenger_manifest())).lists] == [""]
    misfit = json.loads(as_file(passenger_manifest()).data)
    misfit[0]["vessel"]["imo"] = "IMO 1234567"
    understood = read(File(json.dumps(misfit).encode()))
    assert understood.findings[0].severity is Severity.ERROR
    assert [one.cut for one in understood.lists] == [""]


def test_a_cut_that_was_agreed_is_none() -> None:
    (one,) = read(paxlst("part-missing"), carrier=line(tolerated("E-31"))).lists
    assert one.cut == ""


WITHOUT_LOSS = {
    # nothing of the file was read, so there is no list to hold
    "B-01", "E-01", "E-12", "E-13", "E-15", "E-16", "E-49", "J-01", "J-02", "J-07", "T-03", "T-04", "T-05", "T-07", "T-15", "T-20", "T-23",
    "X-01", "X-02", "X-40", "X-41", "X-42", "X-43", "X-44", "X-45", "X-54", "X-55",
    "X-13", "X-14", "X-34",
    # a value, a column or a header is wrong, and nobody is missing
    "J-03", "J-05", "T-31", "T-37", "T-41", "T-43",
    # nothing of the archive was read
    "Z-01", "Z-02", "Z-03", "Z-04", "Z-05",
}  # fmt: skip


def test_every_error_of_a_reader_says_whether_persons_may_be_missing() -> None:
    """A new one must choose: in `CUT`, its lists are held back; in `WITHOUT_LOSS`, they go out."""
    rules: list[Rule] = [rule for module in (*formats.FORMATS, archive, join, understanding) for rule in module.RULES]
    errors = {rule.id for rule in rules if rule.severity is Severity.ERROR}
    assert errors - CUT - WITHOUT_LOSS == set()
    assert not CUT & WITHOUT_LOSS
    assert errors >= CUT


# --- whatever comes ----------------------------------------------------------------------------------------------


@often(30)
@given(
    st.lists(
        st.one_of(st.binary(max_size=300), st.sampled_from((b"", b"{", b"UNB+UNOA:1'", TABLE.encode()))), max_size=3
    )
)
def test_nothing_that_a_file_holds_makes_it_raise(files: list[bytes]) -> None:
    understood = read(*map(File, files))
    assert len(understood.formats) == len(files)
    for at in range(1, len(files) + 1):
        assert any(one.file == at for one in understood.lists) or any(
            finding.place.file in (at, None) for finding in understood.findings
        )


def test_the_lineage_knows_where_the_values_stood() -> None:
    (one,) = read(File(TABLE.encode())).lists
    assert isinstance(one.lineage.places, CellPlaces)
    assert one.lineage.places.at("birth_date", 0).line == 2
    assert one.lineage.raw["birth_date"] == ["12/08/1974", "29/02/1968"]
    assert (one.format, one.lineage.format) == ("delimited", "delimited")


def test_repr_tells_nothing() -> None:
    understood = read(as_file(passenger_manifest()))
    for name in ("ERIKSSON", "ANNA", "L898902C3"):
        assert name not in repr(understood)


def test_understanding_asks_the_rules_that_the_catalogue_lists() -> None:
    listed = {rule.id for rule in checks.catalogue()}
    understood = read(File(TABLE.encode()))
    from_checks = {finding.code for finding in understood.findings if finding.code[0] in "VPDC"}
    assert from_checks <= listed
    assert msgspec.json.encode(understood.findings)
