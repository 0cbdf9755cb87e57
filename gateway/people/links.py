"""Secrets that let somebody in: cookies of sessions, links for a first sign-in. Kept as their SHA-256 alone.

256 random bits need no salt and no slow hash: they cannot be guessed (NIST SP 800-63B-4 section 3.1.2 asks for 112).
"""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, as an address or a cookie can hold them (RFC 4648 section 5)."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
