"""Passwords: which may be chosen, and how they are kept (NIST SP 800-63B-4 section 3.1.1; argon2id, RFC 9106).

In: a password as it was typed. Out: what is wrong with it, its hash, or whether it is the right one. Length and what attackers try first
decide; no rule asks for capitals or signs, and nobody must change a password because time has passed. Normalised to NFC (RFC 8265
OpaqueString), so that it is the same from every keyboard.
"""

import unicodedata
from base64 import b64encode
from typing import Literal

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

LEAST = 12  # with a code from the phone 63B-4 asks for 8; without one 15
MOST = 128
_LOOKED_AT = (
    72  # of a long password zxcvbn, whose work grows with the square, sees this much: what is strong so far is strong
)
_STRONG = 3  # of zxcvbn's 0-4: more than 10^8 guesses by who knows the name and the words of this trade
_WORDS = ("gateway", "passenger", "passengers", "maritime", "manifest", "harbour", "harbor", "ferry", "cruise", "port")

# OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane. More memory would help an attacker to use ours up.
_MEMORY_KIB, _PASSES, _LANES, _SALT, _LENGTH = 47_104, 1, 1, 16, 32
_HASHER = PasswordHasher(_PASSES, _MEMORY_KIB, _LANES, _LENGTH, _SALT, type=Type.ID)

Fault = Literal["too-short", "too-long", "too-common"]


def faults_of(password: str, *own: str) -> list[Fault]:
    """Why this cannot be a password; `own`: the account's name, address and what else an attacker would try first."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < LEAST:
        return ["too-short"]
    if len(text) > MOST:
        return ["too-long"]
    known = [word for word in (*_WORDS, *own) if word]
    return ["too-common"] if zxcvbn(text[:_LOOKED_AT], user_inputs=known)["score"] < _STRONG else []


def hashed(password: str) -> str:
    """As it is kept: argon2id with its parameters and a salt of its own."""
    return _HASHER.hash(_bytes(password))


def is_right(password: str, kept: str) -> bool:
    """Whether `kept` was made of this password. The same work for every password of at most MOST characters."""
    try:
        return _HASHER.verify(kept, _bytes(password))
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it should be made anew, with today's parameters, the next time that the password is typed."""
    return _HASHER.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    """What is too long to be anybody's password is cut: it is wrong however it ends."""
    return unicodedata.normalize("NFC", password[: 4 * MOST])[: MOST + 1].encode("utf-8", "surrogatepass")


def _unpadded(data: bytes) -> str:
    return b64encode(data).rstrip(b"=").decode()


NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${_unpadded(bytes(_SALT))}${_unpadded(bytes(_LENGTH))}"
"""The hash of no password: checked where there is no account, so that an unknown name costs what a known one does."""
