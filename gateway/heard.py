"""What a recipient answered, as it is kept: sealed to ourselves, because its words may name a person.

In: the answer's bytes, whose delivery it is about. Out: a row for the store, and the bytes again. `deliver` and the inbound endpoint keep
answers, `process` opens those of single windows and tells the sender.
"""

from datetime import datetime
from uuid import UUID, uuid4

from gateway.catalogue import Catalogue
from gateway.keyring import PublicKey
from gateway.route import ONE_FILING
from gateway.seal import Sealed, open_at_rest, seal_at_rest
from gateway.store.responses import ClaimedResponse, NewResponse


def kept(answer: bytes, delivery: UUID, *, form: str, channel: str, at: datetime, seal_to: PublicKey) -> NewResponse:
    """The answer under a data key of its own. `form`: what was delivered; the verdict on an EMSWe list is to be read."""
    id = uuid4()
    sealed = seal_at_rest(answer, seal_to, context=_context(id))
    return NewResponse(
        id=id,
        delivery_id=delivery,
        channel=channel,
        received_at=at,
        sealed=sealed.ciphertext,
        wrapped=sealed.wrapped,
        key_id=sealed.key_id,
        to_read=form in ONE_FILING,
    )


def opened(claimed: ClaimedResponse, catalogue: Catalogue) -> bytes | None:
    """The answer; None once its key was destroyed."""
    if claimed.wrapped is None:
        return None
    sealed = Sealed(claimed.wrapped, claimed.sealed, claimed.key_id)
    return open_at_rest(sealed, catalogue.identity, context=_context(claimed.id))


def _context(id: UUID) -> bytes:
    return b"response/" + id.bytes
