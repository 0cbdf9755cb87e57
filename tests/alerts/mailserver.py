"""A mail server on loopback (aiosmtpd) that does what a test tells it to: STARTTLS, sign-in, refusals, silence."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateway.demo.folders import certificate
from gateway.keyring.mail import MailServer
from gateway.senders.smtp import Postbox
from gateway.settings import utc_now

SENDER = "gateway@port.example"


class Mailserver:
    """`mails`: what it took. `says`: what it answers to "RCPT" or "DATA" instead of 250. What is in `hangs` it never answers, and at what is in
    `cuts` it hangs up; a mail whose DATA ends so it has all the same. `reached`: how far clients came. `user`: whom it lets in."""

    def __init__(self, folder: Path) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.says: dict[str, str] = {}
        self.hangs: set[str] = set()
        self.cuts: set[str] = set()
        self.reached: set[str] = set()
        self.user: tuple[bytes, bytes] | None = None
        self.connections = self.port = 0
        self.ca, self.key = folder / "mail.pem", folder / "mail.key"
        self.ca.write_bytes(certificate(self.key, utc_now()))

    def postbox(self, **changes: Any) -> Postbox:
        known: dict[str, Any] = {"server": MailServer("127.0.0.1", self.port), "sender": SENDER, "name": "Port of Specimen", "ca": self.ca, "seconds": 3}  # fmt: skip
        return Postbox(**(known | changes))

    async def handle_RCPT(self, talk: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        await self._trouble("RCPT", talk)
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, talk: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" not in self.says:
            mail: Message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
            self.mails.append(cast(EmailMessage, mail))
            self.to.append(envelope.rcpt_tos)
        await self._trouble("DATA", talk)
        return self.says.get("DATA", "250 OK")

    async def _trouble(self, phase: str, talk: SMTP) -> None:
        self.reached.add(phase)
        if phase in self.cuts and isinstance(talk.transport, asyncio.Transport):
            talk.transport.abort()
        if phase in self.hangs | self.cuts:
            await asyncio.sleep(60)

    def authenticate(self, *asked: Any) -> AuthResult:
        data = asked[-1]
        good = isinstance(data, LoginPassword) and (data.login, data.password) == self.user
        return AuthResult(success=good, handled=False)


@asynccontextmanager
async def mailserver(folder: Path, *, tls: bool = True, implicit: bool = False) -> AsyncIterator[Mailserver]:
    """A server with a certificate of its own making; without `tls` it knows no STARTTLS."""
    made = Mailserver(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.ca, made.key)
    loop = asyncio.get_running_loop()
    talks: list[SMTP] = []

    def accept() -> SMTP:
        made.connections += 1
        starttls = context if tls and not implicit else None
        talks.append(SMTP(made, hostname="mail.port.example", tls_context=starttls, require_starttls=bool(starttls),
                          authenticator=made.authenticate, auth_require_tls=bool(starttls), loop=loop))  # fmt: skip
        return talks[-1]

    server = await loop.create_server(accept, "127.0.0.1", 0, ssl=context if implicit else None)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for talk in talks:
            if isinstance(talk.transport, asyncio.Transport):
                talk.transport.abort()
        await asyncio.sleep(0)
        await server.wait_closed()
