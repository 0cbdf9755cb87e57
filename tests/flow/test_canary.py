"""A passenger's value is nowhere but in ciphertext: not in the database's files, logs, metrics, pages, answers or errors.

Lists full of one word that occurs nowhere else go through real processes, well-formed and not, and every byte that is left
behind or was said on the way is searched for it.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest

from gateway import store
from gateway.catalogue import load
from gateway.demo.folders import RECIPIENTS
from gateway.demo.show import Show
from gateway.demo.world import GATEWAY, World, world
from gateway.keyring import parse_public, parse_secret
from gateway.seal import Sealed, open_envelope
from gateway.sent import opened
from gateway.settings import load as load_settings
from gateway.settings import utc_now
from gateway.store import embedded
from tests.flow.canary import WORD, Sending, bad, dumped, good, leaks


class Said(msgspec.Struct):
    """Everything that the gateway said to anyone: where -> bytes."""

    by: dict[str, bytes] = {}

    def add(self, where: str, data: bytes) -> None:
        self.by[where] = self.by.get(where, b"") + data + b"\n"

    @property
    def leaks(self) -> dict[str, list[str]]:
        return {where: found for where, data in self.by.items() if (found := leaks(data))}


class Asker:
    """Sends requests and keeps every answer, headers and all."""

    def __init__(self, running: World, session: aiohttp.ClientSession, said: Said) -> None:
        self.running, self._session, self._said = running, session, said

    async def ask(self, method: str, path: str, token: str = "", where: str = "", **kwargs: Any) -> bytes:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= kwargs.pop("headers", {})
        url = self.running.url + path
        async with self._session.request(method, url, headers=headers, allow_redirects=False, **kwargs) as answer:
            body = await answer.read()
            head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            self._said.add(where or f"{method} {path}", head.encode() + b"\n\n" + body)
            return body

    async def submit(self, sending: Sending, token: str) -> dict[str, Any]:
        body = aiohttp.FormData()
        for number, file in enumerate(sending.files):
            body.add_field("file", file, filename=f"{WORD}-{number}.dat", content_type="application/octet-stream")
        path = "/v1/submissions" + (f"?call={sending.call}" if sending.call else "")
        headers = {"Prefer": "wait=30", "Idempotency-Key": f"{WORD}-{sending.title.replace(' ', '-')}"}
        answer = await self.ask("POST", path, token, f"answer to {sending.title}", data=body, headers=headers)
        document: dict[str, Any] = msgspec.json.decode(answer)
        assert "findings" in document, f"{sending.title} was not processed: {sorted(document)}"
        return document

    async def try_out(self, sending: Sending, token: str) -> str:
        """The same in the sandbox; the trial's address there."""
        body = aiohttp.FormData()
        for number, file in enumerate(sending.files):
            body.add_field("file", file, filename=f"{WORD}-{number}.dat", content_type="application/octet-stream")
        answer = await self.ask(
            "POST", "/v1/sandbox", token, f"answer to trying {sending.title}", data=body, headers={"Prefer": "wait=30"}
        )
        document: dict[str, Any] = msgspec.json.decode(answer)
        assert "findings" in document, f"{sending.title} was not tried: {sorted(document)}"
        return f"/sandbox/{document['submission']}"

    async def raw(self, data: bytes) -> None:
        """Bytes that are no request."""
        host, port = self.running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(data)
        writer.write_eof()
        self._said.add("answer to bytes that are no request", await asyncio.wait_for(reader.read(), 10))
        writer.close()


class Left(msgspec.Struct, frozen=True):
    """What a day with canaries leaves behind. `findings`: how many mistakes were told to their senders."""

    folder: Path
    said: Said
    findings: int
    payloads: list[bytes]
    files: list[bytes]
    tables: dict[str, bytes]


