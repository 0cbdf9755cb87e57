"""Whether a name in Arabic letters can be the name of a machine-readable zone: ICAO Doc 9303-3 (8th edition 2021), section 6 C.

In: a name as submitted, the zone's words, whether the zone may have cut them. Out: whether one can be the other. The letters
are those of Arabic, Persian, Urdu, Pashto and their kin. States print such names in two ways, and both count here: letter by
letter as the table has it (MXHMD), where short vowels and most doublings are not written, and by ear (MOHAMMED), for which
there is no standard. So vowels may stand anywhere, every consonant may be doubled, and the article may be left out, joined
on, or take the sound of the letter behind it. That tells other names apart, and not one spelling of a name from another.
"""

import re
import unicodedata
from functools import cache, lru_cache

from gateway.codes import tables

_ARTICLE = "ال"
_LETTER = re.compile(rf"(?:^|(?<=..)){_ARTICLE}(?=..)|.")  # the article also within a word: عبدالرحمن
_ARTICLES = ("AL", "EL", "UL", "IL", "OL", "L", "")  # "": left out, or heard as the next letter, which then is doubled
_AMR = "عمرو"  # the one common name whose last letter is silent
_VOWELS = "AEIOU"
_LONGEST_RUN = 3  # words that are one word on the other side: عبد الرحمن is ABD<AL<RAHMAN and ABDULRAHMAN
_MOST_WORDS = 40  # a zone has room for 20


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """Letter -> what a zone may have for it; an empty one where it may go unwritten."""
    rows = tables.rows("letters_arabic")
    return {
        row["letter"]: tuple("" if form == "-" else form for form in f"{row['mrz']} {row['heard']}".split())
        for row in rows
    }


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...] | None:
    """The words of a name, without its marks; None if it has letters that the table has not, or no letter."""
    whole = unicodedata.normalize("NFKC", text).replace("ـ", "")  # a line that only stretches a word
    kept = "".join(sign for sign in whole if unicodedata.category(sign) not in ("Mn", "Cf"))
    found = tuple(re.findall(r"[^\W\d_]+", kept))[:_MOST_WORDS]
    return found if found and _forms().keys() >= set("".join(found)) else None


def can_be(name: tuple[str, ...], zone: tuple[str, ...], *, truncated: bool) -> bool:
    """Whether the words are the zone's; either side may lack some of the other's."""
    if _is_written("".join(name), "".join(zone), truncated):
        return True
    of_name, of_zone = _shared(name, zone, truncated)
    if truncated:  # any of the list's words may be one that was cut away
        return bool(of_name)
    return len(of_name) == len(name) or len(of_zone) == len(zone)


def are_all(name: tuple[str, ...], zone: tuple[str, ...], *, truncated: bool) -> bool:
    """Whether each side has every word of the other, in whatever order."""
    of_name, of_zone = _shared(name, zone, truncated)
    return len(of_name) == len(name) and len(of_zone) == len(zone)


def _shared(name: tuple[str, ...], zone: tuple[str, ...], truncated: bool) -> tuple[set[int], set[int]]:
    """Which words of either side are words of the other, alone or several together."""
    of_name: set[int] = set()
    of_zone: set[int] = set()
    for here in _runs(len(name)):
        for there in _runs(len(zone)):
            if _is_written("".join(name[n] for n in here), "".join(zone[n] for n in there), truncated):
                of_name.update(here)
                of_zone.update(there)
    return of_name, of_zone


def _runs(count: int) -> list[range]:
    return [range(at, end) for at in range(count) for end in range(at + 1, min(at + _LONGEST_RUN, count) + 1)]


@lru_cache(maxsize=65536)
def _is_written(name: str, printed: str, truncated: bool) -> bool:
    """Whether `printed` can be `name`, or with `truncated` its beginning: all places that reading both may have reached."""
    if len(printed) == 1:
        return _is_initial(name, printed)
    reached = {0}
    for forms in _steps(name):
        stepped: set[int] = set()
        for at in _past_vowels(printed, reached):
            if truncated and at > 0 and _ends_within(printed[at:], forms):
                return True
            stepped |= {at + len(form) for form in forms if printed.startswith(form, at)}
            stepped |= {at + 2 * len(form) for form in forms if printed.startswith(2 * form, at)}
        reached = stepped
    return any(
        printed[at:] in ("", "E") for at in reached
    )  # a vowel at the end is written, but for the silent E of French


def _steps(name: str) -> list[tuple[str, ...]]:
    """What may be printed for each letter, the article being one."""
    steps = [_ARTICLES if sign == _ARTICLE else _forms()[sign] for sign in _LETTER.findall(name)]
    return [*steps[:-1], (*steps[-1], "")] if name.endswith(_AMR) else steps


def _is_initial(name: str, printed: str) -> bool:
    first = _steps(name)[0]
    return any(form.startswith(printed) for form in first) or (printed in _VOWELS and "" in first)


def _ends_within(rest: str, forms: tuple[str, ...]) -> bool:
    """Whether the zone ends at or within one of the forms."""
    return not rest or any(form.startswith(rest) for form in forms if form)


def _past_vowels(printed: str, reached: set[int]) -> set[int]:
    """With every place behind vowels that are not written in Arabic."""
    every = set(reached)
    for start in reached:
        vowels = len(printed) - start - len(printed[start:].lstrip(_VOWELS))
        every.update(range(start, start + vowels + 1))
    return every
