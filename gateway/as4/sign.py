"""XML signatures over what an AS4 message says and carries: made, and the arithmetic that making and checking share.

In: the elements and attachments that are signed, and our key. Out: ds:Signature. Exclusive C14N by lxml; RSASSA-PKCS1-v1_5
and Ed25519 by cryptography. XML Signature 1.1; WSS SwA Profile 1.1 section 5.4; RFC 9231 for Ed25519.
"""

import base64
from collections.abc import Iterable, Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from lxml import etree

from gateway.as4.ebms import Reference
from gateway.as4.errors import INVALID_HEADER, Refused
from gateway.as4.mime import Part
from gateway.as4.names import CONTENT_SIGNATURE, DS, WSU, make
from gateway.as4.parties import BadPair, SigningKey
from gateway.as4.profiles import ED25519, EXC_C14N, RSA_SHA256, Profile
from gateway.as4.receipt import element_of

LEAST_RSA_BITS = 2048
"""EMSWe RIM and eDelivery 1.15 ask for RSA keys of at least 2048 bits."""


def canonical(element: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """Exclusive C14N without comments (what `EXC_C14N` names), where the element stands.

    `Refused` (EBMS:0009): it has no canonical form, for a namespace is a relative URI (Canonical XML 1.0 section 1.3).
    """
    try:
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes) or None
        )
    except etree.C14NError as error:
        raise Refused(INVALID_HEADER.saying("a namespace is a relative URI, which has no canonical form")) from error


def digest(content: bytes) -> bytes:
    """SHA-256, the digest of every profile here."""
    return sha256(content).digest()


def references_to(
    elements: Iterable[etree._Element], attachments: Iterable[Part], profile: Profile
) -> tuple[Reference, ...]:
    """What a signature says of these elements (each with a wsu:Id) and of attachments as they are before encryption."""
    of_elements = (
        Reference(f"#{one.get(WSU + 'Id')}", (EXC_C14N,), profile.digest, digest(canonical(one))) for one in elements
    )
    of_attachments = (
        Reference(f"cid:{one.content_id}", (CONTENT_SIGNATURE,), profile.digest, digest(one.content))
        for one in attachments
    )
    return (*of_elements, *of_attachments)


def signature(
    references: Iterable[Reference], key: SigningKey, naming: etree._Element, profile: Profile
) -> etree._Element:
    """ds:Signature over the references, without white space, so that it stays the same wherever it is put."""
    info = make(
        DS + "SignedInfo",
        make(DS + "CanonicalizationMethod", attributes={"Algorithm": EXC_C14N}),
        make(DS + "SignatureMethod", attributes={"Algorithm": profile.signature}),
        *map(element_of, references),
    )
    value = base64.b64encode(_signed(canonical(info), key, profile)).decode("ascii")
    return make(DS + "Signature", info, make(DS + "SignatureValue", value), make(DS + "KeyInfo", naming))


def _signed(content: bytes, key: SigningKey, profile: Profile) -> bytes:
    if profile.signature == RSA_SHA256 and isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    if profile.signature == ED25519 and isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(content)
    raise BadPair(f"the key of our signing certificate is not of the kind that {profile.name} signs with")


def is_signed(content: bytes, value: bytes, key: CertificatePublicKeyTypes, profile: Profile) -> bool:
    """Whether `value` is this key's signature in the profile's algorithm; a key of another kind or too short has made none."""
    try:
        if profile.signature == RSA_SHA256 and isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
            key.verify(value, content, padding.PKCS1v15(), hashes.SHA256())
        elif profile.signature == ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(value, content)
        else:
            return False
    except InvalidSignature:
        return False
    return True
