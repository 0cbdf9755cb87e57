"""The mail server that alerts leave by, as GATEWAY_SMTP_URL names it: smtp://host:587 (STARTTLS, RFC 3207) or smtps://host:465 (RFC 8314).

In: the address. Out: a `MailServer`, or what is wrong with it, without the address itself. A mail leaves encrypted or not at all; only to
this very machine may it be plain, and only where the address says so: smtp://localhost:25?plain.
"""

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_PORTS: Final = {"smtp": 587, "smtps": 465}  # RFC 6409 section 3.1, RFC 8314 section 3.3
_EMAIL: Final = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9._+'-]{0,63}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class MailServer(msgspec.Struct, frozen=True):
    """`implicit`: TLS from the first byte; `plain`: none at all; else STARTTLS before anything is said."""

    host: str
    port: int
    implicit: bool = False
    plain: bool = False


def parse_mail_server(url: str) -> MailServer | str:
    """The server, or what is wrong with its address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "it is not a URL"
    if parts.scheme not in _PORTS or not host:
        return "expected smtp://host:587 (STARTTLS) or smtps://host:465"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name or a password; they belong into the file that GATEWAY_SMTP_CREDENTIALS names"
    if parts.path not in ("", "/") or parts.fragment or parts.query not in ("", "starttls", "plain"):
        return 'nothing follows the port but "?starttls" or "?plain"'
    if parts.query == "plain" and (parts.scheme != "smtp" or host not in _LOOPBACK):
        return "plain text is for smtp:// to this machine only; use STARTTLS or smtps://"
    is_tls = parts.scheme == "smtps"
    return MailServer(host, port or _PORTS[parts.scheme], is_tls, parts.query == "plain")


def is_email(text: str) -> bool:
    """Whether it is an address as mail servers everywhere take it: ASCII, a domain with a dot."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None
