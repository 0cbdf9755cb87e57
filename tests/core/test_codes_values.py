"""Documents, sex, ranks and IMO numbers: what lists write, per dialect; and the tables behind all codes."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import imo, ranks, tables
from gateway.codes.documents import api_letter, document_type, un1001
from gateway.codes.sex import UNREADABLE, Unreadable, edifact_code, emswe_code, m_may_be_a_woman, sex
from gateway.manifest import DocumentType, Sex
from tests.often import often

PASSPORT, ID, RESIDENCE, BOOK, OTHER = DocumentType


@pytest.mark.parametrize(
    ("text", "dialect", "kind"),
    [
        ("P", None, PASSPORT), (" passport ", None, PASSPORT), ("PASSEPORT", None, PASSPORT), ("Διαβατήριο", None, PASSPORT),
        ("I", None, ID), ("I", "uk", ID), ("I", "api", ID), ("I", "spms", OTHER), ("Identity Card", None, ID), ("ID-card", None, ID),
        ("O", None, OTHER), ("O", "spms", OTHER), ("other", "uk", OTHER), ("A", "spms", RESIDENCE), ("A", "mrz", ID),
        ("A", None, None), ("C", None, None), ("V", None, None), ("V", "api", "visa"), ("Visa", None, "visa"), ("V<", "mrz", "visa"),
        ("39", None, None), ("39", "un1001", PASSPORT), ("36", "un1001", ID), ("101", "un1001", RESIDENCE), ("718", "un1001", BOOK),
        ("99", "un1001", None), ("Passport", "un1001", PASSPORT), ("Seaman's Book", None, BOOK), ("SEAMANS BOOK", None, BOOK),
        ("MUSTERBOOK", None, BOOK), ("RESIDENTIAL_PERMIT", None, RESIDENCE), ("PICTURE_ID", None, OTHER), ("AC", "api", BOOK),
        ("EDL_NY", "spms", OTHER), ("MMC", "spms", BOOK), ("PN", "mrz", PASSPORT), ("ID", "mrz", ID), ("", None, None), ("?", "api", None),
        ("x" * 10_000, None, None),
    ],
)  # fmt: skip
def test_document_types(text: str, dialect: str | None, kind: DocumentType | str | None) -> None:
    assert document_type(text, dialect) == kind


def test_document_codes_out() -> None:
    assert [un1001(kind) for kind in (PASSPORT, ID, RESIDENCE, BOOK, OTHER, None)] == [
        "39",
        "36",
        "101",
        "718",
        None,
        None,
    ]
    assert [api_letter(kind) for kind in (PASSPORT, ID, RESIDENCE, BOOK, OTHER, None)] == [
        "P",
        "I",
        "A",
        "AC",
        "F",
        None,
    ]
    for kind in (PASSPORT, ID, RESIDENCE, BOOK):
        assert document_type(un1001(kind) or "", "un1001") == kind
        assert document_type(api_letter(kind) or "", "api") == kind


M, F, X = Sex


@pytest.mark.parametrize(
    ("text", "dialect", "said"),
    [
        ("M", None, M), ("f", None, F), ("X", None, X), ("<", None, X), ("M     ", None, M), ("Male", None, M), ("FEMALE", None, F),
        ("Unspecified", None, X), ("Other", None, X), ("Kvinne", None, F), ("ΘΗΛΥ", None, F), ("Мужской", None, M), ("Weiblich", None, F),
        (None, None, None), ("", None, None), (" ", None, None), ("-", None, None), ("U", None, None), ("unknown", None, None),
        ("1", None, UNREADABLE), ("2", None, UNREADABLE), ("H", None, UNREADABLE), ("K", None, UNREADABLE), ("zz", None, UNREADABLE),
        ("1", "emswe", M), ("2", "iso5218", F), ("9", "emswe", X), ("0", "iso5218", None), ("3", "emswe", UNREADABLE),
        ("F", "emswe", F), ("U", "edifact", None), ("1", "edifact", UNREADABLE), ("Male", "edifact", M), ("x" * 9999, None, UNREADABLE),
    ],
)  # fmt: skip
def test_sex(text: str | None, dialect: str | None, said: Sex | Unreadable | None) -> None:
    assert sex(text, dialect) is said


@pytest.mark.parametrize("value", [M, F, X, None])
def test_sex_goes_out_and_comes_back(value: Sex | None) -> None:
    assert sex(emswe_code(value), "emswe") is value
    assert sex(edifact_code(value), "edifact") is value


def test_a_column_in_which_m_may_be_a_woman() -> None:
    assert m_may_be_a_woman(["H", None, "m", "H"])
    assert m_may_be_a_woman(["V", "M"])
    assert not m_may_be_a_woman(["M", "F", "H"])
    assert not m_may_be_a_woman(["M", "", None])
    assert not m_may_be_a_woman([])


@pytest.mark.parametrize(
    ("text", "code", "master"),
    [
        ("10100", "10100", True), ("Master", "10100", True), ("CAPT.", "10100", True), ("Πλοίαρχος", "10100", True),
        ("10104", "10104", False), ("Staff Captain", "10104", False), ("10110", "10110", False), ("C/O", "10110", False),
        ("Chief  Officer", "10110", False), ("2nd Officer", "10121", False), ("SECOND OFFICER", "10121", False), ("2/O", "10121", False),
        ("3rd Eng.", "10230", False), ("Bosun", "10400", False), ("A/B", "10420", False), ("Able Seaman", "10420", False),
        ("Ship's Cook", "10701", False), ("Masseur", "10605", False), ("Ninja", None, False), ("10999", None, False), ("", None, False),
    ],
)  # fmt: skip
def test_ranks(text: str, code: str | None, master: bool) -> None:
    assert ranks.rank(text)[0] == code
    assert ranks.is_master(text) is master
    assert ranks.is_master(code) is master


def test_a_rank_has_a_name() -> None:
    assert ranks.rank("10400") == ("10400", "Boatswain (Bosun)")
    assert ranks.rank("  Head\nof  Fun ") == (None, "Head of Fun")
    assert not ranks.is_master(None)


def test_every_crew_role_of_the_emswe_list_is_known(shared_data: Path) -> None:
    with (shared_data / "emswe/tables/codelists_en.tsv").open(encoding="utf-8") as file:
        listed = {
            row["code"]: row["label_en"] for row in csv.DictReader(file, delimiter="\t") if row["list"] == "crew_role"
        }
    assert len(listed) == 296
    assert {code for code in listed if not ranks.is_known(code)} == set()
    assert {row["code"] for row in tables.rows("crew_roles")} == set(listed)
    assert {code: ranks.rank(label)[0] for code, label in listed.items() if ranks.rank(label)[0] is None} == {}


@pytest.mark.parametrize(
    ("text", "digits", "valid"),
    [
        ("9074729", "9074729", True), ("IMO 9074729", "9074729", True), ("IMO-9074729", "9074729", True), ("imo9074729", "9074729", True),
        ("IMO No. 9074729", "9074729", True), (" 9074729.0 ", "9074729", True), ("9 074 729", "9074729", True),
        ("1234567", "1234567", True), ("9999990", "9999990", False), ("9074728", "9074728", False),
    ],
)  # fmt: skip
def test_imo_numbers(text: str, digits: str, valid: bool) -> None:
    assert imo.compact(text) == digits
    assert imo.is_well_formed(text)
    assert imo.is_valid(text) is valid


@pytest.mark.parametrize(
    "text", ["", "IMO", "0074729", "907472", "90747290", "265547250", "SE-1234567", "٩٠٧٤٧٢٩", "9074729.5", "x" * 9999]
)
def test_what_is_no_imo_number(text: str) -> None:
    assert not imo.is_well_formed(text)
    assert not imo.is_valid(text)


def test_the_weakness_of_the_check_digit_is_as_the_docstring_says() -> None:
    number = "9074729"
    typos = [
        number[:at] + str(digit) + number[at + 1 :]
        for at in range(7)
        for digit in range(10)
        if str(digit) != number[at]
    ]
    assert 0.02 < sum(map(imo.is_valid, typos)) / len(typos) < 0.2


@often(100)
@given(
    st.text(max_size=30), st.sampled_from([None, "api", "un1001", "uk", "spms", "mrz", "iso5218", "emswe", "edifact"])
)
def test_any_text_has_an_answer(text: str, dialect: str | None) -> None:
    document_type(text, dialect)
    sex(text, dialect)
    ranks.rank(text)
    imo.is_valid(text)


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "schemas/codes").iterdir()), ids=lambda path: path.name
)
def test_every_table_says_its_edition_and_source(path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[:2]
    assert head[0].startswith("# edition: ")
    assert head[1].startswith("# source: ")
    assert tables.edition(path.stem) == head[0].removeprefix("# edition: ")
