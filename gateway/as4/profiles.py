"""The algorithm sets, as data: what we write, and everything that we accept. What is not named here is refused.

eDelivery AS4 1.15 Common Profile (what EMSWe RIM uses) and eDelivery AS4 2.0, Common Profile (December 2024). The two
do not understand each other. Identifiers: XML Signature 1.1, XML Encryption 1.1, RFC 9231, WSS SwA Profile 1.1.
"""

from enum import StrEnum

import msgspec

XMLDSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XMLDSIG_2021 = "http://www.w3.org/2021/04/xmldsig-more#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"

EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = XENC + "sha256"
RSA_SHA256 = XMLDSIG_MORE + "rsa-sha256"
ED25519 = XMLDSIG_2021 + "eddsa-ed25519"
AES128_GCM = XENC11 + "aes128-gcm"
RSA_OAEP = XENC11 + "rsa-oaep"
MGF1_SHA256 = XENC11 + "mgf1sha256"
X25519 = XMLDSIG_2021 + "x25519"
HKDF = XMLDSIG_2021 + "hkdf"
HMAC_SHA256 = XMLDSIG_MORE + "hmac-sha256"
KW_AES128 = XENC + "kw-aes128"


class TokenReference(StrEnum):
    """How a certificate is named in a security header. The first two carry it along, the others name one that is known."""

    PKI_PATH = "X509PKIPathv1"
    X509 = "X509v3"
    SUBJECT_KEY_ID = "X509SubjectKeyIdentifier"
    ISSUER_SERIAL = "X509IssuerSerial"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One set. `key_transport` is how the content key reaches the recipient: encrypted (RSA) or agreed (X25519).

    `names_signer`, `names_recipient`: the token references that we write; all four kinds are read. Signing and encrypting
    are no options: eDelivery asks for both, and no profile here switches them off.
    """

    name: str
    signature: str
    digest: str = SHA256
    content_cipher: str = AES128_GCM
    key_transport: str
    names_signer: TokenReference = TokenReference.X509
    names_recipient: TokenReference = TokenReference.ISSUER_SERIAL


EDELIVERY_1 = Profile(
    name="edelivery-as4-1.15",
    signature=RSA_SHA256,
    key_transport=RSA_OAEP,
    names_recipient=TokenReference.X509,
)
EMSWE_RIM = msgspec.structs.replace(EDELIVERY_1, name="emswe-rim", names_signer=TokenReference.PKI_PATH)
EDELIVERY_2 = Profile(name="edelivery-as4-2.0", signature=ED25519, key_transport=X25519)

PROFILES = {profile.name: profile for profile in (EDELIVERY_1, EMSWE_RIM, EDELIVERY_2)}
