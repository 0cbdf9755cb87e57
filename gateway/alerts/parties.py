"""Who is told: the carrier, the port's duty officer, the desk, the recipient, the operator; and who is next where nobody answers.

In: the contacts of carriers, recipients and keys/alerts.toml; an alarm; who was told so far; the time. Out: `Told`s, one an address,
each with the time from which it may be told. An address hears of an alarm once, however many parties it stands for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from gateway.alerts.alarm import Alarm
from gateway.alerts.kinds import kind_of
from gateway.alerts.quiet import after_quiet
from gateway.keyring.contacts import Contact, Desk, Step

Channel = Literal["email", "webhook"]
State = Literal["waiting", "in-doubt", "sent", "dropped", "given-up"]


class Address(msgspec.Struct, frozen=True):
    channel: Channel
    address: str


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """`subject`: the carrier's or recipient's id. `id` is how the party is called in the log: carrier/aurora, duty-fihel."""

    id: str
    role: str
    contacts: tuple[Contact, ...]
    subject: str | None = None
    ports: tuple[str, ...] = ()
    escalation: tuple[Step, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One address is told of an alarm, from `due_at` on. `instead_of`: the party that did not acknowledge it in time."""

    party: str
    to: Address
    due_at: datetime
    instead_of: str = ""
    state: State = "waiting"


def parties_of(
    carriers: Mapping[str, Sequence[Contact]], recipients: Mapping[str, Sequence[Contact]], desks: Iterable[Desk]
) -> tuple[Party, ...]:
    """Everybody who may be told."""
    lines = [("carrier", id, contacts) for id, contacts in carriers.items()]
    units = [("recipient", id, contacts) for id, contacts in recipients.items()]
    others = [
        Party(id=f"{role}/{id}", role=role, subject=id, contacts=tuple(contacts))
        for role, id, contacts in (*lines, *units)
        if contacts
    ]
    ours = [
        Party(id=one.id, role=one.role, ports=one.ports, contacts=(one,), escalation=one.escalation) for one in desks
    ]
    return (*ours, *others)


def told(alarm: Alarm, parties: Iterable[Party], now: datetime) -> list[Told]:
    """Who is told of a new alarm."""
    return _once(
        one for party in parties for contact in _asked(alarm, party) for one in _addresses(alarm, party, contact, now)
    )


def escalations(
    alarm: Alarm, parties: Sequence[Party], so_far: Sequence[Told], now: datetime
) -> tuple[list[Told], bool]:
    """Who is told now because nobody has acknowledged it in time, and whether there may be somebody further later on.

    The minutes count from when the party was to be told, so that hours in which it was quiet do not count.
    """
    by_id = {party.id: party for party in parties}
    heard = {one.to for one in so_far}
    new: list[Told] = []
    is_more = False
    for party in parties:
        own = [one.due_at for one in so_far if one.party == party.id]
        for step in party.escalation if own else ():
            if now < min(own) + timedelta(minutes=step.minutes):
                is_more = True
            elif (to := by_id.get(step.to)) is not None:
                new += [
                    msgspec.structs.replace(one, instead_of=party.id)
                    for contact in to.contacts
                    for one in _addresses(alarm, to, contact, now)
                    if one.to not in heard
                ]
    return _once(new), is_more


def told_of_end(alarm: Alarm, parties: Sequence[Party], so_far: Iterable[Told], now: datetime) -> list[Told]:
    """Who hears that it is settled: whoever heard of it, or may have."""
    again = {
        one.to: one.due_at
        for party in parties
        for contact in party.contacts
        for one in _addresses(alarm, party, contact, now)
    }
    return [
        msgspec.structs.replace(one, due_at=again.get(one.to, now), state="waiting")
        for one in so_far
        if one.state in ("sent", "in-doubt")
    ]


def _asked(alarm: Alarm, party: Party) -> Iterator[Contact]:
    """The party's contacts that are for this alarm. The authority's own people may ask for any kind, others for what concerns them."""
    concerned = {
        "carrier": party.subject == alarm.concerns.carrier,
        "recipient": party.subject == alarm.concerns.recipient,
        "duty": bool(set(party.ports) & set(alarm.concerns.ports)),
        "next": False,
    }.get(party.role, True)
    usually = party.role in kind_of(alarm.kind).told
    for contact in party.contacts if concerned else ():
        is_own = party.role not in ("carrier", "recipient")
        if (alarm.kind in contact.kinds and (usually or is_own)) if contact.kinds else usually:
            yield contact


def _addresses(alarm: Alarm, party: Party, contact: Contact, now: datetime) -> Iterator[Told]:
    at = after_quiet(contact.quiet, alarm.kind, now)
    for email in contact.email:
        yield Told(party=party.id, to=Address("email", email), due_at=at)
    if contact.webhook is not None:
        yield Told(party=party.id, to=Address("webhook", contact.webhook), due_at=at)


def _once(found: Iterable[Told]) -> list[Told]:
    """Each address once, at its earliest."""
    first: dict[Address, Told] = {}
    for one in sorted(found, key=lambda one: one.due_at):
        first.setdefault(one.to, one)
    return list(first.values())
