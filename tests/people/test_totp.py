"""Codes of the phone: the vectors of RFC 6238, a step either side, never twice. And recovery codes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people import matched_step, new_recovery_codes, recovery_fingerprint, totp_uri
from gateway.people.totp import step_at, totp_code, typed_secret
from tests.often import often

SECRET = b"12345678901234567890"  # RFC 6238 appendix B
NOW = datetime(2026, 11, 22, 12, 0, 7, tzinfo=UTC)
STEP = step_at(NOW)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    """Appendix B has eight digits; six are their end."""
    assert matched_step(SECRET, code, datetime.fromtimestamp(seconds, UTC), 0) == seconds // 30


@given(st.binary(min_size=20, max_size=20), st.integers(-4, 4), st.integers(-4, 4), st.integers(0, 29))
@often(30)
def test_a_step_either_side_and_never_one_that_was_used(secret: bytes, off: int, used: int, second: int) -> None:
    now = NOW.replace(second=0) + timedelta(seconds=second)
    found = matched_step(secret, totp_code(secret, step_at(now) + off), now, step_at(now) + used)
    is_good = abs(off) <= 1 and off > used
    assert (
        found == step_at(now) + off if is_good else found is None or abs(found - step_at(now)) <= 1 < abs(off)
    )  # two codes may be alike


@given(st.text(max_size=12))
@often(30)
def test_what_is_no_code_is_no_code_and_nothing_raises(typed: str) -> None:
    good = {totp_code(SECRET, STEP + off) for off in (-1, 0, 1)}
    assert (matched_step(SECRET, typed, NOW, 0) is not None) == ("".join(typed.split()) in good)


def test_as_a_phone_shows_it() -> None:
    code = totp_code(SECRET, STEP)
    assert matched_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, STEP - 1) == STEP
    assert matched_step(SECRET, code, NOW, STEP) is None


def test_what_the_qr_code_says() -> None:
    assert totp_uri(SECRET, "anna", "Port of Utopia") == (
        "otpauth://totp/Port%20of%20Utopia%3Aanna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Port%20of%20Utopia"
    )
    assert typed_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_recovery_codes_are_ten_and_typed_as_people_type() -> None:
    codes = new_recovery_codes()
    assert len({recovery_fingerprint(code) for code in codes}) == 10
    typed = f" {codes[0].lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    assert recovery_fingerprint(typed) == recovery_fingerprint(codes[0])
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in codes)  # bits: no slow hash is needed
