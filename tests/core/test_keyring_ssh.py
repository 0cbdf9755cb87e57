"""Carriers' SSH keys: each line is a key that can be used, or a problem that is told."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.keyring import parse_ssh_senders
from tests.often import often

HOST_KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE nordhavn.example\n"


def test_each_line_is_a_key_and_what_cannot_be_used_is_told() -> None:
    other = HOST_KEY.replace(b"Gb9E", b"Hb9E")
    secret = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    files = {
        "nordhavn.pub": b"# two machines\r\n\n" + HOST_KEY + other,
        "aurora.pub": b'from="*" ' + HOST_KEY + b"ssh-ed25519 AAAA\nssh-dss AAAAB3NzaC1kc3M=\n\xff\x00\n" + other,
        "bad.pub": secret,
        "nordhavn.pem": b"not asked about here",
    }
    by_key, found = parse_ssh_senders(files)
    assert sorted(by_key.values()) == ["aurora", "nordhavn"]
    assert [(one.code, one.place.path) for one in found] == [
        *[("K-63", "senders/aurora.pub")] * 4,
        ("K-65", "senders/bad.pub"),
        ("K-64", "senders/nordhavn.pub"),
    ]
    assert secret.splitlines()[1].decode() not in repr(found)


def test_a_short_rsa_key_is_not_taken() -> None:
    weak, strong = (rsa.generate_private_key(65537, bits).public_key() for bits in (1024, 2048))
    for key, taken in ((weak, 0), (strong, 1)):
        line = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        by_key, found = parse_ssh_senders({"nordhavn.pub": line})
        assert (len(by_key), len(found)) == (taken, 1 - taken)


@often(50)
@given(st.binary(max_size=80), st.integers(0, 80))
def test_no_bytes_make_a_line_raise(noise: bytes, at: int) -> None:
    for line in (noise, HOST_KEY[:at] + noise + HOST_KEY[at:], HOST_KEY[:at]):
        parse_ssh_senders({"nordhavn.pub": line})
