"""keys/people.toml: what it may say, and whom it lets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people.roles import Roles, parse_roles
from tests.often import often

ROLE = '[[role]]\nclaim = "groups"\nis = "duty"\nkind = "viewer"\nsubject = "MTMLA"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=", "not TOML"), ("", "multi_factor"), (ROLE, "multi_factor"), ("[multi_factor]\n" + ROLE, "second factor"),
        ('[multi_factor]\nelsewhere = " "\n' + ROLE, "second factor"), ('[multi_factor]\namr = ["otp"]\n', "role"),
        ('[multi_factor]\namr = ["otp"]\n' + ROLE.replace("viewer", "king"), "king"), ('[multi_factor]\namr = ["otp"]\n' + ROLE + "more = 1\n", "more"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    found = parse_roles(text.encode())
    assert isinstance(found, str)
    assert words in found


@given(st.binary(max_size=80))
@often(20)
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(parse_roles(data), str | Roles)


def test_the_first_role_that_fits_counts_and_elsewhere_asks_for_no_factor() -> None:
    roles = parse_roles(
        ('[multi_factor]\nelsewhere = "by contract 7"\n' + ROLE + ROLE.replace("viewer", "operator")).encode()
    )
    assert isinstance(roles, Roles)
    role = roles.role_of({"groups": ["x", "duty"]})
    assert role is not None
    assert (role.kind, roles.is_sure({}), roles.name_of({"preferred_username": 7})) == ("viewer", True, "")
    assert roles.role_of({"groups": "staff"}) is None
