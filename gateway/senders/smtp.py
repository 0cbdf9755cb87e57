"""Send an alert by e-mail: SMTP submission (RFC 6409) with STARTTLS (RFC 3207) or TLS from the start (RFC 8314), the certificate verified.

In: a `Letter` and the `Postbox` to put it into. Out: an `Outcome`, and whether the mail may have arrived all the same. Nothing is said to a
server that does not encrypt, not even a name. The Message-ID is the alert message's id, the same in every attempt, so that a
mailbox can tell a repeat; Auto-Submitted (RFC 3834) keeps other machines from answering. What a server says is never repeated but
for its number: it may name an address.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

import aiosmtplib
import msgspec

from gateway.keyring.mail import MailServer
from gateway.senders.outcome import Accepted, Refused, TryLater

_FAREWELL_SECONDS = 1.0
_SECONDS = 30.0  # for a whole mail; a server that lets one wait longer is busy


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A plain text to one address. `at`: when it came to be sent, the same in every attempt."""

    id: UUID
    to: str
    subject: str
    text: str
    at: datetime


class Postbox(msgspec.Struct, frozen=True, kw_only=True):
    """Where mails leave. `credentials` and `ca` are files, read at each mail, so that a changed password needs no new start."""

    server: MailServer
    sender: str
    name: str
    credentials: Path | None = None
    ca: Path | None = None
    seconds: float = _SECONDS


class Posted(msgspec.Struct, frozen=True):
    """What came of it. `in_doubt`: the server had the whole mail and did not say that it took it."""

    outcome: Accepted | TryLater | Refused
    in_doubt: bool = False


async def send(letter: Letter, postbox: Postbox) -> Posted:
    """One attempt."""
    talk = _Talk(letter, postbox)
    try:
        async with asyncio.timeout(postbox.seconds):
            return Posted(await talk.send())
    except Exception as error:
        return Posted(_outcome(error), talk.is_said)
    finally:
        talk.close()


class _Talk:
    """One connection, one mail."""

    def __init__(self, letter: Letter, postbox: Postbox) -> None:
        self._letter, self._postbox = letter, postbox
        self._client: aiosmtplib.SMTP | None = None
        self.is_said = False

    async def send(self) -> Accepted:
        message = message_of(self._letter, self._postbox).as_bytes(policy=WIRE)
        server = self._postbox.server
        trusted = None if server.plain else await asyncio.to_thread(_trusted, self._postbox.ca)
        user = await asyncio.to_thread(_credentials, self._postbox.credentials)
        self._client = client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.implicit,
            start_tls=not (server.implicit or server.plain),
            tls_context=trusted,
            local_hostname=self._postbox.sender.rpartition("@")[2],
            timeout=self._postbox.seconds,
        )
        await client.connect()
        if user is not None:
            await client.login(*user)
        await client.mail(self._postbox.sender)
        await client.rcpt(self._letter.to)
        self.is_said = True
        try:
            answer = await client.data(message)
        except aiosmtplib.SMTPResponseException:  # it has said that it does not take it
            self.is_said = False
            raise
        with contextlib.suppress(Exception):  # it has the mail; how it parts changes nothing
            await client.quit(timeout=_FAREWELL_SECONDS)
        return Accepted(answer.code)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def message_of(letter: Letter, postbox: Postbox) -> EmailMessage:
    """The mail. EmailMessage lets no line break into a header."""
    user, _, domain = postbox.sender.rpartition("@")
    message = EmailMessage()
    message["From"] = Address(display_name=_one_line(postbox.name), username=user, domain=domain)
    message["To"] = letter.to
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _trusted(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _credentials(file: Path | None) -> tuple[str, str] | None:
    if file is None:
        return None
    user, password = file.read_text("utf-8").splitlines()[:2]
    return user, password


_BY_TYPE: tuple[tuple[type[Exception], Callable[[], TryLater]], ...] = (
    (ssl.SSLError, lambda: TryLater("the mail server's certificate is not trusted: nothing was sent", needs_person=True)),
    (TimeoutError, lambda: TryLater("the mail server did not answer in time")),
    (ValueError, lambda: TryLater("GATEWAY_SMTP_CREDENTIALS: expected two lines, the user and the password", needs_person=True)),
    (FileNotFoundError, lambda: TryLater("the file in GATEWAY_SMTP_CREDENTIALS or GATEWAY_SMTP_CA is not there", needs_person=True)),
)  # fmt: skip


def _outcome(error: Exception) -> TryLater | Refused:
    """What an exception means. 4xx: not now; 5xx to the address or the mail: never like this (RFC 5321 section 4.2.1)."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return TryLater(f"the mail server refused the sign-in ({error.code})", error.code, needs_person=True)
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) and error.code >= 500:
        return Refused(f"the mail server refused it ({error.code})", error.code)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return TryLater(f"the mail server answered {error.code}", error.code)
    if type(error) is aiosmtplib.SMTPException:  # the library has no kinds of its own for these two
        return TryLater(
            "the mail server offers no STARTTLS, or no sign-in that we know: nothing was sent", needs_person=True
        )
    for kind, said in _BY_TYPE:
        if isinstance(error, kind) or isinstance(error.__cause__, kind):
            return said()
    if isinstance(error, aiosmtplib.SMTPException | OSError):
        return TryLater(f"the connection to the mail server failed ({type(error).__name__})")
    raise error
