"""A signature checked, strictly: who signed, with which algorithms, and that what is processed is what was signed.

In: an envelope and the certificates of the one partner that may have signed it. Out: the references and the signer, or
`Refused`: EBMS:0103 for a signature that is missing, covers too little or uses anything the profile does not name;
EBMS:0101 for one that is not the partner's, or does not fit. XML Signature 1.1 section 3.2, and its best practices.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from lxml import etree

from gateway.as4 import sign, wsse
from gateway.as4.attachment import signed_forms
from gateway.as4.ebms import Reference
from gateway.as4.envelope import Envelope
from gateway.as4.errors import FAILED_AUTHENTICATION, FEATURE_NOT_SUPPORTED, POLICY_NONCOMPLIANCE, Refused
from gateway.as4.mime import Part, content_id_of
from gateway.as4.names import CONTENT_SIGNATURE, DS, EC, WSSE, WSU, every, only, text_of
from gateway.as4.profiles import EXC_C14N, Profile
from gateway.as4.receipt import prefixes_of, reference_of

_MOST_REFERENCES = 200  # a message has at most 100 parts
_MOST_PREFIXES = 32  # others list what is in scope, some ten; each is looked for at every element


class Verified(msgspec.Struct, frozen=True):
    """The partner signed Messaging, Body and what else `references` name. Attachments are compared by `attachments`."""

    references: tuple[Reference, ...]
    signer: x509.Certificate
    security: etree._Element


def verified(envelope: Envelope, signers: Sequence[x509.Certificate], profile: Profile, at: datetime) -> Verified:
    """Everything but the attachments, which are encrypted still: nothing of ours is used before the sender is known."""
    security = envelope.security
    signatures = list(envelope.root.iter(DS + "Signature"))
    if security is None or len(signatures) != 1 or signatures[0].getparent() is not security:
        raise _policy("the security header must hold exactly one signature")
    info = only(signatures[0], DS + "SignedInfo")
    if info is None:
        raise _policy("the signature has no SignedInfo")
    elements = list(every(info, DS + "Reference"))
    _check_algorithms(info, elements, profile)
    _check_covered(envelope, [one.get("URI", "") for one in elements])
    signer = _signer(signatures[0], security, signers, at)
    if not _fits(signatures[0], info, signer, profile):
        raise _authentication("the signature value does not fit what it signs")
    references = tuple(reference_of(one) for one in elements)
    for reference in references:
        if content_id_of(reference.uri) is None:
            _check_element(envelope.root, reference)
    return Verified(references, signer, security)


def _check_algorithms(info: etree._Element, references: Sequence[etree._Element], profile: Profile) -> None:
    """Downgrades end here: no algorithm is looked for that the profile does not name."""
    canonical, method = only(info, DS + "CanonicalizationMethod"), only(info, DS + "SignatureMethod")
    if canonical is None or canonical.get("Algorithm") != EXC_C14N:
        raise _policy("the signature must be canonicalised by exclusive C14N without comments")
    if method is None or method.get("Algorithm") != profile.signature:
        raise _policy(f"the signature must be made with {profile.signature}")
    for listed in (one.get("PrefixList", "").split() for one in info.iter(EC + "InclusiveNamespaces")):
        if len(listed) > _MOST_PREFIXES:
            raise _policy(f"a PrefixList has more than {_MOST_PREFIXES} prefixes")
        if "#default" in listed:  # lxml cannot either
            raise Refused(FEATURE_NOT_SUPPORTED.saying("#default in a PrefixList: use prefixes for all namespaces"))
    for element in references:
        reference = reference_of(element)
        transform = EXC_C14N if content_id_of(reference.uri) is None else CONTENT_SIGNATURE
        if reference.digest_method != profile.digest or reference.transforms != (transform,):
            raise _policy(f"each reference must have the one transform {transform} and the digest {profile.digest}")


def _signer(
    signature: etree._Element, security: etree._Element, signers: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:
    """By the signature's own KeyInfo: the first token in the header may be the recipient's."""
    naming = only(signature, DS + "KeyInfo", WSSE + "SecurityTokenReference")
    signer = wsse.meant(naming, security, signers)
    if signer is None:
        raise _authentication("the signature names a certificate that is not known here as this partner's")
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise _authentication("the certificate of the signature is not valid now")
    return signer


def _fits(signature: etree._Element, info: etree._Element, signer: x509.Certificate, profile: Profile) -> bool:
    try:
        value = base64.b64decode(text_of(only(signature, DS + "SignatureValue")))
    except ValueError:
        return False
    method = only(info, DS + "CanonicalizationMethod")
    prefixes = prefixes_of(method) if method is not None else ()
    return sign.is_signed(sign.canonical(info, prefixes), value, signer.public_key(), profile)


def _check_element(root: etree._Element, reference: Reference) -> None:
    """The element with this Id; `envelope.read` has seen to it that there is at most one."""
    target = next((one for one in root.iter(etree.Element) if reference.uri in _uris(one)), None)
    if target is None:
        raise _authentication("the signature refers to something that is not in the message")
    if not hmac.compare_digest(sign.digest(sign.canonical(target, reference.namespaces)), reference.digest):
        raise _authentication(f"the digest of {etree.QName(target).localname} does not fit")


def _uris(element: etree._Element) -> tuple[str, str]:
    return f"#{element.get(WSU + 'Id', '')}", f"#{element.get('Id', '')}"


def _check_covered(envelope: Envelope, uris: Sequence[str]) -> None:
    """Messaging and Body are among what is signed: the very elements that are read, and not others of their name."""
    if len(set(uris)) != len(uris) or len(uris) > _MOST_REFERENCES or not all(len(uri) > 1 for uri in uris):
        raise _policy(f"the references of the signature must differ, and be {_MOST_REFERENCES} at most")
    for element in (envelope.messaging, envelope.body):
        if not set(_uris(element)) & set(uris):
            raise _policy(f"{etree.QName(element).localname} is not signed")


def attachments(references: Sequence[Reference], parts: Mapping[str, Part]) -> dict[str, Part]:
    """The parts as they were signed. `Refused` where one is not signed, was changed, or is missing."""
    signed = {id: one for one in references if (id := content_id_of(one.uri)) is not None}
    if len(signed) != len([one for one in references if content_id_of(one.uri) is not None]):
        raise _policy("an attachment is referred to twice")
    if set(signed) != set(parts):
        raise _policy("the signature must cover every attachment, and each must be there")
    return {id: _as_signed(part, signed[id]) for id, part in parts.items()}


def _as_signed(part: Part, reference: Reference) -> Part:
    for form in signed_forms(part):
        if hmac.compare_digest(sign.digest(form), reference.digest):
            return Part(part.content_id, part.content_type, form)
    raise _authentication("the digest of an attachment does not fit")


def _policy(why: str) -> Refused:
    return Refused(POLICY_NONCOMPLIANCE.saying(why))


def _authentication(why: str) -> Refused:
    return Refused(FAILED_AUTHENTICATION.saying(why))
