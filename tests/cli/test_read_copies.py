"""./gw read --annotate and --correct: copies at the sender's own desk, and nothing lost under them."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.answers.reading import comments, corrected, marked
from tests.cli.desk import gw
from tests.formats.books import ANNA, HEADERS, OLE, book
from tests.formats.test_archive import packed

WRONG = book(HEADERS, (*ANNA[:4], "Atlantis", ANNA[5]), OLE)
LIST = b"Surname;First name;Sex;Nationality\nERIKSSON;ANNA;female;Norway\n"


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    one, two = tmp_path / "list.xlsx", tmp_path / "crew.csv"
    one.write_bytes(WRONG)
    two.write_bytes(LIST)
    return one, two


def test_one_file_goes_into_the_file_that_is_named(lists: tuple[Path, Path], tmp_path: Path) -> None:
    result = gw("read", lists[0], "--annotate", tmp_path / "marked.xlsx")
    assert result.exit_code == 1
    assert f"marked: {tmp_path / 'marked.xlsx'}" in result.output
    assert set(comments((tmp_path / "marked.xlsx").read_bytes())) == set(comments(marked(WRONG).data))


def test_several_go_into_a_folder_that_is_made_for_them(lists: tuple[Path, Path], tmp_path: Path) -> None:
    gw("read", *lists, "--annotate", tmp_path / "out", "--correct", tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"list.marked.xlsx", "list.corrected.xlsx", "crew.marked.csv", "crew.corrected.csv"}
    assert (tmp_path / "out" / "crew.corrected.csv").read_bytes() == corrected(LIST).data
    assert "Findings" in (tmp_path / "out" / "crew.marked.csv").read_text()


def test_each_correction_is_named_without_its_value(lists: tuple[Path, Path], tmp_path: Path) -> None:
    result = gw("read", lists[1], "--correct", tmp_path / "new.csv")
    assert 'line 2, column "Nationality": the country\'s name was replaced by its code' in result.output
    assert "new.csv, 2 corrections" in result.output
    assert "Norway" not in result.output
    assert (tmp_path / "new.csv").read_bytes() == LIST.replace(b"female;Norway", b"F;NOR")


def test_nothing_that_is_there_is_replaced_unless_that_is_meant(lists: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "new.csv"
    out.write_text("mine")
    result = gw("read", lists[1], "--correct", out)
    assert (result.exit_code, out.read_text()) == (2, "mine")
    assert "say --force" in result.output
    gw("read", lists[1], "--correct", out, "--force")
    assert out.read_text() != "mine"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_is_read_is_never_written_over(lists: tuple[Path, Path], tmp_path: Path, force: list[str]) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(lists[1])
    for out in (lists[1], link):
        result = gw("read", lists[1], "--annotate", out, *force)
        assert (result.exit_code, lists[1].read_bytes()) == (2, LIST)


def test_one_copy_never_takes_the_other_s_place(lists: tuple[Path, Path], tmp_path: Path) -> None:
    both = tmp_path / "both.csv"
    result = gw("read", lists[1], "--annotate", both, "--correct", both, "--force")
    assert (result.exit_code, both.exists()) == (2, False)
    assert "cannot be both copies" in result.output


def test_where_a_copy_cannot_go_is_said_before_anything_is_read(lists: tuple[Path, Path], tmp_path: Path) -> None:
    assert "no folder" in gw("read", lists[1], "--annotate", tmp_path / "no" / "a.csv").output
    (tmp_path / "a.csv").write_text("mine")
    assert "need a folder" in gw("read", *lists, "--annotate", tmp_path / "a.csv").output


def test_a_copy_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    path = tmp_path / "list.edi"
    path.write_bytes(b"UNB+UNOC:3+A+B+261121:0900+1'UNZ+0+1'")
    result = gw("read", path, "--correct", tmp_path / "out.edi")
    assert "no list was found in this file" in result.output
    assert not (tmp_path / "out.edi").exists()
    assert result.exit_code in (1, 2)


def test_from_a_pipe(tmp_path: Path) -> None:
    gw("read", "-", "--annotate", tmp_path, given=LIST)
    assert (tmp_path / "stdin.marked.csv").exists()


def test_files_of_one_name_in_two_folders_do_not_replace_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.csv").write_bytes(LIST)
    gw("read", tmp_path / "one" / "list.csv", tmp_path / "two" / "list.csv", "--correct", tmp_path / "out", "--force")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"list-1.corrected.csv", "list-2.corrected.csv"}


def test_a_copy_is_named_for_what_it_is(lists: tuple[Path, Path], tmp_path: Path) -> None:
    result = gw("read", lists[0], "--annotate", tmp_path / "marked.csv")
    assert f"marked: {tmp_path / 'marked.xlsx'}" in result.output
    assert not (tmp_path / "marked.csv").exists()


def test_the_same_correction_of_one_column_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(LIST + b"TESTPERSON;OLE;M;Norway\nSPECIMEN;ZOE;F;Norway\n")
    result = gw("read", path, "--correct", tmp_path / "new.csv")
    assert 'line 2, column "Nationality", and 2 more places: line 3, line 4: the country' in result.output
    assert "new.csv, 4 corrections" in result.output


def test_a_zip_comes_back_as_one(tmp_path: Path) -> None:
    path = tmp_path / "lists.zip"
    path.write_bytes(packed({"crew/list.csv": LIST, "pax.xlsx": WRONG}))
    result = gw("read", path, "--annotate", tmp_path / "marked.zip", "--correct", tmp_path / "better.zip")
    assert '"crew/list.csv", line 2, column "Nationality"' in result.output
    for name in ("marked.zip", "better.zip"):
        with ZipFile(tmp_path / name) as archived:
            assert archived.namelist() == ["crew/list.csv", "pax.xlsx"]
            assert (archived.read("crew/list.csv") == corrected(LIST).data) == (name == "better.zip")
