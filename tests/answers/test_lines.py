"""A delimited text comes back with its own lines, encoding and delimiter; nothing in it is run by a spreadsheet."""

import csv
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import NotMade, lines, said
from gateway.findings import Finding, Place, Severity
from gateway.formats.inert import SIGNS, delimited, inert, is_active, plain
from gateway.make.page import Page, xlsx
from tests.answers.reading import codes, corrected, marked, opened, read
from tests.often import often

HEAD = "Surname;First name;Sex;Date of birth;Nationality;Passport No.;Phone"
ANNA = "ERIKSSON;ANNA MARIA;F;1974-08-12;UTO;L898902C3;"
OLE = 'TESTPERSON;"OLE ""T""";Q;1968-02-29;NOR;TP1047239;'
LIST = f"{HEAD}\r\n{ANNA}\r\n\r\n{OLE}\r\n"


def rows(data: bytes, encoding: str = "utf-8", delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


def test_each_line_is_as_it_was_and_has_its_findings_behind() -> None:
    before, after = LIST.split("\r\n"), marked(LIST.encode()).data.decode().split("\r\n")
    assert len(before) == len(after)
    assert all(new.startswith(old) for old, new in zip(before, after, strict=True))
    assert after[2] == ""
    assert after[4] == ""
    assert "Sex: ERROR N-22: this is not a sex" in rows(after[3].encode())[0][-1]


def test_what_is_wrong_with_the_whole_list_stands_in_the_header() -> None:
    header = rows(marked(LIST.encode()).data)[0][-1]
    assert header.startswith(f"{said.TITLE}: the list as a whole: ERROR V-01")
    assert "Q" not in rows(marked(LIST.encode()).data)[3][-1].split()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_the_encoding_and_its_mark_stay(encoding: str) -> None:
    data = LIST.replace("OLE", "ÅSE").encode(encoding)
    copy = marked(data).data
    before, after = data.decode(encoding), copy.decode(encoding)
    assert after.startswith(before.split("\r\n")[0])
    assert copy[:4] == data[:4]
    assert "ÅSE" in after


def test_letters_that_were_lost_go_back_as_the_bytes_they_were() -> None:
    data = (
        LIST.encode().replace(b"OLE", b"\xd8LE")
        + "ZOË;Å;F;1974-08-12;NOR;X1;\r\nZOË;Ø;F;1974-08-12;NOR;X2;\r\n".encode() * 3
    )
    assert b"\xd8LE" in marked(data).data


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_the_delimiter_and_what_says_it_stay(delimiter: str) -> None:
    data = ("sep=|\n" * (delimiter == "|") + LIST.replace(";", delimiter)).encode()
    copy = marked(data).data
    assert copy.startswith(b"sep=|") == (delimiter == "|")
    assert codes(copy) == codes(data)


def test_lines_above_the_header_and_of_several_lines_and_of_other_widths() -> None:
    data = f'Passenger list\r\nShip;SPECIMEN STAR\r\n{HEAD}\r\n"ERIKS\r\nSON";ANNA;F\r\n{OLE};;more\r\n'.encode()
    copy = marked(data).data
    assert copy.startswith(b"Passenger list\r\nShip;SPECIMEN STAR\r\nSurname")
    found = rows(copy)[2:]
    assert len({len(row) for row in found}) == 1
    assert found[1][0] == "ERIKS\r\nSON"


def test_a_copy_that_comes_back_is_read_as_the_first_and_gets_one_column() -> None:
    once = marked(LIST.encode()).data
    assert codes(once) == codes(LIST.encode())
    assert read(once).lists[0].manifest == read(LIST.encode()).lists[0].manifest
    assert marked(once).data == once


def test_what_a_spreadsheet_would_run_is_guarded_and_read_as_it_was() -> None:
    for bad in ("=1+1", "@SUM(1)", "+30 210 555", '=HYPERLINK("http://x.example","x")', "-1+1", "\t=1"):
        data = LIST.replace("UTO;L898902C3;", f'UTO;L898902C3;"{bad.replace(chr(34), chr(34) * 2)}"').encode()
        for copy, told in ((marked(data).data, bad), (corrected(data).data, bad.strip())):
            assert rows(copy)[1][6] == f"'{told}"
            assert read(copy).lists[0].manifest.persons == read(data).lists[0].manifest.persons


@often(50)
@given(st.text(alphabet="'=+-@\t\r1,.a ", max_size=6))
def test_inert_is_undone_by_plain_and_never_active(text: str) -> None:
    assert plain(inert(text)) == text
    assert not is_active(inert(text))


def test_numbers_and_hyphens_are_no_formulas() -> None:
    assert [text for text in ("-5", "-5,5", "-", "--", "5", "", "a=b") if inert(text) != text] == []
    assert [text for text in ("-5+2", "-5-2", "=5", "+5", "@a", "\ta", "\ra") if inert(text) == text] == []
    assert all(is_active(sign + "x") for sign in SIGNS)


def test_whatever_is_written_by_us_is_written_inert() -> None:
    """Delimited text is put together in two modules, and both guard it; here is what the demo and `./gw make` write."""
    source = Path(lines.__file__).parents[1]
    writers = {
        str(file.relative_to(source)) for file in source.rglob("*.py") if "csv.writer" in file.read_text("utf-8")
    }
    assert writers == {"answers/lines.py", "formats/inert.py"}
    row = ["=1+1", None, 5, "+30 210", "-5", "-5+2", "'=x", "a;b"]
    (read_,) = rows(delimited([row], ";").encode())
    assert read_ == ["'=1+1", "", "5", "'+30 210", "-5", "'-5+2", "''=x", "a;b"]
    assert [plain(text) for text in read_] == ["=1+1", "", "5", "+30 210", "-5", "-5+2", "'=x", "a;b"]


def test_in_a_workbook_of_ours_too() -> None:
    page = Page(
        name="List", above=[], headers=["Name"], fields=["family_name"], help=[], people=[["=1+1"], ["ANNA"]], below=[]
    )
    sheet = opened(xlsx([page]))["List"]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in sheet["A"]] == [
        ("Name", "s", False), ("=1+1", "s", True), ("ANNA", "s", False)
    ]  # fmt: skip


CELLS = st.text(alphabet="abÅ=+-@;,\"'\r\n\t 1", max_size=5)


@often(30)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_whatever_the_values_nothing_in_the_copy_is_active(cells: list[tuple[str, str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(
        [("Surname", "First name", "Sex", "Nationality"), *[(*pair, "F", "NOR") for pair in cells]]
    )
    finding = Finding("X-1", Severity.ERROR, "=wrong", Place(line=2))
    copy = lines.marked(out.getvalue().encode(), [finding], {"delimiter": ";"})
    assert not [cell for row in rows(copy.data) for cell in row if is_active(cell)]


@often(50)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_copy_or_a_sentence(data: bytes) -> None:
    with suppress(NotMade):
        assert lines.marked(data, [Finding("X-1", Severity.ERROR, "wrong", Place(line=1))], {}).data
