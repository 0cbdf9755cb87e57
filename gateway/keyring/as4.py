"""The table [as4]: a partner's access point, as the two sides have agreed on it (its processing mode).

In: that table as far as it could be read, and the folder's files. Out: a frozen `As4`, and every problem with it. The names
are those of ebMS 3.0 Core appendix D and of EMSWe's RIM (Implementing Regulation (EU) 2023/2790); keys/README.md explains them.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.register import CountryCode, Text

As4Profile = Literal["emswe-rim", "edelivery-as4-1.15", "edelivery-as4-2.0"]
Container = Literal["none", "asic-e"]
RIM = "emswe-rim"

_ID = "1 to 255 characters without spaces, such as mnsw.example"
_CID = "letters, digits and . _ -, such as message"
PartyName = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,255}$", description=_ID)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,500}$", description="a name or URI without spaces")]
ContentId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,100}$", description=_CID)]


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for the formality towards RIM: EORI number and kind as the central register (URAM) has them."""

    identifier: Annotated[
        str, msgspec.Meta(pattern=r"^[A-Z]{2}[!-~]{1,15}$", description="an EORI number, such as FI1234567-8")
    ]
    type: Literal["DECL", "DSP"]
    subdomain: CountryCode


class As4(msgspec.Struct, frozen=True, kw_only=True):
    """One partner. `us` and `party` are the two party ids; `signing` the certificates that it may sign with, `encryption`
    the one that we encrypt to. `action` is of what we send, `answer_action` of what comes back later."""

    FILES: ClassVar[tuple[str, ...]] = ("tls", "signing", "encryption")
    url: str
    tls: str | None = None
    profile: As4Profile
    party: PartyName
    us: PartyName
    party_type: str = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"
    signing: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    encryption: Text
    service: Name
    service_type: Name | None = None
    action: Name
    answer_action: Name | None = None
    agreement: Name | None = None
    agreement_type: Name | None = None
    original_sender: Name
    final_recipient: Name
    content_id: ContentId = "message"
    compress: bool = False
    handling: bool = True
    container: Container = "none"
    authorization: Authorization | None = None


def _error(id: str, text: str, hint: str) -> Rule:
    return Rule(id=id, severity=Severity.ERROR, text=text, hint=hint)


BAD_CERTIFICATE = _error(
    "K-40", "{file} is not a PEM certificate", "ask the partner for its certificate as PEM (BEGIN CERTIFICATE)"
)
WRONG_CERTIFICATE = _error(
    "K-41",
    "the key in {file} is not one that profile {profile} {use} with",
    "ask the partner for a certificate with {expected}",
)
SAME_PARTY = _error(
    "K-42", '"us" and "party" are the same party id', "each side has its own; ask the partner which one it knows us by"
)
NO_AUTHORIZATION = _error(
    "K-43",
    "the profile emswe-rim has no [as4.authorization]",
    "add identifier (EORI), type (DECL or DSP) and subdomain as they are registered in URAM",
)
COMPRESSED = _error(
    "K-44",
    "AS4 compression is asked for, and RIM takes none",
    "remove compress, or choose the profile edelivery-as4-1.15",
)
SEALED_CONTAINER = _error(
    "K-45",
    "what is put into an ASiC-E container, or sent to RIM, must be readable there, and [seal] form seals it once more",
    'set [seal] form = "as4"; for both layers choose another profile and container = "none"',
)
ONLY_AS4 = _error(
    "K-46",
    'with the transport {transport} nothing would keep a message of [seal] form = "as4" shut',
    'choose form = "jwe" or "envelope", or the transport as4',
)
KEYS_UNUSED = _error(
    "K-47",
    'there are [[key]] entries, and [seal] form = "as4" uses none',
    "remove the [[key]] entries; the certificates stand in [as4]",
)

NOT_RIM = _error(
    "K-49",
    "the profile emswe-rim takes formalities in XML, and an entry has another form",
    'set form = "emswe-xml" (or "emswe-notice-xml") in every entry of routes.toml',
)

_KEYS = {
    "emswe-rim": (RSAPublicKey, RSAPublicKey),
    "edelivery-as4-1.15": (RSAPublicKey, RSAPublicKey),
    "edelivery-as4-2.0": (Ed25519PublicKey, X25519PublicKey),
}
_NAMED: dict[type[object], str] = {
    RSAPublicKey: "an RSA key of 2048 bits or more",
    Ed25519PublicKey: "an Ed25519 key",
    X25519PublicKey: "an X25519 key",
}


def as4_problems(table: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is wrong with the table beyond the types of its settings, its address and missing files."""
    place = Place(path="recipient.toml, [as4]")
    if table.get("us") is not None and table.get("us") == table.get("party"):
        yield SAME_PARTY.at(place)
    if table.get("profile") == RIM:
        if table.get("authorization", ...) is None:
            yield NO_AUTHORIZATION.at(place)
        if table.get("compress"):
            yield COMPRESSED.at(place)
    signs, encrypts = _KEYS.get(table.get("profile", ""), (None, None))
    for file in table.get("signing", ()):
        yield from _certificate_problems(file, signs, "signs", table, files)
    if "encryption" in table:
        yield from _certificate_problems(table["encryption"], encrypts, "encrypts", table, files)


def _certificate_problems(
    file: str, expected: type[object] | None, use: str, table: Mapping[str, Any], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    if file not in files:
        return
    try:
        key = x509.load_pem_x509_certificate(files[file]).public_key()
    except (ValueError, UnsupportedAlgorithm):
        yield BAD_CERTIFICATE.at(Place(path=file), file=file)
        return
    weak = isinstance(key, RSAPublicKey) and key.key_size < 2048
    if expected is not None and (weak or not isinstance(key, expected)):
        yield WRONG_CERTIFICATE.at(
            Place(path=file), file=file, profile=table["profile"], use=use, expected=_NAMED[expected]
        )
