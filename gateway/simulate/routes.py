"""Where the season's ships sail: ferry routes with their turnarounds, and cruise itineraries of seven days.

In: nothing. Out: `ROUTES` and `ITINERARIES`, between real ports (UN/LOCODE 2023-1). Distances are nautical miles as ships sail them,
rounded: good for training, not for navigation. Times of departure and arrival are local to their port.
"""

from datetime import time
from typing import Final

import msgspec


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A ferry route between `a` and `b`. Each of `ships` (places in the line's fleet) makes `crossings` a day, the first of them `first`
    at `a`, an equal part of the headway after the ship before it. `minutes` of a crossing, `turn` in port between two.
    `usual`: persons on a usual sailing."""

    line: str
    a: str
    b: str
    nm: float
    minutes: int
    turn: int
    first: time
    ships: tuple[int, ...]
    crossings: int
    usual: int


class Stop(msgspec.Struct, frozen=True):
    """A call of a cruise. Day of the week's loop and local time; `nm` from here to the next port. A stop from morning to evening is a
    day trip ashore: everybody is on board again when she sails."""

    port: str
    arrive: tuple[int, time]
    depart: tuple[int, time]
    nm: float


class Itinerary(msgspec.Struct, frozen=True, kw_only=True):
    """Seven days that begin and end in the first port. Each ship of the line begins on a day of its own."""

    line: str
    stops: tuple[Stop, ...]
    usual: int


LOOP_DAYS: Final = 7


def _at(said: str) -> time:
    return time.fromisoformat(said)


def _stop(port: str, arrive: str, depart: str, nm: float) -> Stop:
    """`arrive`, `depart`: "2 08:00" is eight in the morning of the loop's day 2, counted from 0."""
    (day, at), (next_day, leaves) = arrive.split(), depart.split()
    return Stop(port, (int(day), _at(at)), (int(next_day), _at(leaves)), nm)


ROUTES: Final = (
    Route(line="moenster-rederi", a="DKHLS", b="SEHEL", nm=3, minutes=20, turn=20, first=_at("05:30"), ships=(0, 1, 2, 3), crossings=20, usual=140),
    Route(line="moenster-rederi", a="DKHIR", b="NOKRS", nm=75, minutes=195, turn=60, first=_at("06:15"), ships=(4, 5), crossings=4, usual=520),
    Route(line="moenster-rederi", a="SETRG", b="PLSWI", nm=90, minutes=420, turn=120, first=_at("04:30"), ships=(6, 7), crossings=2, usual=380),
    Route(line="esempio-traghetti", a="ITMSN", b="ITVSG", nm=4, minutes=20, turn=25, first=_at("05:40"), ships=(0, 1, 2), crossings=18, usual=110),
    Route(line="esempio-traghetti", a="ITGOA", b="FRBIA", nm=107, minutes=360, turn=120, first=_at("07:00"), ships=(3, 4), crossings=2, usual=700),
    Route(line="esempio-traghetti", a="MTMLA", b="ITPZL", nm=52, minutes=105, turn=60, first=_at("05:15"), ships=(5,), crossings=6, usual=320),
    Route(line="naeyte-linjat", a="FIHEL", b="EETLL", nm=44, minutes=120, turn=45, first=_at("06:00"), ships=(0, 1, 2, 3), crossings=6, usual=850),
    Route(line="naeyte-linjat", a="FITKU", b="SESTO", nm=160, minutes=630, turn=60, first=_at("00:45"), ships=(4, 5), crossings=2, usual=900),
    Route(line="ejemplo-ferries", a="ESTRF", b="MATNG", nm=17, minutes=60, turn=60, first=_at("06:00"), ships=(0, 1, 2), crossings=8, usual=220),
    Route(line="ejemplo-ferries", a="ESALG", b="MAPTM", nm=30, minutes=90, turn=60, first=_at("06:00"), ships=(3, 4, 5), crossings=6, usual=330),
    Route(line="ejemplo-ferries", a="ESBCN", b="ESPMI", nm=132, minutes=450, turn=90, first=_at("05:30"), ships=(6, 7), crossings=2, usual=560),
    Route(line="sample-seaways", a="GBDVR", b="FRCQF", nm=23, minutes=90, turn=45, first=_at("04:00"), ships=(0, 1, 2, 3), crossings=8, usual=430),
    Route(line="campione-navi", a="HRSPU", b="ITAOI", nm=130, minutes=600, turn=60, first=_at("01:00"), ships=(0, 1), crossings=2, usual=300),
    Route(line="campione-navi", a="ALDRZ", b="ITBRI", nm=120, minutes=540, turn=90, first=_at("02:00"), ships=(2, 3), crossings=2, usual=410),
    Route(line="campione-navi", a="TNLGN", b="ITPMO", nm=175, minutes=600, turn=60, first=_at("01:00"), ships=(4, 5), crossings=2, usual=480),
    Route(line="deigma-lines", a="GRPIR", b="GRJTR", nm=130, minutes=420, turn=90, first=_at("05:00"), ships=(0, 1, 2), crossings=2, usual=620),
    Route(line="deigma-lines", a="GRPIR", b="GRHER", nm=175, minutes=540, turn=90, first=_at("02:00"), ships=(3, 4), crossings=2, usual=750),
    Route(line="ornek-feribot", a="TRMRM", b="GRRHO", nm=26, minutes=60, turn=60, first=_at("06:30"), ships=(0, 1), crossings=8, usual=160),
)  # fmt: skip
"""Every ferry route: 300 sailings a day together."""

ITINERARIES: Final = (
    Itinerary(line="specimen-cruises", usual=2400, stops=(
        _stop("GRPIR", "0 06:00", "0 18:00", 160), _stop("TRKUS", "1 07:00", "1 18:00", 110), _stop("GRRHO", "2 07:00", "2 17:00", 325),
        _stop("EGALY", "3 13:00", "4 05:00", 510), _stop("GRPIR", "5 07:00", "5 20:00", 95), _stop("GRJMK", "6 07:00", "6 19:00", 95),
    )),
    Itinerary(line="muestra-cruceros", usual=2900, stops=(
        _stop("ITGOA", "0 07:00", "0 17:00", 190), _stop("FRMRS", "1 08:00", "1 18:00", 185), _stop("ESBCN", "2 07:00", "2 18:00", 132),
        _stop("ESPMI", "3 07:00", "3 17:00", 400), _stop("TNLGN", "4 14:00", "4 20:00", 250), _stop("MTMLA", "5 11:00", "5 18:00", 585),
    )),
    Itinerary(line="beispiel-kreuzfahrten", usual=1900, stops=(
        _stop("DEKEL", "0 08:00", "0 18:00", 330), _stop("PLGDN", "1 15:00", "1 22:00", 420), _stop("EETLL", "3 07:00", "4 01:00", 44),
        _stop("FIHEL", "4 07:00", "4 16:00", 240), _stop("SESTO", "5 09:00", "5 18:00", 430), _stop("DKCPH", "6 17:00", "6 22:00", 150),
    )),
    Itinerary(line="exemple-croisieres", usual=1500, stops=(
        _stop("GBSOU", "0 07:00", "0 17:00", 105), _stop("FRLEH", "1 07:00", "1 18:00", 680), _stop("ESVGO", "3 08:00", "3 17:00", 250),
        _stop("PTLIS", "4 08:00", "4 18:00", 880),
    )),
    Itinerary(line="deneme-voyages", usual=1100, stops=(
        _stop("ESLPA", "0 08:00", "0 23:00", 54), _stop("ESSCT", "1 07:00", "1 18:00", 260), _stop("PTFNC", "2 09:00", "2 18:00", 480),
        _stop("MACAS", "4 08:00", "4 18:00", 520),
    )),
)  # fmt: skip
"""Every cruise: eight ships on each."""
