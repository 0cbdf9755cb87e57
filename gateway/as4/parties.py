"""Whose keys: ours, with which we sign and open, and a partner's, whom alone we believe and to whom alone we encrypt.

In: PEM files' bytes. Out: `Own` and `Partner`. A partner's certificates are pinned: nobody else's signature counts for
it, whoever issued the certificate. Reading the files, and warning before they expire, is the shell's work.
"""

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from gateway.as4.ebms import PartyId

SigningKey = RSAPrivateKey | Ed25519PrivateKey
OpeningKey = RSAPrivateKey | X25519PrivateKey


class BadPair(Exception):
    """A key file and its certificate that cannot be used; the text says why and holds nothing of the key."""


class Signer(msgspec.Struct, frozen=True):
    """A key that signs, and its certificate first, then those that issued it, upwards (for a PKIPath)."""

    key: SigningKey
    chain: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        return "Signer(…)"


class Opener(msgspec.Struct, frozen=True):
    """A key that decrypts, and the certificate by which senders name it."""

    key: OpeningKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return "Opener(…)"


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """Us: our party id, what we sign with, and every key that a sender may still encrypt to (new and outgoing)."""

    party: PartyId
    signer: Signer
    openers: tuple[Opener, ...]


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """The other side: its party id, the certificates it may sign with (new and outgoing), and the one we encrypt to."""

    party: PartyId
    signers: tuple[x509.Certificate, ...]
    encryption: x509.Certificate


def signer_of(key_pem: bytes, chain_pem: bytes) -> Signer:
    """Our signing key with its certificate and, after it, those of its issuers. `BadPair` where they do not fit."""
    key, chain = _key(key_pem), certificates_of(chain_pem)
    if not isinstance(key, SigningKey):
        raise BadPair("an AS4 signing key is an RSA key (eDelivery 1.15) or an Ed25519 key (2.0)")
    _check_pair(key, chain[0])
    return Signer(key, chain)


def opener_of(key_pem: bytes, certificate_pem: bytes) -> Opener:
    """Our decryption key with its certificate. `BadPair` where they do not fit."""
    key, certificate = _key(key_pem), certificates_of(certificate_pem)[0]
    if not isinstance(key, OpeningKey):
        raise BadPair("an AS4 decryption key is an RSA key (eDelivery 1.15) or an X25519 key (2.0)")
    _check_pair(key, certificate)
    return Opener(key, certificate)


def certificates_of(pem: bytes) -> tuple[x509.Certificate, ...]:
    """One or more certificates of a PEM file, in its order. `BadPair` where there are none."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise BadPair("no certificate can be read; it must be PEM (BEGIN CERTIFICATE)") from error


def _key(pem: bytes) -> object:
    try:
        return load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadPair("the private key cannot be read; it must be PEM (PKCS #8) without a password") from error


def _check_pair(key: SigningKey | OpeningKey, certificate: x509.Certificate) -> None:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise BadPair("the certificate belongs to another key")
