"""Evidence that was spoilt in every way that the checker must see: what it should say -> what was changed."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from tests.flow.evidence import PROCESSED, RECEIVED, Evidence

T = TypeVar("T", bound=msgspec.Struct)


def _first(found: Mapping[str, object]) -> str:
    return next(iter(found))


def _without(found: dict[str, T], key: str) -> dict[str, T]:
    return {name: one for name, one in found.items() if name != key}


def _changed(found: dict[str, T], key: str, **changes: object) -> dict[str, T]:
    return found | {key: msgspec.structs.replace(found[key], **changes)}


def _accepted(e: Evidence) -> str:
    return next(one.id for one in e.deliveries.values() if one.state == "accepted")


def _resent(e: Evidence) -> list[dict[str, object]]:
    """The first recipient's journal, with its first entry written at the end once more."""
    return [*next(iter(e.recipients.values())), next(iter(e.recipients.values()))[0]]


SPOILT: dict[str, Callable[[Evidence], dict[str, Any]]] = {
    "stored: phantom was acknowledged as": lambda e: {
        "clients": [*e.clients, {"ack": "phantom", "id": "no such", "receipt": {}}]
    },
    "stored: 1-1 was acknowledged as": lambda e: {"submissions": _without(e.submissions, e.acks[0]["id"])},
    "which is something else": lambda e: {"submissions": _changed(e.submissions, e.acks[0]["id"], files=("0" * 64,))},
    "once: 1-1 has 2 ids": lambda e: {"clients": [*e.clients, {**e.acks[0], "id": e.acks[-1]["id"]}]},
    "once: 1-1 was answered 500": lambda e: {"clients": [*e.clients, {"surprise": "1-1", "status": 500}]},
    "lists were sent": lambda e: {
        "submissions": e.submissions | {"another": msgspec.structs.replace(e.submissions[_first(e.submissions)])}
    },
    "is received": lambda e: {"submissions": _changed(e.submissions, _first(e.submissions), state="received")},
    "was logged 1 and 2 times": lambda e: {
        "entries": [*e.entries, next(entry for entry in e.entries if entry.event == PROCESSED)]
    },
    "has 0 lists": lambda e: {"submissions": _changed(e.submissions, e.acks[0]["id"], versions=())},
    "processed: alarm delivery-given-up": lambda e: {"alarms": ["delivery-given-up"]},
    "is accepted and took effect 0 times": lambda e: {"recipients": {name: [] for name in e.recipients}},
    "took effect 2 times": lambda e: {"recipients": e.recipients | {_first(e.recipients): _resent(e)}},
    "is waiting": lambda e: {"deliveries": _changed(e.deliveries, _accepted(e), state="waiting")},
    "is superseded by nothing": lambda e: {
        "deliveries": {id: msgspec.structs.replace(one, state="superseded") for id, one in e.deliveries.items()}
    },
    "which it was not owed": lambda e: {"deliveries": _without(e.deliveries, _accepted(e))},
    "after a newer one": lambda e: {"recipients": {name: lines[::-1] for name, lines in e.recipients.items()}},
    "has versions": lambda e: {"submissions": _without(e.submissions, _first(e.submissions))},
    "is not true": lambda e: {"submissions": _changed(e.submissions, _first(e.submissions), receipt=b"{}")},
    "is not in the log": lambda e: {"entries": e.entries[1:] if e.entries[0].event == RECEIVED else []},
    "positions have gaps": lambda e: {"entries": e.entries[1:]},
    "the head is not that of these entries": lambda e: {
        "entries": [msgspec.structs.replace(e.entries[0], body=b"{}"), *e.entries[1:]]
    },
    "logged: the head": lambda e: {"head": e.head.replace(b'"size":', b'"size":1')},
    "delivery-accepted was logged": lambda e: {"deliveries": _without(e.deliveries, _accepted(e))},
}
