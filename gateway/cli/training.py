"""A training gateway as the season's driver sees it: proved to be one, asked politely, asked again while it is away.

In: an address and an operator's token. Out: what its API answers. Nothing is sent to a gateway that is not known for a training one: its name
(GATEWAY_NAME) has the word "training" in it, its recipients are called "training-…" or "demo-…", its board shows no
sailing of a line that is not the season's. No option gets around this.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import aiohttp
import click
import msgspec

from gateway.cli.exits import Unusable
from gateway.simulate.fleet import LINES

WORD: Final = "training"
_RECIPIENTS: Final = ("training-", "demo-")
_PATIENCE_SECONDS, _AGAIN_SECONDS = 60.0, 0.5
_NOTE: Final = "training season {key} begins {begin}"


class Refused(Exception):
    """The gateway answered with a problem; the text is its title and detail."""


class Training:
    """One gateway. `tokens`: line -> its token, once `admitted`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, operator: str, tls: ssl.SSLContext | None) -> None:
        self._session, self._url, self._operator = session, url.rstrip("/"), operator
        self._tls: ssl.SSLContext | bool = True if tls is None else tls
        self._tokens: dict[str, str] = {}
        self._made: list[str] = []

    async def ask(
        self,
        method: str,
        path: str,
        *,
        line: str | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """What the gateway answers, to an operator or to a line. While it is away it is asked again, for a minute."""
        token = self._operator if line is None else self._tokens[line]
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_SECONDS
        while True:
            try:
                return await self._once(method, path, body, {"Authorization": f"Bearer {token}", **(headers or {})})
            except (aiohttp.ClientError, OSError, TimeoutError) as why:
                if loop.time() > until:
                    raise Refused(f"{self._url} cannot be reached ({type(why).__name__})") from None
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        async with self._session.request(method, self._url + path, data=body, headers=headers, ssl=self._tls) as answer:
            raw = await answer.read()
            if answer.status == 503:
                raise aiohttp.ClientConnectionError("away")
            if answer.status >= 400:
                raise Refused(_problem(answer.status, raw))
            return _json(raw) if raw else None

    async def prove(self) -> list[str]:
        """The ids of its recipients; raises `Unusable` unless this is a training gateway."""
        if not self._url.startswith(("http://", "https://")):
            raise click.UsageError("the gateway's address begins with http:// or https://")
        try:
            found = await self._once("GET", "/v1/recipients", None, {"Authorization": f"Bearer {self._operator}"})
            name, recipients = str(found["gateway"]), [str(one["id"]) for one in found["recipients"]]
            calls = (await self.ask("GET", "/v1/calls"))["calls"]
        except (aiohttp.ClientError, OSError) as why:
            raise click.ClickException(
                f"{self._url} cannot be reached ({type(why).__name__}); is the gateway running there?"
            ) from None
        except Refused as why:
            raise click.ClickException(str(why)) from None
        except (KeyError, TypeError):
            raise Unusable(f"what answers at {self._url} is no gateway that can be trained on") from None
        if WORD not in name.casefold():
            raise Unusable(
                f"the gateway at {self._url} is called '{name}': a season is only sailed through a gateway whose GATEWAY_NAME has the word "
                f"'{WORD}' in it, so that no real one is filled with invented ships; see ./gw simulate --prepare"
            )
        if real := [id for id in recipients if not id.startswith(_RECIPIENTS)]:
            raise Unusable(
                f"this gateway delivers to {', '.join(real)}: on a training gateway recipients are called 'training-…' or 'demo-…'"
            )
        if strangers := sorted({call["carrier"] for call in calls} - LINES.keys()):
            raise Unusable(
                f"this gateway expects sailings of {', '.join(strangers)}, which are not the season's: it is in use"
            )
        return recipients

    async def admit(self, lines: Sequence[str], key: str, now: datetime, days: int) -> datetime:
        """Makes each line's token; returns when this season began here: now, or when a driver of it first came."""
        note = _NOTE.format(key=key, begin=now.isoformat())
        for line in lines:
            wanted = {"kind": "carrier", "subject": line, "days": days, "note": note}
            try:
                made = await self.ask("POST", "/v1/tokens", body=msgspec.json.encode(wanted))
            except Refused as why:
                raise Unusable(
                    f"{why}; write the lines' profiles with ./gw simulate --prepare, and point GATEWAY_CARRIERS there"
                ) from None
            self._tokens[line] = made["token"]
            self._made.append(made["id"])
        return await self._began(key) or now

    async def leave(self) -> None:
        """The tokens let nobody in any more; their notes stay."""
        for id in self._made:
            await self.ask("DELETE", f"/v1/tokens/{id}")
        self._made.clear()

    async def _began(self, key: str) -> datetime | None:
        """By the first token's note: the gateway remembers it for every driver, wherever it runs."""
        prefix = _NOTE.format(key=key, begin="")
        notes = [(one["created_at"], one["note"]) for one in (await self.ask("GET", "/v1/tokens"))["tokens"]]
        began = [note.removeprefix(prefix) for _, note in sorted(notes) if note.startswith(prefix)]
        return datetime.fromisoformat(began[0]) if began else None


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused("what answers there is no gateway") from None


def _problem(status: int, raw: bytes) -> str:
    try:
        problem = msgspec.json.decode(raw)
        return f"{problem['title']}: {problem['detail']}"
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        return f"the answer was {status} without a reason"
