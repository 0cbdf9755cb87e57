"""A workbook comes back as its sender's own, with each mistake at its cell; whatever it is, only the child opens it."""

import os
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gateway import jail
from gateway.answers import NotMade, books, said
from gateway.answers.sheets import _FILLS, _change
from gateway.findings import Severity, alike, places
from gateway.formats import workbook
from tests.answers.reading import codes, comments, corrected, marked, marks, opened, read, values
from tests.formats.books import ANNA, HEADERS, OLE, ZOE, book, xlsb, xlsx
from tests.formats.test_uk_yardstick import MISTAKES
from tests.formats.test_workbook_guard import CORNERS
from tests.often import often

GOLDEN = Path(__file__).parents[1] / "golden" / "workbook"
UK = tuple(MISTAKES)[: int(os.environ.get("ANSWERS_UK_FILES", "1"))]  # all thirteen take 20 s
NOBODY = ("TESTPERSON", "PER", "Q", "1991-11-33", "Atlantis", "SPEC1")
"""Wrong in three cells of its row."""


def dressed(sheet: Worksheet) -> None:
    sheet["A1"].font = Font(bold=True, size=17)
    sheet["E3"].fill = PatternFill("solid", fgColor="FF112233")
    sheet["C3"].comment = Comment("ask the purser", "a clerk")
    sheet.column_dimensions["A"].width = 33
    sheet.merge_cells("H1:I2")
    sheet["H1"] = "merged"
    rule = DataValidation(type="list", formula1='"M,F,X"')
    rule.add("C2:C9")
    sheet.add_data_validation(rule)


WRONG = book(HEADERS, ANNA, NOBODY, touch=dressed, Other=[("x", 1.5, True)])


def test_the_comments_stand_at_exactly_the_findings_cells() -> None:
    found = marks(read(WRONG).findings)
    assert {("Passengers", "C3"), ("Passengers", "D3"), ("Passengers", "E3")} <= found
    assert set(comments(marked(WRONG).data)) == found


def test_what_is_wrong_with_a_row_stands_at_its_first_cell_in_use() -> None:
    """Together with what is wrong with that cell, and as grave as the gravest of both."""
    rows = [(None, *HEADERS), (None, *ANNA), (None, "T3STPERSON", *OLE[1:])]
    copy = marked(book(*rows)).data
    told = comments(copy)
    assert "D-06: the State that issued the document is missing" in told["Passengers", "B2"]
    assert told["Passengers", "B3"].startswith("ERROR D-06")
    assert "WARNING P-05: the name holds a digit" in told["Passengers", "B3"]
    assert not [cell for _, cell in told if cell[0] == "A"]
    sheet = opened(copy)["Passengers"]
    assert [sheet[cell].fill.fill_type for cell in ("B2", "B3")] == ["solid"] * 2
    assert "'Passengers'!2:2" in {cell.hyperlink.location for cell in opened(copy)["Findings"]["A"] if cell.hyperlink}


def test_a_comment_says_how_grave_what_where_to_do_and_by_which_clause() -> None:
    text = comments(marked(WRONG).data)["Passengers", "E3"]
    assert text.startswith("ERROR N-20: this is not a country (8 letters)\nTo do: give the three-letter code")
    assert "Clause: ICAO 9303-3, section 5" in text
    assert "Atlantis" not in text


def test_the_values_are_as_they_were_in_every_sheet() -> None:
    copy = values(marked(WRONG).data)
    findings = copy.pop("Findings")
    assert copy == values(WRONG)
    assert findings[0][0] == said.TITLE


def test_the_look_stays() -> None:
    sheet = opened(marked(WRONG).data)["Passengers"]
    assert (sheet["A1"].font.size, sheet.column_dimensions["A"].width) == (17, 33)
    assert [str(area) for area in sheet.merged_cells.ranges] == ["H1:I2"]
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["C2:C9"]
    assert "ask the purser" in sheet["C3"].comment.text  # their own comment stays below ours


def test_every_finding_is_listed_and_leads_to_its_cell() -> None:
    found = alike(read(WRONG).findings)
    sheet = opened(marked(WRONG).data)["Findings"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert sorted(row[2] for row in rows) == sorted(same[0].code for same in found)
    assert {row[0] for row in rows} == {places(same) for same in found}
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), key=("ERROR", "WARNING", "NOTE").index)
    links = {cell.hyperlink.location for cell in sheet["A"] if cell.hyperlink}
    assert "'Passengers'!E3" in links


