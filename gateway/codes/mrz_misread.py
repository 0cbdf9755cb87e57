"""Which side of a disagreement looks wrong: a machine-readable zone, or what somebody typed beside it.

In: a decoded zone, one of its fields that have a check digit, and the value of a list. Out: whether the value fits the digit
that is printed, and which signs may have been taken for each other. ICAO Doc 9303-3 (8th edition 2021), section 4.9.
Of the usual confusions, 6 and G cannot be told: their values agree modulo 10.
"""

from collections.abc import Iterable

from gateway.codes.mrz import Mrz, check_digit, is_zone_text

_PAIRS = (("0", "O"), ("1", "I"), ("5", "S"), ("8", "B"), ("2", "Z"))
_LOOK_ALIKE = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_DIGITS = str.maketrans({letter: digit for digit, letter in _PAIRS})
_DATES = ("birth", "expiry")


def fits(zone: Mrz, field: str, text: str) -> bool:
    """Whether `text`, printed in this field, would have the check digit that the zone has there."""
    text = text.upper().replace("-", "").replace(" ", "")
    return is_zone_text(text) and check_digit(text) == zone.printed[field][1].translate(_DIGITS)


def confused(zone: Mrz, field: str) -> str:
    """The look-alikes that, taken for each other once, make a check digit hold that does not: "0 and O"; else empty."""
    text, digit = zone.printed[field]
    if digit.translate(_DIGITS) != digit and check_digit(text) == digit.translate(_DIGITS):
        return _named([(digit, digit.translate(_DIGITS))])
    if field in _DATES and text.translate(_DIGITS) != text:
        signs = [(sign, sign.translate(_DIGITS)) for sign in text if sign.translate(_DIGITS) != sign]
        return _named(signs) if check_digit(text.translate(_DIGITS)) == digit else ""
    swaps = ((at, _LOOK_ALIKE[sign]) for at, sign in enumerate(text) if sign in _LOOK_ALIKE and field not in _DATES)
    return _named((text[at], other) for at, other in swaps if check_digit(text[:at] + other + text[at + 1 :]) == digit)


def taken_for(one: str, other: str) -> str:
    """The look-alikes in which two texts of one length differ, "0 and O", where they differ in nothing else; else empty."""
    differing = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    if len(one) != len(other) or not all(_LOOK_ALIKE.get(first) == second for first, second in differing):
        return ""
    return _named(differing)


def _named(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(sorted({" and ".join(sorted(pair)) for pair in pairs}))
