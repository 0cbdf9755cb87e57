"""Codes that a phone shows (TOTP, RFC 6238; HOTP, RFC 4226): six digits, SHA-1, thirty seconds, as every authenticator app has them.

In: a secret, a code, the time, and the last step that was used. Out: the step that the code is of. A step either side is taken (RFC 6238
section 5.2: clocks drift, fingers take time), a step that was used, or any before it, never again.
"""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

_BYTES, _DIGITS, _SECONDS, _DRIFT = 20, 6, 30, 1  # RFC 4226 section 4, R6: 160 bits


def new_totp_secret() -> bytes:
    return secrets.token_bytes(_BYTES)


def totp_code(secret: bytes, step: int) -> str:
    return HOTP(secret, _DIGITS, SHA1()).generate(step).decode()


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // _SECONDS


def matched_step(secret: bytes, typed: str, now: datetime, used: int) -> int | None:
    """Which step the code is of, if it is good now and that step is after `used`. All steps are compared, in the same time."""
    code = "".join(typed.split())
    found = None
    for step in range(step_at(now) - _DRIFT, step_at(now) + _DRIFT + 1):
        is_same = hmac.compare_digest(code.encode("utf-8", "replace"), totp_code(secret, step).encode())
        if is_same and step > used:
            found = step
    return found


def typed_secret(secret: bytes) -> str:
    """As a person types it into an app without a camera: base32 in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def totp_uri(secret: bytes, name: str, gateway: str) -> str:
    """What the QR code holds (the Key URI Format that authenticator apps read)."""
    label = quote(f"{gateway}:{name}", safe="")
    return f"otpauth://totp/{label}?" + urlencode(
        {"secret": b32encode(secret).decode(), "issuer": gateway}, quote_via=quote
    )
