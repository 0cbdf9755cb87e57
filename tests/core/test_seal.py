"""Sealing: what goes in comes out for the right key, nothing comes out for any other, and no changed bit goes unseen.

tests/vectors/seal/ holds envelopes that every later version must treat in the same way: a header (`expect` names the
outcome), an empty line, the envelope in base64. Three envelopes are also opened without any code of ours.
"""

import base64
import hashlib
import hmac
import json
import struct
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from hypothesis import example, given
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from gateway import seal
from gateway.keyring import Handling, KeyKind, PublicKey, SecretKey, new_identity, new_recipient_keys, new_secret
from gateway.manifest import Purpose
from gateway.seal import Refused, open_at_rest, open_envelope, seal_at_rest, seal_to
from tests.often import often

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "seal").glob("*.txt"))
HANDLING = Handling(
    marking="restricted",
    purposes=(Purpose.BORDER, Purpose.SAFETY),
    legal_basis="Regulation (EU) 2016/399 Annex VI 3.1; Directive 98/41/EC art. 5",
    route="ut-border",
    as_of="2026-11-21T09:30:00Z",
    originator="nordhavn",
    version=3,
)
IDENTITY = new_identity(date(2026, 11, 21))
SECRETS = {kind: new_secret(kind) for kind in KeyKind}
FORMS = [
    ("envelope", KeyKind.HYBRID),
    ("envelope", KeyKind.X25519),
    ("jwe", KeyKind.X25519),
    ("jwe", KeyKind.P256),
]


def sealed(form: str, kind: KeyKind, payload: bytes = b'{"persons": []}') -> bytes:
    return seal_to(
        form,  # type: ignore[arg-type]
        SECRETS[kind].public,
        payload,
        content_type="application/json",
        handling=HANDLING,
        delivery_id="0193f3a4-7c1e-7d54-a2f4-5b8f6f1f9d10",
        signer=IDENTITY.signer,
    ).body


A_JWE = sealed("jwe", KeyKind.P256)


@pytest.mark.parametrize(("form", "kind"), FORMS)
@often(25)
@given(payload=st.binary(max_size=3000))
@example(payload=b"")
@example(payload=b"ERIKSSON" * 40_000)
def test_what_is_sealed_opens(form: str, kind: KeyKind, payload: bytes) -> None:
    opened = open_envelope(sealed(form, kind, payload), SECRETS.values(), IDENTITY.verify_keys)
    assert opened.payload == payload
    assert opened.handling == HANDLING
    assert opened.content_type == "application/json"
    assert opened.delivery_id == "0193f3a4-7c1e-7d54-a2f4-5b8f6f1f9d10"
    assert opened.signer == IDENTITY.verify_keys[0].fingerprint


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_no_bit_can_be_flipped(form: str, kind: KeyKind) -> None:
    """Every bit of the smallest envelope; of the others every bit of the header's start and one bit of every byte."""
    body = sealed(form, kind, b"one small list")
    every = (form, kind) == ("envelope", KeyKind.X25519)
    for at in range(len(body)):
        for bit in range(8) if every or at < 300 else (at % 8,):
            changed = bytearray(body)
            changed[at] ^= 1 << bit
            with pytest.raises(Refused):
                open_envelope(bytes(changed), SECRETS.values(), IDENTITY.verify_keys)


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_no_byte_can_be_cut_off_or_added(form: str, kind: KeyKind) -> None:
    body = sealed(form, kind)
    for length in range(0, len(body), 7):
        with pytest.raises(Refused):
            open_envelope(body[:length], SECRETS.values(), IDENTITY.verify_keys)
    for longer in (body + b"\x00", body + b"=", body + b".", b" " + body):
        with pytest.raises(Refused):
            open_envelope(longer, SECRETS.values(), IDENTITY.verify_keys)


@often(150)
@given(st.binary(max_size=400), st.sampled_from([b"", b"maritime-sealed 1\n", b"maritime-sealed ", b"eyJ"]))
def test_junk_is_refused_and_nothing_else_happens(junk: bytes, start: bytes) -> None:
    with pytest.raises(Refused):
        open_envelope(start + junk, SECRETS.values(), IDENTITY.verify_keys)


