"""Text as it was meant to arrive: spaces, invisible characters and accents in order, letters untouched.

In: a text of a list. Out: the text without padding, line breaks and marks that nobody can see, composed (Unicode NFC),
and what is to be said about it. Letters that were garbled on the way are reported, never repaired: only the sender
knows the name.
"""

import re
from unicodedata import category, normalize

from gateway.findings import Rule, Severity

INVISIBLE = Rule(
    id="N-10",
    severity=Severity.WARNING,
    text="the value holds invisible characters (zero-width signs or marks of writing direction); they were left out",
    hint="type the value anew instead of pasting it",
    cites="ICAO 9303-3, 4.6",
)
CONTROL = Rule(
    id="N-11",
    severity=Severity.WARNING,
    text="the value holds control characters; they were left out",
    hint="correct the export: it writes bytes that are no text",
    cites="ICAO 9303-3, 4.6",
)
GARBLED = Rule(
    id="N-12",
    severity=Severity.ERROR,
    text="letters were garbled on the way: UTF-8 was read as another character set, as in 'Ã¶' for 'ö'",
    hint="export the list again as UTF-8",
)
LOST = Rule(
    id="N-13",
    severity=Severity.ERROR,
    text="letters were lost on the way: a replacement sign stands where a letter was",
    hint="export the list again as UTF-8",
)
RULES = (INVISIBLE, CONTROL, GARBLED, LOST)

_LOST = re.compile(r"�|(?<=[^\W\d_])\?(?=[^\W\d_])")


def is_tidy(joined: str) -> bool:
    """Whether `tidy` changes nothing about any of these texts, joined by line breaks, and says nothing."""
    return (
        joined.isascii()
        and not any(sign in joined for sign in ("  ", "\n ", " \n", "?"))
        and joined[:1] not in ("", " ", "\n")
        and joined[-1:] not in (" ", "\n")
        and joined.replace("\n", "").isprintable()
    )


def tidy(text: str) -> tuple[str | None, tuple[Rule, ...]]:
    """The text in order, None when nothing is left; and what is to be said about it."""
    if text.isascii() and text.isprintable() and text[:1] != " " != text[-1:] and "  " not in text and "?" not in text:
        return text or None, ()
    notes: list[Rule] = []
    spaced = " ".join(text.split())
    kept = spaced
    if not spaced.isprintable() or not spaced.isascii():
        kinds = {category(char) for char in spaced}
        notes += [rule for kind, rule in (("Cf", INVISIBLE), ("Cc", CONTROL)) if kind in kinds]
        kept = "".join(char for char in spaced if category(char) not in ("Cf", "Cc", "Cs"))
        kept = normalize("NFC", " ".join(kept.split()))
    if _LOST.search(kept):
        notes.append(LOST)
    elif not kept.isascii() and _is_garbled(kept):
        notes.append(GARBLED)
    return kept or None, tuple(notes)


def _is_garbled(text: str) -> bool:
    """Whether these letters are UTF-8 bytes shown as Windows-1252 or ISO 8859-1: such texts survive the way back."""
    for charset in ("cp1252", "latin-1"):
        try:
            return text.encode(charset).decode() != text
        except UnicodeError:
            continue
    return False
