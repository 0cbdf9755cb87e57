"""How long one waits after wrong passwords or codes: longer each time, never for ever (NIST SP 800-63B-4 section 3.2.2).

In: what went wrong lately, for a name from a network, for the name from everywhere, for the network whatever the name. Out: seconds to wait.
A name's failures elsewhere never shut out who has signed in from this network before: an attacker cannot lock a duty officer out of the
office. A failure is counted before the password is looked at, so that a hundred tries at once are a hundred failures.
"""

from datetime import datetime, timedelta

import msgspec

FORGOTTEN_AFTER = timedelta(days=1)
BURST, BURST_WITHIN = 100, timedelta(hours=1)
"""Failures of all names together from which on somebody is told: a whole office that mistypes at eight o'clock stays far below it."""
_LONGEST = 900.0  # 15 minutes: at most a hundred tries a day from one network
_FIRST = 5.0
FREE_HERE, _FREE_NETWORK, FREE_NAME = (
    5,
    30,
    100,
)  # 63B-4: at most 100 failures in a row for one account, then something must change


class Tries(msgspec.Struct, frozen=True):
    """Failures since the last success (or since a day has passed), and when the last of them was."""

    failures: int = 0
    last: datetime | None = None


def wait_seconds(here: Tries, name: Tries, network: Tries, *, is_known_here: bool, now: datetime) -> float:
    """How long from `now` until one may try again; 0: at once. `is_known_here`: this name signed in from this network before."""
    waits = [_left(here, FREE_HERE, now), _left(network, _FREE_NETWORK, now)]
    if not is_known_here:
        waits.append(_left(name, FREE_NAME, now))
    return max(waits)


def _left(tries: Tries, free: int, now: datetime) -> float:
    if tries.failures < free or tries.last is None:
        return 0.0
    doubled = min(tries.failures - free, 16)  # 5 s, 10 s, 20 s …
    end = tries.last + timedelta(seconds=min(_FIRST * 2**doubled, _LONGEST))
    return max((end - now).total_seconds(), 0.0)
