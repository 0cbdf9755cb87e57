"""A signed statement: a JSON document that a person can read and any JOSE library can verify.

    {"receipt": {…}, "signature": "<protected header>..<signature>"}

`signature` is a detached JWS (RFC 7515 appendix F), alg Ed25519 (RFC 9864), `typ` what kind of statement it is, `kid`
the fingerprint of the gateway's key. Its payload is the canonical JSON (RFC 8785) of the member before it: keys in
order, no spaces. Statements hold text and whole numbers only, for which that is all there is to RFC 8785.
"""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from gateway.keyring import KeyKind, PublicKey, SecretKey

_ALG = "Ed25519"
_REGISTRY = jws.JWSRegistry(algorithms=[_ALG])
T = TypeVar("T", bound=msgspec.Struct)


class NotTrue(ValueError):
    """A document that does not prove what it says; the text is the precise reason."""


def sign_statement(member: str, typ: str, said: msgspec.Struct, signer: SecretKey) -> bytes:
    header = {"alg": _ALG, "kid": signer.public.fingerprint, "typ": typ}
    body = msgspec.to_builtins(said)
    token = jws.serialize_compact(header, canonical(body), OKPKey.import_key(signer.pem), registry=_REGISTRY)
    document = {member: body, "signature": jws.detach_content(token)}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def verify_statement(document: bytes, member: str, typ: str, kind: type[T], keys: Iterable[PublicKey]) -> tuple[T, str]:
    """What was said and the fingerprint of the key it was said with, if one of `keys` signed exactly this; else `NotTrue`."""
    body, signature = _parts(document, member)
    known = {key.fingerprint: key for key in keys if key.kind is KeyKind.ED25519}
    try:
        found = jws.extract_compact(signature.encode(), canonical(body), _REGISTRY)
        header = found.protected
        if header.get("typ") != typ:
            raise NotTrue(f"the signature is for another kind of document, {typ} is expected")
        key = known.get(str(header.get("kid")))
        if key is None:
            raise NotTrue("it is signed with another key than those you gave")
        if not jws.validate_compact(found, OKPKey.import_key(key.pem), registry=_REGISTRY):
            raise NotTrue("the signature does not match: the document was changed after it was signed")
    except (JoseError, TypeError, UnicodeEncodeError) as error:
        raise NotTrue("the signature cannot be read: the document is damaged") from error
    try:
        return msgspec.convert(body, kind), key.fingerprint
    except msgspec.ValidationError as error:
        raise NotTrue(f"it is signed, but not of the form this program knows ({error})") from error


def canonical(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _parts(document: bytes, member: str) -> tuple[dict[str, Any], str]:
    try:
        read = json.loads(document, object_pairs_hook=_without_twins)
    except NotTrue:
        raise
    except (ValueError, RecursionError) as error:
        raise NotTrue("it is not a JSON document: it was cut off or damaged") from error
    if not isinstance(read, dict) or set(read) != {member, "signature"}:
        raise NotTrue(f'it must have the members "{member}" and "signature", and no other')
    body, signature = read[member], read["signature"]
    if not isinstance(body, dict) or not isinstance(signature, str) or signature.split(".")[1:2] != [""]:
        raise NotTrue(f'"{member}" must be an object and "signature" a detached JWS')
    return body, signature


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member twice would let two programs read two different receipts (RFC 8785 section 3.1)."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise NotTrue("a member stands in it twice")
    return dict(pairs)
