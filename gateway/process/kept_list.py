"""A list as it is kept: sealed under a data key of its own, with all that its messages were written from.

In: a list, where its values stood, and the whole list that it makes of an earlier one, where it changes some persons of that. Out:
its seal, and what is in it again: whoever writes a message anew, or reads an answer to one, has what it was first written from.
"""

from uuid import UUID

import msgspec

from gateway import seal
from gateway.catalogue import Catalogue
from gateway.manifest import Manifest
from gateway.normalise import Lineage
from gateway.route import ONE_FILING
from gateway.store.submissions import Sealed


class KeptList(msgspec.Struct, frozen=True, array_like=True):
    """`whole`: written instead of the list, for who takes whole lists only (`route.ONE_FILING`)."""

    manifest: Manifest
    lineage: Lineage
    whole: Manifest | None = None

    def __repr__(self) -> str:
        return f"<KeptList {self.manifest!r}>"

    def for_form(self, form: str) -> Manifest:
        """What a message in this form is written from."""
        return self.whole if self.whole is not None and form in ONE_FILING else self.manifest


def sealed_list(kept: KeptList, id: UUID, catalogue: Catalogue) -> seal.Sealed:
    return seal.seal_at_rest(msgspec.msgpack.encode(kept), catalogue.identity.seal_to, context=_context(id))


def opened_list(kept: Sealed, id: UUID, catalogue: Catalogue) -> KeptList | None:
    """The list as it is stored; None once its key was destroyed, or where it is not ours to open."""
    if not kept.wrapped:
        return None
    sealed = seal.Sealed(kept.wrapped, kept.sealed, kept.key_id)
    try:
        packed = seal.open_at_rest(sealed, catalogue.identity, context=_context(id))
    except seal.Refused:
        return None
    return msgspec.msgpack.decode(packed, type=KeptList)


def _context(id: UUID) -> bytes:
    return b"manifest/" + id.bytes
