"""receive: bytes from anywhere are sealed and committed, and only then acknowledged with a signed receipt.

In: files, who sent them, what the sender said of them. Out: the submission (new, or the one that these bytes or this
Idempotency-Key already made) with its receipt. One transaction holds the sealed bytes, the receipt and the log entry.
The sender's file names are sealed with the bytes, because people's names turn up in them.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from gateway.catalogue import Catalogue
from gateway.obligations import ExpectedCall, due
from gateway.receipts import Receipt, RuleInForce, leaf_hash, received_file, sign_receipt
from gateway.sent import File, digest_of, sealed
from gateway.store import Pool, log, transaction
from gateway.store.submissions import Added, NewSubmission, add_submission

RECEIVED = "submission-received"


def key_hash(carrier: str, key: str) -> bytes:
    """An Idempotency-Key as it is kept: it is the sender's text, so it is not stored as it came."""
    return hmac.digest(b"idempotency-key", f"{carrier}\0{key}".encode(), "sha256")


def rules_in_force(call: ExpectedCall | None, catalogue: Catalogue) -> tuple[RuleInForce, ...]:
    """What the law asked of this call, and by when, as it is known now."""
    if call is None:
        return ()
    return tuple(RuleInForce(one.obligation, one.deadline) for one in due(call, catalogue.law) if one.counted)


async def receive(
    pool: Pool,
    catalogue: Catalogue,
    files: Sequence[File],
    *,
    carrier: str,
    channel: str,
    gateway: str,
    options: Mapping[str, Any],
    call: ExpectedCall | None,
    idempotency_key: str | None,
    now: datetime,
) -> Added:
    """Stores the files and what belongs to them; returns the submission that this is now.

    Sent again, the same bytes (or the same key with the same bytes) give the first submission and its receipt.
    """
    id = uuid4()
    digest = digest_of(files)
    subject = {"submission": str(id), "carrier": carrier, "sha256": digest.hex()}
    receipt = Receipt(
        submission=str(id),
        carrier=carrier,
        files=tuple(received_file(file.data) for file in files),
        received_at=now,
        channel=channel,
        leaf=leaf_hash(log.body_of(RECEIVED, subject, now)).hex(),
        gateway=gateway,
        rules=rules_in_force(call, catalogue),
    )
    kept = sealed(files, id, catalogue)
    new = NewSubmission(
        id=id,
        carrier=carrier,
        channel=channel,
        sha256=digest,
        size=sum(len(file.data) for file in files),
        files=len(files),
        received_at=now,
        options=options,
        sealed=kept.ciphertext,
        wrapped=kept.wrapped,
        key_id=kept.key_id,
        receipt=sign_receipt(receipt, catalogue.identity.signer),
        idempotency_key_hash=key_hash(carrier, idempotency_key) if idempotency_key else None,
    )
    async with transaction(pool) as connection:
        added = await add_submission(connection, new)
        if added.outcome == "new":
            await log.append(connection, RECEIVED, subject, now)
    return added
