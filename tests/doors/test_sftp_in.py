"""Files by SFTP: what is closed whole is stored before the close is answered, what is cut is not there, nobody gets further."""

import asyncio
import contextlib
import hashlib
import inspect
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncssh
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import sftp
from gateway.catalogue import load
from gateway.cli.serving import sftp_door
from gateway.keyring import KeyKind, SecretKey, new_secret
from gateway.receipts import verify_receipt
from gateway.settings import utc_now
from gateway.sftp.files import Files
from gateway.sftp.uploads import NotTaken, Room, Upload
from gateway.store import Database, Pool
from gateway.store.cluster import CannotStart
from tests.flow.test_worker import state_is, working
from tests.often import often
from tests.senders.ssh_server import public_line
from tests.web.world import CARRIER, RIVAL, Folders, list_of, make_folders

OWN, RIVALS, HOST = (new_secret(KeyKind.ED25519) for _ in range(3))


class Place(msgspec.Struct, frozen=True):
    """A door that is open."""

    port: int
    pool: Pool
    folders: Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = make_folders(tmp_path)
    for carrier, key in ((CARRIER, OWN), (RIVAL, RIVALS), ("no-carrier", HOST)):
        line = b"# the night desk's machine\n\n" + public_line(key)
        (made.settings.keys / "senders" / f"{carrier}.pub").write_bytes(line)
    return made


@pytest.fixture
async def place(folders: Folders, pool: Pool) -> AsyncIterator[Place]:
    async with sftp.serving(folders.settings, load(folders.settings, utc_now().date()), pool, HOST) as port:
        yield Place(port, pool, folders)


@asynccontextmanager
async def connected(
    place: Place, user: str = CARRIER, key: SecretKey = OWN
) -> AsyncIterator[asyncssh.SSHClientConnection]:
    async with asyncssh.connect(
        "127.0.0.1",
        place.port,
        username=user,
        client_keys=[asyncssh.import_private_key(key.pem)],
        known_hosts=([asyncssh.import_public_key(public_line(HOST))], [], []),
        config=None,
        agent_path=None,
    ) as connection:
        yield connection


@asynccontextmanager
async def client(place: Place, user: str = CARRIER, key: SecretKey = OWN) -> AsyncIterator[asyncssh.SFTPClient]:
    async with connected(place, user, key) as connection, connection.start_sftp_client() as made:
        yield made


async def put(there: asyncssh.SFTPClient, name: str, data: bytes) -> None:
    async with there.open(name, "wb") as file:
        await file.write(data)


async def stored(place: Place) -> list[Any]:
    return await place.pool.fetch("SELECT carrier, channel, sha256, size FROM submission ORDER BY arrival")


async def test_a_closed_file_is_a_submission_before_the_close_is_answered(place: Place) -> None:
    data = list_of()
    async with client(place) as there:
        await put(there, "list.json", data)
        [row] = await stored(place)
        assert tuple(row) == (CARRIER, "sftp", hashlib.sha256(data).digest(), len(data))
        assert sorted(await there.listdir("/")) == [".", "..", "answers", "list.json"]
        assert (await there.stat("list.json")).size == len(data)


async def test_the_receipt_and_the_answer_are_fetched_under_the_files_digest(place: Place, database: Database) -> None:
    data, catalogue = list_of(), load(place.folders.settings, utc_now().date())
    digest = hashlib.sha256(data).hexdigest()
    async with client(place) as there:
        await put(there, "list.json", data)
        assert await there.listdir("answers") == [".", "..", f"{digest}.receipt.json"]
        async with there.open(f"/answers/{digest}.receipt.json", "rb") as file:
            verdict = verify_receipt(await file.read(), catalogue.identity.verify_keys, [data])
        assert verdict.receipt is not None
        assert (verdict.problems, verdict.receipt.channel, verdict.receipt.carrier) == ((), "sftp", CARRIER)
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await there.stat(f"answers/{digest}.answer.json")
        async with working(database, place.pool, catalogue):
            await state_is(place.pool, await place.pool.fetchval("SELECT id FROM submission"), "processed")
        async with there.open(f"answers/{digest}.answer.json", "rb") as file:
            answer = msgspec.json.decode(await file.read())
        assert (answer["persons"], answer["submission"]) == (5, verdict.receipt.submission)
        assert (await there.stat(f"answers/{digest}.answer.json")).size
    async with client(place, RIVAL, RIVALS) as other:
        assert await other.listdir("answers") == [".", ".."]
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await other.open(f"answers/{digest}.receipt.json", "rb")


