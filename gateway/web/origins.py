"""Who said a time or an event, in the language of the request. Stored and told by the API as it was made, in English.

In: a source as the core wrote it: "AIS", "schedule of local", "carrier specimen". Out: the same in words; names of people, lines and systems stay.
"""

from typing import Final

from gateway.web.rooms import ROLES
from gateway.web.words import say

_SCHEDULE: Final = "schedule of "
_HERE: Final = "local"  # the token that commands on the gateway's own machine make for themselves


def source_in_words(source: str) -> str:
    """A schedule that an operator imported; a shipping line; else as it is."""
    if source.startswith(_SCHEDULE):
        by = source.removeprefix(_SCHEDULE)
        return say("imported schedule") if by == _HERE else say("schedule imported by %(by)s", by=by)
    kind, _, name = source.partition(" ")
    role = next((title for one, title in ROLES.items() if one == kind), None)
    return f"{say(role)} {name}" if role and name else source
