"""SFTP to a recipient: a file is there whole or not at all, once, and nothing is sent to a server that is not the one."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import msgspec
import pytest
from click.testing import CliRunner

from gateway.cli import cli
from gateway.keyring import KeyKind, Recipient, new_secret, parse_secret
from gateway.senders import SENDERS, Accepted, Outcome, Refused, TryLater
from gateway.store import Database, Pool
from tests.senders.delivering import alarms, delivering, outgoing, owe, sending, state_is
from tests.senders.ssh_server import CLIENT, Server, public_line, sftp_server

ID = "11111111-2222-5333-8444-555555555555"
ENVELOPE = b"sealed " * 40_000
NAME = f"{ID}.sealed"


@pytest.fixture
async def piu(tmp_path: Path) -> AsyncIterator[Server]:
    async with sftp_server(tmp_path / "there") as server:
        yield server


async def send(
    to: Recipient, *, attempt: int = 1, seconds: float = 5, body: bytes = ENVELOPE, **more: object
) -> Outcome:
    one = outgoing(to, body, ID, attempt=attempt, timeout_seconds=seconds)
    async with sending() as means:
        return await SENDERS["sftp"](one, msgspec.structs.replace(means, **({"ssh": CLIENT} | more)))


def files(server: Server) -> list[str]:
    return sorted(path.name for path in (server.folder / "in").iterdir())


async def test_the_envelope_is_there_whole_under_its_id(piu: Server) -> None:
    assert await send(piu.known()) == Accepted()
    assert files(piu) == [NAME]
    assert (piu.folder / "in" / NAME).read_bytes() == ENVELOPE
    assert piu.done[-2:] == ["fsync", "posix_rename"]


async def test_a_server_that_offers_neither_still_gets_it_whole(piu: Server) -> None:
    piu.lacks = {"fsync", "posix_rename"}
    assert await send(piu.known(folder="/in/")) == Accepted()
    assert (files(piu), piu.done[-1]) == ([NAME], "rename")


async def test_a_repeat_finds_it_there_and_writes_nothing(piu: Server) -> None:
    await send(piu.known())
    piu.done.clear()
    assert await send(piu.known(), attempt=2) == Accepted()
    assert (files(piu), piu.done) == ([NAME], [])


async def test_another_file_of_this_name_is_left_alone_and_told(piu: Server) -> None:
    (piu.folder / "in" / NAME).write_bytes(b"another")
    outcome = await send(piu.known())
    assert isinstance(outcome, Refused)
    assert (piu.folder / "in" / NAME).read_bytes() == b"another"


async def test_another_host_key_gets_nothing_not_even_a_sign_in(piu: Server) -> None:
    outcome = await send(piu.known(host=new_secret(KeyKind.ED25519)))
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person
    assert "nothing was sent" in outcome.reason
    assert (piu.sign_ins, files(piu)) == (0, [])


async def test_a_server_that_does_not_know_us_is_told_to_a_person(piu: Server) -> None:
    outcome = await send(piu.known(), ssh=new_secret(KeyKind.ED25519))
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person
    assert "./gw sftp key" in outcome.reason
    outcome = await send(piu.known(), ssh=None)
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person


async def test_no_room_is_later_and_leaves_nothing_behind(piu: Server) -> None:
    piu.fails["write"] = asyncssh.SFTPNoSpaceOnFilesystem("full of ERIKSSON")
    outcome = await send(piu.known())
    assert isinstance(outcome, TryLater)
    assert outcome.reason.startswith("the server did not take the file (")
    assert files(piu) == []


@pytest.mark.parametrize("step", ["fsync", "posix_rename"])
async def test_what_fails_at_the_end_leaves_nothing_behind(piu: Server, step: str) -> None:
    piu.fails[step] = asyncssh.SFTPFailure("no")
    assert isinstance(await send(piu.known()), TryLater)
    assert files(piu) == []


async def test_a_folder_that_is_missing_or_closed_is_told_to_a_person(piu: Server) -> None:
    for known in (piu.known(folder="elsewhere"), piu.known()):
        piu.fails["write"] = asyncssh.SFTPPermissionDenied("no")
        outcome = await send(known)
        assert isinstance(outcome, TryLater)
        assert outcome.needs_person


async def test_a_connection_cut_in_the_middle_is_made_good_by_the_next_attempt(piu: Server) -> None:
    piu.cuts_at = 100_000
    outcome = await send(piu.known())
    assert isinstance(outcome, TryLater)
    assert NAME not in files(piu)
    piu.cuts_at = None
    assert await send(piu.known(), attempt=2) == Accepted()
    assert files(piu) == [NAME]
    assert (piu.folder / "in" / NAME).read_bytes() == ENVELOPE


async def test_it_hangs(piu: Server) -> None:
    piu.hangs = True
    assert await send(piu.known(), seconds=0.5) == TryLater("not done within 0.5 s")
    assert NAME not in files(piu)


async def test_nobody_listens(piu: Server) -> None:
    known = piu.known()
    assert known.sftp is not None
    gone = msgspec.structs.replace(known, sftp=msgspec.structs.replace(known.sftp, port=1))
    assert await send(gone) == TryLater("the connection failed (ConnectionRefusedError)")


async def test_no_outcome_says_the_servers_own_words(piu: Server) -> None:
    piu.fails["write"] = asyncssh.SFTPFailure("ERIKSSON")
    assert "ERIKSSON" not in str(await send(piu.known()))


async def test_a_delivery_reaches_an_sftp_recipient(
    database: Database, pool: Pool, piu: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(database, pool, piu.known()):
        id = await owe(pool, "example-piu", envelope=b"sealed")
        await state_is(pool, "accepted", id)
    assert (piu.folder / "in" / f"{id}.jose").read_bytes() == b"sealed"
    assert await alarms(pool) == {}


async def test_without_asyncssh_it_is_said_and_kept(piu: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    outcome = await send(piu.known())
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person
    assert "asyncssh" in outcome.reason


@pytest.mark.parametrize(("command", "file"), [("key", "ssh-client"), ("host-key", "ssh-host")])
def test_our_public_keys_are_printed_as_openssh_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, file: str
) -> None:
    monkeypatch.setenv("GATEWAY_STATE", str(tmp_path / "state"))
    first, again = (CliRunner().invoke(cli, ["sftp", command]) for _ in range(2))
    assert (first.exit_code, first.output) == (0, again.output)
    own = parse_secret((tmp_path / "state" / file).read_bytes())
    assert first.stdout.split()[:2] == public_line(own).decode().split()[:2]
    assert asyncssh.import_public_key(public_line(own)).get_fingerprint() in first.output
    assert (tmp_path / "state" / file).stat().st_mode & 0o777 == 0o600
    (tmp_path / "state" / file).write_bytes(b"nonsense")
    assert CliRunner().invoke(cli, ["sftp", command]).exit_code == 3
