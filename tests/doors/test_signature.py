"""What is posted is signed as RFC 9421 asks, and the kit's verifier takes it, and nothing else."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, algorithms
from hypothesis import given
from hypothesis import strategies as st

from gateway.keyring import KeyKind, new_secret
from gateway.senders.signature import COVERED, TAG, signed_headers
from gateway.settings import utc_now
from tests.doors.kit import module
from tests.often import often
from tests.senders.delivering import SIGNER, sending
from tests.senders.recipient import recipient
from tests.senders.test_https import ENVELOPE, send

KIT = module("verify_push")
URL = "https://piu.example/deliveries?desk=4"
HEADERS = {
    "Content-Type": "application/jose",
    "Idempotency-Key": "11111111-2222-5333-8444-555555555555",
    "Gateway-Delivery": "11111111-2222-5333-8444-555555555555",
    "Gateway-Attempt": "1",
}
NOW = utc_now()
KEYS = dict([KIT.key_id(SIGNER.public.pem)])
Pairs = list[tuple[str, str]]


def signed(url: str = URL, body: bytes = ENVELOPE, **more: str) -> Pairs:
    return list((signed_headers(url, HEADERS, body, SIGNER, NOW) | more).items())


def verified(
    headers: Pairs, *, url: str = URL, body: bytes = ENVELOPE, seconds: float = 0, **changes: object
) -> dict[str, str]:
    found: dict[str, str] = KIT.verify_push(
        url, headers, body, **({"keys": KEYS, "now": NOW.timestamp() + seconds} | changes)
    )
    return found


async def test_what_a_recipient_gets_over_the_wire_verifies(tmp_path: Path) -> None:
    async with recipient(tmp_path) as piu, sending() as means:
        await send(piu, means)
    [request] = piu.requests
    believed = verified(list(request.headers.items()), url=piu.url, body=request.body, now=utc_now().timestamp())
    assert believed["idempotency-key"] == request.delivery
    assert believed["@target-uri"] == piu.url
    assert set(believed) == KIT.NEEDED == set(COVERED)
    assert KIT.TAG == TAG


def test_the_order_of_headers_their_case_and_other_headers_do_not_matter() -> None:
    headers = [(name.upper(), f"  {value} ") for name, value in reversed(signed(Via="1.1 proxy.example"))]
    assert set(verified(headers)) == KIT.NEEDED
    other = ("signature-input", 'theirs=("@method");created=1;keyid="x"')
    assert set(verified([other, ("Signature", "theirs=:AAAA:"), *headers])) == KIT.NEEDED


def without(name: str) -> Callable[[Pairs], Pairs]:
    return lambda headers: [(key, value) for key, value in headers if key.lower() != name]


def changed(name: str, old: str, new: str) -> Callable[[Pairs], Pairs]:
    return lambda headers: [(key, value.replace(old, new) if key == name else value) for key, value in headers]


@pytest.mark.parametrize(
    "change",
    [
        without("signature"),
        without("signature-input"),
        without("content-digest"),
        without("gateway-attempt"),
        changed("Gateway-Attempt", "1", "2"),
        changed("Gateway-Delivery", "1111", "2222"),
        changed("Idempotency-Key", "1111", "2222"),
        changed("Content-Type", "jose", "json"),
        changed("Signature-Input", '"content-digest" ', ""),
        changed("Signature-Input", '"@method"', '"@method" "@method"'),
        changed("Signature-Input", "created=", "created=9"),
        changed("Signature-Input", f"created={int(NOW.timestamp())}", 'created="soon"'),
        changed("Signature-Input", f"created={int(NOW.timestamp())}", 'created="²"'),
        changed("Signature-Input", "gateway=", "gateway=:AAAA:, other="),
        changed("Signature-Input", "created=", "expires="),
        changed("Signature-Input", "ed25519", "hmac-sha256"),
        changed("Signature-Input", TAG, "another"),
        changed("Signature-Input", '"@target-uri"', '"@path"'),
        changed("Signature-Input", "gateway=(", "gateway=((("),
        changed("Signature", "gateway=:", "gateway=:AAAA"),
        changed("Signature", "gateway=:", "gateway="),
        changed("Signature", "=:", "=:="),
        lambda headers: [*headers, ("Gateway-Delivery", "another")],
        lambda headers: [*headers, ("Content-Digest", "sha-256=:AAAA:")],
        lambda headers: [*headers, ("Signature-Input", 'gateway=("@method");created=1;keyid="x"')],
    ],
)
def test_no_changed_header_passes(change: Callable[[Pairs], Pairs]) -> None:
    assert verified(signed())
    with pytest.raises(KIT.NotSigned):
        verified(change(signed()))


@often(75)
@given(st.sampled_from(["Signature", "Signature-Input", "Content-Digest"]), st.data())
def test_no_text_in_a_header_makes_it_do_anything_but_refuse(name: str, data: st.DataObject) -> None:
    headers = dict(signed())
    whole = headers[name]
    at = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.text('():;=",\\ a0é²*', max_size=4))
    headers[name] = whole[:at] + noise + whole[at + data.draw(st.integers(0, 9)) :]
    try:
        found = verified(list(headers.items()))
    except KIT.NotSigned:
        return
    assert set(found) == KIT.NEEDED  # blanks, or another label: it says the same


def test_another_body_address_or_method_does_not_pass() -> None:
    headers = signed()
    for changes in (
        {"body": ENVELOPE + b"x"},
        {"url": URL + "5"},
        {"url": URL.replace("piu", "other")},
        {"method": "PUT"},
    ):
        with pytest.raises(KIT.NotSigned):
            verified(headers, **changes)  # type: ignore[arg-type]


def test_a_request_is_good_for_five_minutes_and_not_before_it_was_made() -> None:
    for seconds in (-29, 0, 299):
        assert verified(signed(), seconds=seconds)
    for seconds in (-32, 302, timedelta(days=1).total_seconds()):
        with pytest.raises(KIT.NotSigned):
            verified(signed(), seconds=seconds)


def test_another_key_does_not_pass_even_under_the_gateways_keyid() -> None:
    other = KIT.key_id(new_secret(KeyKind.ED25519).public.pem)
    for keys in (dict([other]), {SIGNER.public.fingerprint: other[1]}, {}):
        with pytest.raises(KIT.NotSigned):
            verified(signed(), keys=keys)


@pytest.mark.parametrize("url", ["https://piu.example:443/in", "https://piu.example/a%2Fb", "http://127.0.0.1:80"])
def test_the_address_that_is_signed_is_the_one_that_is_asked_for(url: str) -> None:
    plain = {"https://piu.example:443/in": "https://piu.example/in", "http://127.0.0.1:80": "http://127.0.0.1/"}
    assert verified(signed(url), url=plain.get(url, url))


# -- RFC 9421, appendix B.2.6, with the key of B.1.4

D = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
RFC_KEY = Ed25519PrivateKey.from_private_bytes(D)
RFC_HEADERS = {"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json", "Content-Length": "18"}
RFC_COVERED = ("date", "@method", "@path", "@authority", "content-type", "content-length")
RFC_SIGNATURE = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
RFC_INPUT = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)


def test_the_verifier_takes_the_standards_own_example() -> None:
    headers = [*RFC_HEADERS.items(), ("Signature-Input", RFC_INPUT), ("Signature", RFC_SIGNATURE)]
    found = KIT.verify_push(
        "https://example.com/foo?param=Value&Pet=dog",
        headers,
        b"",
        keys={"test-key-ed25519": RFC_KEY.public_key()},
        now=1618884473,
        tag=None,
        needed=frozenset(RFC_COVERED),
    )
    assert found["@authority"] == "example.com"


def test_the_library_that_signs_makes_the_standards_own_example() -> None:
    class Example:
        method, url, headers = "POST", "https://example.com/foo?param=Value&Pet=dog", dict(RFC_HEADERS)

    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    made = signer.prepare(
        Example(),
        key_id="test-key-ed25519",
        created=utc_now().fromtimestamp(1618884473, tz=NOW.tzinfo),
        label="sig-b26",
        include_alg=False,
        covered_component_ids=RFC_COVERED,
    )
    assert f"sig-b26={made.signature_params}" == RFC_INPUT
    assert f"sig-b26=:{base64.b64encode(RFC_KEY.sign(made.signature_base)).decode()}:" == RFC_SIGNATURE


def test_the_digest_is_the_one_of_the_standards_own_example() -> None:
    """RFC 9530, appendix B.1."""
    body = b'{"hello": "world"}\n'
    KIT.check_digest("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", body)
    with pytest.raises(KIT.NotSigned):
        KIT.check_digest("md5=:AAAA:", body)


def test_the_kit_reads_the_key_as_the_gateway_prints_it() -> None:
    raw = serialization.load_pem_public_key(SIGNER.public.pem)
    assert KIT.key_id(SIGNER.public.pem) == (SIGNER.public.fingerprint, raw)
