"""keys/people.toml: what those may do whom an OpenID provider vouches for, and how sure of them it must be.

In: the file's bytes, the claims of an ID token. Out: `Roles`, or what is wrong with the file; a role, or none: who is in no group that the
file names is not let in. The first role that fits counts. Second factor: by the claim amr (RFC 8176) or acr (OpenID Connect Core section
2); or `elsewhere`, a sentence that says who has made sure of it in another way.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

FILE = "people.toml"
Kind = Literal["carrier", "viewer", "recipient", "operator", "desk", "rescue"]


class MultiFactor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `amr` must be among the methods, or `acr` be one of these; `elsewhere`: why neither is asked for."""

    amr: tuple[str, ...] = ()
    acr: tuple[str, ...] = ()
    elsewhere: str = ""


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"value": "is"}):
    """Whose `claim` is, or has among its values, `value` acts as `kind` for `subject`."""

    claim: str
    value: str
    kind: Kind
    subject: str


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"roles": "role"}):
    """`name`: the claim that becomes the account's name."""

    multi_factor: MultiFactor
    roles: tuple[Role, ...]
    name: str = "preferred_username"

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The first role that fits."""
        return next((role for role in self.roles if role.value in _values(claims.get(role.claim))), None)

    def is_sure(self, claims: Mapping[str, Any]) -> bool:
        """Whether a second factor was asked for, as this file understands it."""
        wanted = self.multi_factor
        if wanted.elsewhere:
            return True
        by_method = set(wanted.amr) & set(_values(claims.get("amr")))
        return bool(by_method) or any(value in wanted.acr for value in _values(claims.get("acr")))

    def name_of(self, claims: Mapping[str, Any]) -> str:
        """As the provider has it; "" where it has none."""
        value = claims.get(self.name)
        return value if isinstance(value, str) else ""


def parse_roles(data: bytes) -> Roles | str:
    """The file, or what is to be mended."""
    try:
        found = msgspec.convert(tomllib.loads(data.decode("utf-8")), Roles)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return "this is not TOML"
    except msgspec.ValidationError as error:
        return f"{error}; keys/README.md shows what belongs here"
    wanted = found.multi_factor
    if not (wanted.amr or wanted.acr or wanted.elsewhere.strip()):
        return "[multi_factor] says how the provider tells of a second factor (amr or acr), or why that is not asked for (elsewhere)"
    return found


def _values(claim: object) -> tuple[str, ...]:
    """A claim is a text, or a list of them."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(one for one in claim if isinstance(one, str)) if isinstance(claim, list) else ()
