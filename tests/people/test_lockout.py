"""Waiting after mistakes, asking too often, and where a request comes from."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people import Rates, Tries, account_name, is_account_name, is_address, network_of, peer_of, wait_seconds
from gateway.people.networks import proxies_in
from tests.often import often

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NONE = Tries()


def waits(failures: int, *, after: float = 0.0) -> float:
    return wait_seconds(Tries(failures, NOW - timedelta(seconds=after)), NONE, NONE, is_known_here=False, now=NOW)


def test_the_wait_doubles_and_has_an_end() -> None:
    assert [waits(failures) for failures in (0, 4, 5, 6, 7, 12, 13, 10**6)] == [0, 0, 5, 10, 20, 640, 900, 900]
    assert [waits(6, after=seconds) for seconds in (9, 10, 11)] == [1, 0, 0]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
@often(25)
def test_nobody_waits_longer_than_a_quarter_of_an_hour_and_more_failures_never_wait_less(
    here: int, name: int, network: int
) -> None:
    found = wait_seconds(Tries(here, NOW), Tries(name, NOW), Tries(network, NOW), is_known_here=False, now=NOW)
    assert 0 <= found <= 900
    assert found <= wait_seconds(
        Tries(here + 1, NOW), Tries(name + 1, NOW), Tries(network + 1, NOW), is_known_here=False, now=NOW
    )


def test_an_attacker_elsewhere_does_not_shut_out_who_is_known_here() -> None:
    attacked = Tries(50_000, NOW)
    assert wait_seconds(NONE, attacked, NONE, is_known_here=True, now=NOW) == 0
    assert wait_seconds(NONE, attacked, NONE, is_known_here=False, now=NOW) == 900
    assert wait_seconds(NONE, NONE, Tries(31, NOW), is_known_here=True, now=NOW) == 10  # one network, many names


def test_rates_let_a_burst_pass_and_then_one_in_a_time() -> None:
    rates = Rates(burst=3, seconds=10)
    assert [rates.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 10]
    assert rates.wait("b", 0.0) == 0
    assert rates.wait("a", 9.0) == 1
    assert rates.wait("a", 10.0) == 0
    assert rates.wait("a", 10.0) == 10


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 5)), max_size=80))
@often(20)
def test_rates_are_bounded_in_time_and_memory(asked: list[tuple[str, float]]) -> None:
    rates, now, taken = Rates(burst=2, seconds=3, most=4), 0.0, 0
    for name, pause in asked:
        now += pause
        taken += name == "a" and rates.wait(name, now) == 0
        rates.wait("b", now)
        assert len(rates) <= 4
    assert taken <= 2 + now / 3 + 1e-6


PROXIES = proxies_in("10.0.0.0/8, ::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),  # nobody we know says so
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # what stands before, anybody may have written
        ("10.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"), ("10.0.0.1", "nonsense", "10.0.0.1"), ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("::1", "2001:db8::7", "2001:db8::7"), ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"), ("fe80::1%eth0", "203.0.113.5", "fe80::1"),
        ("", "203.0.113.5", ""),
    ],
)  # fmt: skip
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, seen: str) -> None:
    assert peer_of(peer, forwarded, PROXIES) == seen


def test_a_place_is_an_address_or_what_one_office_is_given() -> None:
    assert [network_of(one) for one in ("203.0.113.5", "2001:db8:1:2:3::4", "", "x")] == [
        "203.0.113.5",
        "2001:db8:1:2::/64",
        "unknown",
        "unknown",
    ]


def test_names_look_like_no_others() -> None:
    assert account_name("  Anna.Eriksson ") == "anna.eriksson"
    assert all(is_account_name(name) for name in ("a", "anna.eriksson", "desk-2", "x" * 40))
    assert not any(is_account_name(name) for name in ("", "Anna", "аnna", "a b", "-a", "a.", "x" * 41, "a\n", "a/b"))
    assert is_address("anna@port.example")
    assert not any(
        is_address(text) for text in ("", "anna", "a@b@c", "a b@port.example", "a@port.example\n", "<a@port.example>")
    )