async def _mistakes(asker: Asker, carrier: str) -> None:
    """Requests that are wrong in every place a word can stand in."""
    for method, path in (
        ("GET", f"/{WORD}"), ("GET", f"/v1/submissions/{WORD}"), ("GET", f"/v1/scorecards?carrier={WORD}"),
        ("DELETE", f"/v1/submissions/{WORD}"), ("GET", f"/v1/log/proof?submission={WORD}"), ("GET", f"/v1/feeds/{WORD}"),
        ("GET", f"/v1/calls?port={WORD}"), ("GET", f"/v1/submissions?before={WORD}"), ("GET", f"/static/{WORD}"),
        ("POST", f"/v1/submissions?call={WORD}"), ("POST", f"/v1/submissions?format={WORD}"), ("POST", f"/v1/submissions?{WORD}=1"),
    ):  # fmt: skip
        for accept in ("application/json", "text/html"):
            await asker.ask(method, path, carrier, "a wrong address", headers={"Accept": accept}, data=WORD.encode())
    operator = asker.running.operator
    for path, kind in (
        ("/v1/tokens", "application/json"),
        ("/v1/calls", "application/json"),
        ("/v1/calls", "text/csv"),
        ("/v1/calls", WORD),
    ):
        for body in (f'{{"{WORD}": 1}}', f'{{"kind": "{WORD}"', f'["{WORD}"]', f"id,carrier\n{WORD},{WORD}\n", WORD):
            await asker.ask(
                "POST", path, operator, "a wrong document", data=body.encode(), headers={"Content-Type": kind}
            )
    await asker.ask("POST", "/sign-in/screen", data={"token": WORD})
    await asker.ask(
        "POST", "/sign-in", data={"name": "somebody", "password": WORD, "code": WORD}
    )  # a name is shown to whoever typed it
    await asker.ask("POST", "/enrol", data={"link": WORD, "password": WORD})
    await asker.ask("GET", "/v1/submissions", WORD)
    await asker.ask("GET", "/", headers={"Cookie": f"gateway={WORD}", f"X-{WORD}": WORD})
    wrong = {"Content-Type": f"multipart/form-data; boundary={WORD}", "Idempotency-Key": WORD * 40}
    await asker.ask("POST", "/v1/submissions", carrier, data=f"--{WORD}\r\n{WORD}".encode(), headers=wrong)
    await asker.ask("POST", "/v1/submissions", carrier, data=WORD.encode(), headers={"Content-Encoding": WORD})
    for data in (
        f"{WORD}\r\n\r\n",
        f"GET /{WORD} HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{WORD}\r\n\r\n",
        f"POST / HTTP/1.1\r\nContent-Length: {WORD}\r\n\r\n",
    ):
        await asker.raw(data.encode())


async def _look_around(asker: Asker, show: Show, ids: dict[str, str], tried: dict[str, str]) -> None:
    """Every page and document that anyone may look at."""
    pages = [(f"/sent/{id}", carrier) for id, carrier in ids.items()] + list(tried.items())
    for page, carrier in pages:
        token = await show.token("carrier", carrier)
        for path in ("", "/answer", "/repairs", "?all=N-20"):
            html = await asker.ask(
                "GET", page + path, token, f"the line's own page {path}", headers={"Accept": "text/html"}
            )
            assert b"<" in html
        for path in ("/sent", "/send", "/sandbox"):
            await asker.ask("GET", path, token, f"{path} for the line", headers={"Accept": "text/html"})
    tokens = {
        "operator": asker.running.operator,
        "viewer": await show.token("viewer", "GRPIR"),
        "carrier": await show.token("carrier", "aurora-cruises"),
        "recipient": await show.token("recipient", "demo-nsw"),
    }
    common = ["/", "/metrics", "/v1/calls", "/v1/submissions", "/v1/tokens", "/v1/log/head", "/v1/scorecards?carrier=aurora-cruises",
              "/v1/feeds/demo-nsw", "/healthz", "/readyz", "/sign-in"]  # fmt: skip
    for who, token in tokens.items():
        for path in common:
            await asker.ask("GET", path, token, f"{path} for {who}")
    for id, carrier in ids.items():
        for path in ("", "/answer", "/receipt"):
            for token in (await show.token("carrier", carrier), tokens["operator"]):
                await asker.ask("GET", f"/v1/submissions/{id}{path}", token, f"/v1/submissions/…{path}")
        await asker.ask("GET", f"/v1/log/proof?submission={id}")


async def _settled(asker: Asker, ids: dict[str, str], show: Show) -> int:
    """How many deliveries there are, once all are settled."""
    count = 0
    for id, carrier in ids.items():
        async with asyncio.timeout(60):
            while True:
                answer = await asker.ask("GET", f"/v1/submissions/{id}", await show.token("carrier", carrier), "states")
                deliveries = msgspec.json.decode(answer)["deliveries"]
                if all(one["state"] != "waiting" for one in deliveries):
                    count += len(deliveries)
                    break
                await asyncio.sleep(0.1)
    return count


