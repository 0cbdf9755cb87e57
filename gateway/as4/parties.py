"""Whose keys: ours, with which we sign and open, and a partner's, whom alone we believe and to whom alone we encrypt.

In: PEM files' bytes. Out: `Own` and `Partner`. A partner's certificates are pinned: nobody else's signature counts for
it, whoever issued the certificate. Reading the files, and warning before they expire, is the shell's work.
"""

from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

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
