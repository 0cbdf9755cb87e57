"""Somebody at a browser, without the browser: signs in with a token, opens pages, sends the forms that they hold."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from tests.web.world import Gateway, Reply

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class SignedIn:
    """One person with the cookie of a sign-in."""

    def __init__(self, gateway: Gateway, cookie: str) -> None:
        self._gateway, self._cookie = gateway, cookie

    async def get(self, path: str) -> Reply:
        return await self._gateway.ask("GET", path, headers={"Cookie": self._cookie, "Accept": "text/html"})

    async def text(self, path: str) -> str:
        """The page, which must be there."""
        reply = await self.get(path)
        assert reply.status == 200, (path, reply.status, reply.body[-600:])
        return unescape(reply.body.decode())

    async def post(self, path: str, page: str, **fields: Any) -> Reply:
        """The form at `path` sent from `page`, which holds the token of this person's forms."""
        token = _CSRF.search((await self.get(page)).body.decode())
        body = urlencode({"csrf": token[1] if token else "", **fields})
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        return await self._gateway.ask("POST", path, headers=headers, data=body)


async def sign_in(gateway: Gateway, kind: str, subject: str) -> SignedIn:
    token = await gateway.token(kind, subject)
    body = urlencode({"token": token, "to": ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await gateway.ask("POST", "/sign-in", headers=headers, data=body)
    assert reply.status == 303, reply
    return SignedIn(gateway, reply.headers["Set-Cookie"].split(";")[0])
