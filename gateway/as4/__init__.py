"""AS4 (eDelivery AS4 1.15 and 2.0): messages for a partner's access point made, and its messages and answers read. Pure.

`pack` compresses, signs and encrypts; `unpack` checks, decrypts and decompresses, or says with ebMS errors why not.
`receipt_for` and `error_for` make the synchronous answers, `read_answer` reads the one that we get. `profiles` are the
algorithms, as data, `parties` the keys. Sending, trying again and remembering message ids is the shell's work.
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
from gateway.as4.message import Fault, Packed, Receipted, Rejected, Unpacked
from gateway.as4.packing import error_for, pack, receipt_for
from gateway.as4.parties import BadPair, Opener, Own, Partner, Signer, certificates_of, opener_of, signer_of
from gateway.as4.profiles import EDELIVERY_1, EDELIVERY_2, EMSWE_RIM, PROFILES, Profile, TokenReference
from gateway.as4.unpacking import REMEMBER, read_answer, unpack

__all__ = [
    "EDELIVERY_1", "EDELIVERY_2", "EMSWE_RIM", "INITIATOR", "PROFILES", "REMEMBER", "RESPONDER", "TEST_ACTION", "TEST_SERVICE",
    "BadPair", "Error", "Fault", "Opener", "Own", "Packed", "Partner", "Party", "PartyId", "Payload", "Profile", "Property",
    "Receipted", "Reference", "Rejected", "Signer", "TokenReference", "Unpacked", "UserMessage", "certificates_of", "error_for",
    "opener_of", "pack", "read_answer", "receipt_for", "signer_of", "unpack",
]  # fmt: skip
