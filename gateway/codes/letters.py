"""Letters of any script into the letters A-Z of a machine-readable zone.

In: text. Out: its transliteration, upper case. Latin with marks and Cyrillic by ICAO Doc 9303-3 (8th edition 2021),
section 6 A and B, with the notes for Ukrainian, Belarusian, Serbian and Macedonian; Bulgarian by its Act of 2009;
Greek by ISO 843 / ELOT 743; every other script by anyascii, which is only a likeness. What is printed in a passport
wins over all of this. Punctuation and digits pass through: `names` decides about those.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from anyascii import anyascii

from gateway.codes import tables

_CYRILLIC_WORD = re.compile("[\u0400-\u052f]+")
_GREEK_WORD = re.compile("[\u0370-\u03ff]+")
_WORD = re.compile(r"[^\W\d_]+")
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
_CYRILLIC = frozenset(("UKR", "BLR", "MKD", "SRB", "BGR"))  # those with rules of their own
_TELLTALE = (  # letters that only one language has; І is Belarusian too, which Ў gives away first
    ("BLR", frozenset("Ў")),
    ("UKR", frozenset("ЄІЇҐ")),
    ("MKD", frozenset("ЃЌЅ")),
    ("SRB", frozenset("ЂЋЈЉЊЏ")),
)
_VOICELESS = frozenset("ΘΚΞΠΣΤΦΧΨ")
_UNDECOMPOSED = {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
_UNDECOMPOSED_LETTER = re.compile(f"[{''.join(_UNDECOMPOSED)}]")
_MARKS = re.compile("[\u0300-\u036f]+")
_UNHEARD = re.compile(r"\b(?:the|and)\b|[^\w\n]+|_")  # marks are no \w


def latin_letters(text: str, country: str | None = None) -> str:
    """`text` in upper case with no letter outside A-Z. `country` (alpha-3) decides between Cyrillic alphabets.

    Without a country, letters that only one language uses decide, and else the general column of the ICAO table.
    """
    upper = unicodedata.normalize("NFC", text).upper()
    plain = _plain(upper.translate(_latin_table()))
    if plain.isascii():
        return plain
    upper = unicodedata.normalize("NFC", upper)
    upper = _WORD.sub(lambda found: _unmixed(found[0]), upper).translate(_latin_table())
    language = country if country in _CYRILLIC else _cyrillic_language(upper)
    upper = _CYRILLIC_WORD.sub(lambda found: _cyrillic_word(found[0], language), upper)
    plain = _plain(_GREEK_WORD.sub(lambda found: _greek_word(found[0]), upper))
    return plain if plain.isascii() else anyascii(plain).upper()


def spelled_out(text: str) -> str:
    """`text` in upper case, with only the Latin letters of the ICAO table replaced: Ö is OE."""
    return text.upper().translate(_latin_table())


def folded(text: str) -> str:
    """`text` as names are compared: letters and digits only, no case, no accents, no "the" or "and"; Ö is O.

    Works on many names at once, one a line.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = _UNDECOMPOSED_LETTER.sub(lambda found: _UNDECOMPOSED[found[0]], plain)
    return _UNHEARD.sub("", plain)


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text))


def _unmixed(word: str) -> str:
    """A Latin word with Cyrillic or Greek letters that look Latin was meant to be Latin."""
    if word.isascii() or not any("A" <= c <= "Z" for c in word):
        return word
    mended = word.translate(_LOOKALIKES)
    return mended if not re.search("[\u0370-\u052f]", mended) else word


@cache
def _latin_table() -> dict[int, str]:
    return {ord(row["letter"]): row["latin"] for row in tables.rows("letters_latin")}


class _Alphabet(NamedTuple):
    letters: dict[int, str]
    first: dict[str, str]


@cache
def _alphabet(language: str | None) -> _Alphabet:
    table = tables.rows("letters_cyrillic")
    letters = {ord(row["letter"]): (language and row[language]) or row["latin"] for row in table}
    first = {row["letter"]: row["UKR first"] for row in table if row["UKR first"]} if language == "UKR" else {}
    return _Alphabet(letters, first)


def _cyrillic_language(text: str) -> str | None:
    """The language that alone has one of the letters of `text`."""
    seen = frozenset(text)
    return next((code for code, letters in _TELLTALE if seen & letters), None)


def _cyrillic_word(word: str, language: str | None) -> str:
    alphabet = _alphabet(language)
    if language == "UKR":
        word = word.replace("ЗГ", "ZGH")  # so that it is not read as Ж
    if language == "BGR" and word.endswith("ИЯ"):
        word = word[:-2] + "IA"
    start = alphabet.first.get(word[0])
    return (start + word[1:] if start else word).translate(alphabet.letters)


@cache
def _greek_pairs() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {row["letters"]: row["latin"] for row in tables.rows("letters_greek")}
    return re.compile("|".join(sorted(table, key=len, reverse=True))), table


def _greek_word(word: str) -> str:
    pattern, table = _greek_pairs()

    def one(found: re.Match[str]) -> str:
        latin, end = table[found[0]], found.end()
        if latin == "b/mp":
            return "B" if found.start() == 0 or end == len(word) else "MP"
        if latin.endswith("v/f"):
            return latin[0] + ("F" if end == len(word) or word[end] in _VOICELESS else "V")
        return latin

    return pattern.sub(one, word)
