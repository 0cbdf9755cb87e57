"""Where a finding stands and what stands there, in the language of the request: sheet "Passagers", line 5, column "Né"; 8 digits.

In: a `Place`, or a shape as `findings.shape` makes it. Out: the same in words. The names of sheets, columns and elements are the sender's own.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from gateway.findings import WHOLE, Place
from gateway.web.words import language, say, say_count

_RUN: Final = re.compile(r"(\d+) (letter|digit|space|sign|control character)s?")
_RUNS: Final[Mapping[str, Callable[[int], str]]] = {
    "letter": lambda many: say_count("%(number)s letter", "%(number)s letters", many),
    "digit": lambda many: say_count("%(number)s digit", "%(number)s digits", many),
    "space": lambda many: say_count("%(number)s space", "%(number)s spaces", many),
    "sign": lambda many: say_count("%(number)s sign", "%(number)s signs", many),
    "control character": lambda many: say_count("%(number)s control character", "%(number)s control characters", many),
}


def place_in_words(place: Place) -> str:
    """As `str(place)` says it in English."""
    if language() == "en":
        return str(place)
    if str(place) == str(WHOLE):  # a field alone names no place in a file
        return say("the list as a whole")
    is_in_table = place.cell is not None or place.line is not None
    parts = (
        say("file %(number)s", number=place.file) if place.file is not None else None,
        f'"{place.member}"' if place.member is not None else None,
        say("message %(number)s", number=place.message) if place.message is not None else None,
        say('sheet "%(name)s"', name=place.sheet) if place.sheet is not None else None,
        say("cell %(name)s", name=place.cell) if place.cell is not None else None,
        say("line %(number)s", number=place.line) if place.line is not None else None,
        say('column "%(name)s"', name=place.column) if place.column is not None else None,
        say("segment %(number)s", number=place.segment) if place.segment is not None else None,
        place.tag,
        place.path,
        say("person %(number)s", number=place.person) if place.person is not None and not is_in_table else None,
    )
    return ", ".join(part for part in parts if part is not None)


def shape_in_words(shape: str) -> str:
    """8 digits, 2 letters, empty; signs that are quoted stay as they are."""
    return say("empty") if shape == "empty" else _RUN.sub(lambda run: _RUNS[run[2]](int(run[1])), shape)
