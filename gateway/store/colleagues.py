"""Accounts that wait for a colleague's word: who they are is told, who vouched for them is kept.

In: an account, who does what. Out: rows, an alarm for as long as it waits, entries in the log. Who may confirm, `rescue.colleagues` decides.
"""

from datetime import datetime

from gateway.store import Connection, accounts, alarms, log
from gateway.store.accounts import Account
from gateway.store.sessions import end_sessions
from gateway.store.statements import SQL

ALARM = "account-waits"


async def tell_of(connection: Connection, one: Account, by: str) -> None:
    """The operator and the desk learn that this account would come near names. `by`: whose doing it is."""
    text = (
        f"{one.name} ({one.kind} {one.subject}), by {by}: does nothing until a colleague of the rescue centre or the compliance desk"
        " confirms it on the page Colleagues; if nobody there expects it, refuse it there"
    )
    await alarms.raise_alarm(connection, ALARM, one.name, text)


async def was_anybody_confirmed(connection: Connection) -> bool:
    """Ever: who is disabled since, or waits again, counts."""
    found: bool = await connection.fetchval(SQL["accounts_confirmed"])
    return found


async def is_anybody_waiting(connection: Connection) -> bool:
    """Who has signed in, and waits for a colleague's word."""
    found: bool = await connection.fetchval(SQL["accounts_wait"])
    return found


async def confirm(connection: Connection, one: Account, by: str, at: datetime, *, is_first: bool) -> None:
    """`by` vouches for its owner. Only under `accounts.locked`, and after `rescue.colleagues` let it pass."""
    await connection.execute(SQL["account_confirm"], one.id, by, at)
    about = {"by": by, "name": one.name, "kind": one.kind, "subject": one.subject}
    await log.append(connection, "person-confirmed", about | ({"first": "yes"} if is_first else {}), at)
    first = "; nobody was ever confirmed before: it was the first" if is_first else ""
    await waits_no_more(connection, one.name, f"{by} confirmed it{first}")


async def refuse(connection: Connection, one: Account, by: str, at: datetime) -> None:
    """`by` knows of no such colleague: it lets nobody in any more. Only under `accounts.locked`."""
    await accounts.disable(connection, one.name, at)
    await end_sessions(connection, one.id)
    await log.append(connection, "person-refused", {"by": by, "name": one.name, "kind": one.kind}, at)
    await waits_no_more(connection, one.name, f"{by} refused it: it is disabled")


async def waits_no_more(connection: Connection, name: str, because: str) -> None:
    await alarms.close_about(connection, [ALARM], name, because)
