"""eDelivery AS4 2.0 against Apache Santuario 4 (Java): our Ed25519 signatures, and the key agreement in both directions.

It is what phase4 and Domibus stand on. Its jar is taken from the local Maven repository, where a build of either leaves it;
without it, or without a JDK of 17 or newer, these tests are skipped.
"""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.as4 import EDELIVERY_2, Error, Fault, Opener, Own, PartyId, Signer, error_for, transport
from gateway.as4.names import WSSE, XENC, make

_JARS = Path(os.environ.get("GATEWAY_MAVEN", Path.home() / ".m2" / "repository")) / "org/apache/santuario/xmlsec"
JAR = max(_JARS.glob("4.*/xmlsec-4.*.jar"), default=None)
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="java not found: a JDK of 17 or newer is needed"),
    pytest.mark.skipif(
        JAR is None, reason="Apache Santuario 4 (org.apache.santuario:xmlsec) is not in the Maven repository"
    ),
]
NOW = datetime.now(UTC)
KEY = bytes(range(16))


def _certificate(
    public: ed25519.Ed25519PublicKey | x25519.X25519PublicKey, by: ed25519.Ed25519PrivateKey
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ap.line.example")])
    span = NOW - timedelta(days=1), NOW + timedelta(days=1)
    return x509.CertificateBuilder(name, name, public, x509.random_serial_number(), *span).sign(by, None)


@pytest.fixture(scope="module")
def own() -> Own:
    signs, opens = ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    signer = Signer(signs, (_certificate(signs.public_key(), signs),))
    opener = Opener(opens, _certificate(opens.public_key(), signs))
    return Own(party=PartyId("ap.line.example"), signer=signer, openers=(opener,))


@pytest.fixture(scope="module")
def folder(own: Own, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After Santuario has been at it, once."""
    folder = tmp_path_factory.mktemp("santuario")
    answer = error_for(
        Fault((Error(code="EBMS:0004", detail="å & <"),), "m"), id="e", at=NOW, profile=EDELIVERY_2, own=own
    )
    (opener,) = own.openers
    naming = make(WSSE + "SecurityTokenReference")
    encrypted = make(XENC + "EncryptedKey", *transport.encrypted(KEY, opener.certificate, naming, EDELIVERY_2))
    (folder / "answer.xml").write_bytes(answer.body)
    (folder / "signer.pem").write_bytes(own.signer.chain[0].public_bytes(Encoding.PEM))
    (folder / "key.xml").write_bytes(etree.tostring(encrypted))
    (folder / "key.der").write_bytes(opener.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    public = opener.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    (folder / "public.der").write_bytes(public)
    peer = Path(__file__).parent / "santuario" / "Peer.java"
    done = subprocess.run(
        ["java", "-cp", str(JAR), str(peer), str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def test_santuario_verifies_our_ed25519_signature(folder: Path) -> None:
    assert (folder / "verdict.txt").read_text() == "true"


def test_santuario_unwraps_the_key_that_we_agreed_with_it(folder: Path) -> None:
    assert (folder / "opened.txt").read_text() == KEY.hex()


def test_we_unwrap_the_key_that_santuario_agreed_with_us(folder: Path, own: Own) -> None:
    theirs = etree.parse(folder / "theirs.xml").getroot()
    transport.check(theirs, EDELIVERY_2)
    assert transport.decrypted(theirs, own.openers[0].key) == KEY
