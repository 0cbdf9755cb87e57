"""Mail: encrypted or not at all, to whom the certificate says, one attempt one outcome, and a repeat can be told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.demo.folders import certificate
from gateway.keyring.mail import MailServer, is_email, parse_mail_server
from gateway.senders import Accepted, Refused, TryLater
from gateway.senders.smtp import Letter, Posted, message_of, send
from gateway.settings import utc_now
from tests.alerts.mailserver import SENDER, Mailserver, mailserver

ID = UUID("11111111-2222-4333-8444-555555555555")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Mailserver]:
    async with mailserver(tmp_path) as server:
        yield server


def letter(**changes: Any) -> Letter:
    known: dict[str, Any] = {
        "id": ID,
        "to": "duty@port.example",
        "subject": "Due soon",
        "text": "Äänekoski\n",
        "at": utc_now(),
    }
    return Letter(**(known | changes))


async def test_a_mail_arrives_as_it_is_and_can_be_told_from_its_repeat(server: Mailserver) -> None:
    for _ in range(2):
        assert await send(letter(), server.postbox()) == Posted(Accepted(250))
    first, again = server.mails
    assert first["Message-ID"] == again["Message-ID"] == f"<{ID}@port.example>"
    assert (first["From"], first["To"], first["Subject"]) == (
        f"Port of Specimen <{SENDER}>",
        "duty@port.example",
        "Due soon",
    )
    assert (first["Auto-Submitted"], first.get_content_type(), first.get_content()) == ("auto-generated", "text/plain", "Äänekoski\r\n")  # fmt: skip
    assert server.to == [["duty@port.example"]] * 2


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    async with mailserver(tmp_path, implicit=True) as server:
        assert await send(letter(), server.postbox(server=MailServer("127.0.0.1", server.port, implicit=True))) == Posted(Accepted(250))  # fmt: skip


async def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    async with mailserver(tmp_path, tls=False) as server:
        posted = await send(letter(), server.postbox())
        assert isinstance(posted.outcome, TryLater)
        assert (posted.outcome.needs_person, posted.in_doubt, server.mails) == (True, False, [])
        assert "STARTTLS" in posted.outcome.reason
        plain = server.postbox(server=MailServer("127.0.0.1", server.port, plain=True))
        assert await send(letter(), plain) == Posted(Accepted(250))


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_certificate_of_another_gets_nothing(tmp_path: Path, implicit: bool) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(certificate(tmp_path / "other.key", utc_now()))
    async with mailserver(tmp_path, implicit=implicit) as server:
        to = MailServer("127.0.0.1", server.port, implicit=implicit)
        for ca in (other, None):
            posted = await send(letter(), server.postbox(server=to, ca=ca))
            assert posted == Posted(TryLater("the mail server's certificate is not trusted: nothing was sent", needs_person=True))  # fmt: skip
        assert server.mails == []


@pytest.mark.parametrize("phase", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", [421, 450, 451, 550, 552, 554])
async def test_refused_for_now_or_for_good(server: Mailserver, phase: str, code: int) -> None:
    server.says[phase] = f"{code} <duty@port.example> is TESTPERSON"
    posted = await send(letter(), server.postbox())
    if code < 500:
        assert posted == Posted(TryLater(f"the mail server answered {code}", code))
    else:
        assert posted == Posted(Refused(f"the mail server refused it ({code})", code))
    assert "TESTPERSON" not in repr(posted)


@pytest.mark.parametrize(("phase", "in_doubt"), [("RCPT", False), ("DATA", True)])
async def test_a_server_that_hangs_has_it_perhaps_once_it_had_all(
    server: Mailserver, phase: str, in_doubt: bool
) -> None:
    server.hangs.add(phase)
    for seconds in (0.4, 3, 30):  # as long as this machine needs to come so far
        posted = await send(letter(), server.postbox(seconds=seconds))
        if phase in server.reached:
            break
    assert posted == Posted(TryLater("the mail server did not answer in time"), in_doubt)


async def test_a_server_that_hangs_up_has_it_perhaps_once_it_had_all(server: Mailserver) -> None:
    for phase, in_doubt in (("RCPT", False), ("DATA", True)):
        server.cuts = {phase}
        posted = await send(letter(), server.postbox())
        assert posted == Posted(TryLater("the connection to the mail server failed (SMTPServerDisconnected)"), in_doubt)


async def test_nobody_listens(tmp_path: Path) -> None:
    async with mailserver(tmp_path) as server:
        box = server.postbox()
    posted = await send(letter(), box)
    assert posted == Posted(TryLater("the connection to the mail server failed (SMTPConnectError)"))


async def test_a_sign_in_from_a_file_that_stays_out_of_every_word(server: Mailserver, tmp_path: Path) -> None:
    server.user = (b"gateway", b"correct horse")
    file = tmp_path / "smtp"
    file.write_text("gateway\ncorrect horse\n")
    box = server.postbox(credentials=file)
    assert await send(letter(), box) == Posted(Accepted(250))
    file.write_text("gateway\nwrong horse\n")
    posted = await send(letter(), box)
    assert posted == Posted(TryLater("the mail server refused the sign-in (535)", 535, needs_person=True))
    file.write_text("no password here")
    posted = await send(letter(), box)
    assert isinstance(posted.outcome, TryLater)
    assert "two lines" in posted.outcome.reason
    file.unlink()
    assert isinstance((await send(letter(), box)).outcome, TryLater)
    assert len(server.mails) == 1


def test_nothing_breaks_out_of_a_header(tmp_path: Path) -> None:
    box = Mailserver(tmp_path).postbox(name='Port\r\nBcc: x@y.example "<')
    made = message_of(letter(subject="Late\r\nBcc: x@y.example\x00\x85 \u2028now"), box).as_bytes()
    head = made.partition(b"\n\n")[0]
    assert b"\nBcc" not in head
    assert len([line for line in head.splitlines() if line.lower().startswith(b"to:")]) == 1


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.port.example", MailServer("mail.port.example", 587)),
        ("smtp://mail.port.example:25?starttls", MailServer("mail.port.example", 25)),
        ("smtps://mail.port.example", MailServer("mail.port.example", 465, implicit=True)),
        ("smtp://localhost:1025?plain", MailServer("localhost", 1025, plain=True)),
    ],
)
def test_a_mail_servers_address(url: str, server: MailServer) -> None:
    assert parse_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    ["", "mail.port.example", "http://mail.port.example", "smtp://", "smtp://u:secret@mail.port.example", "smtp://u@h.example",
     "smtp://mail.port.example?plain", "smtps://localhost?plain", "smtp://h.example:99999", "smtp://h.example/x", "smtp://[::1"],
)  # fmt: skip
def test_an_address_that_will_not_do_is_said_without_it(url: str) -> None:
    said = parse_mail_server(url)
    assert isinstance(said, str)
    assert "secret" not in said


def test_addresses() -> None:
    assert all(map(is_email, ("duty@port.example", "a.b+c@x-y.port.example")))
    assert not any(map(is_email, ("", "duty", "duty@port", "a b@port.example", "a@port.example\n", "<a@port.example>", "é@port.example", "a@" + "b" * 64 + ".example")))  # fmt: skip
