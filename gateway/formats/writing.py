"""What a writer needs besides the list itself: the envelope's facts, decided by whoever orders the message.

In: nothing. Out: `WriteOrder`, which every writer takes as `write(manifest, order) -> bytes`. Writers have no clock and
no memory, so the time, the references and the parties come from here, and the same order gives the same bytes.
The declarant is EMSWe's (MIG 2.0, DE-004): an economic operator with an EORI number, and whom to ask.
"""

from datetime import datetime
from typing import Literal

import msgspec

from gateway.manifest import Purpose

DeclarantRole = Literal["AG", "CA", "CPE", "POA"]
"""UN/EDIFACT 3035 as EMSWe narrows it: ship's agent, carrier, master, party that acts for another."""


class Declarant(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who declares: `id` is an EORI number where the declarant has one. The contact is a person on duty, not on board."""

    id: str | None = None
    name: str | None = None
    role: DeclarantRole = "AG"
    contact_name: str | None = None
    phone: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return f"<Declarant {self.role}>"


class WriteOrder(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One message to write. `at` has an offset; `control` is the sender's running number of the interchange.

    `purposes` and `visit_id` are the message's own: one list may be written once for each purpose and each port call.
    """

    message_id: str
    at: datetime
    sender: str
    recipient: str
    control: int = 1
    declarant: Declarant = Declarant()
    purposes: tuple[Purpose, ...] = ()
    visit_id: str | None = None
    test: bool = False
