"""Certificates in a security header: carried along (X509v3, PKIPath) or named (subject key id, issuer and serial number).

In: a certificate and how to name it. Out: the wsse:SecurityTokenReference, and the token where one is carried. And back:
which of the certificates that we know a reference means; no other is ever believed, so a token that comes along is only
compared. WSS X.509 Token Profile 1.1; RFC 5280.
"""

import base64
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.as4.names import BASE64, DS, TOKEN_PROFILE, WSSE, WSSE11, WSU, every, make, only, text_of
from gateway.as4.profiles import TokenReference


def naming(
    kind: TokenReference, chain: Sequence[x509.Certificate], token_id: str
) -> tuple[etree._Element, etree._Element | None]:
    """The reference to `chain[0]`, and the token under `token_id` that it points to, if the certificate goes along."""
    if kind is TokenReference.SUBJECT_KEY_ID:
        content: etree._Element = _key_identifier(chain[0])
    elif kind is TokenReference.ISSUER_SERIAL:
        content = _issuer_serial(chain[0])
    else:
        content = make(WSSE + "Reference", attributes={"URI": f"#{token_id}", "ValueType": TOKEN_PROFILE + kind})
    token = _token(kind, chain, token_id) if kind in (TokenReference.X509, TokenReference.PKI_PATH) else None
    # WSS X.509 Token Profile 1.1 section 3.1.3: a reference to a path says what kind of token it points to
    token_type = TOKEN_PROFILE + kind if kind is TokenReference.PKI_PATH else None
    reference = make(WSSE + "SecurityTokenReference", content, attributes={WSSE11 + "TokenType": token_type})
    return reference, token


def _token(kind: TokenReference, chain: Sequence[x509.Certificate], token_id: str) -> etree._Element:
    content = _pki_path(chain) if kind is TokenReference.PKI_PATH else chain[0].public_bytes(Encoding.DER)
    attributes = {"EncodingType": BASE64, "ValueType": TOKEN_PROFILE + kind, WSU + "Id": token_id}
    return make(WSSE + "BinarySecurityToken", _text(content), attributes=dict(attributes))


def _pki_path(chain: Sequence[x509.Certificate]) -> bytes:
    """PkiPath ::= SEQUENCE OF Certificate, the end entity last (X.509 10.10.3): a DER header (X.690 8.1.3) and certificates."""
    content = b"".join(one.public_bytes(Encoding.DER) for one in reversed(chain))
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")  # always over 127: a certificate is
    return b"\x30" + bytes([0x80 | len(length)]) + length + content


def _key_identifier(certificate: x509.Certificate) -> etree._Element:
    attributes = {"EncodingType": BASE64, "ValueType": TOKEN_PROFILE + TokenReference.SUBJECT_KEY_ID}
    return make(WSSE + "KeyIdentifier", _text(subject_key_id(certificate)), attributes=dict(attributes))


def _issuer_serial(certificate: x509.Certificate) -> etree._Element:
    issuer = make(DS + "X509IssuerName", certificate.issuer.rfc4514_string())
    serial = make(DS + "X509SerialNumber", str(certificate.serial_number))
    return make(DS + "X509Data", make(DS + "X509IssuerSerial", issuer, serial))


def subject_key_id(certificate: x509.Certificate) -> bytes:
    """The certificate's own, or SHA-1 over its public key where it states none (RFC 5280 4.2.1.2, method 1)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def meant(
    reference: etree._Element | None, security: etree._Element, known: Iterable[x509.Certificate]
) -> x509.Certificate | None:
    """Which of `known` a wsse:SecurityTokenReference means; None: another one, or a reference of no kind that is read here."""
    content = reference[0] if reference is not None and len(reference) == 1 else None
    if content is None:
        return None
    if content.tag == WSSE + "Reference":
        return _carried(_token_at(content.get("URI", ""), security), known)
    if content.tag == WSSE + "KeyIdentifier":
        is_ski = content.get("ValueType") == TOKEN_PROFILE + TokenReference.SUBJECT_KEY_ID
        named = _bytes(content) if is_ski else None
        return _one(one for one in known if named and subject_key_id(one) == named)
    pair = only(content, DS + "X509IssuerSerial") if content.tag == DS + "X509Data" else None
    return _one(one for one in known if pair is not None and _is_named(pair, one))


def _token_at(uri: str, security: etree._Element) -> etree._Element | None:
    """The token of this very header that `uri` points to. Ids have been found unique in the whole message before."""
    tokens = every(security, WSSE + "BinarySecurityToken")
    return next((token for token in tokens if uri == f"#{token.get(WSU + 'Id')}"), None)


def _carried(token: etree._Element | None, known: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """A PKIPath ends with its end entity, so that no path need be taken apart to see whether that is one we know."""
    content = _bytes(token) if token is not None else None
    kind = token.get("ValueType", "") if token is not None else ""
    if not content or kind not in (TOKEN_PROFILE + TokenReference.X509, TOKEN_PROFILE + TokenReference.PKI_PATH):
        return None
    whole = kind.endswith(TokenReference.X509)
    ders = ((one, one.public_bytes(Encoding.DER)) for one in known)
    return _one(one for one, der in ders if (content == der if whole else content.endswith(der)))


def _is_named(pair: etree._Element, certificate: x509.Certificate) -> bool:
    if text_of(only(pair, DS + "X509SerialNumber")) != str(certificate.serial_number):
        return False
    try:
        issuer = x509.Name.from_rfc4514_string(text_of(only(pair, DS + "X509IssuerName")))
    except ValueError:
        return False
    return _names(issuer) == _names(certificate.issuer)


def _names(name: x509.Name) -> list[tuple[str, str]]:
    """Compared without letter case and surrounding space, and without ASN.1 string types (RFC 5280 7.1)."""
    return [(one.oid.dotted_string, str(one.value).strip().casefold()) for one in name]


def _one(found: Iterable[x509.Certificate]) -> x509.Certificate | None:
    certificates = list(found)
    return certificates[0] if certificates else None


def _bytes(element: etree._Element) -> bytes | None:
    try:
        return base64.b64decode(text_of(element))
    except ValueError:
        return None


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