@pytest.mark.parametrize("name", [".list.json", "list.json.part", "LIST.TMP", "list.filepart"])
async def test_a_temporary_name_waits_for_its_rename(place: Place, name: str) -> None:
    async with client(place) as there:
        await put(there, name, list_of())
        assert await stored(place) == []
        assert (await there.stat(name)).size == len(list_of())
        await there.rename(name, "other.part")
        assert await stored(place) == []
        await there.posix_rename("other.part", "list.json")
        assert len(await stored(place)) == 1
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await there.rename(name, "again.json")
        await put(there, ".withdrawn", b"x")
        await there.remove(".withdrawn")
        assert ".withdrawn" not in await there.listdir()
    assert len(await stored(place)) == 1


@pytest.mark.parametrize("how", ["the connection is cut", "the channel ends", "the client goes"])
async def test_a_file_that_was_not_closed_is_not_there(place: Place, how: str) -> None:
    async with connected(place) as connection:
        there = await connection.start_sftp_client()
        file = await there.open("list.json", "wb")
        await file.write(list_of()[:-20])
        await put(there, "waits.part", list_of())
        if how == "the connection is cut":
            connection.abort()
        elif how == "the channel ends":
            there._handler._writer.write_eof()  # type: ignore[attr-defined]
            await asyncio.sleep(0.1)
        else:
            there.exit()
            await there.wait_closed()
    await asyncio.sleep(0.1)
    assert await stored(place) == []
    async with client(place) as again:
        assert sorted(await again.listdir()) == [".", "..", "answers"]


async def test_what_cannot_be_stored_is_not_acknowledged(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("ERIKSSON")

    async with client(place) as there:
        await put(there, "list.part", list_of())
        for step in (put(there, "list.json", list_of()), there.rename("list.part", "list.json")):
            with monkeypatch.context() as patch:
                patch.setattr("gateway.sftp.desk.receive", away)
                with pytest.raises(asyncssh.SFTPFailure) as told:
                    await step
            assert "nothing was taken" in str(told.value)
            assert "ERIKSSON" not in str(told.value)
        assert await stored(place) == []
        await put(there, "list.json", list_of())
    assert len(await stored(place)) == 1


async def test_the_same_file_again_is_the_same_submission(place: Place) -> None:
    for _ in range(2):
        async with client(place) as there:
            await put(there, "list.json", list_of())
            await put(there, "list.json", list_of())
    assert len(await stored(place)) == 1


async def test_what_is_too_large_empty_or_has_a_gap_is_refused(place: Place) -> None:
    most = place.folders.settings.max_body
    async with client(place) as there:
        for data in (b"x" * (most + 1), b""):
            with pytest.raises(asyncssh.SFTPFailure):
                await put(there, "list.csv", data)
        file = await there.open("list.csv", "wb")
        await file.write(b"x", 10)
        with pytest.raises(asyncssh.SFTPFailure, match="gap"):
            await file.close()
        await put(there, "most.csv", b"x" * most)
    assert [row["size"] for row in await stored(place)] == [most]


async def test_memory_is_given_back_however_a_file_ends(place: Place) -> None:
    most = place.folders.settings.max_body
    for _ in range(12):  # times the largest size: more than the room for all
        async with client(place) as there:
            await put(there, "waits.part", b"x" * most)
            file = await there.open("open.csv", "wb")
            await file.write(b"x" * most)
    async with client(place) as there:
        await put(there, "list.csv", b"x" * most)
    assert len(await stored(place)) == 1


@pytest.mark.parametrize(
    ("user", "key"), [(CARRIER, RIVALS), (RIVAL, OWN), ("root", OWN), (CARRIER, HOST), ("no-carrier", HOST), ("", OWN)]
)
async def test_nobody_gets_in_but_with_the_key_of_the_carrier_they_name(
    place: Place, user: str, key: SecretKey
) -> None:
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        async with client(place, user, key):
            pass


async def test_no_password_no_shell_no_command_no_forwarding_no_copy(place: Place) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await asyncssh.connect(
            "127.0.0.1", place.port, username=CARRIER, password="x", client_keys=None, known_hosts=None, config=None,
            agent_path=None,
        )  # fmt: skip
    async with connected(place) as connection:
        for command in ("id", None, "scp -t /tmp/x"):
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(command)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", place.port)
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", place.port)


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "answers/../../../etc/passwd", "x/y", "answers/a/b", "/dev/null/x"])  # fmt: skip
async def test_no_path_leads_out(place: Place, path: str) -> None:
    async with client(place) as there:
        for step in (there.open(path, "rb"), there.stat(path), there.remove(path), there.listdir(path), there.open(path, "wb"), there.mkdir(path), there.readlink(path), there.symlink("/etc/passwd", path), there.link("/etc/passwd", path), there.statvfs(path)):  # fmt: skip
            with pytest.raises(asyncssh.SFTPError):
                await step
        assert await there.realpath("../..") == "/"
        assert sorted(await there.listdir("..")) == [".", "..", "answers"]


