"""A recipient is a folder: `recipient.toml`, public keys, perhaps `routes.toml` and a pinned server certificate.

In: the folder as {file name: bytes}. Out: a frozen `Recipient`, or every problem found, so that an authority can mend
the folder in one go. What depends on the day (a key that has ended, one about to end) is `outlook`, asked daily.
keys/README.md explains each setting to the people who write them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.as4 import KEYS_UNUSED, NOT_RIM, ONLY_AS4, RIM, SEALED_CONTAINER
from gateway.keyring.contacts import Contact, contact_problems
from gateway.keyring.keys import BadKey, KeyKind, PublicKey, holds_secret, parse_public
from gateway.keyring.register import (
    ENDS_FIRST,
    CountryCode,
    Id,
    Owner,
    RecipientKind,
    Route,
    RoutesFile,
    Text,
    route_problems,
)
from gateway.keyring.table import read_table
from gateway.keyring.transports import NO_FILE, Parts, Transports, transport_files, transport_problems

KeyForm = Literal["jwe", "envelope"]
SealForm = Literal[KeyForm, "as4"]
"""In "as4" the transport itself encrypts to the recipient; until it is sent, a message is sealed to ourselves."""

KINDS_FOR: dict[KeyForm, tuple[KeyKind, ...]] = {
    "jwe": (KeyKind.X25519, KeyKind.P256),
    "envelope": (KeyKind.HYBRID, KeyKind.X25519),
}


_ADDRESS = "1 to 35 capital letters, digits, spaces and . : -, the first a letter or digit, such as UTOPIAPIU"
Address = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9 .:-]{0,34}$", description=_ADDRESS)]


class Seal(msgspec.Struct, frozen=True):
    form: SealForm


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`[[key]]` as it is written: both days count."""

    file: str
    since: date = msgspec.field(name="from")
    until: date


class Declarant(msgspec.Struct, frozen=True, kw_only=True):
    """Who declares towards this single window (EMSWe DE-004): EORI number, role (UN/EDIFACT 3035), whom to ask."""

    id: Text
    name: Text
    role: Literal["AG", "CA", "CPE", "POA"] = "AG"
    contact_name: Text | None = None
    phone: Text | None = None
    email: Text | None = None


class Edifact(msgspec.Struct, frozen=True, kw_only=True):
    """Interchange addresses, UNB 0004 and 0010 (an..35)."""

    sender: Address
    recipient: Address


class RecipientFile(Transports, frozen=True, kw_only=True):
    """`recipient.toml` as it is written."""

    id: Id
    name: Text
    kind: RecipientKind
    country: CountryCode
    third_country: bool
    seal: Seal
    key: tuple[KeyEntry, ...] = ()
    declarant: Declarant | None = None
    edifact: Edifact | None = None
    alerts: tuple[Contact, ...] = ()