@pytest.fixture(scope="module")
async def left() -> AsyncIterator[Left]:
    now, said, ids, tried, findings = utc_now(), Said(), dict[str, str](), dict[str, str](), 0
    async with world(now, in_memory=True) as running:
        await running.ready()
        async with aiohttp.ClientSession() as session:
            asker, show = Asker(running, session, said), Show(running, session, now)
            await show.import_schedule()
            for sending in (*good(now), *bad(now)):
                answer = await asker.submit(sending, await show.token("carrier", sending.carrier))
                ids[answer["submission"]] = sending.carrier
                findings += len(answer["findings"])
                tried[await asker.try_out(sending, await show.token("carrier", sending.carrier))] = sending.carrier
                owed = [one for found in answer["lists"] for one in found.get("deliveries", ())]
                assert sending.deliveries in (None, len(owed)), f"{sending.title} made {len(owed)} deliveries"
            assert await _settled(asker, ids, show) >= sum(one.deliveries or 0 for one in good(now))
            await _mistakes(asker, await show.token("carrier", "meridian-line"))
            await _look_around(asker, show, ids, tried)
        await running.end(GATEWAY)
        catalogue = load(load_settings(running.settings), now.date())
        async with embedded.run(running.state / "postgres") as server:
            pool = await store.open(server.database(), size=2)
            rows = await pool.fetch("SELECT id, sealed, wrapped, key_id FROM submission")
            files = [
                file.data
                for row in rows
                for file in opened(Sealed(row["wrapped"], row["sealed"], row["key_id"]), row["id"], catalogue)
            ]
            payloads = await _payloads(running, pool)
            tables = await dumped(pool)
            await store.close(pool)
        yield Left(running.folder, said, findings, payloads, files, tables)


async def _payloads(running: World, pool: store.Pool) -> list[bytes]:
    """What the recipients were sent, opened with their own keys."""
    found = []
    for name in RECIPIENTS:
        own = running.folder / name
        secret = parse_secret((own / "secret.pem").read_bytes())
        verify = parse_public((own / "gateway.pem").read_bytes())
        for row in await pool.fetch("SELECT envelope FROM delivery WHERE recipient = $1", name):
            found.append(open_envelope(row["envelope"], [secret], [verify]).payload)
    return found


def test_the_word_went_all_the_way(left: Left) -> None:
    """Otherwise that it is nowhere would say nothing."""
    assert len(left.files) > 20
    assert all(leaks(file) for file in left.files if not file.startswith(b"PK"))  # workbooks are compressed
    assert sum(leaks(payload) == ["text"] for payload in left.payloads) >= 13
    assert left.findings > 200


def test_nobody_was_told_it(left: Left) -> None:
    assert left.said.leaks == {}


def test_it_is_in_no_file(left: Left) -> None:
    files = [file for file in left.folder.rglob("*") if file.is_file()]
    found = {str(file.relative_to(left.folder)): leaks(file.read_bytes()) for file in files}
    assert {name: forms for name, forms in found.items() if forms} == {}
    assert any("/pg_wal/" in name for name in found)
    assert any("/base/" in name for name in found)
    assert {"log", "state/postgres/postgres.log", "demo-nsw/journal.jsonl"} <= found.keys()
    assert (left.folder / "log").read_bytes().count(b"\n") > 0


def test_it_is_in_no_table(left: Left) -> None:
    assert {name: forms for name, data in left.tables.items() if (forms := leaks(data))} == {}
    assert {
        "submission",
        "manifest",
        "delivery",
        "alarm",
        "call",
        "log_entry",
        "finding_count",
        "trial",
    } <= left.tables.keys()
    assert len(left.tables["submission"]) > 100_000


@pytest.mark.parametrize("spelling", [WORD, WORD.lower(), WORD.title()])
def test_the_search_finds_it_in_every_form_and_place(spelling: str) -> None:
    random = Random(1)
    forms = {
        "text": [spelling.encode()],
        "UTF-16": [spelling.encode("utf-16-le"), spelling.encode("utf-16-be")],
        "hex": [spelling.encode().hex().encode(), spelling.encode().hex().upper().encode()],
        "base64": [
            encode(random.randbytes(before) + spelling.encode() + random.randbytes(after))
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
            for before in range(7)
            for after in range(4)
        ],
    }
    for form, encodings in forms.items():
        for encoded in encodings:
            noise = random.randbytes(random.randint(0, 1000))
            assert form in leaks(noise + encoded + noise)
    assert leaks(random.randbytes(1_000_000)) == []


async def test_the_search_finds_it_in_a_database_that_is_not_careful(ground: Path, pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO alarm (kind, subject, text) VALUES ('x', 'y', $1)", f"about {WORD}")
    await pool.execute("CHECKPOINT")
    name = await pool.fetchval("SELECT oid::text FROM pg_database WHERE datname = current_database()")
    data = ground / "postgres" / "data"
    assert any(leaks(file.read_bytes()) for file in (data / "base" / name).iterdir())
    assert any(leaks(file.read_bytes()) for file in (data / "pg_wal").iterdir() if file.is_file())
    assert leaks((await dumped(pool))["alarm"]) == ["text"]
