"""Which passwords may be chosen, and how they are kept."""

import pytest

from gateway.people import NOBODY, faults_of, hashed, is_outdated, is_right
from gateway.people.passwords import MOST

GOOD = "ballast-otter-lantern-47"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "too-short"), ("elevenchars", "too-short"), ("x" * (MOST + 1), "too-long"), ("aaaaaaaaaaaaaaaa", "too-common"), ("password1234", "too-common"),
        ("qwertyuiop123", "too-common"), ("123456789012345", "too-common"), ("anna.eriksson1", "too-common"), ("passengergateway", "too-common"),
        ("abcabcabcabcabc", "too-common"),
    ],
)  # fmt: skip
def test_what_attackers_try_first_is_refused(password: str, fault: str) -> None:
    assert faults_of(password, "anna.eriksson", "anna.eriksson@port.example") == [fault]


@pytest.mark.parametrize(
    "password", [GOOD, "vent du nord et pluie fine", "дождь над тихой гаванью", "x7#Lq9!wP2$z", "1 " * 64]
)
def test_no_rule_asks_for_capitals_digits_or_signs(password: str) -> None:
    assert faults_of(password) in ([], ["too-common"])
    assert password == "1 " * 64 or faults_of(password) == []


def test_a_password_is_known_again_from_every_keyboard_and_no_other_is() -> None:
    kept = hashed("Ångström-ferry-otter")
    assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert is_right("A\u030angstro\u0308m-ferry-otter", kept)  # composed otherwise
    assert not is_right("angström-ferry-otter", kept)
    assert not is_right("", kept)
    assert hashed(GOOD) != hashed(GOOD)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$v=19$m=47104,t=1,p=1$", "$2b$12$abc"])
def test_what_is_no_hash_lets_nobody_in(kept: str) -> None:
    assert not is_right(GOOD, kept)


def test_nobody_has_a_hash_of_today_s_cost_that_nothing_opens() -> None:
    assert not is_outdated(NOBODY)
    assert not any(is_right(password, NOBODY) for password in ("", "\x00", GOOD, "x" * 5000, "\ud800"))
    assert is_outdated("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$" + "A" * 43)
