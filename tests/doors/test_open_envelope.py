"""The kit's programs open what the gateway seals, in every form and to every kind of key, and nothing that was changed."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.keyring import Handling, KeyKind, SealForm, SecretKey, new_secret
from gateway.seal import seal_to
from tests.doors.kit import module, run

PAYLOAD = '{"persons":[{"family_names":"ERIKSSON","given_names":"ANNA MARIA Å"}]}\n'.encode() * 50
ID = "11111111-2222-5333-8444-555555555555"
HANDLING = Handling(
    marking="restricted",
    purposes=("border",),
    legal_basis='An act with "quotation marks", \\ and ",\\"to\\":\\"x" in it',
    route="border",
    as_of=datetime(2026, 11, 22, tzinfo=UTC).isoformat(),
    originator="example-line",
    onward="none",
    version=1,
)
SIGNER = new_secret(KeyKind.ED25519)
FORMS: list[tuple[SealForm, KeyKind]] = [
    ("jwe", KeyKind.X25519),
    ("jwe", KeyKind.P256),
    ("envelope", KeyKind.X25519),
    ("envelope", KeyKind.HYBRID),
]
IN_A_SHELL = [(form, kind) for form, kind in FORMS if form == "jwe"]


def sealed(form: SealForm, to: SecretKey, payload: bytes = PAYLOAD, signer: SecretKey = SIGNER) -> bytes:
    return seal_to(
        form, to.public, payload, content_type="application/json", handling=HANDLING, delivery_id=ID, signer=signer
    ).body


def folder(tmp_path: Path, envelope: bytes, secret: SecretKey) -> tuple[Path, Path, Path]:
    paths = tmp_path / "envelope", tmp_path / "secret.pem", tmp_path / "gateway.pem"
    for path, data in zip(paths, (envelope, secret.pem, SIGNER.public.pem), strict=True):
        path.write_bytes(data)
    return paths


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_the_python_program_opens_every_form(form: SealForm, kind: KeyKind, tmp_path: Path) -> None:
    secret = new_secret(kind)
    envelope, own, gateway = folder(tmp_path, sealed(form, secret), secret)
    done = run("open_envelope.py", envelope, "--secret", own, "--gateway", gateway)
    assert (done.returncode, done.stdout) == (0, PAYLOAD), done.stderr
    assert ID.encode() in done.stderr
    assert b"restricted" in done.stderr


@pytest.mark.parametrize(("form", "kind"), IN_A_SHELL)
def test_the_shell_program_opens_jwe(form: SealForm, kind: KeyKind, tmp_path: Path) -> None:
    secret = new_secret(kind)
    for payload in (PAYLOAD, b"list\n\n"):
        done = run("open_jwe.sh", *folder(tmp_path, sealed(form, secret, payload), secret))
        assert (done.returncode, done.stdout) == (0, payload), done.stderr
    assert b'"delivery_id":"' + ID.encode() in done.stderr


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_no_changed_byte_passes(form: SealForm, kind: KeyKind) -> None:
    kit, secret = module("open_envelope"), new_secret(kind)
    envelope, own, gateway = sealed(form, secret, b"short"), kit.Secret(secret.pem), kit.gateway_key(SIGNER.public.pem)
    assert kit.open_envelope(envelope, own, gateway).payload == b"short"
    for at in range(0, len(envelope), 7):
        changed = envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1 :]
        with pytest.raises(kit.NotOpened):
            kit.open_envelope(changed, own, gateway)
        with pytest.raises(kit.NotOpened):
            kit.open_envelope(envelope[:at], own, gateway)


@pytest.mark.parametrize(
    "head", [b"[" * 60_000, b"{}", b"[]", b"null", b"\xff", b'{"alg":"ECDH-ES+A256KW","enc":"A256GCM","kid":1}']
)
def test_no_header_makes_it_do_anything_but_refuse(head: bytes) -> None:
    kit, secret = module("open_envelope"), new_secret(KeyKind.X25519)
    own, gateway = kit.Secret(secret.pem), kit.gateway_key(SIGNER.public.pem)
    for body in (urlsafe_b64encode(head).rstrip(b"=") + b".e30.e30.e30.e30", kit.VERSION + b"\0\0\0\2" + head):
        with pytest.raises(kit.NotOpened):
            kit.open_envelope(body, own, gateway)


def test_the_shell_program_gives_out_nothing_that_was_changed(tmp_path: Path) -> None:
    secret = new_secret(KeyKind.X25519)
    envelope = sealed("jwe", secret, b"short")
    dots = [at for at, byte in enumerate(envelope) if byte == ord(".")]
    for at in (5, dots[0] + 3, dots[1] + 3, dots[3] - 20):  # head, wrapped key, nonce, text
        changed = envelope[:at] + (b"A" if envelope[at : at + 1] != b"A" else b"B") + envelope[at + 1 :]
        done = run("open_jwe.sh", *folder(tmp_path, changed, secret))
        assert (done.returncode, done.stdout) == (1, b"")
    for other in (b"", envelope[: dots[3] - 40], b"e30.e30.e30.e30.e30"):
        done = run("open_jwe.sh", *folder(tmp_path, other, secret))
        assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_another_gateway_or_another_recipient_is_refused(form: SealForm, kind: KeyKind, tmp_path: Path) -> None:
    secret, other = new_secret(kind), new_secret(kind)
    for envelope in (sealed(form, secret, signer=new_secret(KeyKind.ED25519)), sealed(form, other)):
        files = folder(tmp_path, envelope, secret)
        runs = [run("open_envelope.py", files[0], "--secret", files[1], "--gateway", files[2])]
        runs += [run("open_jwe.sh", *files)] if (form, kind) == ("jwe", KeyKind.X25519) else []
        for done in runs:
            assert (done.returncode, done.stdout) == (1, b"")
            assert b"not opened: " in done.stderr
            assert b"Traceback" not in done.stderr
