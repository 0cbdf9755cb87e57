"""What is left after the faults: the clients' journals, the recipients' journals, the database. And what must be true of it.

`gather` reads all three once everything has come to rest; the rules below compare them, each without asking the gateway.
The invariants are those of the project's fault-injection plan; every one is proved able to fail in `test_kill`.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gateway.catalogue import Catalogue
from gateway.keyring import PublicKey
from gateway.receipts import verify_receipt
from gateway.receipts.receipt import verify_head
from gateway.receipts.signed import NotTrue
from gateway.seal import Sealed
from gateway.sent import opened
from gateway.store import Pool

RECEIVED, PROCESSED = "submission-received", "submission-processed"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """As stored. `files`: the SHA-256 of each file as it comes out when it is opened."""

    id: str
    carrier: str
    files: tuple[str, ...]
    state: str
    receipt: bytes
    versions: tuple[tuple[str, int, int], ...]  # (series, version, arrival) of each of its lists


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    submission: str
    recipient: str
    sequence: str
    arrival: int
    version: int
    state: str


class Entry(msgspec.Struct, frozen=True):
    event: str
    subject: Mapping[str, str]
    body: bytes
    position: int | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """`clients`: the lines of all their journals; `recipients`: the lines of each one's journal, in order."""

    clients: list[dict[str, Any]]
    recipients: dict[str, list[dict[str, Any]]]
    submissions: dict[str, Submission]
    deliveries: dict[str, Delivery]
    entries: list[Entry]
    head: bytes
    alarms: list[str]
    keys: tuple[PublicKey, ...]

    @property
    def intents(self) -> dict[str, dict[str, Any]]:
        return {line["intent"]: line for line in self.clients if "intent" in line}

    @property
    def acks(self) -> list[dict[str, Any]]:
        return [line for line in self.clients if "ack" in line]


