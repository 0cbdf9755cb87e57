"""How a sealed delivery leaves: one module a transport, each with `async send(outgoing, means) -> Outcome`.

In: an `Outgoing` (ciphertext, the recipient, the stable delivery id) and the `Means` to send it. Out: one of three outcomes, whose type
says whose turn it is: `Accepted` (done), `TryLater` (ours, after a while), `Refused` (a person must act). A sender never
retries and never raises for what a recipient does; `deliver` keeps the schedule.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateway.senders import as4, https, sftp
from gateway.senders.outcome import Accepted, Means, Outcome, Outgoing, Refused, TryLater

Send = Callable[[Outgoing, Means], Awaitable[Outcome]]

SENDERS: Final[Mapping[str, Send]] = {"https": https.send, "as4": as4.send, "sftp": sftp.send}

__all__ = ["SENDERS", "Accepted", "Means", "Outcome", "Outgoing", "Refused", "Send", "TryLater"]
