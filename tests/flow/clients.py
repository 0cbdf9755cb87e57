"""Shipping lines that file small lists without rest, each with a journal of its own that no fault of the gateway touches.

Before a list is sent its intent is on disk, and after it was acknowledged so is the acknowledgement. A request that fails
is sent again, with its Idempotency-Key, until it is acknowledged; now and then one is sent again for nothing.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import msgspec

from gateway.demo import samples
from gateway.demo.samples import SAILINGS
from gateway.formats import commonjson
from gateway.formats.writing import WriteOrder
from gateway.make import tables
from gateway.make.specimens import crew, passengers
from gateway.manifest import ListKind, Person, Port

_SECONDS = 10  # for one answer
_AGAIN = 0.1, 0.6


class Filing(msgspec.Struct, frozen=True):
    """What a line sends in one submission. `lists` and `deliveries`: how many must come of it."""

    carrier: str
    files: tuple[bytes, ...]
    call: str | None
    lists: int
    deliveries: int

    @property
    def digests(self) -> list[str]:
        return [hashlib.sha256(file).hexdigest() for file in self.files]


Maker = Callable[[int, datetime], Filing]
"""(seed, now) -> a list that nobody has filed yet."""


def _people(call: str, seed: int, now: datetime, number: int = 6) -> tuple[Person, ...]:
    sailing = next(one for one in SAILINGS if one.id == call)
    made = passengers(number, seed, Port(code=sailing.departure), Port(code=sailing.arrival), now.date())
    return tuple(msgspec.structs.replace(one, booking_reference=f"XS{seed:07d}") for one in made)


def _crew(call: str, seed: int, now: datetime) -> tuple[Person, ...]:
    sailing = next(one for one in SAILINGS if one.id == call)
    return crew(4, seed, Port(code=sailing.departure), Port(code=sailing.arrival), now.date())


def _paxlst(seed: int, now: datetime) -> Filing:
    file = samples.paxlst("aurora-south", ListKind.PASSENGERS, _people("aurora-south", seed, now), now)
    return Filing("aurora-cruises", (file,), None, 1, 2)


def _paxlst_crew(seed: int, now: datetime) -> Filing:
    file = samples.paxlst("aurora-north", ListKind.CREW, _crew("aurora-north", seed, now), now)
    return Filing("aurora-cruises", (file,), None, 1, 2)


def _json(seed: int, now: datetime) -> Filing:
    manifest = samples.manifest("meridian-5", ListKind.PASSENGERS, _people("meridian-5", seed, now), now)
    order = WriteOrder(message_id=f"ml5-{seed}", at=now, sender="MERIDIAN", recipient="GATEWAY")
    return Filing("meridian-line", (commonjson.write(manifest, order),), None, 1, 2)


def _csv(seed: int, now: datetime) -> Filing:
    people = [msgspec.structs.replace(one, documents=()) for one in _people("adria-33", seed, now)]
    sailing = next(one for one in SAILINGS if one.id == "adria-33")
    file = tables.ferry_csv(
        people, ship=sailing.vessel, sailing=sailing.voyage, departure=sailing.departure, arrival=sailing.arrival,
        when=now.replace(microsecond=0).isoformat(),
    )  # fmt: skip
    return Filing("adria-lines", (file + f";{seed}\r\n".encode(),), "adria-33", 1, 1)


def _workbooks(seed: int, now: datetime) -> Filing:
    files = (
        tables.uk_fal5(_crew("britannia-1", seed, now)),
        tables.uk_fal6(_people("britannia-1", seed, now)),
    )
    return Filing("britannia-ferries", files, "britannia-1", 2, 4)


MAKERS: tuple[Maker, ...] = (_paxlst, _paxlst, _paxlst_crew, _json, _json, _csv, _workbooks)
"""One client each. Two of a kind file for the same call at the same time, so that versions race."""


class Client:
    """One line's sender. `acks` counts acknowledgements."""

    def __init__(self, number: int, make: Maker, url: str, token: str, folder: Path, seed: int, now: datetime) -> None:
        self._number, self._make, self._url, self._now = number, make, url, now
        self._headers = {"Authorization": f"Bearer {token}"}
        self._random = Random(f"{seed}/{number}")
        self._file = (folder / f"client-{number}.jsonl").open("ab", buffering=0)
        self.acks = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Files until `stop`, then sees the last one through."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session:
            count = 0
            while not stop.is_set():
                count += 1
                filing = await asyncio.to_thread(self._make, self._number * 100_000 + count, self._now)
                key = f"{self._number}-{count}"
                self._note({"intent": key, "carrier": filing.carrier, "files": filing.digests,
                            "lists": filing.lists, "deliveries": filing.deliveries})  # fmt: skip
                await self._see_through(session, filing, key)
                if self._random.random() < 0.1:  # an answer that was lost on the way, as the client sees it
                    await self._see_through(
                        session, filing, key if self._random.random() < 0.5 else f"{key}-again", of=key
                    )
                await asyncio.sleep(self._random.uniform(0.3, 0.9) * len(filing.files))  # a workbook is a second's work

    def close(self) -> None:
        self._file.close()

    async def _see_through(
        self, session: aiohttp.ClientSession, filing: Filing, key: str, of: str | None = None
    ) -> None:
        while True:
            try:
                status, document = await self._post(session, filing, key)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                self._note({"retry": key, "why": type(error).__name__})
            else:
                if status in (200, 202):
                    # 200 is the answer itself, to a list that was processed before it was sent again.
                    id = document["submission" if status == 200 else "id"]
                    self._note({"ack": of or key, "id": id, "receipt": document.get("receipt")})
                    self.acks += 1
                    return
                self._note({"retry": key, "why": status} if status == 503 else {"surprise": key, "status": status})
            await asyncio.sleep(self._random.uniform(*_AGAIN))

    async def _post(self, session: aiohttp.ClientSession, filing: Filing, key: str) -> tuple[int, Any]:
        body: Any = filing.files[0]
        if len(filing.files) > 1:
            body = aiohttp.FormData()
            for number, file in enumerate(filing.files):
                body.add_field("file", file, filename=f"{number}.xlsx", content_type="application/octet-stream")
        url = f"{self._url}/v1/submissions" + (f"?call={filing.call}" if filing.call else "")
        async with session.post(url, data=body, headers=self._headers | {"Idempotency-Key": key}) as answer:
            return answer.status, await answer.json(content_type=None)

    def _note(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        os.fsync(self._file.fileno())
