"""What a manifest's values become in EMSWe MIG 2.0: codes, dates, and texts of a length, on one line, for XML and JSON alike.

In: values of the common schema, whatever they hold. Out: values that the schema takes, or None (an empty text) where it
takes none. Texts are cut, which checks P-09 and P-69 announce; a number is whole or left out, since half is a wrong one.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from gateway.codes.countries import country, iso2_of
from gateway.codes.names import latin
from gateway.manifest import Nationality, NationalityKind

_WITHOUT_STATE: Final = frozenset(("XXA", "XXB", "XXC", "XXX"))  # the only codes besides ISO alpha-3 in DE-035-04
_UNSPECIFIED: Final = "XXX"
_FARTHEST: Final = timedelta(hours=14)


def nationalities(given: Sequence[Nationality]) -> list[str]:
    """In DE-035-04: alpha-3 of the State (a British subtype's is GBR), stateless and refugees as ICAO writes them.

    What is known but not in that list, such as Kosovo, is "unspecified": that keeps the person on the list.
    """
    if len(given) == 1:
        code = _nationality(given[0].code)
        return [code] if code else []
    found = list(dict.fromkeys(filter(None, (_nationality(one.code) for one in given))))
    return [code for code in found if code != _UNSPECIFIED] or found


def _nationality(code: str) -> str | None:
    if code in _WITHOUT_STATE:
        return code
    known = country(code)
    return (known.iso3 or _UNSPECIFIED) if known else None


@lru_cache(maxsize=512)
def birth_country(code: str | None) -> tuple[str | None, str | None]:
    """(ISO 3166-1 alpha-3 or 3166-3 alpha-4, None), or (None, name) of what has no code there (G-PXA-004, BR-020)."""
    known = country(code) if code else None
    if known is None:
        return None, None
    listed = known.code if known.kind is NationalityKind.FORMER_STATE else known.iso3
    return (listed, None) if listed else (None, known.name)


def alpha2(code: str | None) -> str | None:
    return iso2_of(code) if code else None


@lru_cache(maxsize=4096)
def day(text: str | None) -> str | None:
    """A whole date that the calendar has, as it is; else None."""
    if not text or len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


@lru_cache(maxsize=4096)
def moment(text: str | None) -> str | None:
    """A time with its offset (R-GENERAL-001), of whole minutes and within the 14 hours of XSD; else None."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    offset = at.utcoffset()
    if offset is None or abs(offset) > _FARTHEST or offset % timedelta(minutes=1):
        return None
    return at.isoformat(timespec="seconds")


_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # not in XML 1.0, or of no meaning in it


def clean(text: str | None) -> str:
    """On one line, and with a sign in place of every character that XML has no room for, in JSON too."""
    if not text:
        return ""
    if text.isprintable() and text[0] != " " != text[-1]:
        return text
    return _UNWRITABLE.sub("\ufffd", " ".join(text.split()))


def cut(text: str | None, longest: int) -> str:
    """At most `longest` characters, with no accent cut off its letter."""
    said = clean(text) if text else ""
    if len(said) <= longest:
        return said
    while longest > 1 and unicodedata.combining(said[longest]):
        longest -= 1
    return said[:longest].rstrip()


def whole(text: str | None, longest: int) -> str | None:
    """What identifies something, whole or not at all."""
    said = clean(text) if text else ""
    return said if 0 < len(said) <= longest else None


def written(submitted: str | None, transliterated: str | None) -> str:
    """As submitted when every letter is Latin (up to U+024F), else the ICAO form: single windows read Latin script."""
    said = clean(submitted)
    if said and (said.isascii() or all(char < "ɐ" for char in said)):
        return said
    return clean(transliterated) or latin(said)