@often(100)
@given(st.data())
def test_a_jwe_with_any_header_is_refused_or_opened_as_signed(data: st.DataObject) -> None:
    """The header of a JWE is JSON that anyone may write: no shape of it does anything but a refusal."""
    value = st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.lists(st.text(max_size=3), max_size=2)
    )
    parts = A_JWE.split(b".")
    header = json.loads(base64.urlsafe_b64decode(parts[0] + b"=="))
    name = data.draw(st.sampled_from([*header, "epk", "crit", "zip", "b64", "p2c", "jku"]))
    where = header["epk"] if name == "epk" and data.draw(st.booleans()) else header
    where[data.draw(st.sampled_from(["kty", "crv", "x", "d"])) if where is not header else name] = data.draw(value)
    parts[0] = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")
    with pytest.raises(Refused):
        open_envelope(b".".join(parts), SECRETS.values(), IDENTITY.verify_keys)


def test_what_is_sealed_to_one_opens_for_no_other() -> None:
    for form, kind in FORMS:
        with pytest.raises(seal.WrongKey) as refusal:
            open_envelope(sealed(form, kind), [new_secret(kind)], IDENTITY.verify_keys)
        assert SECRETS[kind].public.fingerprint in str(refusal.value)
        with pytest.raises(seal.UnknownSigner):
            open_envelope(sealed(form, kind), SECRETS.values(), [new_secret(KeyKind.ED25519).public])


def test_nothing_in_an_envelope_can_be_read_or_is_shown() -> None:
    secret = b"ERIKSSON ANNA MARIA"
    for form, kind in FORMS:
        body = sealed(form, kind, secret * 20)
        assert secret not in body
        if form == "jwe":
            assert secret not in b"".join(base64.urlsafe_b64decode(part + b"==") for part in body.split(b"."))
        assert "ERIKSSON" not in repr(open_envelope(body, SECRETS.values(), IDENTITY.verify_keys))


def test_two_seals_of_the_same_have_nothing_in_common() -> None:
    for form, kind in FORMS:
        assert sealed(form, kind)[-200:] != sealed(form, kind)[-200:]


def test_a_recipient_cannot_pass_an_envelope_on_as_meant_for_another() -> None:
    """The recipient of a JWE can encrypt the signed part again; the fingerprint inside gives it away."""
    from joserfc import jwe
    from joserfc.jwk import OKPKey

    class Large(jwe.JWERegistry):
        max_protected_header_length = 4096

    registry = Large(algorithms=["ECDH-ES+A256KW", "A256GCM"], strict_check_header=False)
    first, second = SECRETS[KeyKind.X25519], new_secret(KeyKind.X25519)
    signed = jwe.decrypt_compact(sealed("jwe", KeyKind.X25519), OKPKey.import_key(first.pem), registry=registry)
    header = {**signed.protected, "kid": second.public.fingerprint}
    del header["epk"]
    again = jwe.encrypt_compact(
        header, signed.plaintext or b"", OKPKey.import_key(second.public.pem), registry=registry
    )
    with pytest.raises(seal.Altered, match="headers differ"):
        open_envelope(again.encode(), [second], IDENTITY.verify_keys)


def test_keys_made_for_a_form_open_it() -> None:
    for form in ("jwe", "envelope"):
        secret, public = new_recipient_keys(form)  # type: ignore[arg-type]
        body = seal_to(
            form, public, b"x", content_type="text/plain", handling=HANDLING, delivery_id="1", signer=IDENTITY.signer
        ).body  # type: ignore[arg-type]  # fmt: skip
        assert open_envelope(body, [secret], IDENTITY.verify_keys).payload == b"x"


# -- at rest


