"""Sealing: to ourselves at rest, to a recipient in transit; and opening again.

In: bytes and keys. Out: bytes that only the holder of the matching secret key can read, and that nobody can change
unseen. Two forms go to recipients: `envelope` (ours, `binary.py`, quantum-safe) and `jwe` (`jose.py`). In the form `as4`
the AS4 message itself is the seal: until it is sent, what it will carry waits in an envelope to ourselves. The primitives
are `cryptography`'s and `joserfc`'s; randomness is the operating system's.
"""

from collections.abc import Iterable

from gateway.keyring import Handling, KeyKind, PublicKey, SealForm, SecretKey
from gateway.seal.binary import FAMILY, open_binary, seal_binary
from gateway.seal.binary import MEDIA_TYPE as BINARY
from gateway.seal.jose import MEDIA_TYPE as JOSE
from gateway.seal.jose import open_jose, seal_jose
from gateway.seal.parts import (
    Altered,
    Envelope,
    NotAnEnvelope,
    Opened,
    OtherVersion,
    Refused,
    Truncated,
    UnknownSigner,
    WrongKey,
)
from gateway.seal.rest import Sealed, open_at_rest, seal_at_rest

__all__ = [
    "Altered", "Envelope", "NotAnEnvelope", "Opened", "OtherVersion", "Refused", "Sealed", "Truncated", "UnknownSigner",
    "WrongKey", "open_at_rest", "open_envelope", "seal_at_rest", "seal_to",
]  # fmt: skip

_FORMS = {"envelope": (BINARY, seal_binary), "jwe": (JOSE, seal_jose), "as4": (BINARY, seal_binary)}


def seal_to(
    form: SealForm,
    to: PublicKey,
    payload: bytes,
    *,
    content_type: str,
    handling: Handling,
    delivery_id: str,
    signer: SecretKey,
) -> Envelope:
    """Seals `payload` so that only the holder of `to` can read it, signed by `signer`, with its handling header."""
    media_type, seal = _FORMS[form]
    body = seal(to, payload, content_type=content_type, handling=handling, delivery_id=delivery_id, signer=signer)
    return Envelope(media_type, body)


def open_envelope(body: bytes, secret_keys: Iterable[SecretKey], verify_keys: Iterable[PublicKey]) -> Opened:
    """What is in an envelope of either form, if one of ours opens it and one of those signed it; else a `Refused`."""
    opens = {key.public.fingerprint: key for key in secret_keys}
    signs = {key.fingerprint: key for key in verify_keys if key.kind is KeyKind.ED25519}
    return (open_binary if body.startswith(FAMILY) else open_jose)(body, opens, signs)
