"""Whether a name, a password and a code belong together, and nothing that tells which of them does not.

In: what was typed. Out: the account, or how long to wait, or None. Every try costs the same: it is counted before it is looked at, and where
there is no such account (or it is disabled, or has no password yet) a hash that nothing opens is checked and a secret that nobody has is
opened in its place. A right code is used up in the transaction that lets somebody in, so of two at once one is refused.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from aiohttp import web

from gateway.keyring import Identity
from gateway.people import (
    NOBODY,
    account_name,
    hashed,
    is_account_name,
    is_outdated,
    is_right,
    matched_step,
    new_totp_secret,
    recovery_fingerprint,
)
from gateway.seal import Sealed, open_at_rest, seal_at_rest
from gateway.settings import utc_now
from gateway.store import Connection, accounts, transaction, tries
from gateway.store.accounts import Account
from gateway.store.tries import Try
from gateway.web.context import CONTEXT
from gateway.web.limits import in_turn, refuse_busy
from gateway.web.peer import network

_NO_ONE: Final = UUID(int=0)


class Typed(msgspec.Struct, frozen=True):
    """What somebody typed. `code`: of the app, or a recovery code."""

    name: str
    password: str
    code: str

    def __repr__(self) -> str:
        return "<Typed>"


class Verdict(msgspec.Struct, frozen=True):
    """`step`, `recovery`: which of the two the code is, if any; `anew`: the password's hash with today's parameters."""

    is_password: bool
    step: int | None
    recovery: bytes | None
    anew: str | None


class Right(msgspec.Struct, frozen=True):
    """It is who they say; `settle` must be called in the transaction that acts on it."""

    account: Account
    verdict: Verdict
    tried: Try


STRANGER: Final[web.AppKey[Sealed]] = web.AppKey("stranger", Sealed)


def prepare(app: web.Application) -> None:
    """The secret that nobody has, sealed as everybody's is."""
    app[STRANGER] = sealed_secret(new_totp_secret(), app[CONTEXT].catalogue.identity, _NO_ONE)


def typed_in(fields: Mapping[str, str], name: str | None = None) -> Typed:
    """From a form with the fields name, password, code; `name` where it is known already."""
    return Typed(
        account_name(name or fields.get("name", ""))[:200], fields.get("password", ""), fields.get("code", "")[:200]
    )


async def judge(request: web.Request, typed: Typed) -> Right | float | None:
    """Who it is; else None: something is wrong; or how many seconds to wait before it is looked at again."""
    if not (typed.name and typed.password and typed.code):
        return None
    refuse_busy(request)
    tried, now = Try(hashlib.sha256(typed.name.encode("utf-8", "replace")).digest(), network(request)), utc_now()
    async with transaction(request.app[CONTEXT].pool) as connection:
        wait = await tries.begin(connection, tried, now)
        account = await accounts.account_named(connection, typed.name if is_account_name(typed.name) else "")
    if wait > 0:
        return wait
    identity = request.app[CONTEXT].catalogue.identity
    verdict = await in_turn(request, partial(verdict_on, account, typed, identity, request.app[STRANGER], now))
    is_code = verdict.step is not None or verdict.recovery is not None
    return Right(account, verdict, tried) if account is not None and verdict.is_password and is_code else None


def verdict_on(account: Account | None, typed: Typed, identity: Identity, stranger: Sealed, now: datetime) -> Verdict:
    """The same steps for everybody, whether or not there is such an account."""
    kept = account.password if account is not None and account.password is not None else NOBODY
    is_password = is_right(typed.password, kept)
    sealed = account.sealed if account is not None else None
    owner = account.id if account is not None and sealed is not None else _NO_ONE
    secret = opened_secret(sealed or stranger, identity, owner)
    step = matched_step(secret, typed.code, now, account.totp_used if account is not None else 0)
    recovery = recovery_fingerprint(typed.code)
    is_recovery = recovery in (account.recovery if account is not None else ())
    anew = hashed(typed.password) if is_password and is_outdated(kept) else None
    return Verdict(is_password, step, recovery if is_recovery else None, anew)


async def settle(connection: Connection, right: Right, now: datetime) -> int | None:
    """Uses the code up; how many tries of this name were wrong lately. None where somebody was faster, or the account is disabled, or was given a
    new link meanwhile."""
    account, verdict = right.account, right.verdict
    if verdict.step is not None:
        is_mine = await accounts.use_step(connection, account.id, verdict.step)
    else:
        is_mine = await accounts.use_recovery(connection, account.id, verdict.recovery or b"")
    if not is_mine:
        return None
    if verdict.anew is not None:
        await accounts.set_password(connection, account.id, verdict.anew)
    return await tries.was_right(connection, right.tried, now)


def sealed_secret(secret: bytes, identity: Identity, account: UUID) -> Sealed:
    """The secret of an app, as the store keeps it: it opens for this account alone."""
    return seal_at_rest(secret, identity.seal_to, context=_context(account))


def opened_secret(sealed: Sealed, identity: Identity, account: UUID) -> bytes:
    return open_at_rest(sealed, identity, context=_context(account))


def _context(account: UUID) -> bytes:
    return b"totp\x00" + account.bytes