@often(20)
@given(st.binary(max_size=5000), st.binary(max_size=60))
@example(b"", b"")
@example(b"ERIKSSON" * 100_000, b"submission 1")
@example(bytes(range(256)) * 1000, b"submission 2")
def test_what_is_put_away_comes_back(plaintext: bytes, context: bytes) -> None:
    kept = seal_at_rest(plaintext, IDENTITY.seal_to, context=context)
    assert open_at_rest(kept, IDENTITY, context=context) == plaintext
    assert open_at_rest(kept, IDENTITY.renewed(date(2027, 1, 1)), context=context) == plaintext
    with pytest.raises(seal.Altered):
        open_at_rest(kept, IDENTITY, context=context + b"\x00")
    with pytest.raises(seal.WrongKey):
        open_at_rest(kept, new_identity(date(2027, 1, 1)), context=context)


def test_no_bit_at_rest_can_be_flipped_and_no_row_swapped() -> None:
    kept, other = (
        seal_at_rest(b"ERIKSSON ANNA MARIA", IDENTITY.seal_to, context=context) for context in (b"row 1", b"row 2")
    )
    for field in ("wrapped", "ciphertext"):
        whole: bytes = getattr(kept, field)
        for at in range(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 1 << at % 8
            with pytest.raises(seal.Altered):
                open_at_rest(seal.Sealed(**{**parts(kept), field: bytes(changed)}), IDENTITY, context=b"row 1")
        for short in (whole[:-1], whole[:5], b"", whole + b"\x00", parts(other)[field]):
            with pytest.raises(seal.Altered):
                open_at_rest(seal.Sealed(**{**parts(kept), field: short}), IDENTITY, context=b"row 1")  # type: ignore[arg-type]


def test_a_workbook_is_not_deflated_and_a_list_is() -> None:
    workbook, people = new_secret(KeyKind.HYBRID).raw * 3, b"ERIKSSON;ANNA MARIA;1974-08-12;UTO\n" * 1000
    noise = hashlib.shake_256(workbook).digest(200_000)
    assert len(seal_at_rest(noise, IDENTITY.seal_to, context=b"").ciphertext) == len(noise) + 1 + 12 + 16
    assert len(seal_at_rest(people, IDENTITY.seal_to, context=b"").ciphertext) < len(people) / 6


def parts(kept: seal.Sealed) -> dict[str, bytes | str]:
    return {"wrapped": kept.wrapped, "ciphertext": kept.ciphertext, "key_id": kept.key_id}


# -- opened without our code


def opened_by_hand(body: bytes, shared: "callable") -> bytes:  # type: ignore[valid-type]
    """The layout that gateway/seal/binary.py documents, followed with nothing but a JSON parser and primitives."""
    start = len(b"maritime-sealed 1\n")
    (length,) = struct.unpack(">I", body[start : start + 4])
    content_at = start + 4 + length
    header = json.loads(body[start + 4 : content_at])
    key = load_der_public_key(IDENTITY.verify_keys[0].raw)
    assert isinstance(key, ed25519.Ed25519PublicKey)
    key.verify(body[-64:], body[:-64])
    info = f"maritime-sealed 1\n{header['delivery_id']}\n{header['to']}\n".encode()
    content_key = shared(base64.b64decode(header["wrapped"]), info)
    return AESGCM(content_key).decrypt(base64.b64decode(header["nonce"]), body[content_at:-64], body[:content_at])


def test_pyhpke_opens_an_envelope() -> None:
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    secret = KEMKey.from_pem(SECRETS[KeyKind.X25519].pem)

    def unwrap(wrapped: bytes, info: bytes) -> bytes:
        return suite.create_recipient_context(wrapped[:32], secret, info=info).open(wrapped[32:])

    assert opened_by_hand(sealed("envelope", KeyKind.X25519, b"a list"), unwrap) == b"a list"


def test_the_hybrid_is_x_wing_in_hpke() -> None:
    """draft-connolly-cfrg-xwing-kem and RFC 9180 section 5.1 from the text: KEM 0x647a, KDF 1, AEAD 2."""
    kem = mlkem.MLKEM768PrivateKey.from_seed_bytes(SECRETS[KeyKind.HYBRID].raw[:64])
    curve = x25519.X25519PrivateKey.from_private_bytes(SECRETS[KeyKind.HYBRID].raw[64:])
    suite = b"HPKE" + struct.pack(">HHH", 0x647A, 1, 2)

    def extract(label: bytes, secret: bytes, salt: bytes = bytes(32)) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")

    def expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
        return hmac.digest(secret, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info + b"\x01", "sha256")[
            :length
        ]

    def unwrap(wrapped: bytes, info: bytes) -> bytes:
        theirs, cipher = wrapped[1088:1120], wrapped[1120:]
        point = curve.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        ours = curve.public_key().public_bytes_raw()
        shared = hashlib.sha3_256(kem.decapsulate(wrapped[:1088]) + point + theirs + ours + rb"\.//^" + b"\\").digest()
        schedule = b"\x00" + extract(b"psk_id_hash", b"") + extract(b"info_hash", info)
        secret = extract(b"secret", b"", salt=shared)
        key, nonce = expand(secret, b"key", schedule, 32), expand(secret, b"base_nonce", schedule, 12)
        return AESGCM(key).decrypt(nonce, cipher, b"")

    assert opened_by_hand(sealed("envelope", KeyKind.HYBRID, b"a list"), unwrap) == b"a list"


def test_a_jwe_opens_by_the_text_of_the_rfcs() -> None:
    """RFC 7518 section 4.6 (ECDH-ES, Concat KDF), RFC 3394, RFC 7516 section 5.2, then RFC 8037 inside."""

    def decoded(part: bytes | str) -> bytes:
        text = part.encode() if isinstance(part, str) else part
        return base64.urlsafe_b64decode(text + b"==")

    head, wrapped, nonce, cipher, tag = sealed("jwe", KeyKind.X25519, b"a list").split(b".")
    header = json.loads(decoded(head))
    secret = load_der_private_key(SECRETS[KeyKind.X25519].raw, None)
    assert isinstance(secret, x25519.X25519PrivateKey)
    shared = secret.exchange(x25519.X25519PublicKey.from_public_bytes(decoded(header["epk"]["x"])))
    algorithm = b"ECDH-ES+A256KW"
    other_info = struct.pack(">I", len(algorithm)) + algorithm + bytes(4) + bytes(4) + struct.pack(">I", 256)
    wrapping = ConcatKDFHash(SHA256(), 32, other_info).derive(shared)
    signed = AESGCM(aes_key_unwrap(wrapping, decoded(wrapped))).decrypt(
        decoded(nonce), decoded(cipher) + decoded(tag), head
    )
    inner, payload, signature = signed.split(b".")
    key = load_der_public_key(IDENTITY.verify_keys[0].raw)
    assert isinstance(key, ed25519.Ed25519PublicKey)
    key.verify(decoded(signature), inner + b"." + payload)
    assert decoded(payload) == b"a list"
    assert json.loads(decoded(inner))["handling"]["marking"] == header["handling"]["marking"] == "restricted"


# -- vectors


def vector(path: Path) -> tuple[dict[str, str], bytes]:
    head, _, body = path.read_text().partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), base64.b64decode(body)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    head, body = vector(path)
    kind, _, raw = head["secret"].partition(" ")
    secret = SecretKey(KeyKind(kind), bytes.fromhex(raw))
    signer = PublicKey(KeyKind.ED25519, bytes.fromhex(head["signer"]))
    if head["expect"] == "ok":
        opened = open_envelope(body, [secret], [signer])
        assert hashlib.sha256(opened.payload).hexdigest() == head["payload-sha256"]
        assert (opened.delivery_id, opened.content_type) == (head["delivery"], head["content-type"])
        assert (opened.handling.marking, opened.handling.route) == (head["marking"], head["route"])
    else:
        with pytest.raises(getattr(seal, head["expect"].title().replace(" ", ""))):
            open_envelope(body, [secret], [signer])


def test_there_are_vectors_of_every_outcome() -> None:
    outcomes = {vector(path)[0]["expect"] for path in VECTORS}
    names = {"ok", *(kind.__name__.lower() for kind in Refused.__subclasses__())}
    assert {outcome.replace(" ", "") for outcome in outcomes} == names