class RecipientKey(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    key: PublicKey
    since: date
    until: date

    def valid(self, day: date) -> bool:
        return self.since <= day <= self.until


class Recipient(Transports, frozen=True, kw_only=True):
    """Whom we seal to. `files` are those that a transport's table names: certificates, host keys."""

    id: str
    name: str
    kind: RecipientKind
    country: str
    third_country: bool
    form: SealForm
    keys: tuple[RecipientKey, ...]
    files: Mapping[str, bytes] = {}
    declarant: Declarant | None = None
    edifact: Edifact | None = None
    routes: tuple[Route, ...] = ()
    alerts: tuple[Contact, ...] = ()

    @property
    def tls(self) -> bytes | None:
        """The pinned server certificate as PEM."""
        server = self.https or self.as4
        return self.files[server.tls] if server and server.tls else None

    def key_for(self, day: date) -> PublicKey | None:
        """The key to seal to on `day`: of those valid, the one that began last, so that a successor takes over."""
        valid = [entry for entry in self.keys if entry.valid(day)]
        return max(valid, key=lambda entry: (entry.since, entry.until)).key if valid else None


def _error(id: str, text: str, hint: str) -> Rule:
    return Rule(id=id, severity=Severity.ERROR, text=text, hint=hint)


UNUSABLE = _error("K-06", "the key in {file} cannot be used: {why}", "ask the recipient for the public key again")
SECRET = _error(
    "K-07",
    "{file} holds a private key",
    "remove it at once and tell its owner: a private key that has left its owner must be replaced",
)
WRONG_KIND = _error(
    "K-08",
    "{file} is a {kind} key; form {form} needs {expected}",
    "ask for the other kind of key, or change [seal] form",
)
NO_KEYS = _error("K-09", "no [[key]] is named", "name at least one public key file with its first and last day")
OTHER_ID = _error("K-11", "the id is not the folder's name", "make them equal; deliveries and tokens use this id")


def parse_recipient(id: str, files: Mapping[str, bytes]) -> Recipient | list[Finding]:
    """The recipient in folder `id`, or all that is wrong with it."""
    found = [SECRET.at(Place(path=name), file=name) for name, data in sorted(files.items()) if holds_secret(data)]
    if "recipient.toml" not in files:
        return [*found, NO_FILE.at(file="recipient.toml")]
    read = read_table(files["recipient.toml"], RecipientFile, "recipient.toml", found)
    routes = read_table(files.get("routes.toml", b""), RoutesFile, "routes.toml", found)
    known = read.parts
    found.extend(_settings_problems(id, known))
    found.extend(transport_problems(known, files))
    found.extend(contact_problems(known.get("alerts", ()), "recipient.toml"))
    lacks = frozenset(name for name in ("declarant", "edifact") if known.get(name, ...) is None)
    owner = Owner(kind=known.get("kind"), third_country=known.get("third_country"), lacks=lacks)
    found.extend(route_problems(routes.parts.get("route", ()), owner))
    forms = {route.form for route in routes.parts.get("route", ()) if route is not None}
    if (known.get("as4") or {}).get("profile") == RIM and forms - {"emswe-xml", "emswe-notice-xml"}:
        found.append(NOT_RIM.at(Place(path="routes.toml")))
    keys = tuple(_keys(known, files, found))
    said, register = read.whole, routes.whole
    if found or said is None or register is None:
        return found
    return Recipient(
        id=said.id,
        name=said.name,
        kind=said.kind,
        country=said.country,
        third_country=said.third_country,
        send=said.send,
        https=said.https,
        as4=said.as4,
        sftp=said.sftp,
        form=said.seal.form,
        keys=keys,
        files=transport_files(known, files),
        declarant=said.declarant,
        edifact=said.edifact,
        routes=register.route,
        alerts=said.alerts,
    )


def _settings_problems(id: str, known: Parts) -> Iterator[Finding]:
    place = Place(path="recipient.toml")
    if known.get("id", id) != id:
        yield OTHER_ID.at(place)
    form, transport = known.get("seal", {}).get("form"), known.get("send", {}).get("transport")
    if form not in (None, "as4") and known.get("key") == ():
        yield NO_KEYS.at(place)
    if form == "as4" and known.get("key"):
        yield KEYS_UNUSED.at(place)
    if form == "as4" and transport not in (None, "as4"):
        yield ONLY_AS4.at(place, transport=transport)
    as4 = known.get("as4") or {}
    if form not in (None, "as4") and (as4.get("container") == "asic-e" or as4.get("profile") == RIM):
        yield SEALED_CONTAINER.at(place)


def _keys(known: Parts, files: Mapping[str, bytes], found: list[Finding]) -> Iterator[RecipientKey]:
    form = known.get("seal", {}).get("form")
    for number, entry in enumerate(known.get("key", ()), start=1):
        if entry is None:
            continue
        place = Place(path=f"recipient.toml, [[key]] {number}")
        if entry.until < entry.since:
            found.append(ENDS_FIRST.at(place))
        if entry.file not in files:
            found.append(NO_FILE.at(place, file=entry.file))
            continue
        try:
            key = parse_public(files[entry.file])
        except BadKey as why:
            found.append(UNUSABLE.at(Place(path=entry.file), file=entry.file, why=why))
            continue
        fitting = KINDS_FOR.get(form, tuple(KeyKind))
        if key.kind not in fitting:
            expected = " or ".join(fitting)
            found.append(WRONG_KIND.at(place, file=entry.file, kind=key.kind, form=form, expected=expected))
        yield RecipientKey(file=entry.file, key=key, since=entry.since, until=entry.until)
