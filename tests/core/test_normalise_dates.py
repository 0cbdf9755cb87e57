"""Dates: one order a column, nothing guessed, every form that lists were seen to hold."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.normalise.dateforms import Meaning
from gateway.normalise.dates import read_dates
from gateway.normalise.months import month
from gateway.normalise.times import read_times
from tests.often import often

TODAY = date(2026, 11, 21)


def read(*texts: str, order: str | None = None, meaning: Meaning = Meaning.PAST) -> Any:
    return read_dates(texts, meaning, order, TODAY)


def column_codes(found: Any) -> list[str]:
    return [rule.id for rule, _, _ in found.column]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1974-08-12", "1974-08-12"),
        ("1974/08/12", "1974-08-12"),
        ("1974.8.2", "1974-08-02"),
        ("19740812", "1974-08-12"),
        ("31.12.1974", "1974-12-31"),
        ("12-31-1974", "1974-12-31"),
        ("31121974", "1974-12-31"),
        ("05/05/1980", "1980-05-05"),
        ("12-Feb-22", "2022-02-12"),
        ("12FEB1974", "1974-02-12"),
        ("12FEB74", "1974-02-12"),
        ("12. august 1974", "1974-08-12"),
        ("12 de febrero de 1974", "1974-02-12"),
        ("12 février 1974", "1974-02-12"),
        ("12 Μαΐου 1974", "1974-05-12"),
        ("12 мая 1974", "1974-05-12"),
        ("Feb 12, 1974", "1974-02-12"),
        ("31 / 12 / 1974", "1974-12-31"),
        ("31‑12‑1974", "1974-12-31"),
        ("1974", "1974"),
        ("1974-08", "1974-08"),
        ("08/1974", "1974-08"),
        ("00/00/1974", "1974"),
        ("XX/08/1974", "1974-08"),
        ("7400<<", "1974"),
        ("740812", "1974-08-12"),
        ("1970-05-01T00:00:00+02:00", "1970-05-01"),
        ("1970-05-01 00:00:00", "1970-05-01"),
        ("31/05/1970 12:00 AM", "1970-05-31"),
    ],
)
def test_forms_that_leave_no_doubt(text: str, expected: str) -> None:
    found = read(text)
    assert found.values == {text: expected}
    assert not found.column


@pytest.mark.parametrize(
    ("text", "order"),
    [("35/03/2035", None), ("29/02/2023", None), ("2023-02-29", None), ("1990.13.01", None), ("12/30/1977", "uk")],
)
def test_a_day_that_no_calendar_has_is_told_from_a_form_that_is_not_read(text: str, order: str | None) -> None:
    found = read(text, order=order)
    assert found.values == {text: None}
    assert [rule.id for rule in found.notes[text]] == ["N-33"]


@pytest.mark.parametrize(
    "text",
    [
        "1stJan2024",
        "13/01-2030",
        "27683",
        "12/13/14/15",
        "soon",
        "GRC",
        "²/1/1970",
    ],
)
def test_what_is_no_date_is_said_and_not_read(text: str) -> None:
    found = read(text)
    assert found.values == {text: None}
    assert [rule.id for rule in found.notes[text]] == ["N-01"]


@pytest.mark.parametrize(
    "text", ["0001-01-01", "0001-01-01T00:00:00", "00/00/0000", "0000-00-00", "00000000", "01/01/0001"]
)
def test_a_program_s_nothing_is_nothing(text: str) -> None:
    found = read(text)
    assert found.values == {text: None}
    assert [rule.id for rule in found.notes[text]] == ["N-06"]


def test_a_doubtful_column_is_not_guessed_but_what_is_certain_is_read() -> None:
    found = read("03/04/1970", "05/05/1971", "1972-06-07", "01/02/1973")
    assert found.values == {
        "03/04/1970": None,
        "05/05/1971": "1971-05-05",
        "1972-06-07": "1972-06-07",
        "01/02/1973": None,
    }
    assert column_codes(found) == ["N-03"]
    assert sorted(found.column[0][2]) == ["01/02/1973", "03/04/1970"]


def test_one_date_proves_the_order_for_the_column() -> None:
    assert read("03/04/1970", "30/12/1977").values["03/04/1970"] == "1970-04-03"
    assert read("03/04/1970", "12/30/1977").values["03/04/1970"] == "1970-03-04"


def test_two_orders_in_one_column_leave_the_doubtful_unread() -> None:
    found = read("03/04/1970", "30/12/1977", "29/12/1977", "12/31/1977")
    assert found.values["03/04/1970"] is None
    assert found.values["12/31/1977"] == "1977-12-31"
    assert column_codes(found) == ["N-04"]
    assert found.column[0][1] == ["12/31/1977"], "the finding stands at the odd one out"


def test_the_profile_s_order_wins_over_what_a_date_would_prove() -> None:
    found = read("03/04/1970", "12/30/1977", order="dmy")
    assert found.values == {"03/04/1970": "1970-04-03", "12/30/1977": None}
    assert [rule.id for rule in found.notes["12/30/1977"]] == ["N-02"]


def test_certain_dates_do_not_prove_an_order() -> None:
    assert column_codes(read("1970-12-30", "03/04/1970")) == ["N-03"]


def test_dates_with_dots_have_the_day_first() -> None:
    found = read("04.07.1990", "3. 4. 1970", "05.06.12 ")
    assert found.values["04.07.1990"] == "1990-07-04"
    assert found.values["3. 4. 1970"] == "1970-04-03"
    assert column_codes(found) == ["N-03"], "05.06.12 may also have the year in front"
    assert found.column[0][1:] == (["05.06.12 "], ["05.06.12 "])
    assert read("04.07.90").values == {"04.07.90": "1990-07-04"}
    assert column_codes(read("04.07.1990")) == []


def test_dots_prove_nothing_for_dates_without_them() -> None:
    found = read("04.07.1990", "03/04/1970")
    assert found.values == {"04.07.1990": "1990-07-04", "03/04/1970": None}
    assert [(rule.id, texts) for rule, texts, _ in found.column] == [("N-03", ["03/04/1970"])]


def test_what_a_column_shows_wins_over_dots() -> None:
    assert read("04.07.1990", "12.25.1990").values["04.07.1990"] == "1990-04-07", "its own dates have the month first"
    found = read("04.07.1990", "12/25/1990")
    assert found.values == {"04.07.1990": None, "12/25/1990": "1990-12-25"}
    assert column_codes(found) == ["N-04"], "some of the column have the month first"
    assert read("04.07.1990", order="mdy").values == {"04.07.1990": "1990-04-07"}, "and so does the profile"


def test_two_digit_years_turn_with_the_meaning() -> None:
    assert read("21-11-26", order="dmy").values["21-11-26"] == "2026-11-21"
    assert read("22-11-26", order="dmy").values["22-11-26"] == "1926-11-22"
    expiry = read("22-11-26", "01-01-46", "31-12-06", "01-01-47", order="dmy", meaning=Meaning.AROUND)
    assert expiry.values == {
        "22-11-26": "2026-11-22",
        "01-01-46": "2046-01-01",
        "31-12-06": "2006-12-31",
        "01-01-47": None,
    }
    assert [rule.id for rule in expiry.notes["01-01-47"]] == ["N-07"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("740812", "1974-08-12"), ("19740812", "1974-08-12"), ("261122", "1926-11-22"), ("740000", "1974"), ("197408121200", "1974-08-12"),
     ("7408121200", "1974-08-12"), ("197408", "1974-08"), ("1974", "1974"), ("74XXXX", "1974"), ("741312", None), ("12/08/1974", None)],
)  # fmt: skip
def test_edifact_dates(text: str, expected: str | None) -> None:
    found = read(text, order="edifact")
    assert found.values == {text: expected}
    assert bool(found.notes) == (expected is None)


@pytest.mark.parametrize(
    "text", ["01/01/ 1975", "01011975", "1stJan2024", "03/12/90", "1/2/1975", "12-Feb-22", "13/01-2030"]
)
def test_the_uk_takes_one_form_only(text: str) -> None:
    found = read(text, order="uk")
    assert found.values == {text: None}
    assert [rule.id for rule in found.notes[text]] == ["N-09"]


def test_the_uk_s_own_form_and_its_date_cells_are_read() -> None:
    assert read("03/04/1975", "2020-06-29", order="uk").values == {
        "03/04/1975": "1975-04-03",
        "2020-06-29": "2020-06-29",
    }


def test_a_spreadsheet_that_exchanged_half_the_column_is_suspected() -> None:
    cells = [f"197{n}-0{n + 1}-0{n + 2}" for n in range(6)]
    texts = [f"{n}/05/1975" for n in range(13, 19)]
    assert column_codes(read(*cells, *texts)) == ["N-05"]
    assert not read(*cells, *texts, "03/04/1975").column
    assert not read("1975-03-31", *cells, *texts).column


def test_a_month_s_name_that_means_two_months_is_none() -> None:
    assert month("listopad") is None
    assert (month("maj"), month("MAR"), month("mrz"), month("ΙΑΝ"), month("Březen")) == (5, 3, 3, 1, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-01T14:00", "2026-06-01T14:00"),
        ("2026-06-01 14:00:00", "2026-06-01T14:00"),
        ("2026-06-01T14:00:30+0300", "2026-06-01T14:00:30+03:00"),
        ("2026-06-01T14:00:00.000Z", "2026-06-01T14:00Z"),
        ("13/06/2026 2:30 PM", "2026-06-13T14:30"),
        ("13/06/2026 12:05 AM", "2026-06-13T00:05"),
        ("13.6.2026 14.00", "2026-06-13T14:00"),
        ("2026-06-01 1400", "2026-06-01T14:00"),
        ("2026-12-31 24:00", "2027-01-01T00:00"),
        ("2026-06-01", "2026-06-01"),
        ("202606011400", "2026-06-01T14:00"),
    ],
)
def test_times(text: str, expected: str) -> None:
    assert read_times([text], None, TODAY).values == {text: expected}


def test_times_that_are_none() -> None:
    found = read_times(["2026-06-01 25:00", "tomorrow 10:00", "03/04/2026 10:00"], None, TODAY)
    assert set(found.values.values()) == {None}
    assert [rule.id for rule in found.notes["2026-06-01 25:00"]] == ["N-18"]
    assert [rule.id for rule in found.notes["tomorrow 10:00"]] == ["N-01"]
    assert [(rule.id, *texts) for rule, *texts in found.column] == [
        ("N-03", ["03/04/2026 10:00"], ["03/04/2026 10:00"])
    ]


def test_edifact_times() -> None:
    texts = {
        "202606011400": "2026-06-01T14:00",
        "2606011400": "2026-06-01T14:00",
        "260601": "2026-06-01",
        "202606011400+0300": "2026-06-01T14:00+03:00",
    }
    assert read_times(texts, "edifact", TODAY).values == texts


DATES = st.dates(date(1930, 1, 1), TODAY)
WRITTEN = st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%d-%b-%Y", "%Y/%m/%d"])


@given(st.lists(st.tuples(DATES, WRITTEN), min_size=1, max_size=12))
@often(75)
def test_what_is_read_is_what_was_written_or_nothing(written: list[tuple[date, str]]) -> None:
    texts = {day.strftime(form): day.isoformat() for day, form in written}
    found = read(*texts)
    for text, day in texts.items():
        assert found.values[text] in (day, None)
    if any(day.day > 12 and form in ("%d/%m/%Y", "%d.%m.%Y") for day, form in written):
        assert None not in found.values.values()


@given(
    st.lists(
        st.text(st.characters(codec="utf-8"), max_size=24)
        | st.from_regex(r"[0-9X<]{1,4}[-/. ]?[0-9a-z]{0,4}[-/. ]?[0-9]{0,4}", fullmatch=True),
        max_size=8,
    )
)
@often(150)
def test_no_text_makes_it_raise_and_what_is_read_stays_so(texts: list[str]) -> None:
    for order in (None, "dmy", "mdy", "ymd", "edifact", "uk"):
        for meaning in Meaning:
            found = read_dates(texts, meaning, order, TODAY)
            assert set(found.values) == set(texts)
            normal = {value for value in found.values.values() if value}
            again = read_dates(normal, meaning, order, TODAY)
            if order != "uk":
                assert again.values == {value: value for value in normal}
        read_times(texts, order, TODAY)
