"""What a header that is no word of ours still hints at: "Geb.dat.", "Dok.nr.", "Nationallity", "Nationality ISO3".

In: a header. Out: the fields that it may mean, and whether all of it is explained. An abbreviation starts a known word and goes
through it in order; a slip leaves it nearly as it was; words around a known one add to it. A hint alone decides nothing: it
counts where the values agree (`meaning`).
"""

import re
from difflib import SequenceMatcher
from functools import cache

import msgspec

from gateway.formats.raw import FIELDS
from gateway.formats.tables.words import COLUMNS, key

_SHORTEST = 3  # letters of an abbreviation's first word
_TYPO = 0.88
_ADDED = frozenset(
    (
        "code", "codes", "iso", "iso2", "iso3", "alpha", "2", "3", "guest", "passenger", "pax", "crew", "person", "traveller", "full",
        "official", "legal", "mandatory", "required", "optional", "dd", "mm", "yyyy", "yy", "y", "m", "d", "text", "as", "in", "passport",
        "document", "field", "col", "column", "id", "no", "nr", "value",
    )
)  # fmt: skip
_SAYS_LITTLE = frozenset(
    (
        "no", "nr", "n", "number", "#", "name", "names", "country", "date", "id", "type", "code", "port", "trip", "line", "room",
        "item", "pos", "index", "row", "pax",
    )
)  # fmt: skip


class Hint(msgspec.Struct, frozen=True):
    """`fields`: all that the header may mean. `whole`: every word of it is explained."""

    fields: frozenset[str]
    whole: bool


NOTHING = Hint(frozenset(), False)


@cache
def hint(header: str) -> Hint:
    """What the header may mean."""
    words = key(header)[:80]
    if not words or words.isdigit():
        return NOTHING
    for found, whole in (_shortened(words), (_mistyped(words), True), _within(words)):
        if found:
            return Hint(frozenset(field for field in found if _is_meant(field, words)), whole)
    return NOTHING


def _is_meant(field: str, words: str) -> bool:
    """The second and third of a kind only where the header counts."""
    return field in FIELDS and (not re.search(r"[23](\.|$)", field) or bool(re.search(r"[23]|second|other", words)))


def says_little(header: str) -> bool:
    """Whether the word is ours but many things are called so: "No.", "Name"."""
    return key(header) in _SAYS_LITTLE


def _shortened(words: str) -> tuple[set[str], bool]:
    """Whole where no word is left out: "Land" may begin "Land der Ausstellung", and says nothing by itself."""
    tokens = words.split()
    if len(tokens[0]) < _SHORTEST:
        return set(), False
    found = [known for known in COLUMNS if known.startswith(tokens[0]) and _runs_through(tokens, known)]
    short = [known for known in found if len(known.split()) <= len(tokens)]  # "geb ort" is no "geburtsdatum und ort"
    ending = [known for known in short if known.endswith(tokens[-1])]
    return {COLUMNS[known] for known in ending or short or found}, bool(short)


def _runs_through(tokens: list[str], known: str) -> bool:
    """Whether each token starts, or is the bones of, a later part: geb dat in geburtsdatum, dok nr in dokument nummer."""
    rest = known[len(tokens[0]) :]
    for token in tokens[1:]:
        at = rest.find(token)
        if at >= 0:
            rest = rest[at + len(token) :]
        elif (word := next((word for word in rest.split() if _is_bones(token, word)), "")) or _is_bones(
            token, rest[-6:]
        ):
            rest = rest.partition(word)[2] if word else ""
        else:
            return False
    return True


def _is_bones(token: str, word: str) -> bool:
    letters = iter(word)
    return 2 <= len(token) <= 3 and word[:1] == token[0] and all(letter in letters for letter in token)


def _mistyped(words: str) -> set[str]:
    if len(words) < 6:
        return set()
    matcher = SequenceMatcher(b=words)
    found = set()
    for known, field in COLUMNS.items():
        if abs(len(known) - len(words)) < 3:
            matcher.set_seq1(known)
            if matcher.real_quick_ratio() > _TYPO and matcher.quick_ratio() > _TYPO and matcher.ratio() > _TYPO:
                found.add(field)
    return found


def _within(words: str) -> tuple[set[str], bool]:
    """The longest known words within the header."""
    tokens = words.split()
    for length in range(len(tokens) - 1, 0, -1):
        runs = [
            (" ".join(tokens[at : at + length]), tokens[:at] + tokens[at + length :])
            for at in range(len(tokens) - length + 1)
        ]
        known = [
            (COLUMNS[run], rest) for run, rest in runs if run in COLUMNS and run not in _SAYS_LITTLE and len(run) > 2
        ]
        if known:
            return {field for field, _ in known}, all(set(rest) <= _ADDED for _, rest in known)
    return set(), False
