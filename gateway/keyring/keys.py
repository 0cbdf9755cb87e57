"""Public and secret keys as files: PEM text in, `PublicKey` and `SecretKey` out, and back.

Four kinds. X25519 and P-256 (to seal a JWE to, RFC 7518 section 4.6) and Ed25519 (to sign) are SubjectPublicKeyInfo and
PKCS #8, as `openssl genpkey` makes them. The hybrid of ML-KEM-768 and X25519 has no settled file form yet, so it has
labels of its own: a public key is the ML-KEM key (1,184 bytes) then the X25519 key (32), a secret key the ML-KEM seed
(64) then the X25519 key (32), the concatenation that draft-ietf-hpke-pq calls MLKEM768-X25519.

Keys are held as bytes, so they can be compared, stored and handed to another process; a key's fingerprint is the
SHA-256 of those bytes, which for SPKI is what `openssl pkey -pubin -outform DER | sha256sum` prints.
"""

import base64
import binascii
import re
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import cast

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mlkem, x25519

from gateway.manifest import Private

HYBRID_LABEL = "MLKEM768-X25519"
_MLKEM_PUBLIC, _MLKEM_SEED, _X25519 = 1184, 64, 32
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 -]{1,60})-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")
_SECRET_WORD = b"PRIVATE KEY"

DerPublic = x25519.X25519PublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
DerSecret = x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class BadKey(ValueError):
    """A key file that cannot be used; the text says why and what to put there instead."""


class KeyKind(StrEnum):
    X25519 = "x25519"
    P256 = "p256"
    HYBRID = "mlkem768-x25519"
    ED25519 = "ed25519"


class PublicKey(msgspec.Struct, frozen=True, gc=False):
    """`raw` is DER SubjectPublicKeyInfo, or for the hybrid the two public keys one after the other."""

    kind: KeyKind
    raw: bytes

    def __repr__(self) -> str:
        return f"<PublicKey {self.kind} {self.fingerprint[:16]}>"

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits; also the key's id in envelopes, receipts and the store."""
        return sha256(self.raw).hexdigest()

    @property
    def pem(self) -> bytes:
        return _pem(f"{HYBRID_LABEL} PUBLIC KEY" if self.kind is KeyKind.HYBRID else "PUBLIC KEY", self.raw)


class SecretKey(Private, frozen=True, gc=False):
    """`raw` is DER PKCS #8, or for the hybrid the ML-KEM seed and the X25519 key. Its repr tells nothing."""

    kind: KeyKind
    raw: bytes

    @property
    def public(self) -> PublicKey:
        return _public_of(self)

    @property
    def pem(self) -> bytes:
        return _pem(f"{HYBRID_LABEL} PRIVATE KEY" if self.kind is KeyKind.HYBRID else "PRIVATE KEY", self.raw)


@lru_cache(maxsize=64)
def _public_of(key: SecretKey) -> PublicKey:
    if key.kind is KeyKind.HYBRID:
        kem, curve = hybrid_secret(key)
        return PublicKey(key.kind, kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw())
    return PublicKey(key.kind, _spki(der_secret(key).public_key()))


def new_secret(kind: KeyKind) -> SecretKey:
    """A fresh key of this kind from the operating system's randomness."""
    if kind is KeyKind.HYBRID:
        seed = mlkem.MLKEM768PrivateKey.generate().private_bytes_raw()
        return SecretKey(kind, seed + x25519.X25519PrivateKey.generate().private_bytes_raw())
    if kind is KeyKind.P256:
        return SecretKey(kind, _pkcs8(ec.generate_private_key(ec.SECP256R1())))
    made = x25519.X25519PrivateKey if kind is KeyKind.X25519 else ed25519.Ed25519PrivateKey
    return SecretKey(kind, _pkcs8(made.generate()))


def parse_public(text: bytes) -> PublicKey:
    """The one public key in a PEM file; `BadKey` says what else was found there."""
    label, raw = _only_block(text)
    if label == f"{HYBRID_LABEL} PUBLIC KEY":
        return _checked(PublicKey(KeyKind.HYBRID, raw))
    if label == "CERTIFICATE":
        raise BadKey(
            "this is a certificate, a bare public key is expected; take it out with: openssl x509 -pubkey -noout"
        )
    if label != "PUBLIC KEY":
        raise BadKey(f"this is a {label.lower()}; a PUBLIC KEY or {HYBRID_LABEL} PUBLIC KEY is expected")
    try:
        loaded = serialization.load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("the public key cannot be read; ask its owner to export it again as PEM") from error
    return _checked(PublicKey(_kind_of(loaded), raw))


