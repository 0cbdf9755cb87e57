"""The end of retention: wrapped data keys are destroyed, and the ciphertext can never be opened again.

Ids, times, counts, finding codes, receipts and the log stay.
"""

from datetime import datetime

import msgspec

from gateway.store import Connection
from gateway.store.statements import SQL


class Ended(msgspec.Struct, frozen=True):
    """How many of each can no longer be read."""

    submissions: int
    manifests: int
    envelopes: int
    responses: int
    series: int
    shapes: int
    rescues: int


async def end_retention(connection: Connection, received_before: datetime) -> Ended:
    """Destroys the keys of all that was received before a time. What is still to be processed or sent is left alone."""
    names = (
        "retention_submissions", "retention_manifests", "retention_envelopes", "retention_responses", "retention_series", "retention_shapes",
        "retention_rescues",
    )  # fmt: skip
    return Ended(*[len(await connection.fetch(SQL[name], received_before)) for name in names])
