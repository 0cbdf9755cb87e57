"""./gw learn, as somebody uses it who has a new line's files and five minutes."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from gateway.make import tables
from gateway.make.specimens import passengers
from gateway.manifest import Port
from tests.cli.desk import PROJECT, gw
from tests.learn.corpus import TODAY

FERRY = PROJECT / "tests" / "samples" / "ferry.csv"


def test_a_draft_becomes_a_carrier(tmp_path: Path) -> None:
    out = tmp_path / "adria-two.toml"
    given = ("--name", "Adria Two", "--contact", "liste@adria.example", "--service", "ferry")
    result = gw("learn", FERRY, "-o", out, *given)
    assert result.exit_code == 0, result.output
    assert "5 certain, 0 likely, 0 not known" in result.output
    assert "Nothing to settle." in result.output
    checked = gw("carriers", "--folder", tmp_path)
    assert checked.exit_code == 0, checked.output
    assert "adria-two" in checked.output
    assert gw("learn", FERRY, "-o", out).exit_code == 2, "what is there is not written over"
    assert 'name    = "Adria Two"' in out.read_text("utf-8")
    assert gw("learn", FERRY, "-o", out, "--force").exit_code == 0
    assert "FILL IN" in out.read_text("utf-8")
    unfilled = gw("carriers", "--folder", tmp_path)
    assert unfilled.exit_code != 0
    assert "name: this is a draft that still says FILL IN here" in unfilled.output


def test_without_a_place_it_is_printed_and_a_workbook_goes_through_the_jail(tmp_path: Path) -> None:
    path = tmp_path / "FAL6.xlsx"
    path.write_bytes(tables.uk_fal6(passengers(30, 5, Port("GRPIR"), Port("GRHER"), TODAY)))
    result = gw("learn", path)
    assert result.exit_code == 0
    assert '"PORT OF EMBARKATION"                    = "embarkation"' in result.stdout
    assert "To settle (2):" in result.stderr
    assert "To settle" not in result.stdout


def test_an_archive_is_the_samples_in_it(tmp_path: Path) -> None:
    path = tmp_path / "lists.zip"
    with ZipFile(path, "w") as zipped:
        zipped.writestr("june/list.csv", FERRY.read_bytes())
        zipped.writestr("july/list.csv", FERRY.read_bytes())
    result = gw("learn", path)
    assert result.exit_code == 0, result.output
    assert "Drafted from 2 samples" in result.stdout
    with ZipFile(path, "w") as zipped:
        zipped.writestr("scan.pdf", b"%PDF-1.7")
    refused = gw("learn", path)
    assert refused.exit_code == 2
    assert "scan.pdf cannot be read" in refused.output


def test_what_is_unsure_is_an_exit_status(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Surname;Forename;Sex;Date of birth;Ponte\nSAMPLE;ANNA;F;1970-05-01;blu\n", "utf-8")
    result = gw("learn", path)
    assert result.exit_code == 1
    assert '"Ponte" is not known' in result.output


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"PK\x03\x04", b"{"], ids=["empty", "PDF", "half a zip", "cut JSON"]
)
def test_what_cannot_be_read_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    result = gw("learn", path)
    assert result.exit_code == 2
    assert "cannot be read" in result.output
    assert gw("learn", tmp_path / "gone.csv").exit_code == 2


def test_a_list_whose_format_says_what_is_what(tmp_path: Path) -> None:
    golden = PROJECT / "tests" / "golden" / "paxlst" / "cruise-several-calls" / "input.edi"
    result = gw("learn", golden)
    assert result.exit_code == 0
    assert "[columns]" not in result.output
    assert "paxlst" in result.output


def test_what_the_gateway_would_not_take_is_not_written(tmp_path: Path) -> None:
    out = tmp_path / "x.toml"
    assert gw("learn", FERRY, "-o", out, "--contact", "nobody").exit_code == 2
    assert gw("learn", FERRY, "-o", tmp_path / "No Id.toml").exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_file_without_headers_is_not_called_settled(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("ERIKSEMPEL,ANNA,1980-02-03,NOR\nSPECIMENSEN,OLA,1971-12-24,NOR\n")
    result = gw("learn", path, "--name", "X", "--contact", "x@line.example", "--service", "ferry")
    assert result.exit_code == 1
    assert "no list was found" in result.stderr
    assert "Nothing to settle" not in result.stderr


@pytest.mark.parametrize(("digits", "likely"), [("121", True), ("011", False)])
def test_digits_of_sex_are_a_known_list_or_a_question(tmp_path: Path, digits: str, likely: bool) -> None:
    path = tmp_path / "digits.csv"
    rows = "".join(f"SPECIMEN{at},ANNA,1980-02-0{at + 1},NOR,{digit}\n" for at, digit in enumerate(digits))
    path.write_text("Surname,First name,Date of birth,Nationality,Gender\n" + rows)
    result = gw("learn", path)
    assert ("iso5218" in result.stdout) is likely
    assert "codes of sex: only digits" in result.stderr
