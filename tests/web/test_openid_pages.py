"""Signing in with an OpenID provider: what a good one says lets in, and every way we know of to cheat does not.

The provider here is ours, so that it can lie. tests/interop/test_openid_provider.py does the same with one that nobody here wrote.
"""

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.settings import utc_now
from gateway.store import Database, Pool
from gateway.web.caller import COOKIE
from gateway.web.provider import OPENID
from tests.web.people import DESK, cookie_in, events, wrong_on
from tests.web.world import Folders, Gateway, Reply, running

CLIENT, SECRET = "gateway at port", "s3cret/+ of the test"
KEY, OTHER_KEY = (
    RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
    RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
)
ROLES = """
[multi_factor]
amr = ["otp", "hwk"]
acr = ["urn:example:two"]
[[role]]
claim = "groups"
is = "duty"
kind = "viewer"
subject = "MTMLA"
[[role]]
claim = "groups"
is = "compliance"
kind = "desk"
subject = "compliance"
"""
Claims = dict[str, Any]


class Provider:
    """`claims` changes what an honest token says; `make` signs it; `asked` is what the gateway sent with the code."""

    def __init__(self) -> None:
        self.url, self.nonce, self.keys = "", "", [KEY.as_dict(private=False)]
        self.claims: Callable[[Claims], Claims] = dict
        self.make: Callable[[Claims], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
        self.metadata: Claims = {}
        self.asked: list[dict[str, str]] = []
        self.fetched = 0

    def stands_at(self, url: str) -> None:
        self.url = url
        self.metadata = {
            "issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token", "jwks_uri": f"{url}/keys"
        }  # fmt: skip

    async def tell(self, request: web.Request) -> web.Response:
        return web.json_response(self.metadata)

    async def show_keys(self, request: web.Request) -> web.Response:
        self.fetched += 1
        return web.json_response({"keys": self.keys})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append(
            {name: str(value) for name, value in form.items()}
            | {"authorization": request.headers.get("Authorization", "")}
        )
        now = int(utc_now().timestamp())
        honest = {"iss": self.url, "sub": "4711", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce}
        honest |= {
            "preferred_username": "anna",
            "email": "anna@port.example",
            "groups": ["staff", "duty"],
            "amr": ["pwd", "otp"],
        }
        return web.json_response(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.make(self.claims(honest))}
        )


