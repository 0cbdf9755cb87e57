"""The same content as JOSE, for recipients that have a library for it: a JWS inside a JWE, both compact.

Inside: JWS (RFC 7515), alg Ed25519 (RFC 9864), payload the content, `cty` its media type. Outside: JWE (RFC 7516),
ECDH-ES+A256KW (RFC 7518 section 4.6) to an X25519 or P-256 key, A256GCM, `cty` "JOSE". Both protected headers carry
`delivery_id` and `handling`, the outer for whoever carries it, the inner signed; the inner also `to`, the recipient's
fingerprint, so that it cannot be passed on re-encrypted as if it had been meant for someone else. `kid` is a
fingerprint. Nothing is deflated: some libraries refuse it, and a length would say something about the content.

joserfc does the JOSE; its size limits are for tokens, ours are for ships of 10,000.
"""

from base64 import urlsafe_b64decode
from typing import Literal

import msgspec
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from gateway.keyring import Handling, KeyKind, PublicKey, SecretKey
from gateway.seal.parts import Altered, NotAnEnvelope, Opened, OtherVersion, Truncated, UnknownSigner, WrongKey

MEDIA_TYPE = "application/jose"
_ALG, _ENC, _SIGN = "ECDH-ES+A256KW", "A256GCM", "Ed25519"
_MAX = 256 * 1024 * 1024


class _Outside(jwe.JWERegistry):
    max_protected_header_length = 64 * 1024
    max_ciphertext_length = _MAX


class _Inside(jws.JWSRegistry):
    max_header_length = 64 * 1024
    max_payload_length = _MAX


_OUTSIDE = _Outside(algorithms=[_ALG, _ENC], strict_check_header=False)
_INSIDE = _Inside(algorithms=[_SIGN], strict_check_header=False)


class OuterHeader(msgspec.Struct, frozen=True, kw_only=True):
    alg: str
    enc: str
    kid: str
    cty: str
    delivery_id: str
    handling: Handling


class Ephemeral(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender's half of the key agreement (RFC 7518 section 4.6.1.1)."""

    kty: Literal["OKP", "EC"]
    crv: Literal["X25519", "P-256"]
    x: str
    y: str = ""


class ArrivedHeader(OuterHeader, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing beyond what we write is let through to the library: no `crit`, no `zip`, no address to fetch a key from."""

    epk: Ephemeral


class InnerHeader(msgspec.Struct, frozen=True, kw_only=True):
    alg: str
    kid: str
    cty: str
    to: str
    delivery_id: str
    handling: Handling


def seal_jose(
    to: PublicKey, payload: bytes, *, content_type: str, handling: Handling, delivery_id: str, signer: SecretKey
) -> bytes:
    inner = InnerHeader(
        alg=_SIGN,
        kid=signer.public.fingerprint,
        cty=content_type,
        to=to.fingerprint,
        delivery_id=delivery_id,
        handling=handling,
    )
    outer = OuterHeader(alg=_ALG, enc=_ENC, kid=to.fingerprint, cty="JOSE", delivery_id=delivery_id, handling=handling)
    signed = jws.serialize_compact(msgspec.to_builtins(inner), payload, _jwk(signer), registry=_INSIDE)
    return jwe.encrypt_compact(msgspec.to_builtins(outer), signed, _jwk(to), registry=_OUTSIDE).encode()


def open_jose(body: bytes, secrets_by_id: dict[str, SecretKey], signers_by_id: dict[str, PublicKey]) -> Opened:
    """Decrypts, verifies, and holds the outer header against the signed inner one."""
    outer = _outer(body)
    secret = secrets_by_id.get(outer.kid)
    if secret is None:
        raise WrongKey(outer.kid)
    if secret.kind not in (KeyKind.X25519, KeyKind.P256):
        raise OtherVersion(f"a {secret.kind} key opens no JWE")
    try:
        signed = jwe.decrypt_compact(body, _jwk(secret), registry=_OUTSIDE).plaintext
        inside = jws.extract_compact(signed or b"", registry=_INSIDE)
        inner = msgspec.convert(inside.protected, InnerHeader)
    except (JoseError, ValueError, TypeError) as error:  # msgspec's ValidationError is a ValueError
        raise Altered from error
    if (inner.to, inner.delivery_id, inner.handling) != (outer.kid, outer.delivery_id, outer.handling):
        raise Altered("its two headers differ")
    signer = signers_by_id.get(inner.kid)
    if signer is None:
        raise UnknownSigner(inner.kid)
    try:
        if not jws.validate_compact(inside, _jwk(signer), registry=_INSIDE):
            raise Altered
    except JoseError as error:
        raise Altered from error
    return Opened(
        payload=inside.payload,
        content_type=inner.cty,
        handling=inner.handling,
        delivery_id=inner.delivery_id,
        signer=inner.kid,
    )


def _outer(body: bytes) -> ArrivedHeader:
    if not body.startswith(b"eyJ"):
        raise NotAnEnvelope
    parts = body.split(b".")
    if len(parts) != 5 or not all(parts):
        raise Truncated
    try:
        outer = msgspec.json.decode(urlsafe_b64decode(parts[0] + b"=="), type=ArrivedHeader)
    except ValueError as error:  # base64, UTF-8 or JSON
        raise Altered("the header") from error
    if (outer.alg, outer.enc, outer.cty) != (_ALG, _ENC, "JOSE"):
        raise OtherVersion
    return outer


def _jwk(key: PublicKey | SecretKey) -> ECKey | OKPKey:
    return (ECKey if key.kind is KeyKind.P256 else OKPKey).import_key(key.pem)
