"""HPKE (RFC 9180, base mode, single shot) around a data key: the one place that chooses suites.

In: a data key, a recipient's key, what it is for. Out: encapsulation and wrapped key in one, and back. The hybrid
MLKEM768-X25519 stays shut to whoever records today and has a quantum computer later; X25519 alone is for recipients
that cannot take it yet, and is the suite that most other implementations open.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from gateway.keyring import BadKey, KeyKind, PublicKey, SecretKey
from gateway.keyring.keys import der_public, der_secret, hybrid_public, hybrid_secret
from gateway.seal.parts import Altered, OtherVersion

_SUITES = {
    KeyKind.HYBRID: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    KeyKind.X25519: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}


def wrap(data_key: bytes, to: PublicKey, info: bytes) -> bytes:
    loaded = _public(to)
    return _SUITES[to.kind].encrypt(data_key, loaded, info=info)


def unwrap(wrapped: bytes, secret: SecretKey, info: bytes) -> bytes:
    """The data key; `Altered` if it was not wrapped for this key and this purpose."""
    loaded = _secret(secret)
    try:
        return _SUITES[secret.kind].decrypt(wrapped, loaded, info=info)
    except (InvalidTag, ValueError) as error:
        raise Altered from error


def _public(key: PublicKey) -> MLKEM768X25519PublicKey | x25519.X25519PublicKey:
    if key.kind is KeyKind.HYBRID:
        return MLKEM768X25519PublicKey(*hybrid_public(key))
    loaded = der_public(key)
    if not isinstance(loaded, x25519.X25519PublicKey):
        raise BadKey(f"a {key.kind} key takes no HPKE envelope; an X25519 or hybrid key is needed")
    return loaded


def _secret(key: SecretKey) -> MLKEM768X25519PrivateKey | x25519.X25519PrivateKey:
    if key.kind is KeyKind.HYBRID:
        return MLKEM768X25519PrivateKey(*hybrid_secret(key))
    loaded = der_secret(key)
    if not isinstance(loaded, x25519.X25519PrivateKey):
        raise OtherVersion(f"a {key.kind} key opens no HPKE envelope")
    return loaded
