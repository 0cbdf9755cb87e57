"""Who is told when something needs a person: addresses, what for, when not, and who is next where nobody answers.

In: keys/alerts.toml, and the `[[alerts]]` tables of a recipient's or a carrier's file. Out: frozen Structs, or every problem
of the text. Which alarm goes to which of them, `gateway.alerts` decides. keys/README.md explains each setting.
"""

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.register import Id, PortCode, Text
from gateway.keyring.table import read_table, take_table
from gateway.keyring.transports import address_fault

AlarmKind = Literal[
    "filing-due-soon", "filing-missing", "filing-incomplete", "filing-late", "list-unfinished", "list-halved", "export-changed",
    "authority-rejected", "authority-refuses", "answer-to-nothing", "response-unread", "purpose-without-entry", "transfer-asked",
    "delivery-refused", "delivery-given-up", "delivery-ended", "recipient-out-of-reach", "recipient-without-key", "key-ends",
    "certificate-ends", "route-ends", "submission-failed", "alert-given-up", "count-differs", "sailing-unannounced", "verdict-unknown",
    "sailing-unclear", "break-glass", "account-waits", "sign-in-held-up", "sign-in-burst", "list-unreadable", "set-aside",
]  # fmt: skip
"""What can need a person; `gateway.alerts.kinds` says of each what it means and who is told."""

Product = Literal["count", "list", "passenger-list", "crew-list", "nominal-list", "noa"]
Role = Literal["duty", "desk", "operator", "next"]

