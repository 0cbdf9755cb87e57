"""What an OpenID provider says: every way we know of to forge it, and what is not of this sign-in (OpenID Connect Core 3.1.3.7, RFC 8725)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.people.openid import NotVouched, claims_of, id_token_in, provider_in
from tests.often import often

ISSUER, CLIENT, NONCE = "https://id.example", "gateway", "of this sign-in"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY, OTHER_KEY = (
    RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
    RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
)
Claims = dict[str, Any]
HONEST: Claims = {
    "iss": ISSUER,
    "sub": "4711",
    "aud": CLIENT,
    "iat": SECONDS,
    "exp": SECONDS + 300,
    "nonce": NONCE,
    "groups": ["duty"],
}


def keys(*of: Any, private: bool = False) -> bytes:
    return json.dumps({"keys": [one.as_dict(private=private) for one in of]}).encode()


def judged(token: str, known: bytes | None = None) -> Any:
    return claims_of(
        token, keys(KEY) if known is None else known, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, now=NOW
    )


def signed(claims: Claims, key: Any = KEY, **header: Any) -> str:
    return jwt.encode(
        {"alg": "RS256", "kid": "one"} | header, claims, key, algorithms=["RS256", "ES256", "HS256", "Ed25519", "PS256"]
    )


def none_signed(claims: Claims) -> str:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in ({"alg": "none"}, claims)
    )
    return f"{head}.{body}."


def mac_with_the_public_key(claims: Claims) -> str:
    """RFC 8725 section 2.1: HS256, with the provider's public key, which everybody has, as its secret."""
    pem = KEY.as_pem(private=False)
    head, body = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
        for one in ({"alg": "HS256", "kid": "one"}, claims)
    )
    tag = hmac.new(pem, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


def raw_signed(claims: Claims, **header: Any) -> str:
    """By the right key, whatever the header says."""
    signed_part = f"{_header(alg='RS256', kid='one', **header)}.{_header(**claims)}"
    tag = KEY.private_key.sign(signed_part.encode(), PKCS1v15(), SHA256())
    return f"{signed_part}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


def own_key_in_the_header(claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one", "jwk": OTHER_KEY.as_dict(private=False)}, claims, OTHER_KEY)


FORGED: dict[str, Callable[[Claims], str]] = {
    "no signature": none_signed,
    "a MAC with the public key": mac_with_the_public_key,
    "another key of the same name": lambda claims: signed(claims, OTHER_KEY),
    "a key in the header": own_key_in_the_header,
    "a key that nobody knows": lambda claims: signed(claims, kid="two"),
    "a header that must be understood": lambda claims: raw_signed(claims, crit=["exp"], exp=1),
    "a changed claim": lambda claims: _spliced(signed(claims), claims | {"sub": "root"}),
    "no token": lambda claims: "abc", "nothing": lambda claims: "", "letters of others": lambda claims: "é.é.é", "too much": lambda claims: "a" * 200_000,
    "deep": lambda claims: base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.AA",
}  # fmt: skip


def _header(**members: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def _spliced(token: str, claims: Claims) -> str:
    head, _, tag = token.split(".")
    return f"{head}.{_header(**claims)}.{tag}"


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_is_not_believed(how: str) -> None:
    with pytest.raises(NotVouched):
        judged(FORGED[how](HONEST))


def test_an_honest_one_is() -> None:
    assert judged(raw_signed(HONEST)) == HONEST
    assert judged(signed(HONEST)) == HONEST
    assert judged(signed(HONEST | {"aud": ["b", CLIENT], "azp": CLIENT}))["sub"] == "4711"
    assert judged(signed(HONEST | {"iat": SECONDS + 50, "exp": SECONDS - 50}))["sub"] == "4711"  # clocks differ
    for key, alg in (
        (ECKey.generate_key("P-256", {"kid": "e"}), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "e"}), "Ed25519"),
        (KEY, "PS256"),
    ):
        assert judged(signed(HONEST, key, alg=alg, kid=key.kid), keys(key))["sub"] == "4711"


WRONG: dict[str, Claims] = {
    "another nonce": {"nonce": "of another sign-in"}, "no nonce": {"nonce": None}, "another issuer": {"iss": "https://evil.example"},
    "the issuer with a slash": {"iss": ISSUER + "/"}, "another audience": {"aud": "somebody"}, "a list without us": {"aud": ["a", "b"]},
    "for us and another, by nobody": {"aud": [CLIENT, "b"]}, "made for another": {"aud": [CLIENT, "b"], "azp": "b"}, "expired": {"exp": SECONDS - 61},
    "made long ago": {"iat": SECONDS - 700}, "made in future": {"iat": SECONDS + 61}, "no end": {"exp": None}, "no beginning": {"iat": None},
    "nobody": {"sub": ""}, "no subject": {"sub": None}, "an end that is no number": {"exp": "never"}, "too long a subject": {"sub": "x" * 256},
    "a subject of two lines": {"sub": "a\nb"}, "a nonce that is none": {"nonce": ["of this sign-in"]},
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_token_of_another_time_place_or_person_is_not_believed(what: str) -> None:
    claims = {name: value for name, value in (HONEST | WRONG[what]).items() if value is not None}
    with pytest.raises(NotVouched):
        judged(signed(claims))


def test_keys_that_do_not_say_which_or_are_for_something_else_do_not_count() -> None:
    two = RSAKey.generate_key(2048, {"kid": "two"})
    no_name = jwt.encode({"alg": "RS256"}, HONEST, KEY)
    sealing = OTHER_KEY.as_dict(private=False) | {"use": "enc"}
    assert judged(no_name, json.dumps({"keys": [sealing, KEY.as_dict(private=False)]}).encode())["sub"] == "4711"
    for known in (
        keys(KEY, two),
        keys(),
        keys(OctKey.generate_key(256, {"kid": "one"}), private=True),
        b"",
        b"[]",
        b'{"keys": 7}',
        b'{"keys": [{}]}',
    ):
        with pytest.raises(NotVouched):
            judged(no_name, known)
    shared = OctKey.generate_key(256, {"kid": "one"})
    with pytest.raises(NotVouched):
        judged(signed(HONEST, shared, alg="HS256"), keys(shared, private=True))


@given(st.text(max_size=60), st.binary(max_size=60))
@often(30)
def test_no_bytes_raise_anything_else(text: str, data: bytes) -> None:
    for ask in (lambda: judged(text, data), lambda: id_token_in(data), lambda: provider_in(data, ISSUER)):
        with pytest.raises(NotVouched):
            ask()


METADATA = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")} | {
    "issuer": ISSUER
}


@pytest.mark.parametrize(
    "changes",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": "file:///etc/passwd"}, {"token_endpoint": 7},
     {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "https://["}, {"jwks_uri": "https:///keys"}],
)  # fmt: skip
def test_a_provider_that_is_not_what_was_set_is_not_asked(changes: Claims) -> None:
    assert provider_in(json.dumps(METADATA).encode(), ISSUER).takes_basic
    with pytest.raises(NotVouched):
        provider_in(json.dumps(METADATA | changes).encode(), ISSUER)