def test_how_grave_it_is_shows_without_colours() -> None:
    assert len({fill.fill_type for fill in _FILLS.values()}) == len(Severity)
    cell = opened(marked(WRONG).data)["Passengers"]["E3"]
    assert (cell.fill.fill_type, cell.font.color.rgb) == ("solid", "FF000000")


def test_a_copy_that_comes_back_is_read_as_the_first_and_its_marks_do_not_pile_up() -> None:
    once = marked(WRONG).data
    assert codes(once) == codes(WRONG)
    twice = marked(once).data
    assert comments(twice) == comments(once)
    assert opened(twice).sheetnames == opened(once).sheetnames
    mended = opened(once)
    mended["Passengers"]["E3"] = "NOR"
    out = BytesIO()
    mended.save(out)
    cell = opened(marked(out.getvalue()).data)["Passengers"]["E3"]
    assert (cell.comment, cell.fill.fill_type) == (None, None)


def test_a_mark_on_merged_cells_stands_where_their_value_is() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("E2:E3")

    data = book(HEADERS, (*ANNA[:4], "Atlantis", ANNA[5]), OLE, touch=merge)
    assert ("Passengers", "E2") in comments(marked(data).data)


FORMULA = (
    '<row r="1">' + "".join(f'<c r="{at}1" t="inlineStr"><is><t>{h}</t></is></c>' for at, h in zip("ABCDE", HEADERS, strict=False))
    + '</row><row r="2"><c r="A2" t="str"><f>UPPER("eriksson")</f><v>ERIKSSON</v></c><c r="B2" t="inlineStr"><is><t>=1+1</t></is></c>'
    '<c r="C2" t="b"><f>1=1</f><v>1</v></c><c r="D2"><f>1+1.5</f><v>2.5</v></c></row>'
)  # fmt: skip


def test_formulas_stay_with_their_results_and_texts_that_look_like_them_stay_texts() -> None:
    data = xlsx(FORMULA)
    copy = marked(data).data
    assert values(copy)["List"] == values(data)["List"]
    sheet = opened(copy)["List"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ('=UPPER("eriksson")', "f")
    assert (sheet["B2"].data_type, sheet["B2"].quotePrefix) == ("s", True)


def test_parts_that_are_lost_are_said() -> None:
    out = BytesIO(WRONG)
    with ZipFile(out, "a") as zipped:
        zipped.writestr("xl/vbaProject.bin", b"macro")
        zipped.writestr("xl/media/image1.png", b"picture")
    copy = marked(out.getvalue())
    notes = [cell.value for cell in opened(copy.data)["Findings"]["A"]][1:3]
    assert notes == [books._MACROS, books._PICTURES]
    assert copy.ending == ".xlsx"
    assert not [name for name in ZipFile(BytesIO(copy.data)).namelist() if "vba" in name.lower()]


@pytest.mark.parametrize(("name", "first"), [("xls-crew/input.xls", "B"), ("ods-crew/input.ods", "A")])
def test_what_openpyxl_cannot_write_becomes_a_new_workbook_with_the_same_cells(name: str, first: str) -> None:
    data = (GOLDEN / name).read_bytes()
    copy = marked(data).data
    ours = values(copy)
    ours.pop("Findings")
    assert ours == values(data)
    assert set(comments(copy)) == marks(read(data).findings, first) != set()
    assert opened(copy)["Findings"]["A2"].value == books._OTHER_LOOK
    assert codes(copy) == codes(data)


def test_an_xlsb_comes_back_as_a_new_workbook_with_the_same_cells() -> None:
    data = xlsb([HEADERS, (*ANNA[:4], "Norway", 1047239.0), ("=1+1", *OLE[1:])], "Crew")
    copy = marked(data).data
    ours = values(copy)
    ours.pop("Findings")
    assert ours == values(data) == {"Crew": [[*HEADERS], [*ANNA[:4], "Norway", 1047239], ["=1+1", *OLE[1:]]]}
    assert set(comments(copy)) == marks(read(data).findings) != set()
    assert (opened(copy)["Crew"]["A3"].data_type, opened(copy)["Crew"]["A3"].quotePrefix) == ("s", True)
    assert values(corrected(data).data)["Crew"][1][4] == "NOR"


@pytest.mark.parametrize(
    "data", [WRONG[:700], xlsx(CORNERS), b"<html><table>"], ids=["cut off", "a bomb", "a web page"]
)
def test_a_workbook_that_nobody_opens_is_answered_with_its_findings_alone(data: bytes) -> None:
    copy = opened(marked(data).data)
    assert copy.sheetnames == ["Findings"]
    assert copy["Findings"]["A2"].value == books._NOT_OPENED


def test_a_workbook_that_needs_too_much_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(WRONG).findings
    monkeypatch.setitem(books._LIMITS, "wall_seconds", 0.05)
    with pytest.raises(NotMade, match="more time than a list needs"):
        books.marked(WRONG, found)


def test_openpyxl_never_opens_a_file_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Callable[..., Any]] = []
    real = jail.in_child

    def watched(function: Callable[[bytes], bytes], *rest: Any, **limits: Any) -> bytes:
        started.append(function)
        return real(function, *rest, **limits)

    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("opened in the gateway's own process")

    monkeypatch.setattr(jail, "in_child", watched)
    monkeypatch.setattr("gateway.answers.sheets.load_workbook", never)
    marked(WRONG)
    assert [function.__name__ for function in started] == ["decode", "write"]


