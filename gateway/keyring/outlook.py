"""What a day makes of the key folders: keys, certificates and register entries that have ended or are about to.

In: what was parsed, and the day. Out: findings. Asked daily by `watch`, and by `./gw keys`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from cryptography import x509

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.certificates import Senders
from gateway.keyring.contacts import AlarmKind
from gateway.keyring.recipient import Recipient

SOON = timedelta(days=30)  # time enough for two offices to exchange a key and compare fingerprints by telephone

NO_KEY_TODAY = Rule(
    id="K-20",
    severity=Severity.ERROR,
    text="no key is valid today; nothing can be sealed",
    hint="ask the recipient for a new public key now",
)
KEY_ENDS = Rule(
    id="K-21",
    severity=Severity.WARNING,
    text="the last key ends on {day} and no other takes over",
    hint="ask the recipient for the next public key and add it with an overlap",
)
ROUTE_ENDS = Rule(
    id="K-22",
    severity=Severity.WARNING,
    text="the entry ends on {day}; after that nothing is sent under it",
    hint="have its reviewer decide whether it is renewed",
)
NO_ROUTE = Rule(
    id="K-23",
    severity=Severity.WARNING,
    text="no entry of the route register is in force; nothing is sent to this recipient",
    hint="add an entry to routes.toml once there is a legal basis",
)
TLS_ENDS = Rule(
    id="K-24",
    severity=Severity.WARNING,
    text="the pinned server certificate ends on {day}",
    hint="ask the recipient for its next certificate",
)
PARTNER_ENDS = Rule(
    id="K-48",
    severity=Severity.WARNING,
    text="the certificate in {file} ends on {day}; after that the partner is not believed, or nothing can be encrypted to it",
    hint="ask the partner for its next certificate; both may stand in signing for a while",
)
ENDED = Rule(
    id="K-33",
    severity=Severity.ERROR,
    text="every certificate in {file} has ended",
    hint="ask the carrier for its new certificate; until then it cannot send with it",
)
ENDS = Rule(
    id="K-34",
    severity=Severity.WARNING,
    text="the last certificate in {file} ends on {day}",
    hint="ask the carrier for its next certificate and add it to the file",
)


ALARMS: Final[dict[str, AlarmKind]] = {
    NO_KEY_TODAY.id: "key-ends",
    KEY_ENDS.id: "key-ends",
    ROUTE_ENDS.id: "route-ends",
    NO_ROUTE.id: "route-ends",
    TLS_ENDS.id: "certificate-ends",
    PARTNER_ENDS.id: "certificate-ends",
    ENDED.id: "certificate-ends",
    ENDS.id: "certificate-ends",
}
"""As which alarm each is told."""


def outlook(recipient: Recipient, today: date) -> Iterator[Finding]:
    """What `today` makes of a recipient: keys, certificate and entries that have ended or are about to."""
    place = Place(path="recipient.toml")
    needs_key = recipient.form != "as4"
    if needs_key and recipient.key_for(today) is None:
        yield NO_KEY_TODAY.at(place)
    elif needs_key and recipient.key_for(today + SOON) is None:
        yield KEY_ENDS.at(place, day=max(entry.until for entry in recipient.keys if entry.valid(today)))
    if recipient.tls is not None:
        ends = _ends(recipient.tls)
        if ends <= today + SOON:
            yield TLS_ENDS.at(place, day=ends)
    yield from _partner_ends(recipient, today)
    in_force = [route for route in recipient.routes if route.in_force(today)]
    if not in_force:
        yield NO_ROUTE.at(Place(path="routes.toml"))
    for route in in_force:
        if not route.in_force(today + SOON):
            yield ROUTE_ENDS.at(Place(path=f"routes.toml, {route.id}"), day=route.until)


def _partner_ends(recipient: Recipient, today: date) -> Iterator[Finding]:
    """Of the certificates that the partner signs with, the last one counts."""
    if recipient.as4 is None:
        return
    signing = [(_ends(recipient.files[file]), file) for file in recipient.as4.signing]
    for day, file in (max(signing), (_ends(recipient.files[recipient.as4.encryption]), recipient.as4.encryption)):
        if day <= today + SOON:
            yield PARTNER_ENDS.at(Place(path=file), file=file, day=day)


def _ends(pem: bytes) -> date:
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc.date()


def senders_outlook(senders: Senders, today: date) -> Iterator[Finding]:
    """Carriers whose last certificate has ended or is about to."""
    last: dict[str, date] = {}
    for sender in senders.by_key.values():
        ends = sender.until.date()
        last[sender.carrier] = max(last.get(sender.carrier, ends), ends)
    for carrier, day in sorted(last.items()):
        name = f"{carrier}.pem"
        if day < today:
            yield ENDED.at(Place(path=f"senders/{name}"), file=name)
        elif day <= today + SOON:
            yield ENDS.at(Place(path=f"senders/{name}"), file=name, day=day)
