"""The OpenID provider over HTTP: its metadata and keys, fetched and kept for a while, and codes redeemed.

In: the issuer's address and our credentials there (GATEWAY_OIDC_…). Out: bytes for `people.openid` to judge. Only answers of 200 and of a
decent size count; redirects are not followed, for a secret goes along. Keys are fetched anew, at most once in half a minute, where a token is
signed with one that we have not seen.
"""

import asyncio
from base64 import b64encode
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from aiohttp import web

from gateway.people.openid import MOST_BYTES, Asked, NotVouched, Provider, claims_of, id_token_in, provider_in
from gateway.settings import Settings
from gateway.web.context import CONTEXT

_KEPT_SECONDS, _ANEW_SECONDS = 3600.0, 30.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_METADATA = "/.well-known/openid-configuration"  # Discovery section 4


class Us(msgspec.Struct, frozen=True):
    """How the provider knows us. `back`: where it sends browsers back to."""

    issuer: str
    client_id: str
    secret: str
    back: str

    def __repr__(self) -> str:
        return f"<Us at {self.issuer}>"


class _Known(msgspec.Struct, frozen=True):
    provider: Provider
    keys: bytes
    at: float


class OpenId:
    """One provider. What is fetched is fetched once, however many ask."""

    def __init__(self, us: Us) -> None:
        self.us = us
        self._known: _Known | None = None
        self._fetching = asyncio.Lock()

    async def provider(self) -> Provider:
        return (await self._fresh(_KEPT_SECONDS)).provider

    async def claims(self, code: str, asked: Asked, now: datetime) -> dict[str, Any]:
        """What the provider says of the person for whom it gave this code."""
        known = await self._fresh(_KEPT_SECONDS)
        token = id_token_in(await self._redeemed(known.provider, code, asked.verifier))
        try:
            return self._judged(token, known.keys, asked, now)
        except NotVouched:
            anew = await self._fresh(_ANEW_SECONDS)
            if anew is known:
                raise
            return self._judged(token, anew.keys, asked, now)

    def _judged(self, token: str, keys: bytes, asked: Asked, now: datetime) -> dict[str, Any]:
        found = claims_of(token, keys, issuer=self.us.issuer, client_id=self.us.client_id, nonce=asked.nonce, now=now)
        return dict(found)

    async def _fresh(self, seconds: float) -> _Known:
        """What we know of it, not older than this."""
        now = asyncio.get_running_loop().time
        async with self._fetching:
            if self._known is None or now() - self._known.at > seconds:
                provider = provider_in(await _get(self.us.issuer.rstrip("/") + _METADATA), self.us.issuer)
                self._known = _Known(provider, await _get(provider.jwks_uri), now())
            return self._known

    async def _redeemed(self, provider: Provider, code: str, verifier: str) -> bytes:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.us.back,
            "code_verifier": verifier,
        }
        headers = {}
        if provider.takes_basic:
            pair = f"{quote(self.us.client_id, safe='')}:{quote(self.us.secret, safe='')}"
            headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        else:
            form |= {"client_id": self.us.client_id, "client_secret": self.us.secret}
        return await _fetched("POST", provider.token_endpoint, data=form, headers=headers)


OPENID: Final[web.AppKey[OpenId]] = web.AppKey("openid", OpenId)


def prepare(app: web.Application) -> None:
    """Where a provider is set, the pages lead to it."""
    us = _us(app[CONTEXT].settings)
    if us is not None:
        app[OPENID] = OpenId(us)


def _us(settings: Settings) -> Us | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.oidc_client_secret_file is None:
        return None
    secret = settings.oidc_client_secret_file.read_text("utf-8").strip()
    back = f"{(settings.public_url or '').rstrip('/')}/sign-in/callback"
    return Us(settings.oidc_issuer, settings.oidc_client_id, secret, back)


async def _get(url: str) -> bytes:
    return await _fetched("GET", url)


async def _fetched(method: str, url: str, **sent: Any) -> bytes:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, url, allow_redirects=False, **sent) as answer,
        ):
            body = await answer.content.read(MOST_BYTES + 1)
            while len(body) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
                body += more
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise NotVouched("it cannot be reached") from None
    if answer.status != 200 or len(body) > MOST_BYTES:
        raise NotVouched(f"it answered {answer.status}" if answer.status != 200 else "its answer is too long")
    return body
