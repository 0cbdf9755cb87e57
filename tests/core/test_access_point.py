"""Our keys for AS4: each pair does what its key can, the newest valid one signs, and what cannot be used is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.access_point import AccessPoint, NoKey, lacking, read_access_point
from gateway.settings import utc_now
from tests.senders.window import ec_key, key_pem, known, pem, put_pair, rsa_key

NOW = utc_now()
RIM = known("https://window.example/as4")
AS4_2 = '"edelivery-as4-2.0"'


def put(folder: Path, name: str, key: object, *, since: int = -1, until: int = 90, usage: str = "") -> x509.Certificate:
    """A pair of any kind; X25519 cannot sign its own certificate. `usage`: the one thing that KeyUsage allows."""
    folder.mkdir(parents=True, exist_ok=True)
    signer = ed25519.Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    days = [NOW + timedelta(days=day) for day in (since, until)]
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7, *days)  # type: ignore[attr-defined]
    if usage:
        names = (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
            "crl_sign", "encipher_only", "decipher_only",
        )  # fmt: skip
        builder = builder.add_extension(x509.KeyUsage(**{one: one == usage for one in names}), critical=True)
    made = builder.sign(signer, None) if not isinstance(key, rsa.RSAPrivateKey) else builder.sign(key, hashes.SHA256())
    (folder / f"{name}.pem").write_bytes(pem(made))
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[attr-defined]
    return made


def read(folder: Path) -> AccessPoint:
    made, problems = read_access_point(folder)
    assert problems == []
    return made


def test_without_a_folder_there_is_no_as4(tmp_path: Path) -> None:
    made = read(tmp_path / "nowhere")
    assert RIM.as4 is not None
    with pytest.raises(NoKey, match="signs under emswe-rim"):
        made.own(RIM.as4, NOW)
    assert [id for id, _ in lacking(made, [RIM], NOW)] == [RIM.id]


def test_each_pair_does_what_its_key_can(tmp_path: Path) -> None:
    put(tmp_path, "rsa", rsa_key("a"))
    put(tmp_path, "signs", ed25519.Ed25519PrivateKey.generate())
    put(tmp_path, "opens", x25519.X25519PrivateKey.generate())
    put_pair(tmp_path, "seal", ec_key("a"))
    put_pair(tmp_path, "tls", ec_key("b"))
    made = read(tmp_path)
    assert (len(made.signers), len(made.openers), len(made.containers)) == (2, 2, 1)
    assert made.tls is not None
    assert made.tls.key == tmp_path / "tls.key"
    assert lacking(made, [RIM], NOW) == []
    assert RIM.as4 is not None
    own = made.own(RIM.as4, NOW)
    assert isinstance(own.signer.key, rsa.RSAPrivateKey)
    assert [isinstance(one.key, rsa.RSAPrivateKey) for one in own.openers] == [True]


def test_key_usage_is_obeyed(tmp_path: Path) -> None:
    put(tmp_path, "signs", rsa_key("a"), usage="digital_signature")
    put(tmp_path, "opens", rsa_key("b"), usage="key_encipherment")
    made = read(tmp_path)
    assert [one.chain[0].public_key() for one in made.signers] == [rsa_key("a").public_key()]
    assert [one.certificate.public_key() for one in made.openers] == [rsa_key("b").public_key()]


def test_of_those_valid_the_newest_signs_and_all_open(tmp_path: Path) -> None:
    put(tmp_path, "ended", rsa_key("a"), since=-9, until=-1)
    put(tmp_path, "old", rsa_key("b"), since=-5)
    new = put(tmp_path, "new", rsa_key("c"), since=-2)
    put(tmp_path, "next", rsa_key("d"), since=2)
    assert RIM.as4 is not None
    own = read(tmp_path).own(RIM.as4, NOW)
    assert own.signer.chain == (new,)
    assert len(own.openers) == 4


def test_what_cannot_be_used_is_told_and_the_rest_is_used(tmp_path: Path) -> None:
    put(tmp_path, "good", rsa_key("a"))
    (tmp_path / "alone.key").write_bytes(key_pem(rsa_key("a")))
    (tmp_path / "rubbish.key").write_bytes(b"rubbish")
    (tmp_path / "rubbish.pem").write_bytes(b"rubbish")
    put(tmp_path, "other", rsa_key("b"))
    (tmp_path / "other.key").write_bytes(key_pem(rsa_key("a")))
    made, problems = read_access_point(tmp_path)
    assert len(made.signers) == 1
    assert [Path(file).name for file, _ in problems] == ["alone.key", "other.key", "rubbish.key"]
    assert not any("PRIVATE" in text for _, text in problems)
    assert "sign" in repr(made)
