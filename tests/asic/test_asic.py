"""A formality in its container: openssl verifies the signature, nothing changed goes unseen, no bytes make it raise."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.asic import ETSI, MEDIA_TYPE, RIM, BadSigner, Container, Entry, Names, Signer, pack, sign, unpack, verify
from tests.often import often

AT = datetime(2026, 11, 22, 12, 0, 2, tzinfo=UTC)
LIST = b"<Envelope>UTO TESTPERSON</Envelope>" * 50


def signer(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Signer:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "declarant.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    return Signer(key, (made,))


ECDSA = signer(ec.generate_private_key(ec.SECP256R1()))
PSS = signer(rsa.generate_private_key(public_exponent=65537, key_size=3072))
ENTRIES = (Entry("PXA.xml", "application/xml", LIST), Entry("note one.txt", "text/plain", b"note"))
PACKED = pack(ENTRIES, ECDSA, AT)


def rezipped(data: bytes, **changes: bytes | None) -> bytes:
    """The same container with entries changed, added, or taken out; names are written with __ for / and _ for ."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in changes.items()}
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w") as new:
        kept = {one.filename: old.read(one) for one in old.infolist()} | named
        for name, content in kept.items():
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("own", [ECDSA, PSS], ids=["ecdsa", "rsassa-pss"])
@pytest.mark.parametrize("names", [RIM, ETSI], ids=["rim", "etsi"])
def test_what_is_packed_is_unpacked(own: Signer, names: Names) -> None:
    got = unpack(pack(ENTRIES, own, AT, names))
    assert got.files == {"PXA.xml": LIST, "note one.txt": b"note"}
    assert got.covered == {"PXA.xml", "note one.txt"}
    assert got.faults == ()
    assert got.signed is not None
    assert (got.signed.signer, got.signed.at) == (own.chain[0], AT)


def test_the_media_type_comes_first_and_stored() -> None:
    with ZipFile(BytesIO(PACKED)) as zip:
        first = zip.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
        assert [one.filename for one in zip.infolist()][-2:] == ["manifest.xml", "META-INF/signatures.p7b"]
    assert PACKED[30:38] == b"mimetype"
    assert PACKED[38 : 38 + len(MEDIA_TYPE)] == MEDIA_TYPE.encode()


@pytest.mark.parametrize("own", [ECDSA, PSS], ids=["ecdsa", "rsassa-pss"])
def test_openssl_verifies_it(own: Signer, tmp_path: Path) -> None:
    with ZipFile(BytesIO(pack(ENTRIES, own, AT))) as zip:
        zip.extractall(tmp_path)
    (tmp_path / "ca.pem").write_bytes(own.chain[0].public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-attime", str(int(AT.timestamp()))]  # fmt: skip
    files = ["-in", "META-INF/signatures.p7b", "-content", "manifest.xml", "-CAfile", "ca.pem", "-out", "seen.xml"]
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "manifest.xml").write_bytes(b"something else")
    assert subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_signature_names_its_certificate() -> None:
    info = cms.ContentInfo.load(sign(b"data", ECDSA, AT))["content"]["signer_infos"][0]
    assert [one["type"].native for one in info["signed_attrs"]].count("signing_certificate_v2") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PXA_xml": b"<other/>"}, '"PXA.xml" is not as it was signed'),
        ({"PXA_xml": None}, '"PXA.xml" is not as it was signed'),
        ({"more_xml": b"<more/>"}, '"more.xml" is covered by no signature'),
        ({"mimetype": None}, "its mimetype entry is missing or says something else"),
        ({"META-INF__signatures_p7b": None}, "it holds no signature"),
        ({"META-INF__signatures_p7b": b"rubbish"}, "META-INF/signatures.p7b: the signature is not CMS SignedData (RFC 5652)"),
        ({"manifest_xml": b"<a/>"}, "its signature covers no list of what is signed"),
    ],
)  # fmt: skip
def test_what_was_changed_is_said(changes: dict[str, bytes | None], said: str) -> None:
    got = unpack(rezipped(PACKED, **changes))
    assert said in got.faults
    assert "PXA.xml" not in got.covered or "PXA.xml" not in said


def test_a_list_that_was_changed_with_its_file_is_not_believed() -> None:
    with ZipFile(BytesIO(pack([Entry("PXA.xml", "application/xml", b"<other/>")], PSS, AT))) as zip:
        other = zip.read("manifest.xml")
    got = unpack(rezipped(PACKED, PXA_xml=b"<other/>", manifest_xml=other))
    assert got.signed is None
    assert any("a digest differs" in fault for fault in got.faults)


def test_another_certificate_in_place_of_the_signers_is_seen() -> None:
    info = cms.ContentInfo.load(sign(b"data", ECDSA, AT))
    foreign = cms.ContentInfo.load(sign(b"data", PSS, AT))["content"]["certificates"]
    info["content"]["certificates"] = foreign
    assert verify(b"data", info.dump(force=True)) == "the certificate that the signature names did not come with it"


def test_a_weak_key_does_not_sign() -> None:
    with pytest.raises(BadSigner):
        sign(b"data", signer(rsa.generate_private_key(public_exponent=65537, key_size=2048)), AT)


def test_a_bomb_is_not_opened() -> None:
    got = unpack(pack([Entry(name, "text/plain", bytes(40 << 20)) for name in ("one", "two")], ECDSA, AT))
    assert got.signed is None
    assert "it was not opened" in got.faults[0]


@given(st.binary(max_size=300))
@often(30)
def test_no_bytes_make_it_raise(data: bytes) -> None:
    assert isinstance(unpack(data), Container)
    assert isinstance(verify(data, data), str)


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
@often(75)
def test_no_changed_byte_goes_unseen(at: int, by: int) -> None:
    changed = bytearray(PACKED)
    changed[at] ^= by
    got = unpack(bytes(changed))
    assert got.files.get("PXA.xml") in (LIST, None) or "PXA.xml" not in got.covered


@given(st.integers(0, 2000), st.integers(1, 255))
@often(20)
def test_no_signature_makes_it_raise(at: int, by: int) -> None:
    made = bytearray(sign(b"data", ECDSA, AT))
    made[at % len(made)] ^= by
    verify(b"data", bytes(made))
