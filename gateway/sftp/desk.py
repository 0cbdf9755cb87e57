"""A carrier's side of the gateway as SFTP shows it: a file handed in becomes a submission, answers and receipts are files.

In: a file's name and bytes; a name in `answers/`. Out: nothing before the submission is committed with its receipt; the JSON of
an answer or a receipt. Their names begin with the SHA-256 of the file that was sent, so that its sender knows which is which:
`<sha256>.receipt.json` at once, `<sha256>.answer.json` when it has been processed.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from gateway.catalogue import Catalogue
from gateway.mistakes import said
from gateway.process.answer import open_answer
from gateway.receive import receive
from gateway.sent import File
from gateway.settings import Settings, utc_now
from gateway.sftp.uploads import NotTaken
from gateway.store import UNAVAILABLE, Pool
from gateway.store.submissions import Submission, sealed_answer, submissions

SHOWN: Final = 200  # a carrier's newest submissions, a month or more of them
_RECEIPT, _ANSWER = ".receipt.json", ".answer.json"
_log = logging.getLogger(__name__)


class Paper(msgspec.Struct, frozen=True):
    """A file in `answers/`. `size`: None where it would have to be opened to know."""

    name: str
    at: datetime
    size: int | None


class Desk:
    """What one gateway does for carriers that come by SFTP."""

    def __init__(self, pool: Pool, catalogue: Catalogue, settings: Settings) -> None:
        self._pool, self._catalogue, self._settings = pool, catalogue, settings

    @property
    def most(self) -> int:
        """Bytes of one file."""
        return self._settings.max_body

    async def hand_in(self, carrier: str, name: str, data: bytes) -> None:
        """Returns once the file is stored as a submission; `NotTaken` if it is not."""
        try:
            await receive(
                self._pool,
                self._catalogue,
                [File(data, name)],
                carrier=carrier,
                channel="sftp",
                gateway=self._settings.name,
                options={},
                call=None,
                idempotency_key=None,
                now=utc_now(),
            )
        except UNAVAILABLE:
            raise NotTaken("the gateway cannot store anything now; nothing was taken, send it again later") from None
        except (asyncpg.PostgresError, ValueError, OSError) as error:
            _log.error("a file by SFTP was not taken: %s", said(error))
            raise NotTaken("the gateway made a mistake; nothing was taken, send it again later") from None

    async def papers(self, carrier: str) -> list[Paper]:
        """Receipts and answers of the carrier's newest submissions."""
        return [paper for row in await self._rows(carrier) for paper in _papers(row)]

    async def read(self, carrier: str, name: str) -> bytes | None:
        """A paper's bytes; None where there is none of this name, or its retention has ended."""
        for row in await self._rows(carrier):
            if name == row.sha256.hex() + _RECEIPT:
                return row.receipt
            if name == row.sha256.hex() + _ANSWER and row.state == "processed":
                return await self._answer(row)
        return None

    async def _answer(self, row: Submission) -> bytes | None:
        async with self._pool.acquire(timeout=10) as connection:
            kept = await sealed_answer(connection, row.id)
        return open_answer(kept, str(row.id), self._catalogue) if kept else None

    async def _rows(self, carrier: str) -> list[Submission]:
        try:
            async with self._pool.acquire(timeout=10) as connection:
                return await submissions(connection, carrier=carrier, limit=SHOWN)
        except UNAVAILABLE:
            raise NotTaken("the gateway cannot look anything up now; try again later") from None


def _papers(row: Submission) -> Iterator[Paper]:
    digest = row.sha256.hex()
    yield Paper(digest + _RECEIPT, row.received_at, len(row.receipt))
    if row.processed_at is not None and row.state == "processed":
        yield Paper(digest + _ANSWER, row.processed_at, None)
