"""Who may confirm an account that comes near names: a colleague who was confirmed, with the code of just this account."""

from typing import Any

import pytest

from gateway.rescue.colleagues import Colleague, Doubt, confirming_denied, new_code, read_out

CODE = "12345678"


def who(name: str, **changes: Any) -> Colleague:
    return Colleague(**({"name": name, "email": "", "kind": "rescue", "code": None} | changes))


NEW, CHIEF = who("new", code=CODE), who("chief")


@pytest.mark.parametrize(
    ("one", "typed", "by", "is_first", "doubt"),
    [
        (NEW, CODE, CHIEF, False, None),
        (NEW, "1234 5678 ", CHIEF, False, None),
        (NEW, None, CHIEF, False, None),  # refused
        (NEW, "12345679", CHIEF, False, Doubt.WRONG_CODE),
        (NEW, "", CHIEF, False, Doubt.WRONG_CODE),
        (NEW, "１２３４５６７８", CHIEF, False, Doubt.WRONG_CODE),
        (NEW, CODE, NEW, True, Doubt.SAME_PERSON),
        (NEW, CODE, who("NEW"), False, Doubt.SAME_PERSON),
        (who("new", code=CODE, email="a@b.example"), CODE, who("x", email="A@B.example"), False, Doubt.SAME_PERSON),
        (NEW, CODE, who("other", code="1" * 8), False, Doubt.WAITS_TOO),
        (NEW, CODE, who("other", code="1" * 8), True, None),
        (NEW, None, who("other", code="1" * 8), True, Doubt.WAITS_TOO),  # who waits refuses nobody
        (NEW, CODE, who("ops", kind="operator"), False, Doubt.WAITS_TOO),
        (NEW, CODE, who("ops", kind="operator"), True, Doubt.WAITS_TOO),
        (who("old"), CODE, CHIEF, False, Doubt.NOT_WAITING),
        (who("old", kind="viewer"), None, CHIEF, False, Doubt.NOT_WAITING),
    ],
)  # fmt: skip
def test_who_may_confirm_whom(one: Colleague, typed: str | None, by: Colleague, is_first: bool, doubt: Doubt | None) -> None:  # fmt: skip
    assert confirming_denied(one, typed, by, is_first=is_first) is doubt


def test_a_code_is_read_in_two_groups_and_is_nobody_else_s() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert {len(one) for one in codes} == {8}
    assert read_out(CODE) == "1234 5678"
    assert CODE not in repr(NEW)
