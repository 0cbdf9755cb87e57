"""A recipient's SFTP server on loopback: a real one, in a folder, that a test can make fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh

from gateway.keyring import KeyKind, Recipient, SecretKey, Send, Sftp, new_secret

CLIENT = new_secret(KeyKind.ED25519)


def public_line(secret: SecretKey) -> bytes:
    return asyncssh.import_private_key(secret.pem).export_public_key("openssh")


class Server:
    """`folder` is what it shows. `lacks`: operations it does not offer; `fails`: those that end in an error; `done`: those that did not."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.host, self.port = folder, new_secret(KeyKind.ED25519), 0
        self.lacks: set[str] = set()
        self.fails: dict[str, Exception] = {}
        self.cuts_at: int | None = None
        self.hangs = False
        self.over = asyncio.Event()
        self.sign_ins = 0
        self.done: list[str] = []

    def known(self, id: str = "example-piu", *, host: SecretKey | None = None, folder: str = "in") -> Recipient:
        return Recipient(
            id=id,
            name=id,
            kind="piu",
            country="GR",
            third_country=False,
            send=Send(transport="sftp", timeout_seconds=5),
            sftp=Sftp(host="127.0.0.1", port=self.port, user="gateway", folder=folder, host_key="host.pub"),
            form="envelope",
            keys=(),
            files={"host.pub": public_line(host or self.host)},
        )


def _of(server: Server) -> type[asyncssh.SFTPServer]:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(server.folder).encode())
            self._connection = channel.get_connection()

        def _step(self, name: str) -> None:
            if name in server.lacks:
                raise asyncssh.SFTPOpUnsupported("it is not offered")
            if name in server.fails:
                raise server.fails[name]
            server.done.append(name)

        async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
            if server.hangs:
                await server.over.wait()
            if server.cuts_at is not None and offset + len(data) > server.cuts_at:
                super().write(file_obj, offset, data[: server.cuts_at - offset])
                self._connection.abort()
                raise ConnectionAbortedError
            self._step("write")
            written: Any = super().write(
                file_obj, offset, data
            )  # a number here; it may be a coroutine in other servers
            return written

        def fsync(self, file_obj: Any) -> None:
            self._step("fsync")
            super().fsync(file_obj)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            self._step("posix_rename")
            super().posix_rename(oldpath, newpath)

        def rename(self, oldpath: bytes, newpath: bytes) -> None:
            self._step("rename")
            super().rename(oldpath, newpath)

    return Files


class _SignIn(asyncssh.SSHServer):
    def __init__(self, server: Server, known: bytes) -> None:
        self._server, self._known = server, asyncssh.import_public_key(known)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._server.sign_ins += 1
        return username == "gateway" and key == self._known


@asynccontextmanager
async def sftp_server(folder: Path, known: SecretKey = CLIENT) -> AsyncIterator[Server]:
    """It knows one key."""
    made = Server(folder)
    (folder / "in").mkdir(parents=True)
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: _SignIn(made, public_line(known)),
        server_host_keys=[asyncssh.import_private_key(made.host.pem)],
        sftp_factory=_of(made),
    )
    made.port = listener.get_port()
    try:
        yield made
    finally:
        made.over.set()
        listener.close()
        await listener.wait_closed()
        await asyncio.sleep(0)
