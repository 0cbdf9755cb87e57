"""A gateway to talk to: the real application on a loopback address, two invented lines, two recipients.

`Gateway.ask` is one request; `Gateway.process` does what a worker would do, in this process. The specimen line's lists go
to a recipient that fetches ("ut-nsw") and to nobody else.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import aiohttp
import msgspec
from aiohttp import web

from gateway import catalogue, store, watch
from gateway.catalogue import Catalogue
from gateway.keyring import SecretKey, new_recipient_keys
from gateway.obligations import ExpectedCall, Moment
from gateway.people import Rates, fingerprint, new_secret
from gateway.process.trials import try_one
from gateway.process.worker import process_one
from gateway.settings import Settings, utc_now
from gateway.store import Database, Pool
from gateway.store.accounts import Account, account_named, add_account
from gateway.store.calls import upsert_calls
from gateway.store.colleagues import confirm
from gateway.store.sessions import add_session
from gateway.store.submissions import claim_submissions
from gateway.store.tokens import Kind, Token, add_token
from gateway.store.trials import claim_trial
from gateway.web import make_runner, server_tls
from gateway.web.caller import COOKIE, CSRF_FIELD, csrf_of
from gateway.web.context import Context
from gateway.web.limits import LIMITS
from gateway.web.people import code_for
from tests.specimen import passenger_manifest

MAX_BODY = 100_000
CARRIER, RIVAL, FEED, POSTED = "specimen", "example-line", "ut-nsw", "ut-posted"


class Reply(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def problem(self) -> str:
        """The kind of the problem document; fails where it is none."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self
        assert self.json["status"] == self.status
        assert self.json["detail"]
        return str(self.json["type"]).removeprefix("urn:maritime-passenger-gateway:problem:")


class Folders(msgspec.Struct, frozen=True):
    """What a gateway is given: settings that name its folders, and the feed's recipient's own key."""

    settings: Settings
    recipient: SecretKey


def make_folders(root: Path) -> Folders:
    """Two carriers and two recipients, as an operator would write them."""
    now = utc_now()
    for carrier in (CARRIER, RIVAL):
        file = root / "carriers" / f"{carrier}.toml"
        file.parent.mkdir(exist_ok=True)
        contact = f"manifests@{carrier}.example"
        file.write_text(f'name = "{carrier.title()} (invented)"\ncontact = "{contact}"\nservice = "ferry"\n')
    secret, public = new_recipient_keys("jwe")
    _recipient(root / "keys" / FEED, 'transport = "feed"', public.pem, now)
    _recipient(root / "keys" / POSTED, 'transport = "https"\n[https]\nurl = "https://nsw.example/in"', public.pem, now)
    since, until = _days(now)
    (root / "keys" / FEED / "routes.toml").write_text(f"""[[route]]
id = "mt-border"
lists = ["passengers", "crew"]
purposes = ["border", "safety"]
form = "common-json"
legal_basis = "an invented act, article 1"
from = {since}
until = {until}
reviewer = "Nobody, this is a test"
[route.when]
arrival_countries = ["MT"]
""")
    (root / "keys" / "senders").mkdir()
    settings = Settings(
        state=root / "state", carriers=root / "carriers", keys=root / "keys", max_body=MAX_BODY, name="test gateway"
    )
    return Folders(settings, secret)


def _recipient(folder: Path, send: str, key: bytes, now: datetime) -> None:
    folder.mkdir(parents=True)
    since, until = _days(now)
    (folder / "key.pem").write_bytes(key)
    (folder / "recipient.toml").write_text(f"""id = "{folder.name}"
name = "Single window of Utopia"
kind = "nsw"
country = "MT"
third_country = false
key = [{{ file = "key.pem", from = {since}, until = {until} }}]
[send]
{send}
[seal]
form = "jwe"
""")


def _days(now: datetime) -> tuple[str, str]:
    return str(now.date() - timedelta(days=2)), str(now.date() + timedelta(days=90))