def parse_secret(text: bytes) -> SecretKey:
    """The one secret key in a PEM file, not encrypted; `BadKey` says what else was found there."""
    label, raw = _only_block(text)
    if label == f"{HYBRID_LABEL} PRIVATE KEY":
        if len(raw) != _MLKEM_SEED + _X25519:
            raise BadKey(f"a {HYBRID_LABEL} secret key has {_MLKEM_SEED + _X25519} bytes, this one has {len(raw)}")
        return SecretKey(KeyKind.HYBRID, raw)
    if label != "PRIVATE KEY":
        raise BadKey(f"this is a {label.lower()}; an unencrypted PRIVATE KEY (PKCS #8) is expected")
    try:
        loaded = serialization.load_der_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("the secret key cannot be read") from error
    return SecretKey(_kind_of(loaded.public_key()), raw)


def pem_blocks(text: bytes) -> list[bytes]:
    """The PEM blocks of a file that may hold several, each as a file of its own."""
    return [match.group(0) + b"\n" for match in _BLOCK.finditer(text)]


def holds_secret(data: bytes) -> bool:
    """Whether a file looks like a private key in any of the usual forms: PEM, PKCS #8, PKCS #1, SEC 1, OpenSSH, PKCS #12."""
    if _SECRET_WORD in data:
        return True
    if data[:1] != b"\x30":
        return False
    try:
        serialization.load_der_private_key(data, password=None)
    except TypeError:  # it is one, under a password
        return True
    except (ValueError, UnsupportedAlgorithm):
        return data[4:7] == b"\x02\x01\x03"  # PKCS #12 begins: SEQUENCE (long length), INTEGER 3
    return True


def der_public(key: PublicKey) -> DerPublic:
    return _of_our_kinds(serialization.load_der_public_key(key.raw))


def der_secret(key: SecretKey) -> DerSecret:
    loaded = serialization.load_der_private_key(key.raw, password=None)
    _of_our_kinds(loaded.public_key())
    return cast("DerSecret", loaded)  # its public half shows which kind it is of


def hybrid_public(key: PublicKey) -> tuple[mlkem.MLKEM768PublicKey, x25519.X25519PublicKey]:
    kem, curve = key.raw[:_MLKEM_PUBLIC], key.raw[_MLKEM_PUBLIC:]
    return mlkem.MLKEM768PublicKey.from_public_bytes(kem), x25519.X25519PublicKey.from_public_bytes(curve)


def hybrid_secret(key: SecretKey) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    seed, curve = key.raw[:_MLKEM_SEED], key.raw[_MLKEM_SEED:]
    return mlkem.MLKEM768PrivateKey.from_seed_bytes(seed), x25519.X25519PrivateKey.from_private_bytes(curve)


def sign(key: SecretKey, message: bytes) -> bytes:
    """Ed25519 (RFC 8032), 64 bytes."""
    loaded = der_secret(key)
    if not isinstance(loaded, ed25519.Ed25519PrivateKey):
        raise BadKey(f"a {key.kind} key cannot sign; an Ed25519 key is needed")
    return loaded.sign(message)


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is this key's over `message`."""
    loaded = der_public(key)
    if not isinstance(loaded, ed25519.Ed25519PublicKey):
        return False
    try:
        loaded.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _only_block(text: bytes) -> tuple[str, bytes]:
    blocks = _BLOCK.findall(text)
    if len(blocks) != 1:
        raise BadKey(f"{len(blocks) or 'no'} PEM blocks found; one is expected, from -----BEGIN … to -----END …")
    label, body = blocks[0]
    try:
        return label.decode(), base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise BadKey("the base64 text between BEGIN and END is damaged; copy the file again") from error


def _checked(key: PublicKey) -> PublicKey:
    """Refuses a key to which nothing can be sealed: wrong length, or a point of small order (RFC 7748 section 6.1)."""
    try:
        if key.kind is KeyKind.HYBRID:
            if len(key.raw) != _MLKEM_PUBLIC + _X25519:
                raise BadKey(f"a {HYBRID_LABEL} key has {_MLKEM_PUBLIC + _X25519} bytes, this one has {len(key.raw)}")
            curve = hybrid_public(key)[1]
        elif key.kind is KeyKind.X25519:
            curve = x25519.X25519PublicKey.from_public_bytes(key.raw[-_X25519:])
        else:
            return key
        x25519.X25519PrivateKey.from_private_bytes(bytes(_X25519)).exchange(curve)
    except BadKey:
        raise
    except ValueError as error:
        raise BadKey(
            "nothing can be sealed to this key (it is not a valid point); ask its owner for another"
        ) from error
    return key


def _of_our_kinds(loaded: object) -> DerPublic:
    match loaded:
        case x25519.X25519PublicKey() | ed25519.Ed25519PublicKey() | ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return loaded
    raise BadKey("the key is of another kind; X25519 or P-256 is expected")


def _kind_of(loaded: object) -> KeyKind:
    match _of_our_kinds(loaded):
        case x25519.X25519PublicKey():
            return KeyKind.X25519
        case ed25519.Ed25519PublicKey():
            return KeyKind.ED25519
        case ec.EllipticCurvePublicKey():
            return KeyKind.P256


def _spki(key: DerPublic) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _pkcs8(key: DerSecret) -> bytes:
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, none)


def _pem(label: str, raw: bytes) -> bytes:
    body = base64.b64encode(raw).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
