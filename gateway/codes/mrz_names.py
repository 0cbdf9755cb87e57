"""Whether a name as a list has it can be the name of a machine-readable zone: ICAO Doc 9303-3 (8th edition 2021), section 4.6
and 6, with the transliterations that states really print.

In: family and given names as submitted, those of the zone, and whether the zone may have cut them. Out: what differs.
A zone has no accents, hyphens or apostrophes, writes Ü as UE, U or UXX and Ñ as N or NXX, and cuts names that are too
long; a list may leave names out, shorten them to a letter, or have them in another order. None of this is a difference.
Names in Arabic letters are compared by `mrz_arabic`. Those in a script without a table (Han, Hebrew, Thai) are not compared: their
Latin form is a likeness, and `can_be_compared` says so.
"""

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from gateway.codes import mrz_arabic
from gateway.codes.letters import folded
from gateway.codes.names import latin

Words = tuple[str, ...]


class Difference(Enum):
    """What a list and a zone do not agree about. DIVIDED: the same names, but others of them are the family's."""

    FAMILY = "family"
    GIVEN = "given"
    DIVIDED = "divided"


_COMPARABLE = re.compile("[\\W\\d_A-Za-zÀ-\u024f\u0259\u1e00-\u1eff\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f]*")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ALPHABETS = ("UKR", "BLR", "MKD", "SRB", "BGR")
_SPELLINGS = (  # letters that zones write in two or three ways, and runs of such letters -> one of them
    (re.compile("([UN])(?:XX)+"), r"\1"), (re.compile("A[AE]+"), "A"), (re.compile("OE+"), "O"), (re.compile("UE+"), "U"),
    (re.compile("S+"), "S"), (re.compile("TH+"), "T"), (re.compile("IJ"), "Y"),
)  # fmt: skip
_CUT_SPELLING = re.compile("([UN])X$")


def differences(
    family: str | None, given: str | None, zone_family: str, zone_given: str, *, truncated: bool
) -> Difference | None:
    """What of the name differs, or None: nothing does, or it cannot be told."""
    if not can_be_compared(family, given) or not zone_family:
        return None
    of_list = family or given or "", given if family and given else ""
    of_zone = zone_family, zone_given
    cut = truncated and not zone_given, truncated
    same = [
        _can_be(name, printed, truncated, is_cut) for name, printed, is_cut in zip(of_list, of_zone, cut, strict=True)
    ]
    if all(same):
        return None
    if _is_divided_otherwise(of_list, of_zone, truncated):
        return Difference.DIVIDED
    return Difference.GIVEN if same[0] else Difference.FAMILY


def changed_places(
    family: str | None, given: str | None, zone_family: str, zone_given: str, *, truncated: bool
) -> bool:
    """Whether the list has the zone's given names for the family name, its family name for the given ones, and nothing besides."""
    if not (family and given and zone_family and zone_given):
        return False
    if differences(family, given, zone_family, zone_given, truncated=truncated) is not Difference.DIVIDED:
        return False
    ways = (given, _zone_words(zone_family, False)), (family, _zone_words(zone_given, truncated))
    return all(_is_all_of(_forms(name), words, truncated) for name, words in ways)


def _is_all_of(forms: Iterable[Words], zone: Words, truncated: bool) -> bool:
    return any(len(words) == len(zone) and _each_has_its_own(words, zone, truncated) for words in forms)


def can_be_compared(family: str | None, given: str | None) -> bool:
    """Whether there is a name, in letters whose Latin forms are known here."""
    parts = [part for part in (family, given) if part]
    return bool(parts) and all(_COMPARABLE.fullmatch(part) or mrz_arabic.words(part) for part in parts)


@lru_cache(maxsize=65536)
def _forms(text: str) -> frozenset[Words]:
    """Every Latin form that a zone may make of a name, in words, each in its one spelling."""
    if not text:
        return frozenset()
    forms = {latin(text), _accents_left_out(text)}
    if _CYRILLIC.search(text):
        forms |= {latin(text, alphabet) for alphabet in _ALPHABETS}
    return frozenset(words for form in forms if (words := _words(form)))


def _accents_left_out(text: str) -> str:
    return " ".join(folded(word).upper() for word in re.split(r"[\s-]+", text))


def _words(form: str) -> Words:
    words = re.sub("[^A-Z -]", "", form).replace("-", " ").split()
    return tuple(spelled for word in words if (spelled := _spelled(word)))


def _spelled(word: str) -> str:
    for pattern, one in _SPELLINGS:
        word = pattern.sub(one, word)
    return word


def _zone_words(text: str, is_cut: bool) -> Words:
    """The zone's words; the last may end within a spelling of two or three letters."""
    return _words(_CUT_SPELLING.sub(r"\1", text) if is_cut else text)


def _can_be(name: str, printed: str, truncated: bool, is_cut: bool) -> bool:
    """Whether a name can be the zone's. Where either says nothing, nothing contradicts."""
    letters, zone = mrz_arabic.words(name), _zone_words(printed, is_cut)
    if letters:
        return not zone or mrz_arabic.can_be(letters, _as_printed(printed), truncated=truncated)
    forms = _forms(name)
    return not forms or not zone or any(_fits(words, zone, truncated) for words in forms)


def _as_printed(text: str) -> Words:
    return tuple(re.findall("[A-Z]+", text))


def _fits(words: Words, zone: Words, truncated: bool) -> bool:
    joined, printed = "".join(words), "".join(zone)
    if _spelled(joined) == _spelled(printed) or (truncated and _starts(_spelled(joined), _spelled(printed))):
        return True
    if truncated:  # any of the list's words may be one that was cut away
        return any(_is_word(word, other, truncated) for word in words for other in zone)
    fewer, more = (words, zone) if len(words) <= len(zone) else (zone, words)
    return _each_has_its_own(fewer, more, truncated)


def _starts(whole: str, start: str) -> bool:
    return whole.startswith((start, start[:-1]))  # the last letter may be half of a spelling


def _each_has_its_own(fewer: Words, more: Words, truncated: bool) -> bool:
    """Whether every word of `fewer` is one of `more`, in any order; an initial, or a word that was cut, stands for a word."""
    left = list(more)
    for word in sorted(fewer, key=len, reverse=True):
        found = next((other for other in left if _is_word(word, other, truncated)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _is_word(one: str, other: str, truncated: bool) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or ((len(shorter) == 1 or truncated) and longer.startswith(shorter))


def _is_divided_otherwise(of_list: tuple[str, str], of_zone: tuple[str, str], truncated: bool) -> bool:
    """Whether all names together are those of the zone: family and given names may stand in each other's place."""
    letters = [mrz_arabic.words(name) or () for name in of_list if name]
    if all(letters):
        whole = tuple(word for words in letters for word in words)
        return mrz_arabic.are_all(whole, _as_printed(" ".join(of_zone)), truncated=truncated)
    if any(letters):
        return False
    return _is_divided_in_latin(of_list, of_zone, truncated)


def _is_divided_in_latin(of_list: tuple[str, str], of_zone: tuple[str, str], truncated: bool) -> bool:
    is_cut = truncated and not of_zone[1]
    whole = sorted((*_zone_words(of_zone[0], is_cut), *_zone_words(of_zone[1], truncated)))
    given = _forms(of_list[1]) or frozenset([()])
    return any(
        len(family) + len(other) == len(whole) and _each_has_its_own((*family, *other), tuple(whole), truncated)
        for family in _forms(of_list[0])
        for other in given
    )
