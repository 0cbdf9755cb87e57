"""Schedules as calendars: one event a sailing, those that repeat, zones and the nights when clocks change."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.expect.calendar import parse_calendar
from gateway.expect.intake import RULES
from gateway.expect.recurrence import days_of, rule_of
from gateway.findings import Finding
from gateway.obligations import ExpectedCall
from gateway.obligations.schedule import RULES as OF_SCHEDULES
from tests.often import often

TODAY = date(2026, 10, 20)
HEAD = "X-SAILING-CARRIER:specimen\nX-SAILING-SERVICE:ferry\n"
STAR = "SUMMARY:SPECIMEN STAR FIHEL-EETLL AL33\n"


def read(*events: str, head: str = HEAD, today: date = TODAY) -> tuple[list[ExpectedCall], list[Finding]]:
    bodies = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{bodies}END:VCALENDAR\n"
    return parse_calendar(text.replace("\n", "\r\n").encode(), today)


def departures(*events: str) -> list[str]:
    return [f"{call.etd.at:%m-%dT%H:%M}" for call in read(*events)[0] if call.etd]


def codes(findings: list[Finding]) -> list[str]:
    return [one.code for one in findings if one.code != "S-11"]  # no distance


def test_an_event_is_a_sailing() -> None:
    (call,), findings = read(
        f"UID:one@line.example\nDTSTART:20261121T090000Z\nDURATION:PT2H30M\n{STAR}X-SAILING-IMO:9074729\nX-SAILING-DISTANCE-NM:44"
    )
    assert not findings
    assert (call.id, call.carrier, call.service, call.vessel, call.imo, call.voyage) == (
        "one@line.example", "specimen", "ferry", "SPECIMEN STAR", "9074729", "AL33",
    )  # fmt: skip
    assert (call.departure_port, call.arrival_port, call.distance_nm) == ("FIHEL", "EETLL", 44)
    assert call.etd is not None
    assert call.eta is not None
    assert (f"{call.etd.at:%H:%M}", f"{call.eta.at:%H:%M}", call.eta.source) == ("09:00", "11:30", "schedule")


@pytest.mark.parametrize(
    ("stated", "utc"),
    [
        ("DTSTART:20261121T090000Z", "11-21T09:00"),
        ("DTSTART:20261121T090000", "11-21T07:00"),  # local to the port it leaves
        ("DTSTART;TZID=Europe/Stockholm:20261121T090000", "11-21T08:00"),
        ("DTSTART;TZID=FLE Standard Time:20261121T090000", "11-21T07:00"),  # as Outlook calls it
        ("DTSTART;TZID=Europe/Helsinki:20261025T033000", "10-25T00:30"),  # comes twice: the first
        ("DTSTART;TZID=Europe/Helsinki:20270328T033000", "03-28T01:30"),  # does not come: by the offset before
    ],
)
def test_zones_and_the_nights_when_clocks_change(stated: str, utc: str) -> None:
    assert departures(f"UID:a\n{stated}\n{STAR}") == [utc]


def test_a_zone_that_nobody_knows_is_said() -> None:
    calls, findings = read(f"UID:a\nDTSTART;TZID=Ship Time:20261121T090000\n{STAR}")
    assert (calls, codes(findings)) == ([], ["S-13"])


def test_a_sailing_over_the_night_lasts_as_long_as_it_does() -> None:
    """Planned 22:00 to 07:00 on any night: nine hours, also in the night of ten."""
    calls, _ = read(
        f"UID:n\nDTSTART;TZID=Europe/Helsinki:20261023T220000\nDTEND;TZID=Europe/Helsinki:20261024T070000\nRRULE:FREQ=DAILY;COUNT=2\n{STAR}"
    )
    assert [call.eta.at - call.etd.at == calls[0].leg_duration for call in calls if call.eta and call.etd] == [
        True,
        True,
    ]
    assert departures(f"UID:n\nDTSTART;TZID=Europe/Helsinki:20261024T220000\nRRULE:FREQ=DAILY;COUNT=2\n{STAR}") == [
        "10-24T19:00", "10-25T20:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RRULE:FREQ=DAILY;COUNT=3", ["10-19", "10-20", "10-21"]),
        ("RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20261024T000000Z", ["10-19", "10-21", "10-23"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", ["10-19", "10-22", "10-26"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261103", ["10-19", "11-02"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261020T090000Z", ["10-19", "10-21"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Helsinki:20261020T120000", ["10-19", "10-21"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261020", ["10-19", "10-21"]),
        ("RDATE:20261023T090000Z", ["10-19", "10-23"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1MO", ["10-19"]),
        ("RRULE:FREQ=SECONDLY", ["10-19"]),
    ],
)
def test_sailings_that_repeat(rule: str, expected: list[str]) -> None:
    found = departures(f"UID:r\nDTSTART:20261019T090000Z\n{rule}\n{STAR}")
    assert [one[:5] for one in found] == expected
    findings = codes(read(f"UID:r\nDTSTART:20261019T090000Z\n{rule}\n{STAR}")[1])
    assert findings == (["S-14"] if "MONTHLY" in rule or "SECONDLY" in rule else [])


def test_a_rule_without_end_reaches_a_year_ahead_and_a_month_back() -> None:
    calls, _ = read(f"UID:r\nDTSTART:20200101T090000Z\nRRULE:FREQ=DAILY\n{STAR}")
    assert len(calls) == 31 + 366 + 1
    assert calls[0].etd is not None
    assert calls[0].etd.at.date() == date(2026, 9, 19)


def test_one_of_many_is_moved_and_one_is_cancelled() -> None:
    calls, _ = read(
        f"UID:r\nDTSTART:20261019T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n{STAR}",
        f"UID:r\nRECURRENCE-ID:20261020T090000Z\nDTSTART:20261020T113000Z\n{STAR}",
        f"UID:r\nRECURRENCE-ID:20261021T090000Z\nDTSTART:20261021T090000Z\nSTATUS:CANCELLED\n{STAR}",
    )
    found = {call.id: (f"{call.etd.at:%d %H:%M}", call.status) for call in calls if call.etd}
    assert found == {
        "r/20261019T0900": ("19 09:00", "planned"),
        "r/20261020T0900": ("20 11:30", "planned"),  # the id stays that of the sailing as planned
        "r/20261021T0900": ("21 09:00", "cancelled"),
    }


def test_the_highest_sequence_counts() -> None:
    event = f"UID:a\nSEQUENCE:{{}}\nDTSTART:20261121T{{}}0000Z\n{STAR}"
    assert departures(event.format(2, 11), event.format(1, 10)) == ["11-21T11:00"]


def test_a_cancelled_calendar_cancels_its_sailings() -> None:
    calls, _ = read(f"UID:a\nDTSTART:20261121T090000Z\n{STAR}", head=f"{HEAD}METHOD:CANCEL\n")
    assert [call.status for call in calls] == ["cancelled"]


def test_what_lacks_is_said_of_its_event() -> None:
    calls, findings = read("UID:a\nDTSTART;VALUE=DATE:20261121\nSUMMARY:Dry dock", f"UID:b\nDTSTART:soon\n{STAR}")
    assert calls == []
    places = {(str(one.place), one.code) for one in findings}
    assert ("/VEVENT[2]", "S-04") in places
    assert any(place.startswith("/VEVENT[1]") for place, _ in places)


@pytest.mark.parametrize(
    "data", [b"", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"\xff\xfe", b"a;b\r\n"]
)
def test_what_is_no_calendar_is_said(data: bytes) -> None:
    assert codes(parse_calendar(data, TODAY)[1]) == ["S-12"]


def test_a_zone_of_its_own_cannot_keep_us_busy() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE\n"
    assert codes(read(f"UID:a\nDTSTART;TZID=Odd:20261121T090000\n{STAR}", head=HEAD + zone)[1]) == ["S-13"]
    nested = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000 + b"END:VEVENT\r\n" * 3000 + b"END:VCALENDAR\r\n"
    assert parse_calendar(nested, TODAY)[0] == []


EVENT = f"BEGIN:VCALENDAR\r\n{HEAD}BEGIN:VEVENT\r\nUID:r\r\nSEQUENCE:1\r\nDTSTART;TZID=Europe/Helsinki:20261019T090000\r\nDURATION:PT2H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20261231\r\nEXDATE:20261020T060000Z\r\n{STAR}STATUS:CANCELLED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()  # fmt: skip


@often(40)
@given(st.lists(st.tuples(st.integers(0, len(EVENT)), st.integers(0, 30), st.binary(max_size=6)), max_size=6))
def test_no_bytes_make_it_raise(cuts: list[tuple[int, int, bytes]]) -> None:
    data = EVENT
    for at, gone, put in cuts:
        data = data[:at] + put + data[at + gone :]
    calls, findings = parse_calendar(data, TODAY)
    assert calls or findings


def test_a_rule_is_counted_from_its_beginning() -> None:
    rule = rule_of({"FREQ": ["DAILY"], "COUNT": [5]}, date(2026, 10, 1))
    assert rule is not None
    assert len(list(days_of(rule, date(2026, 10, 1), date(2026, 10, 4), date(2027, 1, 1)))) == 2


def test_rules_have_ids_of_their_own() -> None:
    ids = [rule.id for rule in (*OF_SCHEDULES, *RULES)]
    assert len(ids) == len(set(ids))
    assert {f"S-{number:02}" for number in range(1, 25)} == set(ids)
