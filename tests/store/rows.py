"""Invented rows to store. Every function makes a good one; keywords change what a test is about."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.store import Connection, Pool, transaction
from gateway.store.deliveries import NewDelivery, add_deliveries, sequence_key
from gateway.store.manifests import Filing, NewManifest, Part, add_manifests, next_versions
from gateway.store.submissions import Answer, NewSubmission, Submission, add_submission

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HANDLING = {"marking": "restricted", "purposes": ["border"], "legal_basis": "Regulation (EU) 2019/1239", "route": "fi-nsw",
            "as_of": "2026-11-21T12:00:00+00:00", "originator": "example-line", "onward": "none", "version": 1}  # fmt: skip
SERIES = "call/example-1/passengers"


def new_submission(body: bytes = b"list", **changes: Any) -> NewSubmission:
    values: dict[str, Any] = {
        "id": uuid4(),
        "carrier": "example-line",
        "channel": "https",
        "sha256": hashlib.sha256(body).digest(),
        "size": len(body),
        "files": 1,
        "received_at": NOW,
        "options": {"purposes": ["border"]},
        "sealed": b"sealed " + body,
        "wrapped": b"wrapped key",
        "key_id": "gateway-2026",
        "receipt": b"receipt of " + body,
    }
    return NewSubmission(**(values | changes))


async def stored(pool: Pool, body: bytes = b"list", **changes: Any) -> Submission:
    async with transaction(pool) as connection:
        return (await add_submission(connection, new_submission(body, **changes))).row


def answer(**changes: Any) -> Answer:
    values: dict[str, Any] = {
        "sealed": b"findings",
        "wrapped": b"answer key",
        "key_id": "gateway-2026",
        "format": "csv",
    }
    figures = {"persons": 3, "errors": 1, "warnings": 2, "processed_at": NOW}
    return Answer(**(values | figures | changes))


def filing(submission: Submission, **changes: Any) -> Filing:
    values: dict[str, Any] = {
        "id": uuid4(),
        "submission_id": submission.id,
        "number": 1,
        "arrival": submission.arrival,
        "call_id": None,
        "carrier": submission.carrier,
        "kind": "passengers",
        "purposes": ["border", "safety"],
        "function": "original",
        "vessel_imo": "9074729",
        "vessel_name": "TESTSHIP",
        "voyage_number": "V1",
        "departure_port": "FIHEL",
        "arrival_port": "EETLL",
        "departs": "2026-11-21T18:00:00+02:00",
        "arrives": None,
        "persons": 3,
        "passengers": 3,
        "crew": 0,
        "counts": {"on_board": 4},
        "deadlines": {},
        "received_at": submission.received_at,
    }
    part: dict[str, Any] = {
        "kind": "passengers",
        "series": SERIES,
        "version": 1,
        "missing": {"document.number": 1},
        "errors": {"document.number": 1},
        "listed": 3,
    }
    part |= {name: changes.pop(name) for name in (*part, "outdated", "changes") if name in changes and name != "kind"}
    return Filing(**(values | {"parts": (Part(**part),)} | changes))


async def add_manifest(connection: Connection, submission: Submission, **changes: Any) -> Filing:
    """A list of `submission`, with the next version of its series."""
    facts = filing(submission, **changes)
    [version] = await next_versions(connection, [facts.parts[0].series])
    facts = filing(submission, **(changes | {"id": facts.id, "version": version}))
    await add_manifests(connection, [NewManifest(facts, b"sealed list", b"list key", "gateway-2026")])
    return facts


def delivery(facts: Filing, **changes: Any) -> NewDelivery:
    values: dict[str, Any] = {
        "id": uuid4(),
        "manifest_id": facts.id,
        "recipient": "example-nsw",
        "route_id": "fi-nsw",
        "form": "emswe-json",
        "purpose": "border",
        "legal_basis": "Regulation (EU) 2019/1239",
        "media_type": "application/jose",
        "envelope": b"envelope",
        "arrival": facts.arrival,
        "version": facts.parts[0].version,
        "replaces": True,
        "max_attempts": 3,
        "lists": ["passengers"],
        "handling": HANDLING,
    }
    values |= changes
    values.setdefault("sequence_key", sequence_key(values["recipient"], values["purpose"], facts.parts[0].series))
    return NewDelivery(**values)


async def owed(pool: Pool, submission: Submission, **changes: Any) -> UUID:
    """A manifest of `submission` and one delivery of it; returns the delivery's id."""
    async with transaction(pool) as connection:
        facts = await add_manifest(connection, submission, id=uuid4(), number=changes.pop("number", 1))
        one = delivery(facts, **changes)
        await add_deliveries(connection, [one])
    return one.id


async def undone(pool: Pool, work: Callable[..., Awaitable[object]], *arguments: object) -> None:
    """Does `work` in a transaction that fails afterwards."""
    try:
        async with transaction(pool) as connection:
            await work(connection, *arguments)
            raise InterruptedError
    except InterruptedError:
        pass
