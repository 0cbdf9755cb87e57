"""Lines as receivers and logs have them: whole, in parts, out of order, corrupt, or no AIS at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ais.sentences import LONGEST_LINE, Message, Position, Sentences, Static
from tests.ais.voyage import NOON, crossing, lines, sentences, static
from tests.often import often

POSITION = sentences(crossing()[3])[0].encode()
STATIC = [one.encode() for one in sentences(static())]


def read(*them: bytes, now: datetime | None = NOON) -> tuple[list[Message], dict[str, int]]:
    reader = Sentences()
    return [one for line in them if (one := reader.line(line, now))], dict(reader.counts)


def test_positions_and_what_a_ship_says_of_itself() -> None:
    (where, who), _ = read(POSITION, *STATIC)
    assert isinstance(where, Position)
    assert (where.mmsi, round(where.latitude, 3), round(where.longitude, 3), where.speed) == (
        230145250,
        60.155,
        24.955,
        0.1,
    )
    assert isinstance(who, Static)
    assert (who.imo, who.name, who.ship_type) == (9074729, "SPECIMEN STAR", 60)


def test_a_speed_that_is_not_known_is_none() -> None:
    (one,), _ = read(sentences(Position(230145250, NOON, 60.0, 24.0, None))[0].encode())
    assert isinstance(one, Position)
    assert one.speed is None


def test_a_position_that_is_not_known_is_none() -> None:
    assert read(sentences(Position(230145250, NOON, 91.0, 181.0, 3.0))[0].encode())[0] == []


@pytest.mark.parametrize("mmsi", [2_300_000, 970_000_001, 111_230_001])
def test_stations_and_beacons_are_no_ships(mmsi: int) -> None:
    assert read(sentences(Position(mmsi, NOON, 60.0, 24.0, 3.0))[0].encode())[0] == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_in_any_order(order: tuple[int, int]) -> None:
    assert len(read(STATIC[order[0]], POSITION, STATIC[order[1]])[0]) == 2


def test_parts_of_two_messages_are_not_mixed() -> None:
    late = Sentences()
    assert late.line(STATIC[0], NOON) is None
    assert late.line(STATIC[1], NOON + timedelta(minutes=1)) is None  # of another message by then
    assert late.counts["part without the others"] == 1
    found, counts = read(STATIC[0], STATIC[0], STATIC[1])
    assert len(found) == 1
    assert counts["part without the others"] == 1


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (POSITION[:-1] + (b"1" if POSITION[-1:] != b"1" else b"2"), "wrong checksum"),
        (POSITION.replace(b"A,1", b"A,2"), "wrong checksum"),
        (b"$GPGGA,120000,6009,N,02457,E,1*00", "no AIS sentence"),
        (b"!AIVDM,1,1,,A", "no AIS sentence"),
        (b"\xff\xfe\x00", "no AIS sentence"),
        (POSITION + b" " * LONGEST_LINE, "too long"),
    ],
)
def test_what_cannot_be_taken_is_counted(line: bytes, what: str) -> None:
    assert read(line) == ([], {"lines": 1, what: 1})


@pytest.mark.parametrize(
    "line",
    [
        b"\\s:station,c:1784548800*52\\" + POSITION,
        b"\\g:1-2-3,c:1784548800000*52\\" + POSITION,
        b"1784548800 " + POSITION,
        POSITION + b",1784548800",
        b"2026-07-20T12:00:00Z " + POSITION,
        b"2026-07-20 14:00:00+02:00," + POSITION,
        b"[2026-07-20 12:00:00.123] " + POSITION,
    ],
)
def test_the_time_of_a_line_in_a_log(line: bytes) -> None:
    ((one,), _) = read(line, now=None)
    assert one.at.replace(microsecond=0) == datetime(2026, 7, 20, 12, tzinfo=UTC)


def test_a_log_without_times_says_so() -> None:
    assert read(POSITION, now=None)[1]["without a time"] == 1
    found, _ = read(b"1784548800 " + POSITION, POSITION, now=None)
    assert [one.at for one in found] == [datetime(2026, 7, 20, 12, tzinfo=UTC)] * 2


def test_a_receiver_whose_clock_is_wrong_is_not_believed() -> None:
    ((one,), _) = read(b"\\c:1000000000*52\\" + POSITION)
    assert one.at == NOON


def test_a_whole_log() -> None:
    found, counts = read(*lines(crossing()), now=None)
    assert [type(one) for one in found] == [type(one) for one in crossing()]
    assert [one.at for one in found] == [one.at for one in crossing()]
    assert counts["taken"] == len(crossing())


ALL = list(lines(crossing()[:30]))


@often(20)
@given(
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 90), st.integers(0, 20), st.binary(max_size=8)), max_size=20)
)
def test_no_bytes_make_it_raise(cuts: list[tuple[int, int, int, bytes]]) -> None:
    them = ALL[:]
    for number, at, gone, put in cuts:
        them[number] = them[number][:at] + put + them[number][at + gone :]
    found, counts = read(*them, now=None)
    assert len(found) <= counts["lines"]


@often(20)
@given(
    st.text("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", min_size=1, max_size=60),
    st.integers(0, 5),
)
def test_no_payload_makes_it_raise(payload: str, fill: int) -> None:
    body = f"AIVDM,1,1,,A,{payload},{fill}"
    check = 0
    for char in body:
        check ^= ord(char)
    found, counts = read(f"!{body}*{check:02X}".encode())
    assert len(found) + counts.get("unreadable", 0) + counts.get("of no use", 0) == 1


def test_parts_that_never_come_take_no_room() -> None:
    reader: Any = Sentences()
    first = STATIC[0].decode()
    for number in range(3_000):
        body = first[1:-3].replace(
            "AIVDM,2,1,1,A", f"{chr(65 + number // 10 % 26)}{chr(65 + number // 260 % 26)}VDM,2,1,{number % 10},A"
        )
        check = 0
        for char in body:
            check ^= ord(char)
        reader.line(f"!{body}*{check:02X}".encode(), NOON)
    assert len(reader._waiting) <= 512
