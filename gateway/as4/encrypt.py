"""Payloads encrypted as attachments, and decrypted: AES-128-GCM under one key for the message, which `transport` carries.

In: parts in the clear and the recipient's certificate. Out: the parts as ciphertext, and what stands of it in the security
header; and back. A part's bytes are then IV (12), ciphertext, tag (16). XML Encryption 1.1 section 5.2.4; WSS SwA Profile
1.1 section 5.5. The media type that decides about canonicalisation travels in EncryptedData (see `attachment`).
"""

import secrets
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from gateway.as4 import transport, wsse
from gateway.as4.errors import FAILED_DECRYPTION, POLICY_NONCOMPLIANCE, Refused
from gateway.as4.mime import Part, content_id_of
from gateway.as4.names import (
    CIPHERTEXT,
    COMPLETE,
    CONTENT_ONLY,
    DS,
    ENCRYPTED_KEY_TOKEN,
    WSSE,
    WSSE11,
    XENC,
    every,
    make,
    only,
)
from gateway.as4.parties import Opener
from gateway.as4.profiles import Profile

_IV = 12
_KEY_ID, _TOKEN_ID = "encrypted-key", "recipient-token"


def encrypted(parts: Sequence[Part], to: x509.Certificate, profile: Profile) -> tuple[list[etree._Element], list[Part]]:
    """The elements of the security header, in the order in which a streaming reader needs them, and the parts."""
    if not parts:
        return [], []
    key = AESGCM.generate_key(128)
    naming, token = wsse.naming(profile.names_recipient, (to,), _TOKEN_ID)
    data = [_data(f"data-{number}", part, profile) for number, part in enumerate(parts, 1)]
    listed = (make(XENC + "DataReference", attributes={"URI": f"#{one.get('Id')}"}) for one in data)
    inside = [*transport.encrypted(key, to, naming, profile), make(XENC + "ReferenceList", *listed)]
    encrypted_key = make(XENC + "EncryptedKey", *inside, attributes={"Id": _KEY_ID})
    carried = [Part(part.content_id, "application/octet-stream", _sealed(key, part.content)) for part in parts]
    return [*([token] if token is not None else []), encrypted_key, *data], carried


def _sealed(key: bytes, content: bytes) -> bytes:
    iv = secrets.token_bytes(_IV)
    return iv + AESGCM(key).encrypt(iv, content, None)


def _data(id: str, part: Part, profile: Profile) -> etree._Element:
    to_key = make(
        WSSE + "SecurityTokenReference",
        make(WSSE + "Reference", attributes={"URI": f"#{_KEY_ID}"}),
        attributes={WSSE11 + "TokenType": ENCRYPTED_KEY_TOKEN},
    )
    transforms = make(XENC + "Transforms", make(DS + "Transform", attributes={"Algorithm": CIPHERTEXT}))
    where = make(XENC + "CipherReference", transforms, attributes={"URI": f"cid:{part.content_id}"})
    return make(
        XENC + "EncryptedData",
        make(XENC + "EncryptionMethod", attributes={"Algorithm": profile.content_cipher}),
        make(DS + "KeyInfo", to_key),
        make(XENC + "CipherData", where),
        attributes={"Id": id, "Type": CONTENT_ONLY, "MimeType": part.content_type},
    )


def decrypted(
    security: etree._Element, parts: Mapping[str, Part], openers: Sequence[Opener], profile: Profile
) -> dict[str, Part]:
    """The parts in the clear, with the media type that EncryptedData states.

    `Refused`: EBMS:0103 where a part is not encrypted, or not as the profile asks; EBMS:0102 for every other reason.
    """
    listed = _listed(security, parts, profile)
    keys: dict[int, bytes] = {}
    clear: dict[str, Part] = {}
    try:
        for content_id, data in listed.items():
            at = _key_of(data, security)
            if id(at) not in keys:
                keys[id(at)] = _key(at, security, openers, profile)
            clear[content_id] = _opened(keys[id(at)], parts[content_id], data)
    except (transport.Failed, InvalidTag, ValueError) as error:
        raise Refused(FAILED_DECRYPTION.saying("the payloads could not be decrypted with our keys")) from error
    return clear


def _listed(security: etree._Element, parts: Mapping[str, Part], profile: Profile) -> dict[str, etree._Element]:
    """EncryptedData by content id: for each part exactly one."""
    found: dict[str, etree._Element] = {}
    for data in every(security, XENC + "EncryptedData"):
        where = only(data, XENC + "CipherData", XENC + "CipherReference")
        content_id = content_id_of(where.get("URI", "")) if where is not None else None
        method = only(data, XENC + "EncryptionMethod")
        if method is None or method.get("Algorithm") != profile.content_cipher:
            raise Refused(POLICY_NONCOMPLIANCE.saying(f"a payload is not encrypted with {profile.content_cipher}"))
        if (
            content_id is None
            or content_id not in parts
            or content_id in found
            or data.get("Type") not in (CONTENT_ONLY, COMPLETE)
        ):
            raise Refused(POLICY_NONCOMPLIANCE.saying("EncryptedData must name each attachment once, and nothing else"))
        found[content_id] = data
    if len(found) != len(parts):
        raise Refused(POLICY_NONCOMPLIANCE.saying("a payload came without encryption, which the profile asks for"))
    return found


def _key_of(data: etree._Element, security: etree._Element) -> etree._Element:
    """The EncryptedKey that EncryptedData points to, or that lists it."""
    pointer = only(data, DS + "KeyInfo", WSSE + "SecurityTokenReference", WSSE + "Reference")
    for key in every(security, XENC + "EncryptedKey"):
        listed = {one.get("URI") for one in key.findall(f"{XENC}ReferenceList/{XENC}DataReference")}
        if pointer.get("URI") == f"#{key.get('Id')}" if pointer is not None else f"#{data.get('Id')}" in listed:
            return key
    raise transport.Failed


def _key(element: etree._Element, security: etree._Element, openers: Sequence[Opener], profile: Profile) -> bytes:
    transport.check(element, profile)
    naming = only(transport.recipient_of(element, profile), WSSE + "SecurityTokenReference")
    ours = wsse.meant(naming, security, [opener.certificate for opener in openers])
    for opener in openers:
        if opener.certificate is ours:
            return transport.decrypted(element, opener.key)
    raise transport.Failed


def _opened(key: bytes, part: Part, data: etree._Element) -> Part:
    content = AESGCM(key).decrypt(part.content[:_IV], part.content[_IV:], None)
    media_type = data.get("MimeType") or part.content_type
    if data.get("Type") == COMPLETE:  # SwA 5.5.3: MIME headers, an empty line, then the content
        _head, line, content = content.partition(b"\r\n\r\n")
        if not line:
            raise transport.Failed
    return Part(part.content_id, media_type, content)