class Gateway:
    """One running gateway. Tokens are made on demand, one for each (kind, subject)."""

    def __init__(self, url: str, context: Context, session: aiohttp.ClientSession, runner: web.AppRunner) -> None:
        self.url, self.context, self.session, self.runner = url, context, session, runner
        self._tokens: dict[tuple[str, str], str] = {}
        self._streams: list[aiohttp.ClientResponse] = []

    @property
    def pool(self) -> Pool:
        return self.context.pool

    @property
    def catalogue(self) -> Catalogue:
        return self.context.catalogue

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    async def token(self, kind: str, subject: str = "someone", *, days: float = 1) -> str:
        """A token for `subject`; with negative `days` one that has expired."""
        if days > 0 and (kind, subject) in self._tokens:
            return self._tokens[kind, subject]
        token, now = f"{kind}-{uuid4().hex}", utc_now()
        digest = hashlib.sha256(token.encode()).digest()
        made = Token(
            sha256=digest, kind=cast(Kind, kind), subject=subject, created_at=now - timedelta(days=9), expires_at=now + timedelta(days=days)
        )  # fmt: skip
        async with self.pool.acquire() as connection:
            await add_token(connection, made)
        return self._tokens.setdefault((kind, subject), token) if days > 0 else token

    async def cookie(self, kind: str, subject: str = "someone") -> str:
        """The secret of a session of a screen, signed in with a token for `subject`."""
        token = await self.token(kind, subject)
        return await self._session(token=hashlib.sha256(token.encode()).digest())

    async def person(self, name: str, kind: str, subject: str = "someone", *, confirmed: bool = True) -> str:
        """The secret of a session of a person, who is added, and unless told otherwise confirmed, if need be."""
        now = utc_now()
        known: Any = {"kind": kind, "subject": subject, "confirm_code": code_for(cast(Kind, kind))}
        made = Account(id=uuid4(), name=name, email="", **known, created_at=now, created_by="desk")
        async with self.pool.acquire() as connection:
            await add_account(connection, made)
            found = await account_named(connection, name)
            assert found is not None
            if confirmed and found.confirm_code is not None:
                await confirm(connection, found, "a.colleague", now, is_first=False)
        return await self._session(account=found.id)

    async def _session(self, **of: Any) -> str:
        secret, now = new_secret(), utc_now()
        async with self.pool.acquire() as connection:
            await add_session(
                connection, fingerprint(secret), **of, at=now, idle_seconds=1800, until=now + timedelta(hours=12)
            )
        return secret

    async def submit(
        self, path: str, cookie: str | None = None, *, headers: Mapping[str, str] | None = None, **fields: str
    ) -> Reply:
        """A form as a browser sends it from our own page; with a cookie, its CSRF token too unless `csrf` is given."""
        sent = (
            {"Sec-Fetch-Site": "same-origin"}
            | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
            | dict(headers or {})
        )
        given = ({CSRF_FIELD: csrf_of(cookie)} if cookie else {}) | fields
        return await self.ask("POST", path, headers=sent, data=given)

    async def look(self, path: str, cookie: str, **kwargs: Any) -> Reply:
        """A page, as who has this cookie."""
        return await self.ask("GET", path, headers={"Cookie": f"{COOKIE}={cookie}", "Accept": "text/html"}, **kwargs)

    async def ask(
        self,
        method: str,
        path: str,
        as_: str | tuple[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> Reply:
        """One request; `as_` is a token, or (kind, subject)."""
        token = await self.token(*as_) if isinstance(as_, tuple) else as_
        sent = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        async with self.session.request(
            method, self.url + path, headers=sent, data=data, allow_redirects=False, **kwargs
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def send(self, body: Any, carrier: str = CARRIER, path: str = "/v1/submissions", **headers: str) -> Reply:
        """A submission. Header names are written with underscores: `idempotency_key="k"`."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        return await self.ask("POST", path, ("carrier", carrier), data=body, headers=named)

    async def stream(self, path: str, token: str) -> aiohttp.ClientResponse:
        """An answer that has no end, to be read piece by piece."""
        found = await self.session.get(self.url + path, headers={"Authorization": f"Bearer {token}"})
        self._streams.append(found)
        return found

    async def stop(self) -> None:
        """As at the end of the process. Once more does no harm."""
        await self.runner.cleanup()
        for stream in self._streams:
            stream.close()

    async def process(self) -> int:
        """Whatever waits is processed, as a worker would; how many there were."""
        claimed = await claim_submissions(self.pool, lease_seconds=30, limit=100)
        for one in claimed:
            await process_one(self.pool, self.catalogue, one)
        return len(claimed)

    async def try_out(self) -> int:
        """Whatever waits in the sandbox is tried, as a worker would; how many there were."""
        tried = 0
        while (one := await claim_trial(self.pool, lease_seconds=30)) is not None:
            await try_one(self.pool, self.catalogue, one, "test gateway")
            tried += 1
        return tried

    async def integrate(self) -> None:
        """New log entries get their places, as the watch would see to."""
        await watch.integrate(self.pool, self.catalogue, "test gateway", utc_now())

    async def expect(self, *calls: ExpectedCall) -> None:
        """These calls are expected."""
        async with store.transaction(self.pool) as connection:
            await upsert_calls(connection, calls, utc_now())


@asynccontextmanager
async def running(settings: Settings, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    """A gateway on a free port of this machine, with the folders of `settings` as they are now."""
    known = catalogue.load(settings, utc_now().date())
    context = Context(settings, known, database, pool)
    runner = make_runner(context)
    await runner.setup()
    runner.app[LIMITS].sign_in = Rates(burst=100_000, seconds=0.001)  # all tests come from one address
    tls = server_tls(settings, known)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    address = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        gateway = Gateway(address, context, session, runner)
        try:
            yield gateway
        finally:
            await gateway.stop()


def list_of(**changes: Any) -> bytes:
    """A list as the specimen line would send it."""
    return msgspec.json.encode(passenger_manifest(**changes))


def call(id: str = "C1", *, leaves: float = -2, arrives: float = 6, **changes: Any) -> ExpectedCall:
    """A ferry of the specimen line; times are hours from now."""
    now = utc_now().replace(microsecond=0)
    known: dict[str, Any] = {
        "id": id,
        "carrier": CARRIER,
        "service": "ferry",
        "vessel": "SPECIMEN STAR",
        "imo": "1234567",
        "voyage": "SP1147",
        "departure_port": "GRPIR",
        "arrival_port": "MTMLA",
        "distance_nm": 480.0,
        "etd": Moment(now + timedelta(hours=leaves), "test"),
        "eta": Moment(now + timedelta(hours=arrives), "test"),
    }
    return ExpectedCall(**(known | changes))
