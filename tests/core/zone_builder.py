"""Writes machine-readable zones for tests, as issuing States do: every way to write a letter, names cut where they must be.

In: what stands in a document, and a way to choose. Out: the lines. ICAO Doc 9303-3 to 9303-7; nothing of the gateway's own
reader is used but the table of letters.
"""

import re
from collections.abc import Callable, Sequence

from gateway.codes.names import latin

_WIDTH = {"TD1": 30, "TD2": 36, "TD3": 44, "MRV-A": 44, "MRV-B": 36}
_VARIANTS = {
    "Ä": ("AE", "A"), "Å": ("AA", "A"), "Æ": ("AE",), "Ö": ("OE", "O"), "Ø": ("OE", "O"), "Ü": ("UE", "U", "UXX"),
    "Ñ": ("N", "NXX"), "ß": ("SS",), "Þ": ("TH",), "Ð": ("D",), "Ł": ("L",),
}  # fmt: skip
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ALPHABETS = (None, "UKR", "BLR", "MKD", "SRB", "BGR")

Choose = Callable[[Sequence[object]], object]


def digit(text: str) -> str:
    values = {char: at for at, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
    return str(sum(values[char] * (7, 3, 1)[at % 3] for at, char in enumerate(text)) % 10)


def name(text: str, choose: Choose) -> str:
    """One part of a name as a zone has it."""
    spelled = "".join(str(choose(_VARIANTS[char])) if char in _VARIANTS else char for char in text.replace("ẞ", "ß"))
    alphabet = choose(_ALPHABETS) if _CYRILLIC.search(text) else None
    form = latin(spelled, str(alphabet) if alphabet else None)
    return re.sub("[^A-Z<]", "", form.replace(" ", "<").replace("-", "<"))


def zone(
    family: str, given: str, *, layout: str = "TD3", code: str = "P", issuer: str = "SWE", number: str = "L898902C3",
    birth: str = "740812", sex: str = "F", expiry: str = "310415", choose: Choose = lambda ways: ways[0],
) -> tuple[str, ...]:  # fmt: skip
    width = _WIDTH[layout]
    names = name(family, choose) + ("<<" + name(given, choose) if given else "")
    dates = birth + digit(birth) + sex + expiry + digit(expiry)
    long = layout in ("TD1", "TD2") and len(number) > 9
    printed = number[:9].ljust(9, "<") + ("<" if long else digit(number[:9].ljust(9, "<")))
    rest = number[9:] + digit(number) + "<" if long else ""
    if layout == "TD1":
        first = code.ljust(2, "<") + issuer.ljust(3, "<") + printed + rest.ljust(15, "<")
        whole = digit(first[5:30] + dates[:7] + dates[8:15] + "<" * 11)
        return first, dates + issuer.ljust(3, "<") + "<" * 11 + whole, names[:30].ljust(30, "<")
    first = code.ljust(2, "<") + issuer.ljust(3, "<") + names[: width - 5].ljust(width - 5, "<")
    body = printed + issuer.ljust(3, "<") + dates
    if layout.startswith("MRV"):
        return first, body.ljust(width, "<")
    body = body.ljust(width - 1, "<") if layout == "TD2" else body + "<" * 14 + "0"
    if layout == "TD2":
        body = (body[:28] + rest).ljust(width - 1, "<")
    return first, body + digit(body[:10] + body[13:20] + body[21:])
