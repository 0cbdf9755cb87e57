"""Break-glass: the list of one sailing for a rescue centre. Two people, a reason, an end.

In: who asks, who agrees, the time; the persons of the lists that count. Out: what a case allows to whom, and the persons in the order in
which rescuers need them. Nothing here opens or keeps a list.
"""

from gateway.rescue.case import (
    LONGEST,
    SHORTEST,
    USUAL,
    WAITS,
    Case,
    Deny,
    Reason,
    Refusal,
    State,
    decision_denied,
    is_same_person,
    may_close,
    opening_denied,
    state_of,
)
from gateway.rescue.roll import Group, Line, roll

__all__ = [
    "LONGEST",
    "SHORTEST",
    "USUAL",
    "WAITS",
    "Case",
    "Deny",
    "Group",
    "Line",
    "Reason",
    "Refusal",
    "State",
    "decision_denied",
    "is_same_person",
    "may_close",
    "opening_denied",
    "roll",
    "state_of",
]