class Browser:
    """One that follows as a browser would, up to a point."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.cookie = gateway, ""

    async def leave(self, provider: Provider, to: str = "/") -> dict[str, str]:
        """To the provider; what it is asked."""
        left = await self.gateway.ask("GET", "/sign-in/provider", params={"to": to})
        assert left.status == 303, left.body
        assert {"HttpOnly", "SameSite=Lax", "Max-Age=600"} <= {
            part.strip() for part in left.headers["Set-Cookie"].split(";")
        }
        self.cookie = left.headers["Set-Cookie"].partition(";")[0]
        query = {name: values[0] for name, values in parse_qs(urlsplit(left.headers["Location"]).query).items()}
        provider.nonce = query["nonce"]
        return query

    async def come_back(self, **query: str) -> Reply:
        return await self.gateway.ask("GET", "/sign-in/callback", params=query, headers={"Cookie": self.cookie})


@asynccontextmanager
async def provided(
    folders: Folders, tmp_path: Path, database: Database, pool: Pool, roles: str = ROLES
) -> AsyncIterator[tuple[Gateway, Provider]]:
    provider, app = Provider(), web.Application()
    app.add_routes([
        web.get("/.well-known/openid-configuration", provider.tell), web.get("/keys", provider.show_keys), web.post("/token", provider.token),
    ])  # fmt: skip
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.stands_at(f"http://127.0.0.1:{runner.addresses[0][1]}")
    (folders.settings.keys / "people.toml").write_text(roles)
    (tmp_path / "secret").write_text(SECRET + "\n")
    settings = msgspec.structs.replace(
        folders.settings, oidc_issuer=provider.url, oidc_client_id=CLIENT, oidc_client_secret_file=tmp_path / "secret", public_url="https://gateway.example/"
    )  # fmt: skip
    try:
        async with running(settings, database, pool) as gateway:
            yield gateway, provider
    finally:
        await runner.cleanup()


@pytest.fixture
async def world(
    tls_folders: Folders, tmp_path: Path, database: Database, pool: Pool
) -> AsyncIterator[tuple[Gateway, Provider]]:
    async with provided(tls_folders, tmp_path, database, pool) as found:
        yield found


World = tuple[Gateway, Provider]


async def signed_in(world: World, to: str = "/", **changes: str) -> Reply:
    gateway, provider = world
    browser = Browser(gateway)
    query = await browser.leave(provider, to)
    return await browser.come_back(**({"code": "abc", "state": query["state"]} | changes))


async def test_whom_the_provider_vouches_for_is_let_in(world: World) -> None:
    gateway, provider = world
    browser = Browser(gateway)
    query = await browser.leave(provider, "/?port=MTMLA")
    assert {name: query[name] for name in ("response_type", "client_id", "redirect_uri", "code_challenge_method", "acr_values")} == {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": "https://gateway.example/sign-in/callback", "code_challenge_method": "S256",
        "acr_values": "urn:example:two",
    }  # fmt: skip
    reply = await browser.come_back(code="abc", state=query["state"], iss=provider.url)
    assert (reply.status, b'content="0; url=/?port=MTMLA"' in reply.body) == (200, True)
    [asked] = provider.asked
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert (asked["code"], challenge) == ("abc", query["code_challenge"])
    assert (
        base64.b64decode(asked["authorization"].removeprefix("Basic ")).decode()
        == "gateway%20at%20port:s3cret%2F%2B%20of%20the%20test"
    )
    cookies = reply.headers.getall("Set-Cookie")  # type: ignore[attr-defined]
    session = next(one for one in cookies if one.startswith(f"{COOKIE}="))
    assert "SameSite=Strict" in session
    page = await gateway.look("/account", cookie_in(reply))
    assert (page.status, b"MTMLA" in page.body, b"Change the password" in page.body) == (200, True, False)
    assert [event for event, _ in await events(gateway)] == ["person-added", "signed-in"]
    assert b"Sign in with 127.0.0.1" in (await gateway.ask("GET", "/sign-in")).body
    assert (await gateway.submit("/sign-in", name="anna", password="x", code="1")).status == 401  # no password here
    assert (await gateway.ask("POST", "/v1/people/anna/link", DESK)).status == 404


async def test_a_role_that_changed_there_changes_here_and_ends_the_sessions(world: World) -> None:
    gateway, provider = world
    before = cookie_in(await signed_in(world))
    provider.claims = lambda claims: claims | {"groups": "compliance", "amr": None, "acr": "urn:example:two"}
    after = cookie_in(await signed_in(world))
    assert [(await gateway.look("/account", one)).status for one in (before, after)] == [303, 200]
    [one] = (await gateway.ask("GET", "/v1/people", DESK)).json["people"]
    assert (one["name"], one["kind"], one["provider"], one["waits"]) == ("anna", "desk", provider.url, True)
    assert (await gateway.look("/rescue", after)).status == 403, "a group at the provider is not yet a colleague's word"
    await gateway.ask("DELETE", "/v1/people/anna", DESK)
    refused = await signed_in(world)
    assert (refused.status, "disabled" in wrong_on(refused)) == (403, True)


NOT_LET_IN: dict[str, tuple[Claims, str]] = {
    "no group": ({"groups": []}, "no role"), "a group of another name": ({"groups": ["DUTY", "duty "]}, "no role"), "no claim": ({"groups": None}, "no role"),
    "groups that are none": ({"groups": {"duty": True}}, "no role"), "no second factor": ({"amr": ["pwd"]}, "second factor"),
    "a weak class": ({"amr": [], "acr": "urn:example:one"}, "second factor"), "no name": ({"preferred_username": None}, "name at the provider"),
    "a name that is none": ({"preferred_username": "ANNA <script>"}, "name at the provider"),
}  # fmt: skip


async def test_who_has_no_role_no_factor_or_no_name_is_not_let_in(world: World) -> None:
    gateway, provider = world
    for why, (changes, words) in NOT_LET_IN.items():
        provider.claims = partial(_changed, changes)
        reply = await signed_in(world)
        assert (reply.status, words in wrong_on(reply)) == (403, True), why
    assert await gateway.pool.fetchval("SELECT count(*) FROM session") == 0
    assert await gateway.pool.fetchval("SELECT count(*) FROM account") == 0


def _changed(changes: Claims, claims: Claims) -> Claims:
    return claims | changes


async def test_a_name_that_somebody_has_here_is_nobody_else_s(world: World) -> None:
    gateway, _ = world
    await gateway.person("anna", "operator")
    reply = await signed_in(world)
    assert (reply.status, "somebody else has it" in wrong_on(reply)) == (403, True)


@pytest.mark.parametrize("how", ["none", "another key", "another audience"])
async def test_a_forged_token_lets_nobody_in(world: World, how: str) -> None:
    """What all there is to forge comes to is in tests/people/test_openid.py."""
    provider = world[1]
    if how == "none":
        provider.make = lambda claims: f"{_part({'alg': 'none'})}.{_part(claims)}."
    elif how == "another key":
        provider.make = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY)
    else:
        provider.claims = lambda claims: claims | {"aud": "somebody"}
    await _nobody(world, await signed_in(world))


def _part(members: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


async def _nobody(world: World, reply: Reply) -> None:
    gateway, _ = world
    assert (reply.status, "did not succeed" in wrong_on(reply)) == (401, True)
    assert await gateway.pool.fetchval("SELECT count(*) FROM session") == 0
    assert await events(gateway) == []


async def test_the_browser_that_began_is_the_one_that_ends(world: World) -> None:
    gateway, provider = world
    mine, theirs = Browser(gateway), Browser(gateway)
    my_query, their_query = await mine.leave(provider), await theirs.leave(provider)
    for browser, state in (
        (mine, their_query["state"]),
        (mine, ""),
        (theirs, my_query["state"]),
        (Browser(gateway), my_query["state"]),
    ):
        reply = await browser.come_back(code="abc", state=state)
        assert reply.status == 401
    assert provider.asked == []  # no code of another is ever redeemed
    for query in (
        {"error": "access_denied"},
        {"code": ""},
        {"code": "x" * 5000},
        {"code": "abc", "iss": "https://evil.example"},
    ):
        assert (await mine.come_back(state=my_query["state"], **query)).status == 401
    assert provider.asked == []
    known = gateway.runner.app[OPENID]._known
    assert known is not None
    named = msgspec.structs.replace(known.provider, authorization_response_iss_parameter_supported=True)
    gateway.runner.app[OPENID]._known = msgspec.structs.replace(known, provider=named)
    assert (
        await mine.come_back(code="abc", state=my_query["state"])
    ).status == 401  # RFC 9207: it would have named itself
    assert provider.asked == []
    for cookie in ("x", "e30", "é", base64.urlsafe_b64encode(b"[" * 2000).decode()):
        mine.cookie = f"{COOKIE}-provider={cookie}"
        assert (await mine.come_back(code="abc", state="x")).status == 401


async def test_nobody_is_led_away(world: World) -> None:
    for to in ("//evil.example", "https://evil.example", "/\\evil.example"):
        reply = await signed_in(world, to)
        assert re.findall(r'content="0; url=([^"]*)"', reply.body.decode()) == ["/"]


async def test_keys_are_fetched_anew_where_one_is_new_and_not_for_every_forgery(world: World) -> None:
    gateway, provider = world
    assert (await signed_in(world)).status == 200
    new = ECKey.generate_key("P-256", {"kid": "new"})
    provider.keys, provider.make = (
        [new.as_dict(private=False)],
        lambda claims: jwt.encode({"alg": "ES256", "kid": "new"}, claims, new),
    )
    assert ((await signed_in(world)).status, provider.fetched) == (401, 1)  # looked at half a minute ago at most
    known = gateway.runner.app[OPENID]._known
    assert known is not None
    gateway.runner.app[OPENID]._known = msgspec.structs.replace(known, at=known.at - 31)
    assert ((await signed_in(world)).status, provider.fetched) == (200, 2)


async def test_a_provider_that_is_not_what_was_set_is_not_asked(world: World) -> None:
    gateway, provider = world
    provider.metadata |= {"issuer": "https://evil.example"}
    reply = await gateway.ask("GET", "/sign-in/provider")
    assert (reply.status, "Location" in reply.headers) == (401, False)


async def test_without_a_provider_there_is_no_way_to_one(shared_gateway: Gateway) -> None:
    for path in ("/sign-in/provider", "/sign-in/callback?code=a&state=b"):
        reply = await shared_gateway.ask("GET", path)
        assert (reply.status, reply.problem) == (404, "no-provider")
