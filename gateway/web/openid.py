"""Signing in with an OpenID provider: there and back.

In: GET /sign-in/provider, and the browser that comes back to /sign-in/callback with a code. Out: a session of an account that the provider
vouches for, made at the first time, with the role that keys/people.toml gives (desk and rescue then wait for a colleague's word); or the sign-in page with what is wrong. What the browser must
know to come back (state, nonce, PKCE verifier) is in a cookie of its own that lasts ten minutes; it is Lax, since the way back begins at
another site. The session's own cookie is Strict, so the last step is a page that leads on from here.
"""

import hmac
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway.people import account_name, is_account_name, is_address, new_secret
from gateway.people.openid import Asked, NotVouched, Provider, way_to
from gateway.people.roles import Role
from gateway.settings import utc_now
from gateway.store import Connection, accounts, colleagues, log, transaction
from gateway.store.accounts import Account
from gateway.web import pages, parameters, sessions
from gateway.web.caller import COOKIE
from gateway.web.context import CONTEXT
from gateway.web.language import own_address
from gateway.web.limits import count_sign_in
from gateway.web.peer import is_secure
from gateway.web.people import change_role, code_for
from gateway.web.problems import Problem
from gateway.web.provider import OPENID, OpenId
from gateway.web.sign_in import first_page, refused
from gateway.web.words import say

_SECONDS = 600  # to sign in at the provider
_log = logging.getLogger("gateway.web")


class _NotLetIn(Exception):
    """The provider vouches for somebody, but not for what we need; the text is for them."""


async def begin(request: web.Request) -> web.Response:
    """GET /sign-in/provider?to=/…"""
    parameters.only_known(request, "to")
    count_sign_in(request)
    openid = _openid(request)
    asked = Asked(new_secret(), new_secret(), new_secret(), own_address(request.query.get("to", "/"))[:500])
    roles = request.app[CONTEXT].catalogue.roles
    try:
        provider = await openid.provider()
    except NotVouched as why:
        return _refused(request, why)
    acr = roles.multi_factor.acr if roles is not None else ()
    response = pages.see_other(way_to(provider, asked, client_id=openid.us.client_id, back=openid.us.back, acr=acr))
    response.set_cookie(
        _cookie(request), _packed(asked), httponly=True, samesite="Lax", secure=is_secure(request), max_age=_SECONDS, path="/"
    )  # fmt: skip
    return response


async def callback(request: web.Request) -> web.Response:
    """GET /sign-in/callback?code=…&state=…: good once, for the browser that began."""
    count_sign_in(request)
    openid, asked, now = _openid(request), _asked(request), utc_now()
    try:
        code = _code(request, asked, await openid.provider())
        claims = await openid.claims(code, asked, now)
        response = await _let_in(request, openid.us.issuer, claims, asked.to, now)
    except NotVouched as why:
        response = _refused(request, why)
    except _NotLetIn as why:
        response = refused(request, str(why), status=403)
    response.del_cookie(_cookie(request), path="/", secure=is_secure(request), httponly=True, samesite="Lax")
    return response


async def _let_in(request: web.Request, issuer: str, claims: Mapping[str, Any], to: str, now: datetime) -> web.Response:
    role = _role(request, claims)
    async with transaction(request.app[CONTEXT].pool) as connection:
        account = await _account(connection, request, issuer, claims, role, now)
        secret = await sessions.begin(request, connection, role.kind, account=account.id)
        await log.append(connection, "signed-in", {"by": account.name, "kind": role.kind, "with": "provider"}, now)
    waits = account.confirm_code is not None
    onward = to if to != "/" and not waits else first_page(role.kind, waits=waits)
    response = pages.html(request, "signed-in.html", to=onward)
    sessions.set_cookie(request, response, secret, role.kind, is_person=True)
    return response


def _role(request: web.Request, claims: Mapping[str, Any]) -> Role:
    roles = request.app[CONTEXT].catalogue.roles
    if roles is None or (role := roles.role_of(claims)) is None:
        raise _NotLetIn(say("Your provider knows you, but no role here is yours. Ask the operator of the gateway."))
    if not roles.is_sure(claims):
        raise _NotLetIn(say("Your provider did not ask you for a second factor. Set one up there, and sign in again."))
    return role


