"""SFTP in: carriers whose machines drop files. A server of its own inside the gateway, over nothing but memory and the store.

In: connections; keys/senders/<carrier>.pub says who is who. Out: submissions (`desk`). Keys only, no passwords; SFTP only: no shell,
no command, no SCP, no forwarding, no compression. How many connections there may be, and how much memory what is on its way in may
take, is bounded. asyncssh is imported when a port is given (GATEWAY_SFTP_PORT), and not before.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncssh

from gateway.catalogue import Catalogue
from gateway.keyring import SecretKey
from gateway.settings import Settings
from gateway.sftp.desk import Desk
from gateway.sftp.files import Files
from gateway.sftp.uploads import Room
from gateway.store import Pool

MOST_CONNECTIONS: Final = 64
MOST_OF_ONE_CARRIER: Final = 8
MOST_UNKNOWN: Final = 8  # of one address that have not signed in, so that no stranger alone keeps the others out
_ROOM_FOR: Final = 16  # files of the largest size that may be on their way in at once
_ROOM_FOR_ONE: Final = 4  # and of one carrier
_SIGN_IN_SECONDS: Final = 30
_STILL_THERE_SECONDS: Final = 60


class Door:
    """Who is in."""

    def __init__(self, catalogue: Catalogue, desk: Desk, settings: Settings) -> None:
        self._catalogue, self._desk, self._most = catalogue, desk, settings.max_body
        self._room = Room(_ROOM_FOR * settings.max_body)
        self._rooms: dict[str, Room] = {}
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.inside: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def carrier_of(self, user: str, key: asyncssh.SSHKey) -> str | None:
        """The carrier whose key this is, where it signs in under its own id."""
        carrier = self._catalogue.ssh_senders.get(key.public_data)
        return carrier if carrier == user and carrier in self._catalogue.carriers else None

    def files(self, channel: asyncssh.SSHServerChannel[bytes]) -> Files:
        """What a client that has signed in is shown."""
        connection = channel.get_connection()
        carrier = str(connection.get_extra_info("username"))
        room = self._rooms.setdefault(carrier, Room(_ROOM_FOR_ONE * self._most, self._room))
        return Files(channel, carrier, self._desk, room, lambda: connection in self.connections)


class _Visit(asyncssh.SSHServer):
    """One connection. All that is not allowed here is refused by asyncssh, whose answer to it is no."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._carrier: str | None = None
        self._unknown_at: str | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        address = str(conn.get_extra_info("peername", ("",))[0])
        if len(self._door.connections) >= MOST_CONNECTIONS or self._door.unknown[address] >= MOST_UNKNOWN:
            conn.abort()
            return
        self._door.connections.add(conn)
        self._unknown_at = address
        self._door.unknown[address] += 1

    def _is_known(self) -> None:
        """It does not count among the strangers of its address any more."""
        if self._unknown_at is not None:
            self._door.unknown -= Counter((self._unknown_at,))  # which drops an address without any
            self._unknown_at = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_known()
        self._door.connections.discard(self._connection)
        if self._carrier is not None:
            self._door.inside[self._carrier] -= 1

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._door.carrier_of(username, key) is not None

    def auth_completed(self) -> None:
        self._is_known()
        carrier = str(self._connection.get_extra_info("username"))
        if self._door.inside[carrier] >= MOST_OF_ONE_CARRIER:
            self._connection.disconnect(asyncssh.DISC_TOO_MANY_CONNECTIONS, "too many connections of yours; close one")
            return
        self._door.inside[carrier] += 1
        self._carrier = carrier


@asynccontextmanager
async def serving(settings: Settings, catalogue: Catalogue, pool: Pool, host_key: SecretKey) -> AsyncIterator[int]:
    """Serves while the block lasts; the port. `OSError` where the address cannot be had."""
    door = Door(catalogue, Desk(pool, catalogue, settings), settings)
    listener = await asyncssh.listen(
        settings.host,
        settings.sftp_port,
        server_factory=lambda: _Visit(door),
        server_host_keys=[asyncssh.import_private_key(host_key.pem)],
        sftp_factory=door.files,
        allow_scp=False,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        compression_algs=None,
        server_version="gateway",
        login_timeout=_SIGN_IN_SECONDS,
        keepalive_interval=_STILL_THERE_SECONDS,
        config=None,
    )
    try:
        yield listener.get_port()
    finally:
        listener.close()
        for connection in tuple(door.connections):
            connection.abort()
        await listener.wait_closed()
