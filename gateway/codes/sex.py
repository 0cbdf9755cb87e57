"""Sex as a travel document states it, out of letters, words and, where a dialect says so, digits.

In: a list's text and its dialect ("iso5218", "emswe", "edifact", or none: letters and words only, because 1 and 2 mean
nothing by themselves). Out: a `Sex`; None where nothing was said or "unknown" was; `UNREADABLE` where something was
said that cannot be read. Sources: ICAO Doc 9303-3, ISO/IEC 5218:2022, UN/EDIFACT 3499.
"""

from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from gateway.codes import tables
from gateway.codes.letters import folded
from gateway.manifest import Sex


class Unreadable(Enum):
    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE

_EMSWE = {Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNSPECIFIED: "9", None: "0"}
_M_IS_A_WOMAN = frozenset("HV")  # hombre, varón beside mujer; vyras beside moteris
_LONGEST = 40


@lru_cache(maxsize=4096)
def sex(text: str | None, dialect: str | None = None) -> Sex | Unreadable | None:
    """What `text` says in `dialect`."""
    said = (text or "").strip().upper()
    if not said:
        return None
    codes = _codes()
    found = codes.get((dialect or "any", said)) or codes.get(("any", said))
    if found is None and len(said) <= _LONGEST:
        found = _words().get(folded(said))
    if found is None:
        return UNREADABLE
    return None if found == "unknown" else Sex(found)


def emswe_code(value: Sex | None) -> str:
    """UN/EDIFACT 3499 in EMSWe (DE-035-08, mandatory): 1, 2, 9 not applicable, 0 not known."""
    return _EMSWE[value]


def edifact_code(value: Sex | None) -> str:
    """PAXLST ATT+2: M, F, X, and U where nothing was said."""
    return value.value if value else "U"


def m_may_be_a_woman(column: Iterable[str | None]) -> bool:
    """Whether a column of single letters looks Spanish (H or V for men, M for women) or Lithuanian (V and M).

    Then `M` is no longer certain to be a man, and a carrier profile has to say what the letters mean.
    """
    letters = {(text or "").strip().upper() for text in column} - {""}
    return "M" in letters and not letters & {"F", "W"} and bool(letters & _M_IS_A_WOMAN)


@cache
def _codes() -> dict[tuple[str, str], str]:
    return {(row["dialect"], row["code"]): row["sex"] for row in tables.rows("sex_codes")}


@cache
def _words() -> dict[str, str]:
    return {folded(word): row["sex"] for row in tables.rows("sex_words") for word in row["words"].split("|")}