@often(4, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, 6000), junk=st.binary(min_size=1, max_size=40))
def test_a_spoilt_workbook_is_a_copy_or_a_sentence(at: int, junk: bytes) -> None:
    data = bytearray(WRONG)
    data[at : at + len(junk)] = junk
    with suppress(NotMade):
        copy = books.marked(bytes(data), read(bytes(data)).findings)
        assert workbook.recognise(copy.data)


@pytest.mark.parametrize("name", UK, ids=lambda name: name.split("/")[-1])
def test_the_yardstick_s_mistakes_are_marked_at_their_cells(shared_data: Path, name: str) -> None:
    data = (shared_data / "formats/uk-nmsw/fixtures" / name).read_bytes()
    copy = marked(data).data
    at = {cell: text for (_, cell), text in comments(copy).items()}
    for cell, expected in MISTAKES[name].items():
        assert any(code in at[cell] for code in expected.split()), cell
    ours = values(copy)
    ours.pop("Findings")
    assert ours == values(data)
    assert codes(copy) == codes(data)


def test_a_correction_replaces_only_the_text_that_was_read() -> None:
    """A formula, a number, a merged cell and a box that holds its label as well stay as they are."""

    def touch(sheet: Worksheet) -> None:
        sheet.append(['="Norway"', 5, "Port: Piraeus", "Norway", None])
        sheet.merge_cells("D1:E1")

    sheet = opened(book(touch=touch))["Passengers"]
    tabs = {"Passengers": sheet}
    texts = (("A1", "Norway"), ("B1", "5"), ("C1", "Piraeus"), ("E1", "Norway"))
    made = [_change(tabs, [["Passengers", cell, text, "new"]]) for cell, text in texts]
    assert made == [False] * 4
    one, other = ["Passengers", "D1", "Norway", "NOR"], ["Passengers", "B1", "5", "6"]
    assert not _change(tabs, [one, other])  # both or neither
    assert _change(tabs, [one])
    assert [cell.value for cell in sheet[1]] == ['="Norway"', 5, "Port: Piraeus", "NOR", None]


def test_corrections_are_made_in_text_cells_and_listed() -> None:
    data = book(
        HEADERS,
        (" ERIKSSON ", "ANNA\u200b MARIA", "female", "12/08/1974", "Norway", "L898902C3"),
        (*ZOE[:3], "29/02/1968", *ZOE[4:]),
    )
    copy = corrected(data)
    cells = [[cell.value for cell in row] for row in opened(copy.data)["Passengers"].iter_rows(min_row=2)]
    assert cells == [
        ["ERIKSSON", "ANNA MARIA", "F", "1974-08-12", "NOR", "L898902C3"],
        [*ZOE[:3], "1968-02-29", *ZOE[4:]],
    ]
    listed = [cell.value for cell in opened(copy.data)["Corrections"]["A"]][2:]
    assert listed == [str(repair.place) for repair in copy.repairs]
    assert len(listed) == 6
    assert len(codes(copy.data)) < len(codes(data))
    assert read(copy.data).lists[0].manifest.persons == read(data).lists[0].manifest.persons
