"""A day as 24 bars: an SVG drawn here, with the same figures in a table beside it.

In: (start of the hour, how many). Out: where each bar stands; colours are the style sheet's.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gateway.web.words import clock

WIDTH, HEIGHT = 288, 56
_STEP = 12


class Bar(msgspec.Struct, frozen=True):
    """In units of the drawing. `hour`: as people read it, in UTC."""

    x: int
    y: float
    height: float
    hour: str
    count: int


class Hours(msgspec.Struct, frozen=True):
    """`most`: of any hour; `total`: of all."""

    bars: tuple[Bar, ...]
    most: int
    total: int


def hours(counts: Sequence[tuple[datetime, int]]) -> Hours:
    """An hour without any has a bar of no height, and its row in the table."""
    most = max((count for _, count in counts), default=0)
    bars = []
    for at, (start, count) in enumerate(counts):
        height = round(HEIGHT * count / most, 1) if most else 0.0
        bars.append(Bar(at * _STEP, HEIGHT - height, height, clock(start), count))
    return Hours(tuple(bars), most, sum(count for _, count in counts))
