"""Whether two tellings are of the same ship and the same sailing: what lists (`track.match`) and sources (`place`) go by.

In: names of ships, sailings that fit. Out: the ones that fit best. Nothing is decided by a guess: a narrower question is only
asked where several fit, and where several still do, the caller says so.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, TypeVar

NEAR: Final = (timedelta(hours=12), timedelta(hours=3), timedelta(hours=1), timedelta(minutes=10))
"""How near the times of one sailing are. A ferry may sail the same leg every hour, so near is judged down to ten minutes."""

One = TypeVar("One")


def narrowed(fitting: list[One], questions: Iterable[Callable[[One], bool]]) -> list[One]:
    """Those of `fitting` that also pass the questions, in their order; a question that none passes decides nothing."""
    for holds in questions:
        if len(fitting) > 1:
            fitting = [one for one in fitting if holds(one)] or fitting
    return fitting


def ship_name(text: str) -> str:
    """A ship's name as it compares: without its prefix (M/S, MV …), accents, case, spaces and signs."""
    plain = re.sub(r"^\s*M\s*[./]?\s*[VSFTY]\b[.\s]*", "", text, flags=re.IGNORECASE)
    return letters(plain) or letters(text)


def letters(text: str) -> str:
    """Letters and digits alone, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())
