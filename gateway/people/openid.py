"""What an OpenID provider says, and whether it is to be believed (OpenID Connect Core 1.0, Discovery 1.0; RFC 6749, 7636, 9207).

In: the bytes of its metadata, keys and ID token, and what we asked with. Out: where to go, and the claims of a token that this provider
signed for us, in this sign-in, a moment ago; or `NotVouched` with what is wrong, never with what it says. Only signatures by a key pair are
taken: neither "none", nor a MAC, whose key could be the provider's public one.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

MOST_BYTES: Final = 256 * 1024  # of metadata, keys or an answer
_MOST_TOKEN = 16 * 1024
_SKEW = 60.0  # seconds that the two clocks may differ
_OLDEST = 600.0  # an ID token is made when the code is redeemed; whoever brings an older one kept it
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
_FAMILY: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


class NotVouched(Exception):
    """The provider's word cannot be taken; `str` says why, in words of ours alone."""


class Provider(msgspec.Struct, frozen=True):
    """Its metadata, as far as we need it (Discovery section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False  # RFC 9207: then every answer names the issuer
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @property
    def takes_basic(self) -> bool:
        """Whether our secret goes into the header; else it goes into the form (RFC 6749 section 2.3.1)."""
        return "client_secret_basic" in self.token_endpoint_auth_methods_supported


class Asked(msgspec.Struct, frozen=True):
    """One sign-in: what only the browser that began it knows."""

    state: str
    nonce: str
    verifier: str
    to: str


class _Header(msgspec.Struct, frozen=True):
    alg: Algorithm
    kid: str | None = None


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str
    azp: str | None = None


class _Keys(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Redeemed(msgspec.Struct, frozen=True):
    id_token: str


def provider_in(data: bytes, issuer: str) -> Provider:
    """The metadata of just this issuer, with addresses that a secret may go to."""
    try:
        found = msgspec.json.decode(data, type=Provider)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotVouched("its metadata is not as OpenID Connect Discovery asks") from None
    if found.issuer != issuer:
        raise NotVouched("its metadata is of another issuer")
    if not all(is_safe(one) for one in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)):
        raise NotVouched("its metadata names an address that is not https")
    return found


def is_safe(address: str) -> bool:
    """Whether a secret may go there: by TLS, or to this machine, where nothing is on a wire."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))
    )


def way_to(provider: Provider, asked: Asked, *, client_id: str, back: str, acr: tuple[str, ...]) -> str:
    """Where the browser goes to sign in: code flow with PKCE (S256), state and nonce."""
    challenge = hashlib.sha256(asked.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": "openid profile email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    query |= {"acr_values": " ".join(acr)} if acr else {}
    return f"{provider.authorization_endpoint}{'&' if urlsplit(provider.authorization_endpoint).query else '?'}{urlencode(query)}"


def id_token_in(data: bytes) -> str:
    """Of the answer to a code that was redeemed."""
    try:
        return msgspec.json.decode(data, type=_Redeemed).id_token
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotVouched("its answer holds no ID token") from None


def claims_of(token: str, keys: bytes, *, issuer: str, client_id: str, nonce: str, now: datetime) -> Mapping[str, Any]:
    """What the token says of the person, if all is as OpenID Connect Core section 3.1.3.7 asks."""
    payload = _signed(token, keys)
    try:
        known, everything = (
            msgspec.json.decode(payload, type=_Claims),
            msgspec.json.decode(payload, type=dict[str, Any]),
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotVouched("its ID token lacks a claim that every one has") from None
    audience = [known.aud] if isinstance(known.aud, str) else known.aud
    if known.iss != issuer:
        raise NotVouched("its ID token is of another issuer")
    if client_id not in audience or (known.azp or client_id) != client_id or (len(audience) > 1 and known.azp is None):
        raise NotVouched("its ID token is for somebody else")
    if not hmac.compare_digest(known.nonce.encode("utf-8", "replace"), nonce.encode()):
        raise NotVouched("its ID token is of another sign-in")
    age = now.timestamp() - known.iat
    if not (-_SKEW <= age <= _OLDEST + _SKEW) or now.timestamp() > known.exp + _SKEW:
        raise NotVouched("its ID token is too old, or not valid yet: compare the clocks")
    if not 0 < len(known.sub) <= 255 or not known.sub.isprintable():
        raise NotVouched("its ID token names nobody")
    return everything


def _signed(token: str, keys: bytes) -> bytes:
    """What the token holds, if one of the provider's own keys signed it in a way that we take."""
    try:
        if len(token) > _MOST_TOKEN or not token.isascii():
            raise NotVouched("its ID token is too long, or no token")
        header = msgspec.json.decode(_unpadded(token.partition(".")[0]), type=_Header)
        key = JWKRegistry.import_key(_key_for(header, keys))
        return jws.deserialize_compact(token, key, algorithms=[header.alg]).payload
    except (JoseError, msgspec.MsgspecError, NotBase64, ValueError, TypeError, KeyError, RecursionError):
        raise NotVouched("its ID token is not signed by one of its keys, in a way that we take") from None


def _key_for(header: _Header, keys: bytes) -> dict[str, Any]:
    """The one key that fits; a token that fits several says which (Core section 10.1)."""
    found = [one for one in msgspec.json.decode(keys, type=_Keys).keys if _fits(one, header)]
    if len(found) != 1:
        raise ValueError("no key fits, or more than one")
    return found[0]


def _fits(key: Mapping[str, Any], header: _Header) -> bool:
    is_named = header.kid is None or key.get("kid") == header.kid
    is_kind = key.get("kty") == _FAMILY[header.alg[:2]] and key.get("alg", header.alg) == header.alg
    return is_named and is_kind and key.get("use", "sig") == "sig"


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