_EMAIL = "an e-mail address, such as duty@port.example"
_CLOCK = 'a time of day in quotation marks, such as "22:00"'
_ZONE = "a time zone, such as Europe/Helsinki (IANA)"
Email = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_+][A-Za-z0-9._+'-]{0,63}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$",
        max_length=254,  # RFC 5321 section 4.5.3.1.3, less the angle brackets
        description=_EMAIL,
    ),
]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description=_CLOCK)]
Zone = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$", description=_ZONE)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=10_080)]


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """`[….quiet]`: from one time of day until another nothing is told, in the clock time of `zone`. What comes up meanwhile waits, or is
    dropped where it settles itself; kinds in `loud` come through."""

    since: Clock = msgspec.field(name="from")
    until: Clock
    zone: Zone
    loud: tuple[AlarmKind, ...] = ()

    @property
    def hours(self) -> tuple[time, time]:
        return time.fromisoformat(self.since), time.fromisoformat(self.until)


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """`[[alerts]]`: where a party hears of what concerns it. Without `kinds`, of all that it is usually told."""

    email: tuple[Email, ...] = ()
    webhook: str | None = None
    kinds: tuple[AlarmKind, ...] = ()
    quiet: Quiet | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody has acknowledged it within so many minutes: `to`, another party of the file, is told as well."""

    to: Id
    minutes: Minutes


class Desk(Contact, frozen=True, kw_only=True):
    """`[[party]]` of keys/alerts.toml. duty: the duty officer of `ports` · desk: the compliance desk · operator: who runs the gateway ·
    next: told only where another party did not answer."""

    id: Id
    name: Text
    role: Role
    ports: tuple[PortCode, ...] = ()
    escalation: tuple[Step, ...] = ()


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """`[[lead]]`: how long before a deadline it counts as due soon, for one kind of list."""

    product: Product
    minutes: Minutes


class AlertsFile(msgspec.Struct, frozen=True):
    """`keys/alerts.toml` as it is written."""

    party: tuple[Desk, ...] = ()
    lead: tuple[Lead, ...] = ()


class _Contacts(msgspec.Struct, frozen=True):
    alerts: tuple[Contact, ...] = ()


FILE: Final = "alerts.toml"


def _error(id: str, text: str, hint: str) -> Rule:
    return Rule(id=id, severity=Severity.ERROR, text=text, hint=hint)


BAD_WEBHOOK = _error(
    "K-70", "the webhook cannot be used ({why})", "give an https:// address without user name, password or fragment"
)
NO_ADDRESS = _error("K-71", "there is neither email nor webhook", "add one, or take the table out")
NO_ZONE = _error("K-72", 'there is no time zone "{zone}"', "use a name such as Europe/Helsinki (IANA)")
NO_HOURS = _error(
    "K-73", "the quiet hours begin and end at the same time", "correct one of the two, or take the table out"
)
SAME_PARTY = _error("K-74", 'another party has the id "{id}"', "give each party its own id")
NO_PORTS = _error(
    "K-75", 'a party with role = "duty" names no ports', 'add ports = ["FIHEL"]: those whose duty officer it is'
)
PORTS_UNUSED = _error("K-76", "ports are named, and the role is not duty", 'take ports out, or make the role "duty"')
NO_STEP = _error("K-77", 'the escalation leads to "{to}", and there is no other party with this id', "correct the id")
STEPS_ORDER = _error(
    "K-78", "the minutes of the escalation do not grow from step to step", "put the steps in their order"
)
SAME_LEAD = _error("K-79", "{product} has two lead times", "keep one")


def parse_alerts(data: bytes) -> tuple[AlertsFile, list[Finding]]:
    """keys/alerts.toml as far as it is sound, and all that is wrong with it: a party with a mistake is set aside, the others are told."""
    found: list[Finding] = []
    read = read_table(data, AlertsFile, FILE, found)
    desks, leads = read.parts.get("party", ()), read.parts.get("lead", ())
    known = {one.id for one in desks if one is not None}
    sound: list[Desk] = []
    seen: set[str] = set()
    for number, one in enumerate(desks, start=1):
        if one is not None:
            place = Place(path=f"{FILE}, [[party]] {number}")
            wrong = [SAME_PARTY.at(place, id=one.id)] if one.id in seen else []
            wrong += _desk_problems(one, known, place)
            sound += [] if wrong else [one]
            seen.add(one.id)
            found += wrong
    products = [one.product for one in leads if one is not None]
    found += [SAME_LEAD.at(Place(path=FILE), product=one) for one in sorted(set(products)) if products.count(one) > 1]
    first = {one.product: one for one in reversed(leads) if one is not None}
    return AlertsFile(tuple(sound), tuple(first.values())), found


def parse_contacts(tables: Any, where: str) -> tuple[tuple[Contact, ...], list[Finding]]:
    """The `[[alerts]]` of a file that was read already."""
    found: list[Finding] = []
    read = take_table({"alerts": tables}, _Contacts, where, found)
    contacts = read.parts.get("alerts", ())
    found += contact_problems(contacts, where)
    return tuple(one for one in contacts if one is not None), found


def contact_problems(contacts: Iterable[Contact | None], where: str) -> Iterator[Finding]:
    """Beyond the types of their settings."""
    for number, one in enumerate(contacts, start=1):
        if one is not None:
            yield from _problems(one, Place(path=f"{where}, [[alerts]] {number}"))


def _desk_problems(one: Desk, known: set[str], place: Place) -> Iterator[Finding]:
    yield from _problems(one, place)
    if one.role == "duty" and not one.ports:
        yield NO_PORTS.at(place)
    if one.role != "duty" and one.ports:
        yield PORTS_UNUSED.at(place)
    minutes = [step.minutes for step in one.escalation]
    if minutes != sorted(set(minutes)):
        yield STEPS_ORDER.at(place)
    yield from (NO_STEP.at(place, to=step.to) for step in one.escalation if step.to not in known - {one.id})


def _problems(one: Contact, place: Place) -> Iterator[Finding]:
    if not one.email and one.webhook is None:
        yield NO_ADDRESS.at(place)
    if one.webhook is not None and (why := address_fault(one.webhook)):
        yield BAD_WEBHOOK.at(place, why=why)
    if one.quiet is not None:
        if not _is_zone(one.quiet.zone):
            yield NO_ZONE.at(place, zone=one.quiet.zone)
        if one.quiet.since == one.quiet.until:
            yield NO_HOURS.at(place)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; OSError for a name that is a folder
        return False
    return True
