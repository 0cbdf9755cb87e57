"""Machine-readable zones: the specimens of Doc 9303, and that check digits see what they can see."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.mrz import Mrz, birth_date, check_digit, decode, expiry_date
from tests.often import often

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
VALUE = {char: at % 36 for at, char in enumerate(ALPHABET)}  # "<" counts as 0

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
MRV_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
MRV_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<<<<<<<<<<<<<<")
GERMAN = ("P<D<<MUSTERFRAU<<TESTPERSON<<<<<<<<<<<<<<<<<", "C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4")

today = date(2026, 11, 21)


def zone(lines: tuple[str, ...]) -> Mrz:
    found = decode(lines)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lines", "layout", "number", "optional"),
    [
        (TD3, "TD3", "L898902C3", "ZE184226B"), (TD1, "TD1", "D23145890", ""), (TD2, "TD2", "D23145890", ""),
        (MRV_A, "MRV-A", "L8988901C", "6ZE184226B"), (MRV_B, "MRV-B", "L8988901C", ""),
    ],
)  # fmt: skip
def test_specimens_of_doc_9303(lines: tuple[str, ...], layout: str, number: str, optional: str) -> None:
    found = zone(lines)
    assert (found.layout, found.number, found.optional, found.issuer) == (layout, number, optional, "UTO")
    assert (found.family_name, found.given_names, found.truncated) == ("ERIKSSON", "ANNA MARIA", False)
    assert found.is_consistent
    assert "composite" in found.checks or layout.startswith("MRV")


def test_a_number_of_more_than_nine_characters_goes_on_in_the_optional_data() -> None:
    found = zone(LONG)
    assert (found.number, found.optional, found.checks["number"]) == ("D23145890734", "", True)
    assert not zone((LONG[0].replace("<7349", "<7359"), *LONG[1:])).checks["number"]


def test_germany_and_an_empty_optional_field() -> None:
    found = zone(GERMAN)
    assert (found.issuer, found.nationality, found.checks["optional"]) == ("D", "D", True)


@pytest.mark.parametrize(
    "given_as",
    [["".join(TD3)], ["\n".join(TD3)], [line.lower() for line in TD3], [" ".join(line) for line in TD3], [*TD3, ""]],
)
def test_however_the_lines_came(given_as: list[str]) -> None:
    assert decode(given_as) == decode(TD3)


@pytest.mark.parametrize(
    "lines", [[], [""], ["P<UTO"], ["x" * 88], [TD3[0]], [TD3[0], TD3[1][:-1]], ["Ä" * 88], ["." * 88], ["9" * 10_000]]
)
def test_what_is_no_zone(lines: list[str]) -> None:
    found = decode(lines)
    assert found is None or not found.is_consistent


def test_a_name_that_fills_its_field_may_go_on() -> None:
    full = ("P<UTO" + ("TESTPERSON<<" + "A" * 39)[:39], TD3[1])
    assert zone(full).truncated
    alone = ("P<UTOTESTPERSON".ljust(44, "<"), TD3[1])
    assert (zone(alone).family_name, zone(alone).given_names) == ("TESTPERSON", "")


CHECKED = (  # (lines, line, place, checks that must fail when the value changes)
    *((TD3, 1, at, {"composite"} | name) for name, span in (
        ({"number"}, range(10)), ({"birth"}, range(13, 20)), ({"expiry"}, range(21, 28)), ({"optional"}, range(28, 43))
    ) for at in span),
    *((TD2, 1, at, {"composite"} | name) for name, span in (
        ({"number"}, range(9)), ({"birth"}, range(13, 20)), ({"expiry"}, range(21, 28)), (set(), range(28, 35))
    ) for at in span),
    *((TD1, 0, at, {"composite"} | name) for name, span in (({"number"}, range(5, 14)), (set(), range(15, 30))) for at in span),
    *((TD1, 1, at, {"composite"} | name) for name, span in (
        ({"birth"}, range(7)), ({"expiry"}, range(8, 15)), (set(), range(18, 29))
    ) for at in span),
)  # fmt: skip


def test_every_substitution_of_one_checked_character_is_seen_unless_its_value_is_the_same() -> None:
    """Weights 7, 3 and 1 have no common divisor with 10: a change by anything but a multiple of 10 must show."""
    seen = 0
    for lines, line, place, must_fail in CHECKED:
        for char in ALPHABET:
            was = lines[line][place]
            changed = tuple(
                text[:place] + char + text[place + 1 :] if at == line else text for at, text in enumerate(lines)
            )
            found = zone(changed)
            if (VALUE[char] - VALUE[was]) % 10 == 0:
                continue
            seen += 1
            own = [name for name in must_fail - {"composite"} if found.checks[name]]
            assert not own, (lines, place, char)
            assert not found.is_consistent, (lines, place, char)
    assert seen > 3000


def test_characters_of_equal_value_are_invisible() -> None:
    assert check_digit("A00000000") == check_digit("K00000000") == check_digit("000000000") == "0"


@often(100)
@given(st.text(alphabet=ALPHABET, min_size=1, max_size=40), st.data())
def test_one_changed_character_changes_the_digit_unless_its_value_agrees(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.sampled_from(ALPHABET))
    same = check_digit(text) == check_digit(text[:at] + char + text[at + 1 :])
    assert same == ((VALUE[char] - VALUE[text[at]]) % 10 == 0)


@often(75)
@given(st.lists(st.text(max_size=50), max_size=4))
def test_any_lines_have_an_answer(lines: list[str]) -> None:
    found = decode(lines)
    assert found is None or isinstance(found, Mrz)


@pytest.mark.parametrize(
    ("six", "date_"),
    [
        ("740812", "1974-08-12"), ("261121", "2026-11-21"), ("261122", "1926-11-22"), ("7408<<", "1974-08"), ("74<<<<", "1974"),
        ("740800", "1974-08"), ("740000", "1974"), ("74XXXX", "1974"), ("<<<<<<", None), ("740231", None), ("741301", None),
        ("000229", "2000-02-29"), ("", None),
    ],
)  # fmt: skip
def test_birth_dates(six: str, date_: str | None) -> None:
    assert birth_date(six, today) == date_


@pytest.mark.parametrize(
    ("six", "date_"),
    [("120415", "2012-04-15"), ("991231", "1999-12-31"), ("360101", "2036-01-01"), ("3601<<", None), ("", None)],
)
def test_expiry_dates(six: str, date_: str | None) -> None:
    assert expiry_date(six, today) == date_


def test_a_zone_shows_nobody() -> None:
    assert "ERIKSSON" not in repr(zone(TD3))
