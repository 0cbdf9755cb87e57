"""Names in Latin letters: ICAO 9303-3 and ELOT 743, and what is no name."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.names import is_placeholder, latin, missing_reason, mrz_name
from tests.often import often


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Eriksson", "ERIKSSON"), ("  anna   maria ", "ANNA MARIA"), ("O'Brien", "O'BRIEN"), ("O’Brien", "O'BRIEN"),
        ("O' Brien", "O'BRIEN"), ("Anna-Maria", "ANNA-MARIA"), ("Anna‑Maria", "ANNA-MARIA"), ("d'Arc - Lys", "D'ARC-LYS"),
        ("Anna 'Annie' Test", "ANNA ANNIE TEST"), ("St. John", "ST JOHN"), ("Anna\xa0Maria", "ANNA MARIA"),
        ("\ufeffAnna\u200b", "ANNA"), ("Test, Anna", "TEST ANNA"), ("-", ""), ("''", ""),
        # section 6 A
        ("Ärla", "AERLA"), ("Åse", "AASE"), ("Ægir", "AEGIR"), ("Øst", "OEST"), ("Ödla", "OEDLA"), ("Ünal", "UENAL"),
        ("Groß", "GROSS"), ("GROẞ", "GROSS"), ("Þór", "THOR"), ("Ðóra", "DORA"), ("Đorđe", "DORDE"), ("Łuk", "LUK"), ("Ñandú", "NANDU"),
        ("Œuvre", "OEUVRE"), ("Ĳssel", "IJSSEL"), ("ığdır", "IGDIR"), ("İnan", "INAN"), ("Şen", "SEN"), ("Ţara", "TARA"),
        ("Žák", "ZAK"), ("Čapek", "CAPEK"), ("Nguyễn", "NGUYEN"), ("Ħal", "HAL"), ("Əli", "ELI"), ("ﬁn", "FIN"),
        ("A\u0308rla", "AERLA"), ("n\u0303a", "NA"),
        # section 6 B
        ("Жуковский", "ZHUKOVSKII"), ("Щербаков", "SHCHERBAKOV"), ("Объедков", "OBIEEDKOV"), ("Хрущёв", "KHRUSHCHEV"),
        ("Юлія", "YULIIA"), ("Єва", "YEVA"), ("Їжак", "YIZHAK"), ("Згурський Юрій", "ZGHURSKYI YURII"), ("Згорій", "ZGHORII"),
        ("Ђорђевић", "DORDEVIC"), ("Љубица", "LJUBICA"), ("Ѓорѓи", "GORGI"), ("Воўк", "VOUK"),
        # ISO 843 / ELOT 743
        ("Παπαδόπουλος", "PAPADOPOULOS"), ("Μπάμπης", "BAMPIS"), ("Ευάγγελος", "EVANGELOS"), ("Ευτυχία", "EFTYCHIA"),
        ("Αυγή", "AVGI"), ("Παύλος", "PAVLOS"), ("Μάυ", "MAY"), ("Ραΰλος", "RAYLOS"), ("Ούτις", "OUTIS"), ("Ντίνος", "NTINOS"),
        ("Γκίκας", "GKIKAS"), ("Σφίγξ", "SFINX"), ("Άγχος", "ANCHOS"), ("Ψαρός Ωμέγα", "PSAROS OMEGA"), ("ΘΗΣΕΥΣ", "THISEFS"),
        # look-alikes from another alphabet inside a word
        ("АNNА", "ANNA"), ("Cох", "COX"), ("Ванесса Mae", "VANESSA MAE"),
    ],
)  # fmt: skip
def test_transliteration(text: str, written: str) -> None:
    assert latin(text) == written


@pytest.mark.parametrize(
    ("text", "country", "written"),
    [
        ("Григорий", None, "GRIGORII"), ("Григорий", "UKR", "HRYHORYI"), ("Георги Щърбанов", "BGR", "GEORGI SHTARBANOV"),
        ("Мария Георгиева", "BGR", "MARIA GEORGIEVA"), ("Жарко", "SRB", "ZARKO"), ("Хан", "MKD", "HAN"), ("Жуков", "DEU", "ZHUKOV"),
        ("Müller", "UKR", "MUELLER"),
    ],
)  # fmt: skip
def test_a_country_decides_between_alphabets(text: str, country: str | None, written: str) -> None:
    assert latin(text, country) == written


def test_other_scripts_get_a_likeness() -> None:
    for text in ("محمد", "王小明", "გიორგი", "יוסף", "สมชาย"):
        assert re.fullmatch(r"[A-Z][A-Z '-]*", latin(text)), text


@often(150)
@given(st.text(max_size=40))
def test_only_letters_of_a_travel_document_come_out(text: str) -> None:
    written = latin(text)
    assert re.fullmatch(r"(?:[A-Z]+(?:[ '-][A-Z]+)*)?", written)
    assert latin(written) == written
    assert re.fullmatch(r"[A-Z<]*", mrz_name(text))


def test_the_name_of_a_zone() -> None:
    assert mrz_name("O'Connor-Ærø Anna") == "OCONNOR<AEROE<ANNA"


@pytest.mark.parametrize(
    ("family", "given_names", "reason"),
    [
        ("ERIKSSON", "ANNA", None), ("ERIKSSON", "FNU", "no given name"), ("ERIKSSON", None, "no given name"),
        ("ERIKSSON", "", "no given name"), ("ERIKSSON", " - ", "no given name"), ("ERIKSSON", ".", "no given name"),
        ("LNU", "ANNA", "no family name"), (None, "ANNA", "no family name"), ("ERIKSSON", "Unknown", "unknown"),
        ("XXX", "ANNA", "unknown"), ("UNKNOWN", "UNKNOWN", "unknown"), ("FNU", "LNU", "unknown"), (None, None, "unknown"),
        ("ERIKSSON", "refused", "refused"), ("REFUSED", "REFUSED", "refused"), ("NULL", "NA", None), ("NIL", "Nil", None),
    ],
)  # fmt: skip
def test_placeholders_say_why_a_name_is_missing(
    family: str | None, given_names: str | None, reason: str | None
) -> None:
    assert missing_reason(family, given_names) == reason


def test_names_that_look_like_placeholders_are_names() -> None:
    assert not any(is_placeholder(name) for name in ("Na", "Null", "Nil", "No", "Anna", "Unn", "Xi"))


def test_plain_names_are_fast() -> None:
    names = [f"TESTPERSON{chr(65 + at % 26)}{chr(65 + at // 26 % 26)}{chr(65 + at // 676)}" for at in range(5000)]
    started = perf_counter()
    for name in names:
        latin(name)
    assert perf_counter() - started < 0.25
