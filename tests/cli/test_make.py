"""./gw make: invented lists at a desk."""

import json
from pathlib import Path

from tests.cli.desk import gw


def test_a_list_with_faults_and_what_must_be_found_in_it(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    words = (
        "--form",
        "fal6-csv",
        "--persons",
        "12",
        "--faults",
        "sex-letter,expired-document",
        "--seed",
        "7",
        "--on",
        "2026-11-22",
    )
    assert gw("make", *words, "-o", out).exit_code == 0
    expected = json.loads((tmp_path / "list.csv.expected.json").read_text("utf-8"))
    (sex,) = (one for one in expected["findings"] if one["fault"] == "sex-letter")
    assert sex["codes"] == ["N-22"]
    line = out.read_text("utf-8").splitlines()[sex["place"]["line"] - 1]
    assert ",Q," in line
    read = gw("read", out)
    assert read.exit_code == 1
    assert f"N-22  error    line {sex['place']['line']}" in read.output
    assert gw("make", *words).stdout_bytes == out.read_bytes()


def test_late_changes_are_a_second_file(tmp_path: Path) -> None:
    out = tmp_path / "list.json"
    assert gw("make", "--form", "common-json", "--late", "-o", out).exit_code == 0
    told = json.loads((tmp_path / "list.json.expected.json").read_text("utf-8"))["late"]
    assert told["added"]
    assert told["removed"]
    assert json.loads((tmp_path / "list-late.json").read_text("utf-8"))["function"] == "replace"


def test_a_line_s_own_columns(tmp_path: Path) -> None:
    made = gw("make", "--form", "ferry-csv", "--carrier", "adria-lines", "--seed", "3").stdout_bytes.decode(
        "windows-1252"
    )
    assert "Cognome;Nome;Sesso" in made


def test_what_it_can_make_is_listed() -> None:
    assert len(gw("make", "--list-faults").output.splitlines()) >= 25
    assert "paxlst-sea" in gw("make", "--list-forms").output


def test_what_cannot_be_made_is_said() -> None:
    for words, why in (
        ((), "say --form"),
        (("--form", "uk-fal5", "--kind", "passengers"), "takes crew"),
        (("--form", "uk-fal5", "--faults", "no-such"), "no such fault"),
        (("--form", "paxlst-sea", "--faults", "message-cut,sex-missing"), "comes alone"),
        (("--form", "paxlst-sea", "--carrier", "nobody"), "no such carrier"),
        (("--form", "paxlst-sea", "--late"), "--out"),
    ):
        result = gw("make", *words)
        assert result.exit_code == 2
        assert why in result.output
    left_out = gw("make", "--form", "paxlst-sea", "--faults", "sex-letter")
    assert left_out.exit_code == 1
    assert "no place for it" in left_out.output
