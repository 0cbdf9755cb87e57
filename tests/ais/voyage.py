"""Invented voyages as AIS would tell them, written as NMEA by the library that also reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from pyais import encode_dict

from gateway.ais.sentences import Message, Position, Static

STAR: Final = 230_145_250
IMO: Final = 9_074_729
NOON: Final = datetime(2026, 7, 20, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)


PLACES: Final = {"FIHEL": (60.155, 24.955), "EETLL": (59.444, 24.76), "SESTO": (59.33, 18.1)}


def place(port: str) -> tuple[float, float]:
    return PLACES[port]


def static(at: datetime = NOON, mmsi: int = STAR, imo: int = IMO, ship_type: int = 60) -> Static:
    return Static(mmsi, at, imo, "SPECIMEN STAR", ship_type)


def lies(
    where: tuple[float, float], at: datetime, minutes: int, mmsi: int = STAR, speed: float = 0.1
) -> list[Position]:
    """A report each three minutes."""
    return [Position(mmsi, at + n * MINUTE, *where, speed) for n in range(0, minutes + 1, 3)]


def sails(
    start: tuple[float, float],
    end: tuple[float, float],
    at: datetime,
    hours: float,
    mmsi: int = STAR,
    knots: float = 18,
) -> list[Position]:
    """Straight from one place to the other, a report each minute, the first one a minute after `at`."""
    steps = int(hours * 60)
    return [
        Position(
            mmsi,
            at + n * MINUTE,
            start[0] + (end[0] - start[0]) * n / steps,
            start[1] + (end[1] - start[1]) * n / steps,
            knots,
        )
        for n in range(1, steps)
    ]


def crossing(at: datetime = NOON, leaves: str = "FIHEL", arrives: str = "EETLL", hours: float = 2.5) -> list[Message]:
    """It lies for half an hour, sails, and lies again."""
    away = at + timedelta(minutes=30)
    there = away + timedelta(hours=hours)
    track: list[Message] = [static(at)]
    track += lies(place(leaves), at, 30)
    track += sails(place(leaves), place(arrives), away, hours)
    return track + lies(place(arrives), there, 30)


def lines(messages: list[Message], *, tagged: bool = True) -> Iterator[bytes]:
    """As a receiver writes them to its log."""
    for number, one in enumerate(messages):
        for sentence in sentences(one, number % 10):
            tag = f"c:{int(one.at.timestamp())}"
            check = 0
            for char in tag:
                check ^= ord(char)
            yield f"\\{tag}*{check:02X}\\{sentence}\r\n".encode() if tagged else f"{sentence}\r\n".encode()


Sentence = dict[str, str | int | float | bytes | bool]


def sentences(one: Message, number: int = 1) -> list[str]:
    if isinstance(one, Static):
        said: Sentence = {
            "type": 5,
            "mmsi": one.mmsi,
            "imo": one.imo,
            "shipname": one.name,
            "ship_type": one.ship_type,
            "destination": "TALLINN",
        }
        return list(encode_dict(said, talker_id="AI", sentence_type="VDM", seq_id=number))
    moving: Sentence = {
        "type": 1,
        "mmsi": one.mmsi,
        "lat": one.latitude,
        "lon": one.longitude,
        "speed": 102.3 if one.speed is None else one.speed,
    }
    return list(encode_dict(moving, talker_id="AI", sentence_type="VDM"))
