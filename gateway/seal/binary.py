"""Our own envelope: HPKE for the key, AES-256-GCM for the content, Ed25519 for who sealed it.

The bytes, so that another program can open them:

    "maritime-sealed 1\\n"                    version line, ASCII
    4 bytes                                  length of the header, big endian
    header                                   JSON, UTF-8; readable by whoever carries the envelope
    content                                  AES-256-GCM ciphertext and its 16-byte tag
    64 bytes                                 Ed25519 signature over everything before it

    header = {"content_type", "delivery_id", "handling": {…}, "kem", "nonce", "signer", "to", "wrapped"}

`wrapped` (base64) is HPKE single shot, RFC 9180 base mode with HKDF-SHA256 and AES-256-GCM: encapsulation, then the
32-byte content key sealed; `kem` says "mlkem768-x25519" or "x25519". HPKE `info` is the version line, the delivery id
and the recipient's fingerprint `to`, each followed by a line feed. The content's associated data is everything before
it. `signer` and `to` are SHA-256 fingerprints of keys. The signature covers `to`, so a recipient cannot pass an
envelope on as if it had been sealed for someone else. Nothing is deflated: a length says nothing about the content.
"""

import secrets
import struct

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.keyring import Handling, PublicKey, SecretKey
from gateway.keyring.keys import sign, verify
from gateway.seal.parts import Altered, NotAnEnvelope, Opened, OtherVersion, Truncated, UnknownSigner, WrongKey
from gateway.seal.wrapping import unwrap, wrap

MEDIA_TYPE = "application/vnd.maritime-sealed"
FAMILY = b"maritime-sealed "
VERSION = FAMILY + b"1\n"
_LENGTH = struct.Struct(">I")
_SIGNATURE, _NONCE, _MAX_HEADER = 64, 12, 64 * 1024


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    content_type: str
    delivery_id: str
    handling: Handling
    kem: str
    nonce: bytes
    signer: str
    to: str
    wrapped: bytes


def seal_binary(
    to: PublicKey, payload: bytes, *, content_type: str, handling: Handling, delivery_id: str, signer: SecretKey
) -> bytes:
    content_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE)
    header = msgspec.json.encode(
        Header(
            content_type=content_type,
            delivery_id=delivery_id,
            handling=handling,
            kem=to.kind,
            nonce=nonce,
            signer=signer.public.fingerprint,
            to=to.fingerprint,
            wrapped=wrap(content_key, to, _info(delivery_id, to.fingerprint)),
        )
    )
    head = VERSION + _LENGTH.pack(len(header)) + header
    signed = head + AESGCM(content_key).encrypt(nonce, payload, head)
    return signed + sign(signer, signed)


def open_binary(body: bytes, secrets_by_id: dict[str, SecretKey], signers_by_id: dict[str, PublicKey]) -> Opened:
    """Signature first, then the recipient, then the content: nothing unsigned is ever decrypted."""
    header, content_at = _header(body)
    if len(body) < content_at + 16 + _SIGNATURE:
        raise Truncated
    signer = signers_by_id.get(header.signer)
    if signer is None:
        raise UnknownSigner(header.signer)
    if not verify(signer, body[:-_SIGNATURE], body[-_SIGNATURE:]):
        raise Altered
    secret = secrets_by_id.get(header.to)
    if secret is None:
        raise WrongKey(header.to)
    content_key = unwrap(header.wrapped, secret, _info(header.delivery_id, header.to))
    try:
        payload = AESGCM(content_key).decrypt(header.nonce, body[content_at:-_SIGNATURE], body[:content_at])
    except (InvalidTag, ValueError) as error:
        raise Altered from error
    return Opened(
        payload=payload,
        content_type=header.content_type,
        handling=header.handling,
        delivery_id=header.delivery_id,
        signer=header.signer,
    )


def _info(delivery_id: str, to: str) -> bytes:
    return VERSION + f"{delivery_id}\n{to}\n".encode()


def _header(body: bytes) -> tuple[Header, int]:
    """The header, not yet verified, and where the content begins."""
    if not body.startswith(FAMILY):
        raise NotAnEnvelope
    if not body.startswith(VERSION):
        raise OtherVersion
    start = len(VERSION) + _LENGTH.size
    if len(body) < start:
        raise Truncated
    (length,) = _LENGTH.unpack_from(body, len(VERSION))
    if length > _MAX_HEADER:
        raise Altered("the header's length")
    if len(body) < start + length:
        raise Truncated
    try:
        return msgspec.json.decode(body[start : start + length], type=Header), start + length
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Altered("the header") from error
