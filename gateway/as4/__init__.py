"""AS4 (eDelivery AS4 1.15 and 2.0): messages for a partner's access point made, and its messages and answers read. Pure.

`message` is the sentence; `profiles` the algorithms, as data; `parties` the keys.
"""

from gateway.as4.ebms import (
    INITIATOR,
    RESPONDER,
    TEST_ACTION,
    TEST_SERVICE,
    Party,
    PartyId,
    Payload,
    Property,
    Reference,
    UserMessage,
)
from gateway.as4.errors import Error
from gateway.as4.message import (
    Fault,
    Packed,
    Receipted,
    Rejected,
    Unpacked,
    error_for,
    pack,
    read_answer,
    receipt_for,
    unpack,
)
from gateway.as4.parties import BadPair, Opener, Own, Partner, Signer
from gateway.as4.profiles import EDELIVERY_1, EDELIVERY_2, EMSWE_RIM, PROFILES, Profile

__all__ = [
    "EDELIVERY_1", "EDELIVERY_2", "EMSWE_RIM", "INITIATOR", "PROFILES", "RESPONDER", "TEST_ACTION", "TEST_SERVICE", "BadPair",
    "Error", "Fault", "Opener", "Own", "Packed", "Partner", "Party", "PartyId", "Payload", "Profile", "Property", "Receipted",
    "Reference", "Rejected", "Signer", "Unpacked", "UserMessage", "error_for", "pack", "read_answer", "receipt_for", "unpack",
]  # fmt: skip
