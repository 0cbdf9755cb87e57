"""The content key on its way to the recipient: encrypted with its RSA key, or wrapped under a key agreed with X25519.

In: a fresh key and the recipient's certificate. Out: xenc:EncryptedKey; and back, with our key. XML Encryption 1.1 section
5.5 (RSA-OAEP with MGF1 and SHA-256) and 5.6 (agreement, as eDelivery AS4 2.0 uses it: ephemeral X25519, HKDF-SHA256 by
RFC 5869, AES key wrap by RFC 3394). Everything that goes wrong goes wrong alike: the answer must be no oracle.
"""

import base64
import secrets

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from lxml import etree

from gateway.as4 import profiles
from gateway.as4.errors import POLICY_NONCOMPLIANCE, Refused
from gateway.as4.names import DS, DSIG11, DSIGMORE, XENC, XENC11, make, only, text_of
from gateway.as4.parties import BadPair, OpeningKey
from gateway.as4.profiles import Profile

_KEY_BYTES = 16  # AES-128, of the content and of the key wrap
_SALT_BYTES = 32


class Failed(Exception):
    """The content key could not be had; why is nobody's business."""


def encrypted(key: bytes, to: x509.Certificate, naming: etree._Element, profile: Profile) -> list[etree._Element]:
    """What stands in xenc:EncryptedKey: method, key info (with `naming`, the reference to `to`) and the encrypted key."""
    public = to.public_key()
    if profile.key_transport == profiles.RSA_OAEP and isinstance(public, rsa.RSAPublicKey):
        method, info = _oaep_method(), make(DS + "KeyInfo", naming)
        value = public.encrypt(key, _oaep())
    elif profile.key_transport == profiles.X25519 and isinstance(public, x25519.X25519PublicKey):
        ephemeral, salt = x25519.X25519PrivateKey.generate(), secrets.token_bytes(_SALT_BYTES)
        method = make(XENC + "EncryptionMethod", attributes={"Algorithm": profiles.KW_AES128})
        info = make(DS + "KeyInfo", _agreement(ephemeral.public_key(), salt, naming))
        value = aes_key_wrap(_derived(ephemeral.exchange(public), salt, b""), key)
    else:
        raise BadPair(f"the partner's encryption certificate is not of the kind that {profile.name} encrypts to")
    return [
        method,
        info,
        make(XENC + "CipherData", make(XENC + "CipherValue", base64.b64encode(value).decode("ascii"))),
    ]


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


def _oaep_method() -> etree._Element:
    return make(
        XENC + "EncryptionMethod",
        make(DS + "DigestMethod", attributes={"Algorithm": profiles.SHA256}),
        make(XENC11 + "MGF", attributes={"Algorithm": profiles.MGF1_SHA256}),
        attributes={"Algorithm": profiles.RSA_OAEP},
    )


def _agreement(ephemeral: x25519.X25519PublicKey, salt: bytes, naming: etree._Element) -> etree._Element:
    """xenc:AgreementMethod. HKDFParams without Info: implementations differ about how its text is encoded."""
    parameters = make(
        DSIGMORE + "HKDFParams",
        make(DSIGMORE + "PRF", attributes={"Algorithm": profiles.HMAC_SHA256}),
        make(DSIGMORE + "Salt", base64.b64encode(salt).decode("ascii")),
        make(DSIGMORE + "KeyLength", str(_KEY_BYTES)),
    )
    der = ephemeral.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return make(
        XENC + "AgreementMethod",
        make(XENC11 + "KeyDerivationMethod", parameters, attributes={"Algorithm": profiles.HKDF}),
        make(XENC + "OriginatorKeyInfo", make(DSIG11 + "DEREncodedKeyValue", base64.b64encode(der).decode("ascii"))),
        make(XENC + "RecipientKeyInfo", naming),
        attributes={"Algorithm": profiles.X25519},
    )


def recipient_of(encrypted_key: etree._Element, profile: Profile) -> etree._Element | None:
    """The ds:KeyInfo or xenc:RecipientKeyInfo that names whom the key is for."""
    info = only(encrypted_key, DS + "KeyInfo")
    if profile.key_transport == profiles.X25519:
        return only(info, XENC + "AgreementMethod", XENC + "RecipientKeyInfo")
    return info


def check(encrypted_key: etree._Element, profile: Profile) -> None:
    """`Refused` (EBMS:0103) where the key came in another way than the profile allows."""
    method = only(encrypted_key, XENC + "EncryptionMethod")
    used = method.get("Algorithm", "") if method is not None else ""
    if profile.key_transport == profiles.X25519:
        agreement = only(encrypted_key, DS + "KeyInfo", XENC + "AgreementMethod")
        derivation = only(agreement, XENC11 + "KeyDerivationMethod")
        parameters = only(derivation, DSIGMORE + "HKDFParams")
        stated = [used, *(_algorithm(one) for one in (agreement, derivation, only(parameters, DSIGMORE + "PRF")))]
        allowed = stated == [profiles.KW_AES128, profiles.X25519, profiles.HKDF, profiles.HMAC_SHA256]
        allowed = allowed and text_of(only(parameters, DSIGMORE + "KeyLength")) in ("", str(_KEY_BYTES))
    else:
        stated = [used, _algorithm(only(method, XENC11 + "MGF")), _algorithm(only(method, DS + "DigestMethod"))]
        allowed = stated == [profiles.RSA_OAEP, profiles.MGF1_SHA256, profiles.SHA256]
    if not allowed:
        raise Refused(POLICY_NONCOMPLIANCE.saying(f"the content key is not encrypted as {profile.name} asks"))


def decrypted(encrypted_key: etree._Element, key: OpeningKey) -> bytes:
    """The content key of an EncryptedKey that `check` let through. `Failed` for every other reason."""
    try:
        value = base64.b64decode(text_of(only(encrypted_key, XENC + "CipherData", XENC + "CipherValue")))
        if isinstance(key, rsa.RSAPrivateKey):
            content_key = key.decrypt(value, _oaep())
        else:
            content_key = _unwrapped(encrypted_key, value, key)
    except (ValueError, TypeError, InvalidUnwrap, UnsupportedAlgorithm) as error:
        raise Failed from error
    if len(content_key) != _KEY_BYTES:
        raise Failed
    return content_key


def _unwrapped(encrypted_key: etree._Element, value: bytes, key: x25519.X25519PrivateKey) -> bytes:
    agreement = only(encrypted_key, DS + "KeyInfo", XENC + "AgreementMethod")
    stated = text_of(only(agreement, XENC + "OriginatorKeyInfo", DSIG11 + "DEREncodedKeyValue"))
    originator = load_der_public_key(base64.b64decode(stated))
    if not isinstance(originator, x25519.X25519PublicKey):
        raise Failed
    parameters = only(agreement, XENC11 + "KeyDerivationMethod", DSIGMORE + "HKDFParams")
    salt, info = (base64.b64decode(text_of(only(parameters, DSIGMORE + name))) for name in ("Salt", "Info"))
    return aes_key_unwrap(_derived(key.exchange(originator), salt, info), value)


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt or None, info).derive(secret)


def _algorithm(element: etree._Element | None) -> str:
    return element.get("Algorithm", "") if element is not None else ""
