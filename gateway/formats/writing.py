"""What a writer needs besides the list itself: the envelope's facts, decided by whoever orders the message.

In: nothing. Out: `WriteOrder`, which every writer takes as `write(manifest, order) -> bytes`. Writers have no clock and
no memory, so the time, the references and the parties come from here, and the same order gives the same bytes.
The declarant is EMSWe's (MIG 2.0, DE-004): an economic operator with an EORI number, and whom to ask; where there is
none, `sender` stands as the declarant's id.
"""

from datetime import datetime

import msgspec

from gateway.keyring import Declarant, Terms
from gateway.manifest import Purpose


class WriteOrder(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One message to write. `at` has an offset; `control` is the sender's running number of the interchange.

    `purposes` and `visit_id` are the message's own: one list may be written once for each purpose and each port call.
    `terms` is how the message may be used; each form says it where it has a place for it (`marking`).
    """

    message_id: str
    at: datetime
    sender: str
    recipient: str
    control: int = 1
    declarant: Declarant | None = None
    purposes: tuple[Purpose, ...] = ()
    visit_id: str | None = None
    terms: Terms | None = None
    test: bool = False
