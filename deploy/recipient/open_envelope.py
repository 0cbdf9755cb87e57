#!/usr/bin/env python3
"""Opens a sealed envelope of the maritime passenger-data gateway. Needs Python 3.11 and `cryptography` 50; nothing of the gateway.

    open_envelope.py ENVELOPE --secret secret.pem --gateway gateway.pem > list

`secret.pem` is your private key, `gateway.pem` the gateway's signature key, whose fingerprint you compared by telephone.
Both forms are opened: "jwe" (application/jose: a JWS, RFC 7515, in a JWE, RFC 7516) and "envelope"
(application/vnd.maritime-sealed: HPKE, RFC 9180, with an Ed25519 signature). The content goes to standard output, its handling
to standard error. Nothing is written before the signature, and that it was sealed for you, are checked; exit status 1 if not.
"""

import argparse
import base64
import json
import re
import struct
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

VERSION = b"maritime-sealed 1\n"


class NotOpened(Exception):
    """The envelope was not opened; the text says why."""


@dataclass(frozen=True)
class Content:
    """What was in an envelope, and what its header says of it. `handling`: marking, purposes, legal basis, onward rule."""

    payload: bytes
    content_type: str
    delivery_id: str
    handling: dict


class Secret:
    """Your private key: X25519 or P-256 (PKCS #8), or the hybrid of ML-KEM-768 and X25519, whose PEM label is its own."""

    def __init__(self, pem: bytes) -> None:
        label, raw = only_block(pem)
        self.is_hybrid = label == "MLKEM768-X25519 PRIVATE KEY"
        if self.is_hybrid:
            kem = mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:64])
            curve = x25519.X25519PrivateKey.from_private_bytes(raw[64:])
            self.key = hpke.MLKEM768X25519PrivateKey(kem, curve)
            public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        else:
            self.key = serialization.load_der_private_key(raw, password=None)
            public = spki(self.key.public_key())
        self.fingerprint = sha256(public).hexdigest()


def only_block(pem: bytes) -> tuple[str, bytes]:
    found = re.findall(rb"-----BEGIN ([A-Z0-9 -]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----", pem)
    if len(found) != 1:
        raise NotOpened("a key file holds one PEM block")
    return found[0][0].decode(), base64.b64decode(found[0][1])


def spki(key) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def open_envelope(body: bytes, secret: Secret, gateway: ed25519.Ed25519PublicKey) -> Content:
    """The content of an envelope of either form, or `NotOpened`."""
    try:
        return (open_binary if body.startswith(VERSION) else open_jwe)(body, secret, gateway)
    except (InvalidSignature, InvalidTag, InvalidUnwrap) as error:
        raise NotOpened("it was changed, or it is not from this gateway, or not for this key") from error
    except (ValueError, KeyError, TypeError, AttributeError, struct.error, RecursionError) as error:
        raise NotOpened("it is not a whole envelope") from error


def open_binary(body: bytes, secret: Secret, gateway: ed25519.Ed25519PublicKey) -> Content:
    """Version line, 4 bytes of length, header (JSON), AES-256-GCM ciphertext, 64 bytes of Ed25519 over all before them."""
    gateway.verify(body[-64:], body[:-64])
    (length,) = struct.unpack_from(">I", body, len(VERSION))
    begins = len(VERSION) + 4 + length
    header = json.loads(body[len(VERSION) + 4 : begins])
    if header["to"] != secret.fingerprint:
        raise NotOpened("it is sealed for another key: " + header["to"])
    kem = hpke.KEM.MLKEM768_X25519 if secret.is_hybrid else hpke.KEM.X25519
    suite = hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    info = VERSION + f"{header['delivery_id']}\n{header['to']}\n".encode()
    content_key = suite.decrypt(base64.b64decode(header["wrapped"]), secret.key, info=info)
    payload = AESGCM(content_key).decrypt(base64.b64decode(header["nonce"]), body[begins:-64], body[:begins])
    return Content(payload, header["content_type"], header["delivery_id"], header["handling"])


def open_jwe(body: bytes, secret: Secret, gateway: ed25519.Ed25519PublicKey) -> Content:
    """ECDH-ES+A256KW and A256GCM outside (RFC 7518 section 4.6), Ed25519 inside (RFC 9864)."""
    protected, wrapped, nonce, ciphertext, tag = body.strip().split(b".")
    outer = json.loads(unbase64(protected))
    if (outer["alg"], outer["enc"]) != ("ECDH-ES+A256KW", "A256GCM"):
        raise NotOpened("it is sealed in another way")
    if outer["kid"] != secret.fingerprint:
        raise NotOpened("it is sealed for another key: " + outer["kid"])
    content_key = aes_key_unwrap(agreed_key(secret.key, outer["epk"]), unbase64(wrapped))
    inside = AESGCM(content_key).decrypt(unbase64(nonce), unbase64(ciphertext) + unbase64(tag), protected)
    signed, _, signature = inside.rpartition(b".")
    gateway.verify(unbase64(signature), signed)
    head, payload = signed.split(b".")
    inner = json.loads(unbase64(head))
    if (inner["alg"], inner["to"]) != ("Ed25519", secret.fingerprint):
        raise NotOpened("it was meant for another")
    if (inner["delivery_id"], inner["handling"]) != (outer["delivery_id"], outer["handling"]):
        raise NotOpened("its two headers differ")
    return Content(unbase64(payload), inner["cty"], inner["delivery_id"], inner["handling"])


def agreed_key(mine, epk: dict) -> bytes:
    """The key that wraps the content key: Concat KDF over the shared secret (RFC 7518 section 4.6.2)."""
    if isinstance(mine, x25519.X25519PrivateKey):
        shared = mine.exchange(x25519.X25519PublicKey.from_public_bytes(unbase64(epk["x"])))
    else:
        point = b"\x04" + unbase64(epk["x"]) + unbase64(epk["y"])
        shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    name = b"ECDH-ES+A256KW"
    other = struct.pack(">I", len(name)) + name + bytes(8) + struct.pack(">I", 256)  # no apu, no apv, 256 bits
    return ConcatKDFHash(hashes.SHA256(), 32, other).derive(shared)


def unbase64(text: bytes | str) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64decode(raw + b"=" * (-len(raw) % 4), b"-_", validate=True)


def gateway_key(pem: bytes) -> ed25519.Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise NotOpened("the gateway signs with Ed25519; this is another kind of key")
    return key


def main() -> int:
    words = argparse.ArgumentParser(description="Opens a sealed envelope of the maritime passenger-data gateway.")
    words.add_argument("envelope", type=Path)
    words.add_argument("--secret", type=Path, required=True, help="your private key (PEM)")
    words.add_argument("--gateway", type=Path, required=True, help="the gateway's signature key (PEM)")
    said = words.parse_args()
    try:
        secret, gateway = Secret(said.secret.read_bytes()), gateway_key(said.gateway.read_bytes())
        content = open_envelope(said.envelope.read_bytes(), secret, gateway)
    except (NotOpened, OSError) as why:
        print(f"not opened: {why}", file=sys.stderr)
        return 1
    told = {"delivery_id": content.delivery_id, "content_type": content.content_type, "handling": content.handling}
    print(json.dumps(told, indent=2), file=sys.stderr)
    sys.stdout.buffer.write(content.payload)
    return 0


if __name__ == "__main__":
    sys.exit(main())
