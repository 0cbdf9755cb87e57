"""IMO ship numbers (resolution A.1117(30)): seven digits, the last of them a check digit.

In: what a list says (`IMO 9074729`, `IMO-9074729`, `9074729.0` out of a spreadsheet). Out: the digits, and whether
they add up. A passing check digit is no proof: one in ten random numbers passes, and so do 13 % of single typing
errors. A number padded with zeros to seven digits (an official number, a cut MMSI) is not well formed.
"""

import re

_NOISE = re.compile(r"^\s*(?:IMO)?\s*(?:NO\b|NUMBER|NR\b|#)?[\s.:#-]*(?:IMO)?[\s.:#-]*|\.0+\s*$|[\s-]+", re.IGNORECASE)
_WELL_FORMED = re.compile(r"[1-9]\d{6}", re.ASCII)


def compact(text: str) -> str:
    """`text` without "IMO", spaces, dashes and a spreadsheet's ".0"; unchanged otherwise."""
    return _NOISE.sub("", text[:64])


def is_well_formed(text: str) -> bool:
    """Seven digits, not padded with a zero."""
    return _WELL_FORMED.fullmatch(compact(text)) is not None


def is_valid(text: str) -> bool:
    """Well formed, and the last digit of d1*7 + d2*6 + … + d6*2 is d7."""
    digits = compact(text)
    if not _WELL_FORMED.fullmatch(digits):
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(
        digits[6]
    )
