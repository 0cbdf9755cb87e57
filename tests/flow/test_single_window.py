"""The whole way to a single window and back: over TLS, sealed, judged by Finnish rules, told to the sender at the sender's own cell."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gateway.access_point import AccessPoint
from gateway.catalogue import Catalogue
from gateway.deliver import Deliverer
from gateway.formats import emswe
from gateway.formats.writing import WriteOrder
from gateway.keyring import Https, Send
from gateway.manifest import Function, Manifest, Purpose
from gateway.process import verdicts, worker
from gateway.process.answer import Answer, open_answer
from gateway.receive import receive
from gateway.seal import open_envelope
from gateway.senders import Means
from gateway.senders.https import session
from gateway.sent import File
from gateway.settings import utc_now
from gateway.store import Database, Pool, transaction
from gateway.store.alarms import open_alarms
from gateway.store.calls import upsert_calls
from gateway.store.deliveries import today_of
from gateway.store.recipients import replay
from gateway.store.responses import heard
from gateway.store.submissions import sealed_answer
from tests.process.office import call, catalogue, entry, identity, recipient, secret_key
from tests.senders import recipient as server
from tests.single_window import SingleWindow, Visit
from tests.specimen import NOW, passenger_manifest

VISIT = "MT20261125-007"
HEADERS = (
    "Surname;First name;Sex;Date of birth;Nationality;Country of birth;Document type;Document number;Issuing country;"
    "Expiry date;Port of embarkation;Port of disembarkation;Transit"
)
ANNA = "ERIKSSON;ANNA MARIA;F;12/08/1974;SWE;SWE;P;L898902C3;SWE;15/04/2032;GRPIR;MTMLA;N"
OLE = "TESTPERSON;OLE;M;29/02/1968;NOR;;P;TP1047239;NOR;15/04/2032;GRPIR;MTMLA;N"  # no country of birth


class Port:
    """A gateway with one single window, and everything that its worker runs."""

    def __init__(self, pool: Pool, known: Catalogue, window: SingleWindow, nsw: server.Recipient) -> None:
        self.pool, self.known, self.window, self._nsw = pool, known, window, nsw

    def hang_up_on_the_next(self) -> None:
        """The window takes the next message, and its answer breaks off."""
        judged = self._nsw.script.popleft()
        assert not isinstance(judged, bytes)

        async def half(request: server.Request, writer: asyncio.StreamWriter) -> bytes:
            whole = await judged(request, writer)
            return whole[: len(whole) // 2]

        self._nsw.script.appendleft(half)

    async def send(self, data: bytes) -> UUID:
        added = await receive(
            self.pool, self.known, [File(data)], carrier="specimen", channel="api", gateway="test",
            options={"call": call().id, "purposes": ["border", "safety"]}, call=None, idempotency_key=None, now=utc_now(),
        )  # fmt: skip
        return added.row.id

    async def told(self, id: UUID, verdicts: int = 1) -> Answer:
        """The answer, once so many verdicts stand in it."""
        async with asyncio.timeout(30):
            while True:
                async with self.pool.acquire() as connection:
                    kept = await sealed_answer(connection, id)
                found = open_answer(kept, str(id), self.known) if kept else None
                answer = msgspec.json.decode(found, type=Answer) if found else None
                if answer and len(answer.verdicts) >= verdicts:
                    return answer
                await asyncio.sleep(0.02)


@asynccontextmanager
async def _port(database: Database, pool: Pool, folder: Path) -> AsyncIterator[Port]:
    window = SingleWindow({VISIT: Visit()})

    async def judged(request: server.Request, _: asyncio.StreamWriter) -> bytes:
        opened = open_envelope(request.body, [secret_key()], identity().verify_keys)
        return server.answer(*window.take(opened.payload))

    async with AsyncExitStack() as stack:
        nsw = await stack.enter_async_context(server.recipient(folder))
        nsw.script.extend([judged] * 20)
        send = {"send": Send(transport="https"), "https": Https(url=nsw.url, tls="server.pem")}
        office = msgspec.structs.replace(recipient(entry()), files={"server.pem": nsw.certificate}, **send)
        known = catalogue(office)
        async with pool.acquire() as connection:
            await upsert_calls(connection, [_soon()], utc_now())
        http = await stack.enter_async_context(session())
        means = Means(session=http, identity=identity(), access_point=AccessPoint())
        deliverer = Deliverer(pool, database, known.recipients, means, 30)
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(one)
            for one in (
                worker.run(pool, database, known, lease_seconds=30, stop=stop),
                verdicts.run(pool, database, known, lease_seconds=30, stop=stop),
                deliverer.run(stop),
            )
        ]
        try:
            yield Port(pool, known, window, nsw)
        finally:
            stop.set()
            await asyncio.gather(*tasks)


def _soon() -> Any:
    """The sailing of the specimen lists, tomorrow, with the Visit ID of the port of arrival."""
    one, now = call(arrival_visit_id=VISIT), utc_now()
    etd = msgspec.structs.replace(one.etd, at=now + timedelta(hours=20))
    eta = msgspec.structs.replace(one.eta, at=now + timedelta(hours=50))
    return msgspec.structs.replace(one, etd=etd, eta=eta)


@pytest.fixture
async def port(database: Database, pool: Pool, tmp_path: Path) -> AsyncIterator[Port]:
    async with _port(database, pool, tmp_path) as made:
        yield made


def listed(*people: str) -> bytes:
    return "\n".join(["Passenger list", "", HEADERS, *people, ""]).encode()


async def test_a_rejection_reaches_the_sender_at_its_own_cell_and_the_mended_list_is_accepted(port: Port) -> None:
    answer = await port.told(await port.send(listed(ANNA, OLE)))
    (verdict,) = answer.verdicts
    assert (verdict.recipient, verdict.list, verdict.verdict) == ("mt-nsw", 1, "rejected")
    told = [(one.code, one.place.line, one.place.column) for one in answer.findings if one.code.startswith("R-")]
    assert told == [("R-01", None, None), ("R-04", 5, "Country of birth")]
    assert answer.errors == sum(one.severity == "error" for one in answer.findings)
    async with port.pool.acquire() as connection:
        (alarm,) = [one for one in await open_alarms(connection) if one.kind == "authority-rejected"]
    assert (alarm.concerns.carrier, alarm.concerns.recipient) == (_soon().carrier, "mt-nsw")
    assert set(alarm.concerns.ports) == {_soon().departure_port, _soon().arrival_port}
    assert await port.pool.fetchval("SELECT count(*) FROM finding_count WHERE code = 'R-04'") == 1

    mended = await port.told(await port.send(listed(ANNA, OLE.replace("NOR;;P", "NOR;NOR;P"))))
    assert [one.verdict for one in mended.verdicts] == ["accepted"]
    assert not [one for one in mended.findings if one.code.startswith("R-")]
    assert port.window.visits[VISIT].formalities["PXA"].persons == 2
    async with port.pool.acquire() as connection:
        assert "authority-rejected" not in {one.kind for one in await open_alarms(connection)}, "it was mended"


async def test_what_the_window_said_is_nowhere_readable(port: Port) -> None:
    await port.told(await port.send(listed(ANNA, OLE)))
    async with port.pool.acquire() as connection:
        row = await connection.fetchrow("SELECT * FROM response")
        (shown,) = await heard(connection, [row["delivery_id"]])
    assert shown.verdict == "rejected"
    assert b"Mandatory" not in b"".join(value for value in row.values() if isinstance(value, bytes))


async def test_updates_withdrawals_and_what_comes_after_a_cancelled_call(port: Port) -> None:
    full = passenger_manifest(purposes=(Purpose.BORDER, Purpose.SAFETY))
    one = await port.told(await port.send(msgspec.json.encode(_asked(full))))
    assert [verdict.verdict for verdict in one.verdicts] == ["accepted"], one.findings
    less = await port.told(
        await port.send(msgspec.json.encode(_asked(full, purposes=(Purpose.SAFETY,), reference="2")))
    )
    assert [verdict.verdict for verdict in less.verdicts] == ["accepted"]
    assert port.window.withdrawn == [], "a list that says less of its purposes withdrew one"
    assert port.window.visits[VISIT].formalities["PXA"].versions == 2

    gone = _asked(full, function=Function.CANCEL, persons=(), reference="3")
    await port.told(await port.send(msgspec.json.encode(gone)))
    assert port.window.visits[VISIT].formalities["PXA"].is_withdrawn
    assert [subtype for _, _, subtype in port.window.withdrawn] == ["SUB-01", "SUB-02"]

    port.window.visits[VISIT].is_cancelled = True
    late = await port.told(await port.send(msgspec.json.encode(_asked(full, reference="4"))))
    assert [one.code for one in late.findings if one.code.startswith("R-")] == ["R-01", "R-04"]
    assert "ERR-023" in late.findings[-1].text


def _asked(manifest: Manifest, **changes: Any) -> Manifest:
    """With what Finnish rules ask of everybody who has a document."""
    persons = tuple(msgspec.structs.replace(person, transit=False) for person in manifest.persons)
    return msgspec.structs.replace(manifest, **({"persons": persons} | changes))


async def test_a_message_that_the_window_has_is_not_rejected_because_it_was_replayed(port: Port) -> None:
    id = await port.send(msgspec.json.encode(_asked(passenger_manifest())))
    answer = await port.told(id)
    assert [one.verdict for one in answer.verdicts] == ["accepted"]
    async with transaction(port.pool) as connection:
        (one,) = port.known.recipients.values()
        day = utc_now().date()
        assert len(await replay(connection, today_of(one, day), day, since=NOW)) == 1
    async with asyncio.timeout(30):
        while await port.pool.fetchval("SELECT count(*) FROM response WHERE state = 'read'") < 2:
            await asyncio.sleep(0.02)
    assert await port.told(id) == answer
    assert await port.pool.fetchval("SELECT state FROM delivery") == "accepted"
    async with port.pool.acquire() as connection:
        assert await open_alarms(connection) == []


async def test_a_message_whose_answer_was_lost_is_not_rejected_because_the_window_has_it(port: Port) -> None:
    """The connection breaks in the middle of the answer, and the next attempt is told that the message has been there (ERR-025)."""
    port.hang_up_on_the_next()
    id = await port.send(msgspec.json.encode(_asked(passenger_manifest())))
    async with asyncio.timeout(30):
        while await port.pool.fetchval("SELECT last_outcome FROM delivery") is None:
            await asyncio.sleep(0.02)
    assert len(port.window.filed) == 1
    await port.pool.execute("UPDATE delivery SET run_at = now()")
    answer = await port.told(id)
    assert [one.verdict for one in answer.verdicts] == [""]
    assert [one.code for one in answer.findings if one.code.startswith("R-")] == ["R-08"]
    assert await port.pool.fetchval("SELECT state FROM delivery") == "accepted"
    async with port.pool.acquire() as connection:
        assert [one.kind for one in await open_alarms(connection)] == ["verdict-unknown"]


async def test_a_list_without_a_visit_is_said_to_lack_it(port: Port) -> None:
    async with port.pool.acquire() as connection:
        nameless = msgspec.structs.replace(_soon(), arrival_visit_id=None)
        await upsert_calls(connection, [nameless], utc_now())
    answer = await port.told(await port.send(listed(ANNA, OLE)))
    assert [one.code for one in answer.findings if one.code in ("X-58", "R-01", "R-04")] == ["X-58", "R-01", "R-04"]
    assert "ERR-001" in answer.findings[-1].text
    async with port.pool.acquire() as connection:
        alarms = {one.kind: one.subject for one in await open_alarms(connection)}
    assert alarms["authority-refuses"] == "mt-nsw"


# --- the window itself -----------------------------------------------------------------------------------------------


def _filed(window: SingleWindow, *messages: tuple[str, Any]) -> Sequence[int]:
    """HTTP statuses of EMSWe messages, each (id, changes to the manifest); a second apart."""
    statuses = []
    for at, (id, changes) in enumerate(messages):
        manifest = _asked(passenger_manifest(), **changes)
        order = WriteOrder(message_id=id, at=NOW + timedelta(seconds=at), sender="MT1", recipient="X", visit_id=VISIT)
        statuses.append(window.take(emswe.write_json(manifest, order))[0])
    return statuses


def test_the_window_is_as_strict_as_it_should_be() -> None:
    cancel = {"function": Function.CANCEL, "persons": ()}
    assert _filed(SingleWindow({VISIT: Visit()}), ("a", {}), ("b", {}), ("b", {}), ("c", cancel)) == [
        201,
        200,
        400,
        200,
    ]
    assert _filed(SingleWindow(), ("a", {})) == [400]
    window = SingleWindow({VISIT: Visit()})
    assert _filed(window, ("a", {}), ("b", {})) == [201, 200]
    assert _filed(window, ("c", {})) == [400], "older than what is filed (ERR-019)"
