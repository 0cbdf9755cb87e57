"""What a party reads: a mail of one alert or of several, or the same as JSON for a webhook.

In: the alerts of one message. Out: a subject and a plain text, or a document. Ids, ships, ports and times; never a passenger's value: the
texts are those of the alarms. The link leads to a page behind the sign-in; nothing in a message lets anybody in or do anything.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec

from gateway.alerts.alarm import Alarm
from gateway.alerts.deadlines import both_times
from gateway.alerts.kinds import kind_of

News = Literal["opened", "closed"]
_LONGEST_SUBJECT = 150
_NO_PORT = "?"  # no port has this code, so the time is said in UTC alone


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of a message: that an alarm is open, or that it is settled."""

    id: UUID
    news: News
    party: str
    alarm: Alarm
    instead_of: str = ""


class Mail(msgspec.Struct, frozen=True):
    subject: str
    text: str


def mail(sayings: Sequence[Saying], *, gateway: str, address: str | None) -> Mail:
    """`address`: how people reach the pages, https://…; None where nobody has said so."""
    parts = [_paragraph(one, address) for one in sayings]
    first = f"{_head(sayings[0])}: {_about(sayings[0].alarm)}"
    several = f"{len(sayings)} alerts: {first} …"
    foot = f"-- \n{gateway}. This mailbox is not read."
    text = "\n\n".join([*parts, foot]) + "\n"
    return Mail(f"[{gateway}] {first if len(sayings) == 1 else several}"[:_LONGEST_SUBJECT], text)


def document(id: UUID, sayings: Sequence[Saying], *, gateway: str, address: str | None) -> dict[str, Any]:
    """`id` is the message's; each alert has its own, too, and the id of its alarm."""
    return {"id": id, "gateway": gateway, "alerts": [_fields(one, address) for one in sayings]}


def _head(one: Saying) -> str:
    title = kind_of(one.alarm.kind).title
    if one.news == "closed":
        return f"Settled: {title[0].lower()}{title[1:]}"
    return f"Not acknowledged by {one.instead_of}: {title[0].lower()}{title[1:]}" if one.instead_of else title


def _about(alarm: Alarm) -> str:
    """The ship and the ports, the recipient, or whatever it is about, in a few words."""
    return alarm.text.partition(" (call ")[0] if alarm.concerns.call else alarm.concerns.recipient or alarm.subject


def _paragraph(one: Saying, address: str | None) -> str:
    alarm, kind = one.alarm, kind_of(one.alarm.kind)
    port = next(iter(alarm.concerns.ports), _NO_PORT)
    lines = [_head(one), "", alarm.text]
    if one.news == "closed" and alarm.closed_at is not None:
        lines += ["", f"Nothing more to do: {alarm.closed_because} ({_at(alarm.closed_at, port)})."]
    else:
        lines += ["", f"What to do: {kind.to_do}"]
        lines += [f"Deadline: {_at(alarm.deadline, port)}"] * (alarm.deadline is not None)
    see, there = _matter_page(alarm, address), _alarm_page(one, address)
    lines += [f"See: {see}"] * (see is not None)
    lines += [f"To acknowledge it, sign in: {there}"] * (there is not None)
    return "\n".join([*lines, f"Alarm {alarm.id}, {alarm.kind}, since {_at(alarm.at, port)}"])


def _at(at: datetime | None, port: str) -> str:
    return both_times(at, port) if at else ""


def _matter_page(alarm: Alarm, address: str | None) -> str | None:
    """Where the matter is seen: the case of a rescue, else the sailing."""
    if address is not None and alarm.kind == "break-glass":
        return f"{address.rstrip('/')}/rescue/{quote(alarm.subject, safe='')}"
    if address is None or alarm.concerns.call is None:
        return None
    return f"{address.rstrip('/')}/calls/{quote(alarm.concerns.call, safe='')}"


def _alarm_page(one: Saying, address: str | None) -> str | None:
    """Where the authority's own people acknowledge it, while it is open."""
    is_theirs = one.party.startswith(("carrier/", "recipient/"))
    if address is None or is_theirs or one.news == "closed":
        return None
    return f"{address.rstrip('/')}/alarms#alarm-{one.alarm.id}"


def _fields(one: Saying, address: str | None) -> dict[str, Any]:
    alarm, kind = one.alarm, kind_of(one.alarm.kind)
    return {
        "id": one.id,
        "news": one.news,
        "alarm": alarm.id,
        "kind": alarm.kind,
        "severity": kind.severity,
        "title": kind.title,
        "text": alarm.text,
        "to_do": kind.to_do,
        "subject": alarm.subject,
        "concerns": alarm.concerns,
        "deadline": alarm.deadline,
        "since": alarm.at,
        "closed_at": alarm.closed_at,
        "closed_because": alarm.closed_because,
        "party": one.party,
        "instead_of": one.instead_of or None,
        "see": _matter_page(alarm, address),
        "acknowledge_at": _alarm_page(one, address),
    }
