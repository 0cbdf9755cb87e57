"""Which port a ship lies in, by where it is.

In: a latitude and a longitude. Out: a UN/LOCODE, or several where it cannot be told.

How near is in port: UN/LOCODE gives positions to a minute of arc (up to 0.7 nautical miles beside it), and means the town more often than the
quay, from which the ferry harbours of large ports lie up to 4 away (Rostock's sea port from Rostock). So 5 is in port, and a port only
counts for sure where the next one is at least 1.5 (twice the error) farther away. UN/LOCODE 2023-1 has no position of every third sea
port (Helsinki, Dover and Barcelona among them), and the nearest of those that have one may then be another: so the ports that are
watched are named, with their position where it is not there.
"""

import math
from collections.abc import Mapping
from typing import Final

IN_PORT: Final = 5.0
_SURELY: Final = 1.5
_EARTH: Final = 3_440.065  # mean radius in nautical miles
_CELL: Final = 0.25  # degrees of latitude: 15 nautical miles
_AROUND: Final = 1_440  # cells around the globe


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """In nautical miles, over a sphere (haversine); within half a per cent."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


class Ports:
    """The ports that are watched: UN/LOCODE -> latitude and longitude in degrees."""

    def __init__(self, places: Mapping[str, tuple[float, float]]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, float, float]]] = {}
        for code, where in places.items():
            self._cells.setdefault(_cell(*where), []).append((code, *where))

    def at(self, latitude: float, longitude: float) -> tuple[str, ...]:
        """The port, or the ports of which it cannot be told which one; empty at sea."""
        row, column = _cell(latitude, longitude)
        wide = math.ceil(IN_PORT / 60 / _CELL / max(0.01, math.cos(math.radians(min(89.0, abs(latitude))))))
        columns = range(column - wide, column + wide + 1)
        found = [
            (distance(latitude, longitude, north, east), code)
            for each in range(row - 1, row + 2)
            for cell in {(each, one % _AROUND) for one in columns}
            for code, north, east in self._cells.get(cell, ())
        ]
        near = sorted(one for one in found if one[0] <= IN_PORT)
        return tuple(code for miles, code in near if miles < near[0][0] + _SURELY)


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude / _CELL), math.floor(longitude / _CELL) % _AROUND
