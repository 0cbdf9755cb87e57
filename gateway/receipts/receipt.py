"""Receipts and log heads: what a carrier keeps to prove that it filed, and when.

In: what was received; a document and a public key. Out: a signed document; whether it proves what it says, and
precisely why not. Verifying needs nothing but the gateway's public key (`./gw receipt verify`), so a carrier can do it
years later without us. A receipt names no person; the files are named by their digests alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

import msgspec

from gateway.keyring import PublicKey, SecretKey
from gateway.receipts.log import verify_inclusion
from gateway.receipts.signed import NotTrue, sign_statement, verify_statement

Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class ReceivedFile(msgspec.Struct, frozen=True):
    sha256: Hex256
    size: Annotated[int, msgspec.Meta(ge=0)]


class RuleInForce(msgspec.Struct, frozen=True):
    """An obligation that asked for this list, and its deadline as it was known when the list came."""

    id: str
    due: datetime | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """That these files were received and stored then. `leaf` is the entry's leaf hash in the tamper-evident log."""

    submission: str
    carrier: str
    files: tuple[ReceivedFile, ...]
    received_at: datetime
    channel: str
    leaf: Hex256
    gateway: str
    rules: tuple[RuleInForce, ...] = ()
    version: Literal[1] = 1


class TreeHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the log was at a moment. Two heads that no consistency proof joins show that the log was rewritten."""

    size: Annotated[int, msgspec.Meta(ge=0)]
    root: Hex256
    at: datetime
    gateway: str


class Verdict(msgspec.Struct, frozen=True):
    """`problems` is empty when the receipt proves that exactly the files given were received."""

    receipt: Receipt | None
    key_id: str | None
    problems: tuple[str, ...]


def received_file(data: bytes) -> ReceivedFile:
    return ReceivedFile(sha256(data).hexdigest(), len(data))


def sign_receipt(receipt: Receipt, signer: SecretKey) -> bytes:
    """The receipt as a document for the carrier."""
    return sign_statement("receipt", "maritime-receipt+json", receipt, signer)


def verify_receipt(document: bytes, keys: Iterable[PublicKey], originals: Sequence[bytes] = ()) -> Verdict:
    """Whether one of `keys` signed this receipt, and whether it is for each of `originals`."""
    try:
        receipt, key_id = verify_statement(document, "receipt", "maritime-receipt+json", Receipt, keys)
    except NotTrue as why:
        return Verdict(None, None, (str(why),))
    problems = (_file_problem(number, data, receipt) for number, data in enumerate(originals, start=1))
    return Verdict(receipt, key_id, tuple(problem for problem in problems if problem))


def sign_head(head: TreeHead, signer: SecretKey) -> bytes:
    """The signed tree head (RFC 9162 section 4.10) as a document."""
    return sign_statement("head", "maritime-log-head+json", head, signer)


def verify_head(document: bytes, keys: Iterable[PublicKey]) -> TreeHead:
    """The head, if one of `keys` signed it; else `NotTrue`."""
    return verify_statement(document, "head", "maritime-log-head+json", TreeHead, keys)[0]


def is_logged(receipt: Receipt, index: int, proof: Sequence[bytes], head: TreeHead) -> bool:
    """Whether the proof shows the receipt's entry to be entry `index` of the log that `head` signs."""
    return verify_inclusion(bytes.fromhex(receipt.leaf), index, head.size, proof, bytes.fromhex(head.root))


def _file_problem(number: int, data: bytes, receipt: Receipt) -> str | None:
    if received_file(data) in receipt.files:
        return None
    sizes = " or ".join(f"{file.size:,}" for file in receipt.files)
    if len(data) in (file.size for file in receipt.files):
        return f"file {number} has the size but not the content of what was received (its SHA-256 differs)"
    return f"file {number} is not what was received: it has {len(data):,} bytes, received were {sizes}"
