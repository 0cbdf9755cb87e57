"""What sealing deals in: `Envelope` out, `Opened` back, and the refusals that say what to do.

A refusal never says anything about the content. `Refused` is the base: whoever opens envelopes catches that.
"""

import msgspec

from gateway.keyring import Handling
from gateway.manifest import Private


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What goes on the wire: only the recipient can read it."""

    media_type: str
    body: bytes

    def __repr__(self) -> str:
        return f"<Envelope {self.media_type} {len(self.body)} bytes>"


class Opened(Private, frozen=True, kw_only=True):
    """What was in an envelope, unchanged since the signer sealed it. `signer` is the fingerprint of its key."""

    payload: bytes
    content_type: str
    handling: Handling
    delivery_id: str
    signer: str


class Refused(Exception):
    """An envelope that was not opened. The text says what to do."""

    text = "the envelope was not opened"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.text}{f' ({detail})' if detail else ''}")


class NotAnEnvelope(Refused):
    text = "this is not a sealed envelope; give the body of a delivery as it came, byte for byte"


class Truncated(Refused):
    text = "the envelope is incomplete; fetch or ask for the delivery again"


class OtherVersion(Refused):
    text = "the envelope is of a version or algorithm this program does not open; bring it up to date"


class WrongKey(Refused):
    text = "the envelope is sealed to another key; open it with the secret key that has this fingerprint"


class UnknownSigner(Refused):
    text = "the envelope is signed by a key that was not given; compare its fingerprint with the gateway's before trusting it"


class Altered(Refused):
    text = "the envelope was changed after it was sealed; do not use it, ask for the delivery again and report it"
