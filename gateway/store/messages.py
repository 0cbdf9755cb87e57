"""Which AS4 messages we have had, so that none is taken twice. In: party and message id. Out: whether it is new.

An id counts for the party that signed the message: nobody can use up another's.
"""

from datetime import datetime

from gateway.store import Connection
from gateway.store.statements import SQL


async def remember(connection: Connection, partner: str, message_id: str, at: datetime) -> bool:
    """Whether this message is new; of two that come at once the second waits for the first transaction to end."""
    return await connection.fetchval(SQL["as4_message_add"], partner, message_id, at) is not None


async def forget(connection: Connection, received_before: datetime) -> int:
    """Forgets messages that are too old to be believed, should they come again; how many."""
    return len(await connection.fetch(SQL["as4_message_forget"], received_before))
