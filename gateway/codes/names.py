"""Names of people: their Latin form, their form in a machine-readable zone, and placeholders that are not names.

In: a name as submitted. Out: `latin`, letters A-Z, space, hyphen and apostrophe (ICAO Doc 9303-3, 8th edition 2021,
section 6); `mrz_name`, letters A-Z and `<` (section 4.6). The name as submitted is never overwritten by either.
`missing_reason` reads FNU, LNU, UNKNOWN, XXX, "-" and their kin as what they say: that there is no name.
"""

import re
from functools import lru_cache

from gateway.codes.letters import latin_letters
from gateway.manifest import NameReason

_PLAIN = re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*")
_SIGNS = str.maketrans(dict.fromkeys("’‘ʼʹʻ`´′＇", "'") | dict.fromkeys("‐‑‒–—―−－", "-"))
_UNUSED = re.compile(r"[^A-Z' -]+")
_HYPHENS = re.compile(r"[ '-]*-[ '-]*")
_ELISION = re.compile(r"\b([A-Z]{1,2})' (?=[A-Z])")  # "O' Brien"
_QUOTES = re.compile(r"(?<![A-Z])'|'(?![A-Z])")

_NO_NAME = frozenset(
    ("", "-", "--", "---", ".", "..", "...", "/", "*", "?", "N/A", "NONE", "<")
)  # NA, NIL and NULL are names
_UNKNOWN = frozenset(
    ("UNKNOWN", "UNKNOW", "UNK", "UNKN", "XXX", "XX", "X", "XXXX", "TBA", "TBC", "TBD", "TBN", "NOT KNOWN", "NN", "N.N.",
     "INCONNU", "DESCONOCIDO", "SCONOSCIUTO", "UNBEKANNT", "OKÄND", "UKJENT", "UKENDT", "ONBEKEND", "ΑΓΝΩΣΤΟ")
)  # fmt: skip
_REFUSED = frozenset(("REFUSED", "REFUSAL", "WITHHELD", "NOT DISCLOSED"))
_NO_GIVEN = frozenset(
    ("FNU", "NFN", "NO GIVEN NAME", "NO FIRST NAME", "NO FORENAME", "NO GIVEN NAMES", "FIRST NAME UNKNOWN")
)
_NO_FAMILY = frozenset(("LNU", "NLN", "NSN", "NO FAMILY NAME", "NO LAST NAME", "NO SURNAME", "LAST NAME UNKNOWN"))
_PLACEHOLDERS = _NO_NAME | _UNKNOWN | _REFUSED | _NO_GIVEN | _NO_FAMILY


@lru_cache(maxsize=65536)
def latin(text: str, country: str | None = None) -> str:
    """`text` in the letters of a travel document: A-Z, space, hyphen, apostrophe; upper case.

    `country` (alpha-3) says whose rules a Cyrillic name follows, where that is known.
    """
    upper = text.upper()
    if _PLAIN.fullmatch(upper) and text.isascii():
        return upper
    if not upper.isascii():
        upper = latin_letters(text.translate(_SIGNS), country).translate(_SIGNS)
    spaced = " ".join(_UNUSED.sub(" ", upper.replace(".", "").replace("`", "'")).split())
    whole = _QUOTES.sub("", _ELISION.sub(r"\1'", _HYPHENS.sub("-", spaced)))
    return " ".join(_HYPHENS.sub("-", whole).split()).strip(" -")


def mrz_name(text: str) -> str:
    """A name part as a machine-readable zone writes it: apostrophes vanish, space and hyphen become `<`."""
    return latin(text).replace("'", "").replace("-", "<").replace(" ", "<")


def is_placeholder(text: str) -> bool:
    """Whether `text` stands where a name should, and is none."""
    return " ".join(text.upper().split()) in _PLACEHOLDERS


def missing_reason(family: str | None, given: str | None) -> NameReason | None:
    """Why a name is not there, or None where both parts are names.

    One part that is absent or a placeholder means that the person has no such name; a word that says "refused" or,
    in both parts, "unknown" says so.
    """
    words = [" ".join((part or "").upper().split()) for part in (family, given)]
    missing = [word in _PLACEHOLDERS for word in words]
    if any(word in _REFUSED for word in words):
        return "refused"
    if all(missing):
        return "unknown"
    if missing[0]:
        return "no family name" if words[0] not in _UNKNOWN else "unknown"
    if missing[1]:
        return "no given name" if words[1] not in _UNKNOWN else "unknown"
    return None
