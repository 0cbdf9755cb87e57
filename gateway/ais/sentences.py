"""Lines of NMEA to messages about ships: positions of class A (types 1, 2, 3) and what a ship says of itself (type 5).

In: lines as a receiver or a log has them, with a tag block, a time before or after the sentence, or none. Out: `Position`s and
`Static`s with the time they were heard; everything else is counted. No bytes make it raise, and no stream makes it grow: a line, the
parts that wait for others and what is remembered of them are bounded.

Ships of class B (types 18, 19, 24) are left out: they never say an IMO number, so no call could be theirs for sure.
"""

import re
from collections import Counter, OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import pyais
from pyais.exceptions import AISBaseException
from pyais.messages import MessageType1, MessageType2, MessageType3, MessageType5

LONGEST_LINE: Final = 1_024  # a sentence has 82 characters; a tag block and a time stand before it
_MOST_WAITING: Final = 512
_LONGEST_WAIT: Final = timedelta(seconds=30)  # parts of one message come one after the other
_FAR: Final = timedelta(minutes=10)
_SENTENCE: Final = re.compile(
    rb"![A-Z]{2}VD[MO],([1-9]),([1-9]),([0-9]?),([AB12]?),([\x30-\x77]{1,82}),([0-5])\*([0-9A-Fa-f]{2})"
)
_TAG_TIME: Final = re.compile(rb"\\(?:[^\\]{0,200},)?c:([0-9]{9,13})[,*]")
_BARE_TIME: Final = re.compile(rb"(?:^|[\s,;\[])([12][0-9]{9}(?:[0-9]{3})?)(?:\.[0-9]{1,6})?(?=$|[\s,;\]])")
_ISO_TIME: Final = re.compile(
    rb"([12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-9:]{8}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)"
)
_SHIPS: Final = range(201_000_000, 776_000_000)  # maritime identification digits 201 to 775; others are no ships
_UNSAID_SPEED: Final = 102.3


class Position(msgspec.Struct, frozen=True):
    """Where a ship is. `speed` over ground in knots, None where it does not say."""

    mmsi: int
    at: datetime
    latitude: float
    longitude: float
    speed: float | None


class Static(msgspec.Struct, frozen=True):
    """What a ship says of itself, typed in by hand on board. `imo` 0 where it has none."""

    mmsi: int
    at: datetime
    imo: int
    name: str
    ship_type: int


Message = Position | Static


class Sentences:
    """Puts messages together. `counts` says what became of the lines."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._waiting: OrderedDict[tuple[bytes, bytes, bytes], tuple[datetime, dict[int, bytes]]] = OrderedDict()
        self._clock: datetime | None = None

    def line(self, line: bytes, now: datetime | None) -> Message | None:
        """The message that this line completes. `now`: when it was received; None of a log, whose lines say it themselves."""
        self.counts["lines"] += 1
        if len(line) > LONGEST_LINE:
            self.counts["too long"] += 1
            return None
        found = _SENTENCE.search(line)
        if found is None:
            self.counts["no AIS sentence"] += bool(line.strip())
            return None
        if not _is_intact(found[0]):
            self.counts["wrong checksum"] += 1
            return None
        at = self._time(line, found, now)
        if at is None:
            self.counts["without a time"] += 1
            return None
        parts = self._whole(found, at)
        return self._message(parts, at) if parts else None

    def _time(self, line: bytes, found: re.Match[bytes], now: datetime | None) -> datetime | None:
        """As the line says; of a live line only where that is near to when it came. A log's line without one is of the time before it."""
        stated = _stated(line[: found.start()], line[found.end() :])
        if now is not None:
            return stated if stated and abs(stated - now) <= _FAR else now
        self._clock = stated or self._clock
        return self._clock

    def _whole(self, found: re.Match[bytes], at: datetime) -> list[bytes]:
        """The parts of the message, in order, once all are there."""
        of, number = int(found[1]), int(found[2])
        if of == 1:
            return [found[0]]
        key = (found[0][:6], found[3], found[4])
        since, parts = self._waiting.pop(key, (at, {}))
        if number in parts or abs(at - since) > _LONGEST_WAIT:
            self.counts["part without the others"] += len(parts)
            since, parts = at, {}
        parts[number] = found[0]
        if len(parts) == of and set(parts) == set(range(1, of + 1)):
            return [parts[each] for each in sorted(parts)]
        self._waiting[key] = (since, parts)
        if len(self._waiting) > _MOST_WAITING:
            self.counts["part without the others"] += len(self._waiting.popitem(last=False)[1][1])
        return []

    def _message(self, parts: list[bytes], at: datetime) -> Message | None:
        try:
            said = pyais.decode(*parts, error_if_checksum_invalid=True)
            message = _read(said, at)
        except (
            AISBaseException,
            ValueError,
            TypeError,
            IndexError,
            KeyError,
            OverflowError,
        ):  # what the payload holds is anybody's
            self.counts["unreadable"] += 1
            return None
        self.counts["taken" if message else "of no use"] += 1
        return message


def _is_intact(sentence: bytes) -> bool:
    """IEC 61162-1: the exclusive or of what stands between the first character and the asterisk."""
    check = 0
    for byte in sentence[1:-3]:
        check ^= byte
    return check == int(sentence[-2:], 16)


def _stated(before: bytes, after: bytes) -> datetime | None:
    """The time in a tag block (NMEA 4.10 `c:`), or one that stands before or after the sentence; UTC where it has no offset."""
    if written := _ISO_TIME.search(before) or _ISO_TIME.search(after):
        try:
            at = datetime.fromisoformat(written[1].decode("ascii"))
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) if 1990 <= at.year <= 2200 else None
    counted = _TAG_TIME.search(before) or _BARE_TIME.search(before) or _BARE_TIME.search(after)
    if counted is None:
        return None
    seconds = int(counted[1])
    seconds = seconds // 1000 if seconds > 10**11 else seconds
    return datetime.fromtimestamp(seconds, UTC) if 600_000_000 <= seconds <= 7_000_000_000 else None


def _read(said: object, at: datetime) -> Message | None:
    if isinstance(said, MessageType1 | MessageType2 | MessageType3) and int(said.mmsi) in _SHIPS:
        latitude, longitude, speed = float(said.lat), float(said.lon), float(said.speed)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # 91 and 181: it does not know
            return None
        return Position(int(said.mmsi), at, latitude, longitude, speed if speed < _UNSAID_SPEED else None)
    if isinstance(said, MessageType5) and int(said.mmsi) in _SHIPS:
        name = "".join(char for char in str(said.shipname).strip() if char.isprintable())
        return Static(int(said.mmsi), at, int(said.imo), name, int(said.ship_type))
    return None
