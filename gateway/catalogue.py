"""Everything the gateway knows from its data folders, read once: carriers, recipients, senders, the law, the terms of the score, the identity.

In: the folders named in `Settings`. Out: a frozen `Catalogue`. A wrong carrier or recipient is set aside and said
(`problems`), its files kept and its deliveries held: one bad file must not stop every other ship. A law file of the
program's own that does not load stops the start, because then what is due would be guessed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path

import msgspec

from gateway import carrier as carriers
from gateway.access_point import FOLDER as AS4_FOLDER
from gateway.access_point import AccessPoint, lacking, read_access_point
from gateway.carrier import Carrier
from gateway.expect.notices import Ship
from gateway.findings import Finding
from gateway.identity import read_identity
from gateway.keyring import (
    Identity,
    Recipient,
    Senders,
    outlook,
    parse_recipient,
    parse_senders,
    parse_ssh_senders,
    senders_outlook,
)
from gateway.keyring.contacts import FILE as ALERTS_FILE
from gateway.keyring.contacts import AlertsFile, Contact, parse_alerts
from gateway.obligations import Law, merge, parse_law
from gateway.people.roles import FILE as ROLES_FILE
from gateway.people.roles import Roles, parse_roles
from gateway.settings import PROJECT, Settings
from gateway.track.metrics import Terms, parse_terms

SENDERS_FOLDER = "senders"
_UNREADABLE = "the file cannot be read; check its owner and mode"
_ADD_RECIPIENT = "add a folder for each, as keys/README.md shows, or set GATEWAY_KEYS"


class CatalogueError(Exception):
    """The program's own data cannot be used; the text says what to mend."""


class Problem(msgspec.Struct, frozen=True):
    """Something in a data folder that was set aside or needs a look: which file or folder, and what is wrong. `is_due`: it is or will be out of date,
    which has alarms of its own (`keyring.outlook`)."""

    where: str
    text: str
    is_due: bool = False


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is known. `identity` opens what is at rest and signs; `access_point` holds our keys for AS4."""

    carriers: Mapping[str, Carrier]
    recipients: Mapping[str, Recipient]
    senders: Senders
    ssh_senders: Mapping[bytes, str]  # the bytes of an SSH key -> carrier
    sender_certificates: bytes  # PEM, all of them: what the TLS layer asks a client to match
    law: Law
    terms: Terms
    identity: Identity
    access_point: AccessPoint = AccessPoint()
    roles: Roles | None = None  # of those whom an OpenID provider vouches for
    alerts: AlertsFile = AlertsFile()  # the authority's own people, who are told what is open
    problems: tuple[Problem, ...] = ()

    @cached_property
    def carrier_names(self) -> dict[str, str]:
        return {id: one.name for id, one in self.carriers.items()}

    @cached_property
    def ships(self) -> dict[str, Ship]:
        """IMO number -> whose ship it is. One that two carriers have is nobody's."""
        listed = [(imo, id, one, name) for id, one in self.carriers.items() for imo, name in one.vessels.items()]
        owners = Counter(imo for imo, *_ in listed)
        return {imo: Ship(id, one.service, name) for imo, id, one, name in listed if owners[imo] == 1}

    def sender_of(self, certificate: bytes, now: datetime) -> str | None:
        """The carrier whose client certificate (DER) this is."""
        carrier = self.senders.carrier(certificate, now)
        return carrier if carrier in self.carriers else None


def load(settings: Settings, today: date) -> Catalogue:
    """Reads all data folders; makes the identity at the first start."""
    problems: list[Problem] = []
    found_carriers = read_carriers(settings.carriers, problems)
    found_recipients = read_recipients(settings.keys, today, problems)
    access_point = _our_access_point(settings, found_recipients, today, problems)
    senders, certificates = read_senders(settings.keys / SENDERS_FOLDER, today, problems)
    roles = read_roles(settings.keys, problems)
    if settings.oidc_issuer is not None and roles is None:
        problems.append(
            Problem(str(settings.keys / ROLES_FILE), "a provider is set, and without this file it lets nobody in")
        )
    desks = read_alerts(settings.keys, problems)
    contacts: list[Contact] = [*desks.party]
    contacts += [contact for line in found_carriers.values() for contact in line.alerts]
    contacts += [contact for unit in found_recipients.values() for contact in unit.alerts]
    if settings.smtp_url is None and any(one.email for one in contacts):
        problems.append(Problem("GATEWAY_SMTP_URL", "parties are to be told by e-mail, and no mail server is set"))
    return Catalogue(
        carriers=found_carriers,
        recipients=found_recipients,
        senders=senders,
        ssh_senders=read_ssh_senders(settings.keys / SENDERS_FOLDER, problems),
        sender_certificates=certificates,
        law=read_law(),
        terms=read_terms(),
        identity=read_identity(settings.state, today),
        access_point=access_point,
        roles=roles,
        alerts=desks,
        problems=tuple(problems),
    )


def _our_access_point(
    settings: Settings, recipients: Mapping[str, Recipient], today: date, problems: list[Problem]
) -> AccessPoint:
    """Our keys for AS4, and for which recipients they do not do."""
    access_point, wrong = read_access_point(settings.state / AS4_FOLDER)
    noon = datetime.combine(today, time(12), UTC)
    problems += [Problem(file, text) for file, text in wrong]
    problems += [
        Problem(str(settings.keys / id), f"{text}; add it to {settings.state / AS4_FOLDER}")
        for id, text in lacking(access_point, recipients.values(), noon)
    ]
    return access_point


