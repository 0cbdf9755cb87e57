"""Our side of AS4: the keys we sign and open with, as files of the state folder, and how partners know us.

In: `<state>/as4/`, where each pair is NAME.pem (our certificate, then its issuers) and NAME.key (PKCS #8, no password). Out:
an `AccessPoint`, and every pair that cannot be used. A pair does what its key can: RSA signs and opens (as its KeyUsage says),
Ed25519 signs, X25519 opens, ECDSA signs ASiC-E containers; `tls` is shown to servers that ask who we are. A successor lies
beside the pair that it follows: of those valid the newest signs, and all open.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway import as4, asic
from gateway.as4 import BadPair, Opener, Own, Partner, PartyId, Profile
from gateway.keyring import As4, Recipient

FOLDER, TLS = "as4", "tls"
_RSA_SIGNS = as4.EDELIVERY_1.signature


class NoKey(Exception):
    """We have no key for this; the text says which one is missing."""


class TlsPair(msgspec.Struct, frozen=True):
    """Certificate chain and key as files, because that is how TLS takes them."""

    certificate: Path
    key: Path


class AccessPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Every key we have for AS4; empty where there is no folder."""

    signers: tuple[as4.Signer, ...] = ()
    openers: tuple[Opener, ...] = ()
    containers: tuple[asic.Signer, ...] = ()
    tls: TlsPair | None = None

    def __repr__(self) -> str:
        return f"<AccessPoint {len(self.signers)} sign, {len(self.openers)} open>"

    def own(self, agreed: As4, at: datetime) -> Own:
        """Us, as this partner knows us; `NoKey` where a key is missing that its profile needs."""
        profile = as4.PROFILES[agreed.profile]
        signers = [one for one in self.signers if _signs(one, profile) and _is_valid(one.chain[0], at)]
        if not signers:
            raise NoKey(f"no pair in {FOLDER}/ that is valid now signs under {profile.name}")
        openers = tuple(one for one in self.openers if _opens(one, profile))
        party = PartyId(agreed.us, agreed.party_type)
        return Own(party=party, signer=max(signers, key=lambda one: _since(one.chain)), openers=openers)

    def container_signer(self, at: datetime) -> asic.Signer:
        """What signs containers now."""
        valid = [one for one in self.containers if _is_valid(one.chain[0], at)]
        if not valid:
            raise NoKey(f"no ECDSA pair in {FOLDER}/ that is valid now signs ASiC-E containers")
        return max(valid, key=lambda one: _since(one.chain))


def partner_of(recipient: Recipient, agreed: As4) -> Partner:
    """A recipient's access point, by the certificates in its folder."""
    return Partner(
        party=PartyId(agreed.party, agreed.party_type),
        signers=tuple(one for file in agreed.signing for one in as4.certificates_of(recipient.files[file])),
        encryption=as4.certificates_of(recipient.files[agreed.encryption])[0],
    )


def lacking(access_point: AccessPoint, recipients: Iterable[Recipient], at: datetime) -> list[tuple[str, str]]:
    """(recipient, what we lack to send to it)."""
    found = []
    for recipient in recipients:
        if recipient.as4 is None:
            continue
        try:
            access_point.own(recipient.as4, at)
            if recipient.as4.container == "asic-e":
                access_point.container_signer(at)
        except NoKey as why:
            found.append((recipient.id, str(why)))
    return found


def read_access_point(folder: Path) -> tuple[AccessPoint, list[tuple[str, str]]]:
    """Every pair in the folder that can be used, and (file, what is wrong) of the others. No folder: no AS4."""
    problems: list[tuple[str, str]] = []
    found: list[_Uses] = []
    tls = None
    for key in sorted(folder.glob("*.key")):
        certificate = key.with_suffix(".pem")
        try:
            pems = key.read_bytes(), certificate.read_bytes()
            if key.stem == TLS:
                tls = TlsPair(certificate, key)
                continue
            found.append(_uses(*pems))
        except OSError:
            problems.append((str(key), f"the key or its certificate {certificate.name} cannot be read"))
        except BadPair as why:
            problems.append((str(key), str(why)))
    made = AccessPoint(
        signers=tuple(chain.from_iterable(one.signers for one in found)),
        openers=tuple(chain.from_iterable(one.openers for one in found)),
        containers=tuple(chain.from_iterable(one.containers for one in found)),
        tls=tls,
    )
    return made, problems


class _Uses(NamedTuple):
    signers: list[as4.Signer]
    openers: list[Opener]
    containers: list[asic.Signer]


def _uses(key: bytes, certificates: bytes) -> _Uses:
    """What a pair is good for. For containers ECDSA alone, because its signature can be the same in every attempt (RFC
    6979), and so be receipted once."""
    loaded = _loaded(key)
    is_rsa = isinstance(loaded, RSAPrivateKey)
    signs = (is_rsa or isinstance(loaded, Ed25519PrivateKey)) and _may(certificates, "digital_signature")
    opens = (is_rsa and _may(certificates, "key_encipherment")) or isinstance(loaded, X25519PrivateKey)
    found = _Uses(
        [as4.signer_of(key, certificates)] if signs else [],
        [as4.opener_of(key, certificates)] if opens else [],
        [asic.Signer(loaded, as4.certificates_of(certificates))] if isinstance(loaded, EllipticCurvePrivateKey) else [],
    )
    if not any(found):
        raise BadPair("the key has no use here: RSA, Ed25519, X25519 and ECDSA keys have")
    return found


def _loaded(key: bytes) -> object:
    """Only to see its kind; an RSA key's numbers are checked where it is taken into use."""
    try:
        return load_pem_private_key(key, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as error:
        raise BadPair("the private key cannot be read; it must be PEM (PKCS #8) without a password") from error


def _may(certificates: bytes, use: str) -> bool:
    """What the certificate's KeyUsage lets the key do; without one, everything (RFC 5280 section 4.2.1.3)."""
    try:
        usage = as4.certificates_of(certificates)[0].extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(getattr(usage, use))


def _signs(signer: as4.Signer, profile: Profile) -> bool:
    return (profile.signature == _RSA_SIGNS) == isinstance(signer.key, RSAPrivateKey)


def _opens(opener: Opener, profile: Profile) -> bool:
    return (profile.signature == _RSA_SIGNS) == isinstance(opener.key, RSAPrivateKey)


def _is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _since(certificates: tuple[x509.Certificate, ...]) -> datetime:
    return certificates[0].not_valid_before_utc
