"""Who may come near names at all: an account of the rescue centre or of the compliance desk does nothing until a colleague has confirmed it.

In: an account that waits, the code that was read to the colleague, who confirms, whether anybody was ever confirmed. Out: why not, or None.

Two people stand behind every break-glass case; this sees to it that they are two. Whoever makes accounts could otherwise make both. The
owner alone sees the code, once signed in, and reads it to a colleague who knows the voice; so the colleague vouches for the person who holds
password and phone, not for a name on a list. A new link or another role from an operator, or a role that an OpenID provider changes, begins
anew: that is how an account would be taken over. The very first confirmation is made by one who waits as well (two set it up together); there is
no second first time, whoever is disabled later.

It holds off an operator, or an administrator of the provider or of keys/people.toml, who works alone. It cannot hold off: who writes into the
database or replaces the program; a provider that signs in its administrator as somebody who is confirmed; an operator who is one of the colleagues
himself (the log then names him as the one who confirmed: give these to different people); and at a gateway where nobody was ever confirmed, an
operator who sets up the first two for himself. Each of these but the first two leaves an alarm and an entry in the log.
"""

import hmac
import secrets
from enum import StrEnum
from typing import Final

import msgspec

from gateway.rescue.case import is_same_person

CONFIRMED: Final = frozenset({"desk", "rescue"})
"""Kinds of accounts that ask for names, or grant it."""

_DIGITS: Final = 8


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """An account, as far as this asks. `code`: None where it was confirmed."""

    name: str
    email: str
    kind: str
    code: str | None

    def __repr__(self) -> str:
        return f"<Colleague {self.name}>"


class Doubt(StrEnum):
    """Why somebody may not confirm an account."""

    SAME_PERSON = "same-person"
    WAITS_TOO = "waits-too"
    NOT_WAITING = "not-waiting"
    WRONG_CODE = "wrong-code"


def new_code() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def read_out(code: str) -> str:
    """As it is read to somebody: in two groups."""
    return f"{code[: _DIGITS // 2]} {code[_DIGITS // 2 :]}"


def confirming_denied(one: Colleague, typed: str | None, by: Colleague, *, is_first: bool) -> Doubt | None:
    """Why `by`, to whom `typed` was read, may not confirm `one`; with None, why not refuse it. `is_first`: nobody here was ever confirmed."""
    if by.kind not in CONFIRMED or (by.code is not None and (not is_first or typed is None)):
        return Doubt.WAITS_TOO
    if one.kind not in CONFIRMED or one.code is None:
        return Doubt.NOT_WAITING
    if is_same_person(one.name, one.email, by.name, by.email):
        return Doubt.SAME_PERSON
    if typed is None:
        return None
    given = "".join(typed.split()).encode("utf-8", "replace")
    return None if hmac.compare_digest(given, one.code.encode()) else Doubt.WRONG_CODE