async def test_what_was_handed_in_is_neither_read_back_nor_removed_nor_renamed(place: Place) -> None:
    async with client(place) as there:
        await put(there, "list.json", list_of())
        for step in (there.open("list.json", "rb"), there.remove("list.json"), there.rename("list.json", "x"), there.open("answers/x", "wb"), there.open("list.json", "ab"), there.rename("list.json", "answers/x"), there.open("answers", "wb"), there.rmdir("answers")):  # fmt: skip
            with pytest.raises(asyncssh.SFTPError):
                await step
    assert len(await stored(place)) == 1


async def test_a_carrier_has_so_many_connections_and_a_connection_so_many_files(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "MOST_OF_ONE_CARRIER", 2)
    async with client(place), client(place) as there:
        with pytest.raises((asyncssh.DisconnectError, asyncssh.Error)):
            async with client(place):
                pass
        async with client(place, RIVAL, RIVALS):
            pass
        files = [await there.open(f"{n}.part", "wb") for n in range(8)]
        with pytest.raises(asyncssh.SFTPFailure):
            await there.open("9.part", "wb")
        for file in files:
            await file.close()
    monkeypatch.setattr(sftp, "MOST_CONNECTIONS", 1)
    async with client(place):
        with pytest.raises((OSError, asyncssh.Error)):
            async with client(place, RIVAL, RIVALS):
                pass
    async with client(place, RIVAL, RIVALS):
        pass


