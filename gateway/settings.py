"""The environment, read once into frozen `Settings`; every problem is said at once.

In: environment variables that begin with GATEWAY_. Out: `Settings`, or `SettingsError` with one line for each mistake.
Also the one clock of the program: the shell asks `utc_now`, the core is told.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec

from gateway.keyring.mail import is_email, parse_mail_server
from gateway.keyring.transports import address_fault
from gateway.people.networks import proxies_in
from gateway.people.openid import is_safe

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout (or site-packages): where carriers/ and keys/ stand unless the environment says otherwise."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


MAX_ATTEMPTS = 16  # tries of a delivery before it is given up: 5 s, 15 s, 45 s … then every 4 h, 26 h at the least


class SettingsError(Exception):
    """The environment cannot be used as it is; the message has a line for each problem."""


def _from_to(least: int, most: int) -> msgspec.Meta:
    return msgspec.Meta(ge=least, le=most)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway is told by its environment. Each field is GATEWAY_<NAME>; the comment is what it is for."""

    name: str = "gateway"  # how receipts and handling headers call this gateway
    state: Path = PROJECT / ".gateway"  # identity, signing key, embedded database: back it up, show it to nobody
    database_url: str | None = None  # any PostgreSQL 15+; the embedded one when absent
    carriers: Path = PROJECT / "carriers"  # one TOML a shipping line
    keys: Path = PROJECT / "keys"  # one folder a recipient; senders/ holds carriers' certificates
    host: str = "127.0.0.1"
    port: Annotated[int, _from_to(1, 65_535)] = 8460
    sftp_port: Annotated[int, _from_to(0, 65_535)] = 0  # where carriers drop files by SFTP; 0: no such door
    tls_cert: Path | None = None  # certificate chain and key (PEM): HTTPS, and mutual TLS for known senders
    tls_key: Path | None = None
    public_url: str | None = None  # how people reach the pages, https://…; the links in alerts begin with it
    oidc_issuer: str | None = None  # an OpenID provider whose people may sign in, as keys/people.toml says
    oidc_client_id: str | None = None  # how it knows us, and the file with our secret there
    oidc_client_secret_file: Path | None = None
    proxies: str = ""  # networks of our own reverse proxies, with commas: their X-Forwarded-For and -Proto are believed
    workers: Annotated[int, _from_to(0, 64)] = 1  # processes beside the web process; with 0, `./gw worker` elsewhere
    max_body: Annotated[int, _from_to(1 << 10, 1 << 30)] = (
        32 << 20
    )  # of one submission; the largest list known: 13.6 MB
    lease_seconds: Annotated[int, _from_to(1, 86_400)] = 60  # how long a worker may hold a submission or a delivery
    smtp_url: str | None = None  # the mail server for alerts: smtp://host:587 (STARTTLS) or smtps://host:465
    smtp_from: str | None = None  # the address that alerts come from
    smtp_credentials: Path | None = None  # a file with two lines: the user's name and the password for the mail server
    smtp_ca: Path | None = None  # certificates (PEM) that the mail server's must lead to, where the system knows none


_OF_OTHERS = frozenset(("GATEWAY_PG_BINDIR", "GATEWAY_TOKEN"))  # the embedded PostgreSQL's, and an option of commands


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (the process's own by default). Unknown GATEWAY_ names are problems: they are typos."""
    environment = os.environ if environment is None else environment
    known = {f"GATEWAY_{field.name.upper()}": field for field in msgspec.structs.fields(Settings)}
    given = {
        name: value for name, value in environment.items() if name.startswith("GATEWAY_") and name not in _OF_OTHERS
    }
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, text in given.items():
        field = known.get(name)
        if field is None:
            problems.append(f"{name}: no such setting; there are {', '.join(sorted(known))}")
            continue
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False, dec_hook=_to_path)
        except msgspec.ValidationError:
            problems.append(f"{name}: expected {_expected(field.type)}")
    if not _are_networks(values.get("proxies", "")):
        problems.append(
            "GATEWAY_PROXIES: expected addresses or networks with commas between them, as in 10.0.0.0/8,::1"
        )
    problems += _wrong_with_provider(values)
    if (values.get("tls_cert") is None) != (values.get("tls_key") is None):
        problems.append("GATEWAY_TLS_CERT and GATEWAY_TLS_KEY: give both or neither")
    problems += _wrong_with_mail(values)
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _wrong_with_provider(values: Mapping[str, Any]) -> Iterator[str]:
    """All of it or nothing: half a provider lets nobody in."""
    names = ("oidc_issuer", "oidc_client_id", "oidc_client_secret_file")
    if len({values.get(name) is None for name in names}) > 1:
        yield "GATEWAY_OIDC_ISSUER, GATEWAY_OIDC_CLIENT_ID and GATEWAY_OIDC_CLIENT_SECRET_FILE: give all three or none"
    issuer, secret = values.get("oidc_issuer"), values.get("oidc_client_secret_file")
    if issuer is not None and not is_safe(issuer):
        yield "GATEWAY_OIDC_ISSUER: expected an address that begins with https://"
    if issuer is not None and values.get("public_url") is None:
        yield "GATEWAY_PUBLIC_URL: the provider must be told where to send people back to; give it with GATEWAY_OIDC_ISSUER"
    if secret is not None and not os.access(secret, os.R_OK):
        yield "GATEWAY_OIDC_CLIENT_SECRET_FILE: there is no such file, or it cannot be read"


def _are_networks(text: str) -> bool:
    try:
        proxies_in(text)
    except ValueError:
        return False
    return True


def _wrong_with_mail(values: Mapping[str, Any]) -> Iterator[str]:
    """Values are not repeated: somebody may have put a password there."""
    if (values.get("smtp_url") is None) != (values.get("smtp_from") is None):
        yield "GATEWAY_SMTP_URL and GATEWAY_SMTP_FROM: give both or neither"
    url = values.get("smtp_url")
    if url is not None and isinstance(server := parse_mail_server(url), str):
        yield f"GATEWAY_SMTP_URL: {server}"
    if (sender := values.get("smtp_from")) is not None and not is_email(sender):
        yield "GATEWAY_SMTP_FROM: expected an e-mail address, such as gateway@port.example"
    if url is None and (values.get("smtp_credentials") or values.get("smtp_ca")):
        yield "GATEWAY_SMTP_CREDENTIALS and GATEWAY_SMTP_CA are of no use without GATEWAY_SMTP_URL"
    address = values.get("public_url")
    if address is not None and (why := address_fault(address)):
        yield f"GATEWAY_PUBLIC_URL cannot be used: {why}"


def _expected(kind: Any) -> str:
    """Only whole numbers can be wrong, and each has its range; any text is a text, or a path."""
    range = next(part for part in get_args(kind) if isinstance(part, msgspec.Meta))
    return f"a whole number from {range.ge} to {range.le}"


def _to_path(kind: type[Path], value: object) -> Path:
    """For the one type of a setting that msgspec does not know itself."""
    return kind(str(value)).expanduser()
