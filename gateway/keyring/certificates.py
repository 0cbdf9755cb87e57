"""Who sends: carriers' certificates. keys/senders/<carrier>.pem holds one or more, the old and the new side by side.

In: the folder as {file name: bytes}. Out: SHA-256 of a certificate's SubjectPublicKeyInfo -> carrier, and problems. The
key is pinned, not the name in the certificate: a certificate for the same name with another key is a stranger.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.keys import holds_secret, pem_blocks
from gateway.keyring.recipient import SECRET

UNREADABLE = Rule(
    id="K-30",
    severity=Severity.ERROR,
    text="no certificate can be read from {file}",
    hint="ask the carrier for its client certificate as PEM (BEGIN CERTIFICATE)",
)
SHARED = Rule(
    id="K-31",
    severity=Severity.ERROR,
    text="the key of {file} is also another carrier's",
    hint="each carrier needs a key of its own; ask both which one made it",
)
WEAK = Rule(
    id="K-32",
    severity=Severity.ERROR,
    text="the key of {file} is too weak or of an unknown kind",
    hint="ask for a certificate with ECDSA P-256 or stronger, Ed25519, or RSA of 2048 bits or more",
)


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate of a carrier; it counts from `since` to `until`."""

    carrier: str
    spki: str
    since: datetime
    until: datetime


class Senders(msgspec.Struct, frozen=True):
    """All certificates by the fingerprint of their key."""

    by_key: dict[str, Sender]

    def carrier(self, certificate: bytes, now: datetime) -> str | None:
        """Whose this DER certificate is, or None: unknown, or not valid now. The TLS layer has proved possession."""
        try:
            sender = self.by_key.get(spki_fingerprint(x509.load_der_x509_certificate(certificate)))
        except (ValueError, UnsupportedAlgorithm):
            return None
        return sender.carrier if sender is not None and sender.since <= now <= sender.until else None


def spki_fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the certificate's SubjectPublicKeyInfo, hexadecimal."""
    return sha256(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def parse_senders(files: Mapping[str, bytes]) -> tuple[Senders, list[Finding]]:
    """The carriers' certificates; a file that cannot be used is left out and told of."""
    found: list[Finding] = []
    by_key: dict[str, Sender] = {}
    for name in sorted(name for name in files if name.endswith(".pem")):
        place = Place(path=f"senders/{name}")
        if holds_secret(files[name]):
            found.append(SECRET.at(place, file=name))
            continue
        senders = list(_senders(name, files[name], place, found))
        if any(by_key.get(sender.spki, sender).carrier != sender.carrier for sender in senders):
            found.append(SHARED.at(place, file=name))
            continue
        for sender in senders:
            known = by_key.get(sender.spki, sender)  # a renewed certificate for the same key prolongs it
            since, until = min(known.since, sender.since), max(known.until, sender.until)
            by_key[sender.spki] = msgspec.structs.replace(sender, since=since, until=until)
    return Senders(by_key), found


def _senders(name: str, data: bytes, place: Place, found: list[Finding]) -> Iterator[Sender]:
    blocks = pem_blocks(data)
    if not blocks:
        found.append(UNREADABLE.at(place, file=name))
    for block in blocks:
        try:
            certificate = x509.load_pem_x509_certificate(block)
            strong = _is_strong(certificate.public_key())
        except (ValueError, UnsupportedAlgorithm):
            found.append(UNREADABLE.at(place, file=name))
            continue
        if not strong:
            found.append(WEAK.at(place, file=name))
            continue
        yield Sender(
            carrier=name.removesuffix(".pem"),
            spki=spki_fingerprint(certificate),
            since=certificate.not_valid_before_utc,
            until=certificate.not_valid_after_utc,
        )


def _is_strong(key: object) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= 2048
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
    return isinstance(key, ed25519.Ed25519PublicKey)
