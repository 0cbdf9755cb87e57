#!/usr/bin/env python3
"""Checks who posted a delivery to you: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), Ed25519.

In your own server, for every POST that the gateway makes:

    verify_push(request_target, headers, body, keys={keyid: gateway_public_key}, now=time.time())

`request_target`: the address as the gateway knows it, the `url` of your recipient.toml; behind a proxy that is the public one,
not yours. `headers`: (name, value) pairs in the order in which they came. `keyid` is the SHA-256 of the gateway's public key,
as `./gw receipt key` prints it: `key_id(pem)`. It raises `NotSigned` unless all of it is true:
one signature has the gateway's tag and a known key; it covers everything in `NEEDED`; it was made at most five minutes ago and
not in the future; the digest is the body's. Within the five minutes a repeat is told by the delivery's id, which you keep anyway:
answer 208 to one that you have. Needs Python 3.11 and `cryptography`; nothing of the gateway.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256, sha512
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TAG = "maritime-passenger-gateway"
NEEDED = frozenset(
    (
        "@method",
        "@target-uri",
        "content-type",
        "content-digest",
        "idempotency-key",
        "gateway-delivery",
        "gateway-attempt",
    )
)
OLDEST_SECONDS, AHEAD_SECONDS = 300, 30

_MEMBER = re.compile(
    r'\s*([a-z*][a-z0-9_.*-]*)=(\((?:[^()"]|"[^"\\]*")*\)(?:;[a-z]+=(?:\d{1,15}|"[^"\\]*"))*|:[A-Za-z0-9+/=]*:)\s*(?:,|$)'
)
_PARAMETER = re.compile(r';([a-z]+)=(?:(\d{1,15})|"([^"\\]*)")')


class NotSigned(Exception):
    """The request does not come from the gateway as it stands; the text says why."""


def key_id(pem: bytes) -> tuple[str, Ed25519PublicKey]:
    """The keyid of the gateway's public key, and the key."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise NotSigned("the gateway signs with Ed25519; this is another kind of key")
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest(), key


def verify_push(
    target: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    *,
    keys: Mapping[str, Ed25519PublicKey],
    now: float,
    method: str = "POST",
    tag: str | None = TAG,
    needed: frozenset[str] = NEEDED,
) -> dict[str, str]:
    """The covered components and their values: what of the request can be believed."""
    fields: dict[str, str] = {}
    for name, value in headers:
        fields[name.lower()] = f"{fields[name.lower()]}, {value.strip()}" if name.lower() in fields else value.strip()
    inputs, signatures = (dictionary(fields.get(name, "")) for name in ("signature-input", "signature"))
    for label, said in inputs.items():
        if not said.startswith("("):
            continue
        given = {name: text or number for name, number, text in _PARAMETER.findall(said[said.rindex(")") :])}
        if given.get("tag") == tag and label in signatures:
            break
    else:
        raise NotSigned("there is no signature with the gateway's tag")
    covered = re.findall(r'"([^"]*)"', said[: said.rindex(")")])
    check_parameters(given, covered, keys, now, needed)
    values = {name: component(name, method, target, fields) for name in covered}
    base = "".join(f'"{name}": {value}\n' for name, value in values.items()) + f'"@signature-params": {said}'
    try:
        keys[given["keyid"]].verify(base64.b64decode(signatures[label].strip(":")), base.encode())
    except (InvalidSignature, ValueError):
        raise NotSigned("the signature is not the gateway's over this request") from None
    if "content-digest" in needed:
        check_digest(values["content-digest"], body)
    return values


def dictionary(text: str) -> dict[str, str]:
    """A Structured Field dictionary (RFC 8941) of the two kinds of member that are needed here, each as it is written."""
    found, at = {}, 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None or member[1] in found:
            raise NotSigned("Signature-Input or Signature is not written as RFC 9421 asks")
        found[member[1]], at = member[2], member.end()
    return found


def check_parameters(
    given: Mapping[str, str],
    covered: list[str],
    keys: Mapping[str, Ed25519PublicKey],
    now: float,
    needed: frozenset[str],
) -> None:
    if given.get("keyid") not in keys:
        raise NotSigned("it is signed with a key that is not the gateway's")
    if given.get("alg", "ed25519") != "ed25519":
        raise NotSigned("it is signed in another way")
    if len(set(covered)) < len(covered) or not needed <= set(covered):
        raise NotSigned("the signature does not cover all that it should")
    if not now - OLDEST_SECONDS <= seconds(given.get("created", "")) <= now + AHEAD_SECONDS:
        raise NotSigned("the signature was not made just now; is your clock right?")


def seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def component(name: str, method: str, target: str, fields: Mapping[str, str]) -> str:
    """What a covered name stands for (RFC 9421 section 2)."""
    parts = urlsplit(target)
    derived = {"@method": method, "@target-uri": target, "@authority": parts.netloc.lower(), "@path": parts.path or "/"}
    value = derived.get(name) if name.startswith("@") else fields.get(name)
    if value is None:
        raise NotSigned("the signature covers something that is not there")
    return value


def check_digest(said: str, body: bytes) -> None:
    digests = dictionary(said)
    known = [
        (digests[name], kind(body).digest())
        for name, kind in (("sha-256", sha256), ("sha-512", sha512))
        if name in digests
    ]
    if not known or not all(
        hmac.compare_digest(b":" + base64.b64encode(own) + b":", theirs.encode()) for theirs, own in known
    ):
        raise NotSigned("the body is not the one that was signed")
