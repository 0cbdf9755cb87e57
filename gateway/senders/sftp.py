"""Deliver by SFTP: the envelope as a file named by the delivery's id, whole or not there at all.

In: an `Outgoing` and the gateway's SSH client key. Out: an `Outcome`. Only our key is offered, only the host key from the
recipient's folder is believed, and nothing of ours is sent before it has been shown. The file is written under a name that
begins with a dot and ends in `.part`, flushed to the disk where the server offers that (fsync@openssh.com), and renamed
(posix-rename@openssh.com where offered). A repeat that finds the file there, with its length, changes nothing. What a server
can mend (no room, no folder, no leave) is tried later. SFTP version 3 (draft-ietf-secsh-filexfer-02); asyncssh does the SSH.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from gateway.keyring import Sftp
from gateway.senders.outcome import Accepted, Means, Outcome, Outgoing, Refused, TryLater

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SSHClientConnection

_ENDINGS: Final = {"application/jose": "jose"}
_CLOSE_SECONDS: Final = 2.0


async def send(outgoing: Outgoing, means: Means) -> Outcome:
    """One attempt; what went wrong is said without the server's own words."""
    try:
        import asyncssh
    except ImportError:
        return TryLater("this gateway is installed without asyncssh: install its extra 'sftp'", needs_person=True)
    seconds = outgoing.timeout_seconds
    try:
        async with asyncio.timeout(seconds):
            return await _deliver(outgoing, means)
    except TimeoutError:
        return TryLater(f"not done within {seconds:g} s")
    except asyncssh.HostKeyNotVerifiable:
        said = (
            "the server's host key is not the one in the recipient's folder: nothing was sent; check with the recipient"
        )
        return TryLater(said, needs_person=True)
    except asyncssh.PermissionDenied:
        return TryLater(
            "the server does not know our key: give the recipient what ./gw sftp key prints", needs_person=True
        )
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPPermissionDenied):
        return TryLater("the folder on the server is missing, or we may not write to it", needs_person=True)
    except asyncssh.SFTPError as error:
        return TryLater(f"the server did not take the file ({type(error).__name__})")
    except (asyncssh.Error, OSError) as error:
        return TryLater(f"the connection failed ({type(error).__name__})")


async def _deliver(outgoing: Outgoing, means: Means) -> Outcome:
    table = outgoing.recipient.sftp
    if table is None or means.ssh is None:
        return TryLater("there is no table [sftp], or no SSH key of our own", needs_person=True)
    connection = await _connect(table, outgoing.recipient.files[table.host_key], means.ssh.pem)
    try:
        outcome = await _put(await connection.start_sftp_client(), table.folder, outgoing)
        connection.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(connection.wait_closed(), _CLOSE_SECONDS)
        return outcome
    finally:
        connection.abort()  # a server that hangs is not waited for, and what it still holds open goes with the connection


async def _connect(table: Sftp, host_key: bytes, own_key: bytes) -> "SSHClientConnection":
    """Nothing of this machine's own configuration, agents or known hosts has a say."""
    import asyncssh

    return await asyncssh.connect(
        table.host,
        table.port,
        username=table.user,
        client_keys=[asyncssh.import_private_key(own_key)],
        known_hosts=([asyncssh.import_public_key(host_key)], [], []),
        preferred_auth="publickey",
        agent_path=None,
        config=None,
        gss_host=None,  # a key exchange with Kerberos would vouch for the server instead of its host key
        x509_trusted_certs=None,
    )


async def _put(sftp: "SFTPClient", folder: str, outgoing: Outgoing) -> Outcome:
    import asyncssh

    id = outgoing.delivery_id
    name = f"{folder.rstrip('/')}/{id}.{_ENDINGS.get(outgoing.media_type, 'sealed')}"
    if (there := await _size(sftp, name)) is not None:
        is_ours = there == len(outgoing.body)
        return Accepted() if is_ours else Refused("a file of this delivery's name is there already, and is another one")
    part = f"{folder.rstrip('/')}/.{id}.{outgoing.attempt}.part"  # another attempt may still be writing its own
    try:
        file = await sftp.open(part, "wb")
        await file.write(outgoing.body)
        with contextlib.suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
        await file.close()
        await _rename(sftp, part, name)
    except asyncssh.SFTPError:
        with contextlib.suppress(asyncssh.Error):
            await sftp.remove(part)
        raise
    if outgoing.attempt > 1:
        with contextlib.suppress(asyncssh.SFTPError):
            await sftp.remove(f"{folder.rstrip('/')}/.{id}.{outgoing.attempt - 1}.part")
    return Accepted()


async def _size(sftp: "SFTPClient", name: str) -> int | None:
    """How long the file of this name is; None where there is none."""
    import asyncssh

    try:
        return (await sftp.stat(name)).size
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        return None


async def _rename(sftp: "SFTPClient", part: str, name: str) -> None:
    import asyncssh

    try:
        await sftp.posix_rename(part, name)
    except asyncssh.SFTPOpUnsupported:
        await sftp.rename(part, name)
