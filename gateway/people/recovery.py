"""Recovery codes, for who has lost the phone (NIST SP 800-63B-4 section 3.1.2, look-up secrets): ten, each good once.

120 random bits each, in Crockford's base32, which has no letters that look like digits; so their SHA-256 is all that is kept. As they
are typed, capitals, spaces and hyphens do not count, and O, I, L are the digits they look like.
"""

import hashlib
import secrets

RECOVERY_CODES = 10
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 6, 4
_READ = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def new_recovery_codes() -> list[str]:
    """As they are shown, once."""
    return [_new() for _ in range(RECOVERY_CODES)]


def recovery_fingerprint(typed: str) -> bytes:
    """What is kept of a code."""
    return hashlib.sha256(typed.strip().upper().translate(_READ).encode("utf-8", "replace")).digest()


def _new() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
