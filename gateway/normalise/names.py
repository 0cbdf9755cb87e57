"""Names as submitted: tidied, titles apart, one value divided into family and given names.

In: a text of a name column. Out: the name or None, and what is to be said of it. Spelling, order and letters stay the
sender's: the printed name in the document wins over anything made here, so nothing is transliterated in place.
"""

import re

from gateway.codes.names import is_placeholder
from gateway.findings import Rule, Severity
from gateway.normalise.text import LOST, is_tidy, tidy

TITLE = Rule(
    id="N-14",
    severity=Severity.INFO,
    text="a title (such as MR or MRS) stood in the name and was left out",
    hint="send names without titles",
    cites="ICAO 9303-3, 4.6",
)
DIVIDED = Rule(
    id="N-16",
    severity=Severity.INFO,
    text="family and given names stood in one value and were divided at the comma, slash or '<<'",
    hint="send family and given names apart",
    cites="IMO FAL 5 and 6",
)
ODD_SIGNS = Rule(
    id="N-71",
    severity=Severity.WARNING,
    text="the value holds signs that stand in no name",
    hint="give the name as it is printed in the travel document",
    cites="ICAO 9303-3, 4.6; UK NMSW templates FAL 5 and FAL 6",
)
PLACEHOLDER = Rule(
    id="N-19",
    severity=Severity.INFO,
    text="a placeholder (such as FNU, UNKNOWN or '-') stands for the name; it counts as not given, and why is kept",
    hint="leave the value out where a person has no such name",
    cites="ICAO 9303-3, 4.6",
)
UNDIVIDED = Rule(
    id="N-17",
    severity=Severity.WARNING,
    text="family and given names stand in one value with nothing to divide them; all of it was taken as the family name",
    hint="send family and given names apart, or as 'FAMILY, Given'",
    cites="IMO FAL 5 and 6",
)
RULES = (TITLE, DIVIDED, UNDIVIDED, ODD_SIGNS, PLACEHOLDER)

_TITLES = "MR|MRS|MS|MISS|MSTR|MME|MLLE|DR|PROF|HERR|FRAU|CHD|INF"
_TITLE_WORDS = frozenset(_TITLES.split("|"))
_USUAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz '-.\n")
# comma, stroke, digits and garbled letters are told by rules of their own
_ODD = re.compile(r"[!\"#$%&()*+:<=>?@\[\\\]^_{|}~£€§°]")
_OF_PLACES = str.maketrans("", "", "():&")
_BEFORE = re.compile(rf"(?:(?:{_TITLES})\b[. ]+)+(?=\S)", re.I)
_AFTER = re.compile(rf"(?:[ .](?:{_TITLES})\.?)+$", re.I)
_ONLY = re.compile(r"(?:MR|MRS|MS|MISS|MSTR)\.?", re.I)
_MAY_HOLD = re.compile(rf"\b(?:{_TITLES})\b", re.I)
# airlines glue the title to the given names: SPECIMEN/ANNAMRS. Two letters before MR are left alone: AMR is a name.
_GLUED = re.compile(r"(.{3,}?)(?:MRS|MR|MSTR|MISS)", re.S)


def is_normal(joined: str) -> bool:
    """Whether `name` changes nothing about any of these names, joined by line breaks, and says nothing."""
    return (
        _USUAL.issuperset(joined)
        and is_tidy(joined)
        and _TITLE_WORDS.isdisjoint(joined.upper().replace(".", " ").split())
    )


def name(text: str) -> tuple[str | None, tuple[Rule, ...]]:
    """One name, family or given, as submitted."""
    kept, notes = tidy(text)
    if kept is None:
        return None, notes
    if _MAY_HOLD.search(kept):
        bare = _without_titles(kept)
        if bare != kept:
            kept, notes = bare or None, (*notes, TITLE)
    if kept and LOST not in notes and _ODD.search(kept) and not is_placeholder(kept):
        notes = (*notes, ODD_SIGNS)
    return kept, notes


def place_name(text: str) -> tuple[str | None, tuple[Rule, ...]]:
    """The name of a place: as `name`, but brackets and strokes are usual in it."""
    kept, notes = tidy(text)
    odd = kept and _ODD.search(kept.translate(_OF_PLACES)) and not is_placeholder(kept)
    return kept, (*notes, ODD_SIGNS) if odd else notes


def divided(text: str) -> tuple[str, str | None, tuple[Rule, ...]]:
    """(family, given, notes) of a full name: 'SURNAME, Given', 'SURNAME/GIVEN MR', 'SURNAME<<GIVEN<NAMES'."""
    for sign in ("<<", ",", "/"):
        family, found, given = text.partition(sign)
        if found and family.strip() and given.strip():
            if sign == "<<":
                return family.replace("<", " "), given.rstrip("<").replace("<", " "), (DIVIDED,)
            glued = _GLUED.fullmatch(given.strip()) if sign == "/" else None
            return (family, glued[1], (DIVIDED, TITLE)) if glued else (family, given, (DIVIDED,))
    return text, None, (UNDIVIDED,)


def _without_titles(text: str) -> str:
    """Without the titles at its start and end, however many."""
    while text:
        if _ONLY.fullmatch(text):
            return ""
        before = _BEFORE.match(text)
        bare = text[before.end() :] if before else text
        after = _AFTER.search(bare)
        bare = (bare[: after.start()] if after else bare).strip()
        if bare == text or not bare:
            return text
        text = bare
    return text