def journal(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []


async def gather(folder: Path, recipients: list[str], pool: Pool, catalogue: Catalogue) -> Evidence:
    """Reads everything. `folder` holds the clients' journals and the recipients' folders."""
    manifests = await pool.fetch(
        "SELECT submission_id, number, series, version, arrival FROM manifest JOIN manifest_part ON manifest_id = id ORDER BY number"
    )
    versions: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in manifests:
        versions[str(row["submission_id"])].append((row["series"], row["version"], row["arrival"]))
    submissions = {}
    for row in await pool.fetch("SELECT id, carrier, sealed, wrapped, key_id, state, receipt FROM submission"):
        files = opened(Sealed(row["wrapped"], row["sealed"], row["key_id"]), row["id"], catalogue)
        submissions[str(row["id"])] = Submission(
            id=str(row["id"]),
            carrier=row["carrier"],
            files=tuple(hashlib.sha256(file.data).hexdigest() for file in files),
            state=row["state"],
            receipt=row["receipt"],
            versions=tuple(versions[str(row["id"])]),
        )
    question = """SELECT d.id::text, m.submission_id::text AS submission, d.recipient, d.sequence_key AS sequence,
        d.arrival, d.version, d.state FROM delivery d JOIN manifest m ON m.id = d.manifest_id"""
    head = await pool.fetchval("SELECT signed FROM log_head ORDER BY size DESC LIMIT 1")
    entries = await pool.fetch("SELECT event, subject, body, position FROM log_entry ORDER BY position NULLS LAST")
    return Evidence(
        clients=[line for file in sorted(folder.glob("client-*.jsonl")) for line in journal(file)],
        recipients={name: journal(folder / name / "journal.jsonl") for name in recipients},
        submissions=submissions,
        deliveries={row["id"]: Delivery(**dict(row)) for row in await pool.fetch(question)},
        entries=[Entry(**dict(row)) for row in entries],
        head=head or b"",
        alarms=[row["kind"] for row in await pool.fetch("SELECT kind FROM alarm WHERE kind NOT LIKE 'filing-%'")],
        keys=tuple(catalogue.identity.verify_keys),
    )


def violations(evidence: Evidence) -> Iterator[str]:
    """Everything that is not as it must be; each line begins with the rule's name."""
    for rule in RULES:
        yield from (f"{rule.__name__}: {said}" for said in rule(evidence))


def stored(e: Evidence) -> Iterator[str]:
    """What was acknowledged is stored, byte for byte, under the id that was acknowledged."""
    for ack in e.acks:
        found, intent = e.submissions.get(ack["id"]), e.intents.get(ack["ack"])
        if found is None:
            yield f"{ack['ack']} was acknowledged as {ack['id']}, which is not there"
        elif intent is None or list(found.files) != intent["files"] or found.carrier != intent["carrier"]:
            yield f"{ack['ack']} was acknowledged as {ack['id']}, which is something else"


def once(e: Evidence) -> Iterator[str]:
    """Every list that was sent is stored one time, however often it was sent, and nothing else is."""
    ids: dict[str, set[str]] = defaultdict(set)
    for ack in e.acks:
        ids[ack["ack"]].add(ack["id"])
    for key in e.intents:
        if len(ids[key]) != 1:
            yield f"{key} has {len(ids[key])} ids"
    if len(e.submissions) != len(e.intents):
        yield f"{len(e.intents)} lists were sent, {len(e.submissions)} are stored"
    for line in e.clients:
        if "surprise" in line:
            yield f"{line['surprise']} was answered {line['status']}"


def processed(e: Evidence) -> Iterator[str]:
    """Each was processed one time, into the lists and deliveries that its sender knows it to hold."""
    events = Counter((entry.event, entry.subject.get("submission")) for entry in e.entries)
    owed = Counter(delivery.submission for delivery in e.deliveries.values())
    key_of = {ack["id"]: ack["ack"] for ack in e.acks}
    for one in e.submissions.values():
        intent = e.intents.get(key_of.get(one.id, ""), {"lists": len(one.versions), "deliveries": owed[one.id]})
        if one.state != "processed":
            yield f"{one.id} is {one.state}"
        if events[RECEIVED, one.id] != 1 or events[PROCESSED, one.id] != 1:
            yield f"{one.id} was logged {events[RECEIVED, one.id]} and {events[PROCESSED, one.id]} times"
        if len(one.versions) != intent["lists"] or owed[one.id] != intent["deliveries"]:
            yield f"{one.id} has {len(one.versions)} lists and {owed[one.id]} deliveries"
    yield from (f"alarm {kind}" for kind in e.alarms)


def delivered(e: Evidence) -> Iterator[str]:
    """What a recipient is owed took effect there one time, or something newer did instead. Nobody got anything else."""
    effects = Counter((name, line["delivery"]) for name, lines in e.recipients.items() for line in lines)
    accepted: dict[str, int] = defaultdict(int)
    for one in e.deliveries.values():
        if one.state == "accepted":
            accepted[one.sequence] = max(accepted[one.sequence], one.arrival)
    for one in e.deliveries.values():
        times = effects.pop((one.recipient, one.id), 0)
        if times > 1 or (one.state == "accepted" and times == 0):
            yield f"{one.id} is {one.state} and took effect {times} times"
        if one.state not in ("accepted", "superseded"):
            yield f"{one.id} is {one.state}"
        if one.state == "superseded" and accepted[one.sequence] <= one.arrival:
            yield f"{one.id} is superseded by nothing"
    yield from (f"{name} got {delivery}, which it was not owed" for name, delivery in effects)
    for name, lines in e.recipients.items():
        yield from (f"{name} found {line['delivery']} invalid" for line in lines if line["problems"])


def in_order(e: Evidence) -> Iterator[str]:
    """Within a sequence a recipient's versions only grow, and so do the versions of a series."""
    for name, lines in e.recipients.items():
        last: dict[str, tuple[int, int]] = {}
        for line in lines:
            if one := e.deliveries.get(line["delivery"]):
                if (one.arrival, one.version) <= last.get(one.sequence, (0, 0)) or line["version"] != one.version:
                    yield f"{name} got version {one.version} of {one.sequence} after a newer one"
                last[one.sequence] = (one.arrival, one.version)
    numbers: dict[str, list[int]] = defaultdict(list)
    for submission in e.submissions.values():
        for series, version, _ in submission.versions:
            numbers[series].append(version)
    for series, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"{series} has versions {sorted(found)}"


def receipts(e: Evidence) -> Iterator[str]:
    """Every receipt that was ever given is true, of those files, at the time of the first one, and in the log."""
    leaves = {_leaf(entry.body).hex() for entry in e.entries if entry.event == RECEIVED}
    first: dict[str, Any] = {}
    given = [(ack["id"], json.dumps(ack["receipt"]).encode()) for ack in e.acks if ack["receipt"]]
    for id, document in [*given, *((one.id, one.receipt) for one in e.submissions.values())]:
        receipt = verify_receipt(document, e.keys).receipt
        if receipt is None or receipt.submission != id:
            yield f"the receipt of {id} is not true"
            continue
        if receipt.leaf not in leaves:
            yield f"the receipt of {id} is not in the log"
        if first.setdefault(id, receipt.received_at) != receipt.received_at:
            yield f"the receipts of {id} name two times"
        if id in e.submissions and [file.sha256 for file in receipt.files] != list(e.submissions[id].files):
            yield f"the receipt of {id} is for other files"


def logged(e: Evidence) -> Iterator[str]:
    """The log has no gaps, its signed head is the root of just these entries, and it counts what the tables count."""
    if [entry.position for entry in e.entries] != list(range(len(e.entries))):
        yield "positions have gaps"
    try:
        head = verify_head(e.head, e.keys)
    except (NotTrue, ValueError) as why:
        yield f"the head: {why}"
        return
    if head.size != len(e.entries) or head.root != _root([_leaf(entry.body) for entry in e.entries]).hex():
        yield "the head is not that of these entries"
    events = Counter(entry.event for entry in e.entries)
    states = Counter(f"delivery-{one.state}" for one in e.deliveries.values())
    for event, count in {RECEIVED: len(e.submissions), PROCESSED: len(e.submissions), **states}.items():
        if events[event] != count:
            yield f"{event} was logged {events[event]} times, but happened {count} times"


def _leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\0" + body).digest()


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


RULES: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    stored, once, processed, delivered, in_order, logged, receipts,
)  # fmt: skip
