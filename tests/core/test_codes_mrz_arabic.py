"""Names in Arabic letters beside those of machine-readable zones: letter by letter as ICAO 9303-3 has it, and by ear."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import tables
from gateway.codes.mrz_arabic import are_all, can_be, words
from gateway.codes.mrz_names import can_be_compared
from tests.often import often

BY_THE_TABLE = """
محمد MXHMD · محمّد MXHMMD · شَخص XSHXKHXSS · أحمد XAEXHMD · فاطمة FAXTTMXAH · مصطفى MXSSXTTFXAY · آمنة XAAMNXAH · ابو بكر ABW BKR
زكريا ZKRYA · الرازي ALRAZY · ثابت XTHABT · رؤوف RUWF · کریم XKKRXYAM · گل XGGL · پرویز PRWXYAZ · بٹ BXXT · چنگیز XCNXGGXYAZ · ښار XXSAR
"""
BY_EAR = """
محمد MOHAMMED · محمد MUHAMMAD · محمد MOHAMED · احمد AHMED · علي ALI · حسين HUSSEIN · حسين HOCINE · يوسف YOUSSEF · يوسف YUSUF
إبراهيم IBRAHIM · ابراهيم EBRAHIM · فاطمة FATIMA · فاطمة FATIMAH · عبد الله ABDULLAH · عبدالله ABDELLAH · عبد الرحمن ABDURRAHMAN
عبدالرحمن ABDUL RAHMAN · عبدالرحمن ABDERRAHMANE · عبد الرحمن ABD AL RAHMAN · الرازي AL RAZI · الرازي AR RAZI · الرازي RAZI
ابو بكر ABU BAKR · ابو بكر BOUBAKEUR · جمال GAMAL · جمال DJAMEL · قاسم KASIM · عثمان OSMAN · عثمان OTHMAN · رشيد RACHID · رضا REZA
الشمس ASH SHAMS · نورالدين NOUREDDINE · نور الدين NUR AL DIN · يحيى YAHYA · عمرو AMR · عائشة AICHA · رؤوف RAOUF · وليد OUALID
الحسن LAHCEN · الحسن ELHASSAN · الزهراء EZZAHRA · کریم KARIM · گل GUL · پرویز PARVIZ · ژاله ZHALEH · خان KHAN · چودھری CHOUDHARY · محمد M
"""
OTHERS = """
محمد ERIKSSON · محمد AHMED · احمد MOHAMMED · علي OMAR · علي ALINA · حسن HASSANI · فاطمة FAHIMA · خالد KHALIL · كريم KARIMA · محمد A
سارة SAMIRA · الرازي RASHIDI · جمال KAMAL · سعيد SAMI · طارق TARIF · عثمان OSAMA · محمود MOHAMMED · عبدالله ABDULRAHMAN · هبة HABIBA
"""


def pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for pair in text.replace("\n", " · ").split(" · "):
        signs = pair.split()
        at = next((n for n, sign in enumerate(signs) if sign.isascii()), 0)
        found += [(" ".join(signs[:at]), " ".join(signs[at:]))] if at else []
    return found


def compared(name: str, zone: str, *, truncated: bool = False) -> bool:
    found = words(name)
    assert found, f"{name} has letters that the table has not"
    return can_be(found, tuple(zone.split()), truncated=truncated)


@pytest.mark.parametrize(("name", "zone"), pairs(BY_THE_TABLE) + pairs(BY_EAR))
def test_one_name_in_two_ways(name: str, zone: str) -> None:
    assert compared(name, zone)


@pytest.mark.parametrize(("name", "zone"), pairs(OTHERS))
def test_other_names(name: str, zone: str) -> None:
    assert not compared(name, zone)


def test_names_left_out_or_cut_are_no_difference() -> None:
    assert compared("محمد علي حسن", "MOHAMMED HASSAN"), "the zone has fewer"
    assert compared("محمد حسن", "MOHAMMED ALI HASSAN"), "the list has fewer"
    assert not compared("محمد حسن", "MOHAMMED ALI KARIM")
    assert compared("محمد عبدالرحمن", "MOHAMMED ABDULRA", truncated=True)
    assert compared("رشيد", "RAXS", truncated=True), "cut within XSH"
    assert not compared("محمد عبدالرحمن", "KARIM SALE", truncated=True)
    assert are_all(("محمد", "حسن"), ("HASSAN", "MOHAMMED"), truncated=False)
    assert not are_all(("محمد", "حسن"), ("HASSAN", "ALI", "MOHAMMED"), truncated=False)


@given(st.lists(st.sampled_from([row["letter"] for row in tables.rows("letters_arabic")]), min_size=1, max_size=12))
@often(75)
def test_what_the_table_prints_is_the_name(letters: list[str]) -> None:
    """Whatever the letters: a zone made with the table is never said to be another's."""
    forms = {row["letter"]: row["mrz"].split()[-1] for row in tables.rows("letters_arabic")}
    assert compared("".join(letters), "".join(forms[letter] for letter in letters))


@pytest.mark.parametrize("name", ["試驗", "בדיקה", "ทดสอบ", "テスト", "시험", "ⴰⵔⴰⵎ", "ܡܠܟܐ", ""])
def test_letters_without_a_table_are_not_compared(name: str) -> None:
    assert not words(name)
    assert not can_be_compared(name, None)


def test_presentation_forms_and_marks_are_the_same_letters() -> None:
    assert words("مُحَمَّــد") == words("\ufee3\ufea4\ufee4\ufeaa") == words("محمد") == ("محمد",)


def test_a_hostile_name_is_soon_compared() -> None:
    began = process_time()
    compared("ال" * 3_000, "ALLAH" * 8)
    compared("محمد " * 3_000, "M " * 20)
    assert process_time() - began < 2.0
