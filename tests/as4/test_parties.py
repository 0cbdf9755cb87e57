"""Key files read: what fits, and what is said where it does not."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from gateway.as4 import EDELIVERY_1, EDELIVERY_2, BadPair, certificates_of, errors, opener_of, pack, signer_of
from tests.as4.wires import LIST, certificate, rsa_key, wire


def pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def shown(certified) -> bytes:
    return certified.public_bytes(Encoding.PEM)


RSA = rsa_key("own")
RSA_CERTIFICATE = certificate("own", RSA.public_key(), RSA)
ISSUER = certificate("issuer", rsa_key("issuer").public_key(), rsa_key("issuer"))


def test_a_key_with_its_certificate_and_chain():
    signer = signer_of(pem(RSA), shown(RSA_CERTIFICATE) + shown(ISSUER))
    assert signer.chain == (RSA_CERTIFICATE, ISSUER)
    assert opener_of(pem(RSA), shown(RSA_CERTIFICATE)).certificate == RSA_CERTIFICATE
    assert "PRIVATE" not in repr(signer)


def test_the_keys_of_the_second_edition():
    ca, signs, opens = (
        ed25519.Ed25519PrivateKey.generate(),
        ed25519.Ed25519PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
    )
    assert signer_of(pem(signs), shown(certificate("own", signs.public_key(), ca, "CA"))).chain
    assert opener_of(pem(opens), shown(certificate("own", opens.public_key(), ca, "CA"))).certificate
    with pytest.raises(BadPair, match="decryption key is an RSA key"):
        opener_of(pem(signs), shown(RSA_CERTIFICATE))
    with pytest.raises(BadPair, match="signing key is an RSA key"):
        signer_of(pem(opens), shown(RSA_CERTIFICATE))


@pytest.mark.parametrize(
    ("key", "certified", "said"),
    [
        (b"no key", shown(RSA_CERTIFICATE), "private key cannot be read"),
        (pem(RSA, BestAvailableEncryption(b"x")), shown(RSA_CERTIFICATE), "without a password"),
        (pem(RSA), b"no certificate", "no certificate can be read"),
        (pem(RSA), shown(ISSUER), "belongs to another key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), shown(RSA_CERTIFICATE), "is an RSA key"),
    ],
)
def test_what_does_not_fit_is_told_without_the_key(key, certified, said):
    for read in (signer_of, opener_of):
        with pytest.raises(BadPair, match=said) as bad:
            read(key, certified)
        assert "PRIVATE KEY" not in str(bad.value)
    assert certificates_of(shown(ISSUER)) == (ISSUER,)


def test_keys_of_one_edition_are_no_use_to_the_other():
    first, second = wire(EDELIVERY_1), wire(EDELIVERY_2)
    message = first.sent(first.pack(LIST)).message
    with pytest.raises(BadPair, match="our signing certificate"):
        pack(message, (), profile=EDELIVERY_1, own=second.line.own, partner=first.window.shown)
    with pytest.raises(BadPair, match="partner's encryption certificate"):
        pack(message, (LIST,), profile=EDELIVERY_2, own=second.line.own, partner=first.window.shown)


def test_error_codes_are_those_of_the_standard_each_once():
    """OASIS ebMS 3.0 Core 6.7 and AS4 Profile 3.5."""
    codes = [kind.code for kind in errors.KINDS]
    assert sorted(codes) == codes
    assert len(set(codes)) == len({kind.name for kind in errors.KINDS}) == 19
    assert [kind.code for kind in errors.KINDS if kind.severity == "warning"] == ["EBMS:0006"]
    assert {kind.category for kind in errors.KINDS} == {"Content", "Unpackaging", "Processing", "Communication"}
