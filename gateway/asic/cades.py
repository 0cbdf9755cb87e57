"""A detached CAdES-B-B signature (ETSI EN 319 122-1 clause 6.3, on CMS, RFC 5652, and ESS, RFC 5035).

In: bytes, and a key with its certificates. Out: DER of a SignedData without content, whose signed attributes name the
certificate by its SHA-256 (signing-certificate-v2); and back: whose signature it is, or why it is none. SHA-256 with
ECDSA (P-256 and stronger) or RSASSA-PSS (3,072 bits and more), the two that EMSWe's RIM takes; PKCS #1 v1.5 is read too.
ECDSA is deterministic (RFC 6979): the same bytes signed at the same time have the same signature. `cryptography` cannot write that attribute, so the CMS is put together with `asn1crypto`; the mathematics stay with the former.
"""

from datetime import datetime
from hashlib import sha256

import msgspec
from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

_SHA256 = hashes.SHA256()
_PSS = padding.PSS(padding.MGF1(_SHA256), 32)
_LEAST_RSA_BITS = 3072
_CURVES = ("secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
}  # fmt: skip
_MISREAD = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
"""What `asn1crypto` makes of bytes that are no CMS."""


class BadSigner(Exception):
    """A key that may not sign; the text says which one may."""


class Signer(msgspec.Struct, frozen=True):
    """A key, and its certificate first, then those that issued it."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        return "Signer(…)"


class Signed(msgspec.Struct, frozen=True):
    """A signature that holds: whose it is, with the other certificates that came along, and when it says it was made."""

    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    at: datetime | None


def sign(data: bytes, signer: Signer, at: datetime) -> bytes:
    """The signature over `data`, which is not in it. `BadSigner` where the key is too weak."""
    chain = [asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in signer.chain]
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [sha256(data).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": at})]},
            {"type": "signing_certificate_v2", "values": [_certificate_id(chain[0])]},
        ]
    )
    algorithm, signature = _signature(signer.key, attributes.dump())
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": chain[0].issuer, "serial_number": chain[0].serial_number},
        ),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": algorithm,
        "signature": signature,
    }
    body = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": chain,
        "signer_infos": [info],
    }
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)}).dump()
    return made


def _certificate_id(certificate: asn1.Certificate) -> tsp.SigningCertificateV2:
    """SHA-256 is the default, and DER leaves defaults out (RFC 5035 section 4)."""
    one = {"cert_hash": sha256(certificate.dump()).digest()}
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(one)]})


def _signature(key: object, data: bytes) -> tuple[dict[str, object], bytes]:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return {"algorithm": "sha256_ecdsa"}, key.sign(data, ec.ECDSA(_SHA256, deterministic_signing=True))
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": "sha256"},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
                "salt_length": 32,
            }
        )
        return {"algorithm": "rsassa_pss", "parameters": parameters}, key.sign(data, _PSS, _SHA256)
    raise BadSigner(f"a key of ECDSA P-256 or stronger, or RSA of {_LEAST_RSA_BITS:,} bits or more, is needed")


def verify(data: bytes, signature: bytes) -> Signed | str:
    """Whose signature over `data` this is, or in words why it is none. No bytes make it raise."""
    try:
        return _verified(data, signature)
    except _MISREAD:
        return "the signature is not CMS SignedData (RFC 5652)"
    except UnsupportedAlgorithm:
        return "the signature uses an algorithm that is not known here"
    except InvalidSignature:
        return "the signature does not fit its certificate: it was changed, or is another's"


def _verified(data: bytes, signature: bytes) -> Signed | str:
    content = cms.ContentInfo.load(signature, strict=True)["content"]
    [info] = content["signer_infos"]
    attributes = {one["type"].native: one["values"][0] for one in info["signed_attrs"]}
    hash = _HASHES[info["digest_algorithm"]["algorithm"].native]
    digest = hashes.Hash(hash())
    digest.update(data)
    if attributes["message_digest"].native != digest.finalize():
        return "what was signed is something else: a digest differs"
    named = attributes.get("signing_certificate_v2")
    if named is None:
        return "the signature does not name its certificate (signing-certificate-v2), so it is no CAdES signature"
    certificates = [one.chosen for one in content["certificates"]]
    digests = [_digest_of(one, named["certs"][0]) for one in certificates]
    wanted = named["certs"][0]["cert_hash"].native
    if wanted not in digests:
        return "the certificate that the signature names did not come with it"
    found = [x509.load_der_x509_certificate(one.dump()) for one in certificates]
    signer = found.pop(digests.index(wanted))
    _check(signer.public_key(), info, _HASHES)
    at = attributes.get("signing_time")
    return Signed(signer, tuple(found), at.native if at is not None else None)


def _digest_of(certificate: asn1.Certificate, named: tsp.ESSCertIDv2) -> bytes:
    digest = hashes.Hash(_HASHES[named["hash_algorithm"]["algorithm"].native]())
    digest.update(certificate.dump())
    return digest.finalize()


def _check(key: object, info: cms.SignerInfo, known: dict[str, type[hashes.HashAlgorithm]]) -> None:
    """The mathematics. Raises `InvalidSignature`, or what a misread raises."""
    algorithm, signature = info["signature_algorithm"], info["signature"].native
    signed = info["signed_attrs"].untag().dump()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(_hash_of(info, known)))
    elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pss":
        hash = known[algorithm.hash_algo]()
        salt = algorithm["parameters"]["salt_length"].native
        key.verify(signature, signed, padding.PSS(padding.MGF1(hash), salt), hash)
    elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pkcs1v15":
        key.verify(signature, signed, padding.PKCS1v15(), _hash_of(info, known))
    else:
        raise UnsupportedAlgorithm("neither RSA nor ECDSA")


def _hash_of(info: cms.SignerInfo, known: dict[str, type[hashes.HashAlgorithm]]) -> hashes.HashAlgorithm:
    """Where the signature algorithm names none (rsaEncryption), that of the digest."""
    algorithm = info["signature_algorithm"]
    named = algorithm["algorithm"].native
    return known[info["digest_algorithm"]["algorithm"].native if named == "rsassa_pkcs1v15" else algorithm.hash_algo]()