async def _account(
    connection: Connection, request: web.Request, issuer: str, claims: Mapping[str, Any], role: Role, now: datetime
) -> Account:  # fmt: skip
    """The one that the provider means, with today's role; made at the first time. Who was disabled here stays so."""
    found = await accounts.account_of_provider(connection, issuer, claims["sub"])
    if found is None:
        return await _made(connection, request, issuer, claims, role, now)
    if found.disabled_at is not None:
        raise _NotLetIn(say("This account was disabled. Ask the operator of the gateway."))
    if (found.kind, found.subject) != (role.kind, role.subject):
        await change_role(connection, found, role.kind, role.subject, "provider", now)
        return await accounts.account_of_provider(connection, issuer, claims["sub"]) or found
    return found


async def _made(
    connection: Connection, request: web.Request, issuer: str, claims: Mapping[str, Any], role: Role, now: datetime
) -> Account:  # fmt: skip
    roles, email = request.app[CONTEXT].catalogue.roles, claims.get("email")
    name = account_name(roles.name_of(claims) if roles is not None else "")
    made = Account(
        id=uuid4(), name=name, email=email if isinstance(email, str) and len(email) <= 200 and is_address(email) else "", kind=role.kind,
        subject=role.subject, provider=issuer, created_at=now, created_by="provider", enrolled_at=now, confirm_code=code_for(role.kind),
    )  # fmt: skip
    if not is_account_name(name) or not await accounts.add_account(connection, made, claims["sub"]):
        raise _NotLetIn(
            say(
                "Your name at the provider cannot be used here, or somebody else has it. Ask the operator of the gateway."
            )
        )
    about = {"by": "provider", "name": name, "kind": role.kind, "subject": role.subject}
    await log.append(connection, "person-added", about, now)
    if made.confirm_code is not None:
        await colleagues.tell_of(connection, made, "the provider")
    return made


def _code(request: web.Request, asked: Asked, provider: Provider) -> str:
    """The code, if this browser began and this provider answers."""
    given = request.query
    if not hmac.compare_digest(given.get("state", "").encode("utf-8", "replace"), asked.state.encode()):
        raise NotVouched("the sign-in was begun in another browser, or too long ago")
    unnamed = "" if provider.authorization_response_iss_parameter_supported else provider.issuer
    if given.get("iss", unnamed) != provider.issuer:  # RFC 9207
        raise NotVouched("another provider answered")
    code = given.get("code", "")
    if "error" in given or not 0 < len(code) <= 4096:
        raise NotVouched("it let nobody in")
    return code


def _refused(request: web.Request, why: NotVouched) -> web.Response:
    """The operator learns what is wrong; who wanted to sign in, that it was not them."""
    _log.warning("the OpenID provider: %s", why)
    return refused(
        request,
        say("Signing in with the provider did not succeed. Try again, or ask the operator of the gateway."),
        status=401,
    )


def _openid(request: web.Request) -> OpenId:
    found = request.app.get(OPENID)
    if found is None:
        raise Problem(404, "no-provider", "no provider is set here; sign in with a name and a password")
    return found


def _cookie(request: web.Request) -> str:
    return f"__Host-{COOKIE}-provider" if is_secure(request) else f"{COOKIE}-provider"


def _packed(asked: Asked) -> str:
    return urlsafe_b64encode(msgspec.json.encode(asked)).decode().rstrip("=")


def _asked(request: web.Request) -> Asked:
    """What the browser was given when it left; where that is gone, a sign-in that nothing can answer."""
    text = request.cookies.get(_cookie(request), "")
    try:
        found = msgspec.json.decode(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)), type=Asked)
    except (msgspec.MsgspecError, NotBase64, ValueError, RecursionError):
        return Asked(new_secret(), new_secret(), new_secret(), "/")
    return msgspec.structs.replace(found, to=own_address(found.to))
