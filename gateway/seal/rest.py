"""At rest: everything that belongs to a person is stored as ciphertext under a data key of its own.

In: plaintext, our public key, and a context (which row this is). Out: `Sealed`: the ciphertext, the data key wrapped
for our identity, and the identity's id. To forget a text for good, destroy `wrapped`: the ciphertext, and every backup
of it, is then noise. The context is bound to both parts, so a row's ciphertext opens in no other row.

The data key is wrapped with HPKE (RFC 9180, base mode), KEM MLKEM768-X25519 (draft-ietf-hpke-pq), HKDF-SHA256,
AES-256-GCM; the text is under AES-256-GCM with a random nonce. Who can write to the store can also seal, for HPKE base
mode does not name the sender: what a row says is proved by the log, not by this.

Texts are deflated first (level 1: lists shrink four- to tenfold, so less is encrypted, logged and kept) unless
their first 64 KiB do not shrink, as in a workbook. The length then tells a little about the content to someone who
holds the disk; the number of persons, which it mostly tells, is stored readable anyway, and nobody who could choose
part of a text can also watch its length, so this is accepted. Envelopes to recipients are not deflated.
"""

import secrets
import zlib

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.keyring import Identity, PublicKey
from gateway.seal.parts import Altered, WrongKey
from gateway.seal.wrapping import unwrap, wrap

_PLAIN, _DEFLATED = b"\x00", b"\x01"
_PROBE = 64 * 1024
_NONCE = 12


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """`wrapped` is the data key for identity `key_id`; without it `ciphertext` cannot be opened by anyone."""

    wrapped: bytes
    ciphertext: bytes
    key_id: str


def seal_at_rest(plaintext: bytes, to: PublicKey, *, context: bytes) -> Sealed:
    data_key = AESGCM.generate_key(256)
    nonce = secrets.token_bytes(_NONCE)
    ciphertext = nonce + AESGCM(data_key).encrypt(nonce, _pack(plaintext), context)
    return Sealed(wrap(data_key, to, _info(context)), ciphertext, to.fingerprint)


def open_at_rest(sealed: Sealed, identity: Identity, *, context: bytes) -> bytes:
    """The text. `WrongKey`: our identity lacks that generation. `Altered`: changed, or not the row it claims to be."""
    secret = identity.opener(sealed.key_id)
    if secret is None:
        raise WrongKey(sealed.key_id)
    data_key = unwrap(sealed.wrapped, secret, _info(context))
    try:
        nonce, body = sealed.ciphertext[:_NONCE], sealed.ciphertext[_NONCE:]
        packed = AESGCM(data_key).decrypt(nonce, body, context)
    except (InvalidTag, ValueError) as error:
        raise Altered from error
    return zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]


def _info(context: bytes) -> bytes:
    return b"maritime passenger gateway, at rest 1\x00" + context


def _pack(plaintext: bytes) -> bytes:
    probe = plaintext[:_PROBE]
    if len(zlib.compress(probe, 1)) > 0.9 * len(probe):
        return _PLAIN + plaintext
    return _DEFLATED + zlib.compress(plaintext, 1)
