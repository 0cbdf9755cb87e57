"""Ranks and ratings of crew: the IMO Compendium's crew roles (IMO0043, five digits) as EMSWe lists them.

In: what a crew list says, a code, the name of a role or a common word or abbreviation (C/O, 2nd Engineer, Bosun).
Out: the code, where it is certain, and a name for it. Free text stays free text: EMSWe makes the code optional.
"""

import re
from functools import cache, lru_cache

from gateway.codes import tables
from gateway.codes.letters import folded

_MASTERS = frozenset(("10100", "10101", "10102", "10103", "10105", "10106", "10107", "10108"))
"""Captains and skippers; not 10104, the staff captain, nor 1011x, the chief mate."""

_ORDINALS = re.compile(r"\b(first|second|third|fourth|1|2|3|4)(?:st|nd|rd|th)?\b", re.IGNORECASE)
_NUMBER = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_LONGEST = 120


@lru_cache(maxsize=4096)
def rank(text: str) -> tuple[str | None, str]:
    """(code or None, name): the role's own name for a code, and otherwise the text as it was, tidied."""
    tidy = " ".join(text[:512].split())
    names = _names()
    if tidy in names:
        return tidy, names[tidy]
    code = _words().get(_key(tidy)) if len(tidy) <= _LONGEST else None
    return code, tidy


def is_master(code_or_text: str | None) -> bool:
    """Whether a role code or a rank in words is the master's."""
    if not code_or_text:
        return False
    return rank(code_or_text)[0] in _MASTERS


def is_known(code: str) -> bool:
    """Whether `code` is in the list of crew roles."""
    return code in _names()


def _key(text: str) -> str:
    return folded(_ORDINALS.sub(lambda found: _NUMBER.get(found[1].lower(), found[1]), text))


@cache
def _names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in tables.rows("crew_roles")}


@cache
def _words() -> dict[str, str]:
    words = {_key(name): code for code, name in reversed(_names().items())}  # of two equal names, the lower code
    for row in tables.rows("crew_role_words"):
        words |= {_key(word): row["code"] for word in row["words"].split("|")}
    return words
