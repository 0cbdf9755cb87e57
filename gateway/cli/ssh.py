"""./gw sftp: the public halves of the gateway's SSH keys, for those who must know it."""

from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unfit

if TYPE_CHECKING:
    from gateway.identity import SshKey


@click.group()
def sftp() -> None:
    """The gateway's public SSH keys, one line each as OpenSSH writes them."""


@sftp.command()
def key() -> None:
    """Print the key by which this gateway signs in at recipients' servers: it goes into their authorized_keys."""
    _print("ssh-client")


@sftp.command("host-key")
def host_key() -> None:
    """Print the key that carriers' programs must see when they send by SFTP: it goes into their known_hosts."""
    _print("ssh-host")


def _print(name: "SshKey") -> None:
    import base64
    from hashlib import sha256

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from gateway.cli.environment import settings
    from gateway.identity import BadIdentity, read_ssh_key
    from gateway.keyring.keys import der_public

    try:
        public = der_public(read_ssh_key(settings().state, name).public)
    except BadIdentity as why:
        raise Unfit(str(why)) from None
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    digest = sha256(base64.b64decode(line.split()[1])).digest()
    click.echo(f"{line} {settings().name}")
    click.echo(f"fingerprint SHA256:{base64.b64encode(digest).decode().rstrip('=')}", err=True)
