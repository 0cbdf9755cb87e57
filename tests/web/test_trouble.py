"""When something is wrong on our side: the store is away, or we made a mistake. And how well the gateway says it is."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway import store
from gateway.arrivals import Arrivals
from gateway.store import Database
from tests.web.world import CARRIER, FEED, RIVAL, Folders, Gateway, call, list_of, running


class Line:
    """A wire to the database that can be cut and joined again."""

    def __init__(self, folder: Path, real: Path) -> None:
        self._path, self._real = folder / real.name, real
        self._server: asyncio.Server | None = None
        self._ends: list[asyncio.StreamWriter] = []

    async def join(self) -> None:
        self._server = await asyncio.start_unix_server(self._carry, self._path)

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        self._path.unlink(missing_ok=True)
        for end in self._ends:
            end.transport.abort()
        self._ends = []
        await asyncio.sleep(0.05)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._real)
        self._ends += [writer, back]
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
async def line(database: Database, tmp_path: Path) -> AsyncIterator[tuple[Line, Database]]:
    """The test's database behind such a wire."""
    found = re.search(r"host=([^&]+)", database.url)
    assert found is not None
    folder = found[1].replace("%2F", "/")
    wire = Line(tmp_path, next(Path(folder).glob(".s.PGSQL.*[0-9]")))
    await wire.join()
    yield wire, Database(database.url.replace(found[1], str(tmp_path).replace("/", "%2F")))
    await wire.cut()


async def test_while_the_store_is_away_lists_are_refused_and_afterwards_taken(
    line: tuple[Line, Database], folders: Folders
) -> None:
    wire, database = line
    pool = await store.open(database, size=4)
    async with running(folders.settings, database, pool) as gateway:
        tokens = [await gateway.token(*who) for who in (("carrier", CARRIER), ("operator", "desk"))]
        assert (await gateway.ask("GET", "/readyz")).status == 200
        await wire.cut()
        for method, path in (("POST", "/v1/submissions"), ("GET", "/v1/submissions"), ("GET", "/v1/log/head"), ("GET", "/v1/calls"), ("GET", "/metrics")):  # fmt: skip
            reply = await gateway.ask(method, path, tokens[0], data=list_of() if method == "POST" else None)
            assert (reply.status, reply.problem, reply.headers["Retry-After"]) == (503, "store-unavailable", "5")
        ready = await gateway.ask("GET", "/readyz")
        assert (ready.status, ready.problem, ready.headers["Retry-After"]) == (503, "not-ready", "5")
        assert (await gateway.ask("GET", "/healthz")).status == 200
        page = await gateway.ask("GET", "/", tokens[1], headers={"Accept": "text/html"})
        assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
        assert b"store cannot be reached" in page.body
        await wire.join()
        assert (await gateway.send(list_of(), idempotency_key="key-1")).status == 202
        assert (await gateway.ask("GET", "/readyz")).status == 200
    pool.terminate()


async def test_our_own_mistake_is_a_problem_without_any_value(
    shared_gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object, **kwargs: object) -> None:
        raise KeyError("CANARYBIRD ANNA")

    monkeypatch.setattr(Arrivals, "rows", broken)
    reply = await shared_gateway.ask("GET", "/v1/calls", ("operator", "desk"))
    assert (reply.status, reply.problem) == (500, "unexpected")
    assert b"CANARY" not in reply.body
    assert "CANARY" not in caplog.text
    assert "unexpected KeyError at test_trouble.py" in caplog.text
    page = await shared_gateway.ask("GET", "/v1/calls", ("operator", "desk"), headers={"Accept": "text/html"})
    assert page.problem == "unexpected"  # the API speaks to programs, whatever they accept


async def test_a_mistake_in_a_statement_is_ours_and_not_the_stores(
    shared_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(connection: store.Connection, *args: object, **kwargs: object) -> None:
        await connection.fetch("SELECT $1::bigint", 2**99)

    monkeypatch.setattr(Arrivals, "rows", broken)
    assert (await shared_gateway.ask("GET", "/v1/calls", ("operator", "desk"))).status == 500


async def test_a_schedule_that_the_store_cannot_hold_is_refused_not_stumbled_over(gateway: Gateway) -> None:
    for body in (b"\xff\xfe", b"id\n\x00", b"id,carrier,service,vessel,departure_port,arrival_port,etd\nC\x001,specimen,ferry,S\x00,GRPIR,MTMLA,2026-11-23T18:00Z\n"):  # fmt: skip
        reply = await gateway.ask("POST", "/v1/calls", ("operator", "desk"), data=body, headers={"Content-Type": "text/csv"})  # fmt: skip
        assert reply.status in (200, 400), reply
    reply = await gateway.ask(
        "POST", "/v1/calls", ("operator", "desk"), data=b"x", headers={"Content-Type": "text/html"}
    )
    assert (reply.status, reply.problem) == (415, "bad-schedule")


async def test_metrics_tell_of_states_recipients_and_routes_and_of_nobody_else(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    received = await gateway.send(list_of())
    await gateway.process()
    await gateway.send(list_of(), RIVAL)
    await gateway.ask("PUT", "/v1/calls/C1", ("carrier", CARRIER))
    await gateway.ask("GET", "/v1/canarybird")
    await gateway.ask("GET", f"/v1/submissions/{received.json['id']}", ("carrier", CARRIER))
    found = await gateway.ask("GET", "/metrics", ("viewer", "FIHEL"))
    text = found.body.decode()
    assert found.headers["Content-Type"].startswith("text/plain")
    assert f'gateway_deliveries_waiting{{recipient="{FEED}"}} 1.0' in text
    assert "gateway_submissions_waiting 1.0" in text
    assert 'method="GET",route="/v1/submissions/{id}",status="200"' in text
    assert 'method="other"' in text
    for name in (
        CARRIER,
        RIVAL,
        "canarybird",
        received.json["id"],
        "SPECIMEN",
        "SP1147",
        "1234567",
        "ERIKSSON",
        "GRPIR",
    ):
        assert name.lower() not in text.lower(), name


async def test_a_gateway_with_open_streams_ends_at_once(gateway: Gateway) -> None:
    token = await gateway.token("operator", "desk")
    assert {(await gateway.stream("/board/events", token)).status for _ in range(3)} == {200}
    began = time.monotonic()
    await gateway.stop()
    assert time.monotonic() - began < 2