async def test_a_stranger_who_only_holds_the_line_keeps_no_carrier_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has half a minute to sign in; without a limit for one address, one machine takes all the places there are."""
    monkeypatch.setattr(sftp, "MOST_CONNECTIONS", 10)
    async with client(place) as there:
        lines = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(12)]
        heads = [await asyncio.wait_for(reader.read(3), 5) for reader, _ in lines]
        assert heads.count(b"SSH") == sftp.MOST_UNKNOWN
        assert await there.listdir("answers") == [".", ".."], "who has signed in is no stranger"
        for _, writer in lines:
            writer.close()
        async with asyncio.timeout(5):
            while True:
                with contextlib.suppress(OSError, asyncssh.Error):
                    async with client(place):
                        break
                await asyncio.sleep(0.05)


async def test_openssh_drops_a_file_and_fetches_its_receipt(place: Place, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(asyncssh.import_private_key(OWN.pem).export_private_key("openssh"))
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "hosts").write_bytes(f"[127.0.0.1]:{place.port} ".encode() + public_line(HOST))
    (tmp_path / "list.json").write_bytes(list_of())
    digest = hashlib.sha256(list_of()).hexdigest()
    lines = [
        "put -p list.json list.json.part",
        "rename list.json.part list.json",
        "ls -l",
        f"get answers/{digest}.receipt.json",
    ]
    (tmp_path / "batch").write_text("\n".join(lines))
    command = ["sftp", "-F", "none", "-b", "batch", "-i", "key", "-P", str(place.port), "-o", "UserKnownHostsFile=hosts", f"{CARRIER}@127.0.0.1"]  # fmt: skip
    done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{digest}.receipt.json").read_bytes().startswith(b"{")
    assert len(await stored(place)) == 1


async def test_one_carrier_leaves_room_for_the_others(place: Place) -> None:
    most = place.folders.settings.max_body
    async with client(place) as there, client(place, RIVAL, RIVALS) as other:
        for number in range(4):
            await put(there, f"{number}.part", b"x" * most)
        with pytest.raises(asyncssh.SFTPFailure, match="at once"):
            await put(there, "5.part", b"x")
        await put(other, "list.csv", b"x" * most)
        await there.remove("0.part")
        await put(there, "5.part", b"x")


async def test_papers_that_are_opened_and_never_closed_fill_no_memory(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "_ROOM_FOR_ONE", 1)
    receipt = f"answers/{hashlib.sha256(list_of()).hexdigest()}.receipt.json"
    for _ in range(2):  # what a client leaves open when it goes, the next one has
        async with client(place) as there:
            await put(there, "list.json", list_of())
            size = (await there.stat(receipt)).size or 0
            await put(there, "fills.part", b"x" * (place.folders.settings.max_body - 3 * size))
            files = [await there.open(receipt, "rb") for _ in range(3)]
            with pytest.raises(asyncssh.SFTPFailure, match="at once"):
                await there.open(receipt, "rb")
            await files[0].close()
            await there.open(receipt, "rb")


async def test_a_line_that_is_cut_anywhere_leaves_nothing_behind(place: Place) -> None:
    """Threat T1.14: cut at many points between sign-in and the last byte, never half a list; with the whole, exactly one."""
    data, cuts = list_of() * 30, 0
    for most in [*range(4_000, 100_000, 8_000), 10**9]:
        async with wire(place, most) as port:
            try:
                async with client(msgspec.structs.replace(place, port=port)) as there:
                    await put(there, "list.json", data)
            except (asyncssh.Error, OSError):
                cuts += 1
    assert 11 <= cuts <= 12
    assert [row["sha256"] for row in await stored(place)] == [hashlib.sha256(data).digest()]


@asynccontextmanager
async def wire(place: Place, most: int) -> AsyncIterator[int]:
    """A line to the door that breaks after `most` bytes from the client."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int) -> None:
        with contextlib.suppress(OSError):
            while left > 0 and (data := await reader.read(2048)):
                writer.write(data[:left])
                left -= len(data)
                await writer.drain()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, on = await asyncio.open_connection("127.0.0.1", place.port)
        ways = [asyncio.create_task(carry(reader, on, most)), asyncio.create_task(carry(back, writer, 10**9))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        on.transport.abort()
        writer.transport.abort()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_why_there_can_be_no_such_door_is_a_sentence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = msgspec.structs.replace(place.folders.settings, sftp_port=place.port)
    catalogue = load(settings, utc_now().date())

    async def said() -> str:
        with pytest.raises(CannotStart) as told:
            async with sftp_door(settings, catalogue, place.pool):
                pass
        return str(told.value)

    assert "GATEWAY_SFTP_PORT" in await said()
    (settings.state / "ssh-host").write_bytes(b"nonsense")
    assert "restore it from your copy" in await said()
    monkeypatch.setitem(sys.modules, "gateway.sftp", None)
    assert "asyncssh" in await said()


def test_every_operation_is_answered_here_and_not_by_the_file_system() -> None:
    text_only = {"convert_attrs", "format_group", "format_longname", "format_user"}
    for name, operation in inspect.getmembers(asyncssh.SFTPServer, callable):
        if not name.startswith("_") and name not in text_only:
            assert getattr(Files, name) is not operation, name


@often(30)
@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=6), st.randoms(use_true_random=False))
def test_pieces_in_any_order_are_the_file_and_with_one_missing_there_is_none(
    data: bytes, cuts: list[int], random: Any
) -> None:
    ends = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = list(pairwise(ends))
    random.shuffle(pieces)
    room = Room(100)
    upload = Upload(60, room)
    for start, end in pieces:
        upload.write(start, data[start:end])
    assert upload.whole() == data
    upload.drop()
    assert room.left == 100
    if len(pieces) > 1:
        holed = Upload(60, room)
        for start, end in pieces[1:]:
            holed.write(start, data[start:end])
        if max(end for _, end in pieces[1:]) == len(data):
            with pytest.raises(NotTaken):
                holed.whole()


def test_a_refused_piece_spoils_the_file() -> None:
    for upload in (Upload(10, Room(100)), Upload(100, Room(10))):
        upload.write(0, b"x" * 10)
        with pytest.raises(NotTaken):
            upload.write(10, b"x")
        with pytest.raises(NotTaken):
            upload.whole()