def read_carriers(folder: Path, problems: list[Problem]) -> dict[str, Carrier]:
    """Every carriers/<id>.toml that can be used."""
    found: dict[str, Carrier] = {}
    for path in sorted(folder.glob("*.toml")):
        if not path.is_file():
            problems.append(Problem(str(path), "this is no file; a carrier is one file, <id>.toml"))
            continue
        try:
            parsed = carriers.parse(path.stem, path.read_text("utf-8"))
        except OSError:
            problems.append(Problem(str(path), _UNREADABLE))
            continue
        except UnicodeDecodeError:
            problems.append(Problem(str(path), "the file cannot be read as UTF-8 text; save it as UTF-8"))
            continue
        if isinstance(parsed, Carrier):
            found[path.stem] = parsed
        else:
            problems += [Problem(str(path), text) for text in parsed]
    if not folder.is_dir():
        problems.append(Problem(str(folder), "there is no folder here; set GATEWAY_CARRIERS"))
    return found


def read_recipients(folder: Path, today: date, problems: list[Problem]) -> dict[str, Recipient]:
    """Every keys/<id>/ that can be used."""
    found: dict[str, Recipient] = {}
    folders = sorted(p for p in folder.glob("*") if p.is_dir() and p.name != SENDERS_FOLDER)
    for path in folders:
        files = _files(path, problems)
        parsed = parse_recipient(path.name, files)
        if isinstance(parsed, Recipient):
            found[path.name] = parsed
            problems += _said(path, outlook(parsed, today), is_due=True)
        else:
            problems += _said(path, parsed)
    if not folder.is_dir():
        problems.append(Problem(str(folder), "there is no folder here; set GATEWAY_KEYS"))
    elif not folders:
        problems.append(Problem(str(folder), f"no recipient: nothing will ever be delivered; {_ADD_RECIPIENT}"))
    return found


def read_senders(folder: Path, today: date, problems: list[Problem]) -> tuple[Senders, bytes]:
    """The carriers' client certificates, and all of them as one PEM text."""
    files = _files(folder, problems) if folder.is_dir() else {}
    senders, found = parse_senders(files)
    problems += _said(folder.parent, found)
    problems += _said(folder.parent, senders_outlook(senders, today), is_due=True)
    bad = {finding.place.path for finding in found}
    pems = [data for name, data in sorted(files.items()) if name.endswith(".pem") and f"senders/{name}" not in bad]
    return senders, b"\n".join(pems)


def read_ssh_senders(folder: Path, problems: list[Problem]) -> dict[bytes, str]:
    """The SSH keys by which carriers sign in for SFTP."""
    by_key, found = parse_ssh_senders(_files(folder, problems) if folder.is_dir() else {})
    problems += _said(folder.parent, found)
    return by_key


def read_roles(folder: Path, problems: list[Problem]) -> Roles | None:
    """keys/people.toml: what those may do whom an OpenID provider vouches for."""
    path = folder / ROLES_FILE
    try:
        found = parse_roles(path.read_bytes()) if path.exists() else None
    except OSError:
        found = _UNREADABLE
    if isinstance(found, str):
        problems.append(Problem(str(path), found))
        return None
    return found


def read_alerts(folder: Path, problems: list[Problem]) -> AlertsFile:
    """keys/alerts.toml: the authority's people who are told what is open."""
    path = folder / ALERTS_FILE
    try:
        parsed, found = parse_alerts(path.read_bytes()) if path.exists() else (AlertsFile(), [])
    except OSError:
        problems.append(Problem(str(path), _UNREADABLE))
        return AlertsFile()
    problems += _said(folder, found)
    return parsed


def _files(folder: Path, problems: list[Problem]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            try:
                files[path.name] = path.read_bytes()
            except OSError:
                problems.append(Problem(str(path), _UNREADABLE))
    return files


def _said(folder: Path, findings: Iterable[Finding], *, is_due: bool = False) -> list[Problem]:
    return [Problem(str(folder), f"{f.place}: {f.text}; {f.hint}", is_due) for f in findings]


def schemas() -> Path:
    """The program's published data: beside the package in a checkout, inside it when installed."""
    installed = Path(__file__).parent / "_schemas"
    return installed if installed.is_dir() else PROJECT / "schemas"


def read_law() -> Law:
    """The law of schemas/obligations/, all files together."""
    laws, problems = [], []
    for path in sorted((schemas() / "obligations").glob("*.toml")):
        law, wrong = parse_law(path.name, path.read_text("utf-8"))
        laws.append(law)
        problems += wrong
    merged, wrong = merge(laws)
    problems += wrong
    if problems:
        raise CatalogueError("the law cannot be used as it is:\n" + "\n".join(problems))
    return merged


def read_terms() -> Terms:
    """The published terms of the score."""
    terms = parse_terms((schemas() / "scoring" / "terms.toml").read_text("utf-8"))
    if isinstance(terms, str):
        raise CatalogueError(terms)
    return terms
