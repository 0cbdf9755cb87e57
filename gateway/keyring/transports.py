"""How a sealed delivery gets to a recipient: `[send]` names the transport, a table of its name holds what that one needs.

In: those tables of `recipient.toml`, as far as they could be read, and the folder's files. Out: frozen Structs, and every
problem with the table that is used. A transport is a Struct here, its name in `Transport`, a field of `Transports`, and an
entry in `_TABLES` and `_CHECKS`; what it does is a module of `gateway.senders`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography import x509

from gateway.findings import Finding, Place, Rule, Severity
from gateway.keyring.as4 import As4, as4_problems
from gateway.keyring.ssh import ssh_key_of

Parts = Mapping[str, Any]
"""What is known of a table, as `read_table` tells it."""

Transport = Literal["https", "as4", "sftp", "feed"]


_HOST = "a host name or an address, such as sftp.piu.example"
_USER = "a user name of letters, digits and _ . @ -"
_FOLDER = 'a folder on the server, such as "incoming"'


class Send(msgspec.Struct, frozen=True, kw_only=True):
    """How it gets there. "feed" waits until the recipient fetches it; each other one has a table of its name."""

    transport: Transport
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=300)] = 30


class Https(msgspec.Struct, frozen=True, kw_only=True):
    """Posted to `url`. `tls` names a PEM certificate in the folder: the server must show exactly this one."""

    FILES: ClassVar[tuple[str, ...]] = ("tls",)
    url: str
    tls: str | None = None


class Sftp(msgspec.Struct, frozen=True, kw_only=True):
    """Put into `folder` as a file. `host_key` names a file in the folder with the server's public key, one line as in known_hosts
    without the host, or as `ssh-keyscan` and `ssh-keygen` write it."""

    FILES: ClassVar[tuple[str, ...]] = ("host_key",)
    host: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$", description=_HOST)]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 22
    user: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$", description=_USER)]
    folder: Annotated[str, msgspec.Meta(pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]{0,199}$", description=_FOLDER)] = "."
    host_key: str


class Transports(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of `recipient.toml` that say how it is reached. `FILES` of each: its settings that name a file."""

    send: Send
    https: Https | None = None
    as4: As4 | None = None
    sftp: Sftp | None = None


def _error(id: str, text: str, hint: str) -> Rule:
    return Rule(id=id, severity=Severity.ERROR, text=text, hint=hint)


NO_FILE = _error("K-01", "the folder has no {file}", "add the file, or correct its name where it is mentioned")
BAD_URL = _error(
    "K-12", "the address cannot be used ({why})", "give an https:// address without user name, password or fragment"
)
BAD_TLS = _error(
    "K-19", "{file} is not a PEM certificate", "export the server's certificate as PEM (BEGIN CERTIFICATE)"
)
NO_TABLE = _error(
    "K-60",
    'the transport is "{transport}", and there is no table [{transport}]',
    "add the table with its settings, as keys/README.md shows, or choose another transport",
)
OTHER_TABLE = _error(
    "K-61",
    'there is a table [{name}], and the transport is "{transport}"',
    "remove the table, or choose its transport: a recipient is reached in one way",
)
BAD_HOST_KEY = _error(
    "K-62",
    "the host key in {file} cannot be used",
    "put the server's public host key there, one line such as ssh-ed25519 AAAA…; compare its fingerprint by telephone",
)


def transport_problems(known: Parts, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is wrong with the way in which a recipient is to be reached, beyond the types of its settings."""
    used = known.get("send", {}).get("transport")
    if used in _TABLES and known.get(used, ...) is None:
        yield NO_TABLE.at(Place(path="recipient.toml"), transport=used)
    for name, table in _tables(known):
        place = Place(path=f"recipient.toml, [{name}]")
        if used not in (None, name):
            yield OTHER_TABLE.at(place, name=name, transport=used)
        for file in _named(name, table):
            if file not in files:
                yield NO_FILE.at(place, file=file)
        yield from _CHECKS[name](table, files)


def transport_files(known: Parts, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that the transports' tables name."""
    return {file: files[file] for name, table in _tables(known) for file in _named(name, table)}


def _tables(known: Parts) -> Iterator[tuple[str, Parts]]:
    return ((name, known[name]) for name in _TABLES if known.get(name) is not None)


def _named(name: str, table: Parts) -> Iterator[str]:
    for field in _TABLES[name].FILES:
        value = table.get(field) or ()
        yield from (value,) if isinstance(value, str) else value


def _https_problems(table: Parts, files: Mapping[str, bytes]) -> Iterator[Finding]:
    yield from _server_problems("https", table, files)


def _as4_problems(table: Parts, files: Mapping[str, bytes]) -> Iterator[Finding]:
    yield from _server_problems("as4", table, files)
    yield from as4_problems(table, files)


def _server_problems(name: str, table: Parts, files: Mapping[str, bytes]) -> Iterator[Finding]:
    if "url" in table and (why := address_fault(table["url"])):
        yield BAD_URL.at(Place(path=f"recipient.toml, [{name}]"), why=why)
    tls = table.get("tls")
    if tls and tls in files:
        try:
            x509.load_pem_x509_certificate(files[tls])
        except ValueError:
            yield BAD_TLS.at(Place(path=tls), file=tls)


def address_fault(url: str) -> str | None:
    """Why `url` will not do. Plain http is let through to this machine only, where nothing is on a wire."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is not a URL"
    if not host:
        return "there is none" if not url else "it names no host"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost")):
        return "it does not begin with https://"
    return "it holds a user name, a password or a fragment" if parts.username or parts.fragment else None


def _sftp_problems(table: Parts, files: Mapping[str, bytes]) -> Iterator[Finding]:
    name = table.get("host_key")
    if name and name in files and ssh_key_of(files[name]) is None:
        yield BAD_HOST_KEY.at(Place(path=name), file=name)


_TABLES: Final[Mapping[str, type[Https | As4 | Sftp]]] = {"https": Https, "as4": As4, "sftp": Sftp}
_CHECKS: Final[Mapping[str, Callable[[Parts, Mapping[str, bytes]], Iterator[Finding]]]] = {
    "https": _https_problems,
    "as4": _as4_problems,
    "sftp": _sftp_problems,
}
