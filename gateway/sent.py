"""What a sender sent, as it is kept: the files of one submission, sealed together to ourselves.

In: files. Out: their digest and their ciphertext, and the files again. `receive` seals them, `process` opens them.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec

from gateway.catalogue import Catalogue
from gateway.seal import Sealed, open_at_rest, seal_at_rest


class File(msgspec.Struct, frozen=True, array_like=True):
    """One file as it came. `name` is the sender's own and may say anything: people's names turn up in them."""

    data: bytes
    name: str | None = None

    def __repr__(self) -> str:
        return f"<File {len(self.data)} bytes>"


def digest_of(files: Sequence[File]) -> bytes:
    """SHA-256 of the file; of several, of their SHA-256 one after the other, so that order counts."""
    digests = [hashlib.sha256(file.data).digest() for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()


def sealed(files: Sequence[File], submission: UUID, catalogue: Catalogue) -> Sealed:
    """The files under a data key of their own, bound to their submission."""
    return seal_at_rest(msgspec.msgpack.encode(files), catalogue.identity.seal_to, context=_context(submission))


def opened(kept: Sealed, submission: UUID, catalogue: Catalogue) -> tuple[File, ...]:
    """The files of a stored submission; `gateway.seal.Refused` if they are not the ones that were sealed for it."""
    packed = open_at_rest(kept, catalogue.identity, context=_context(submission))
    return msgspec.msgpack.decode(packed, type=tuple[File, ...])


def _context(submission: UUID) -> bytes:
    return b"submission/" + submission.bytes
