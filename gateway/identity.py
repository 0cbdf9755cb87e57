"""The gateway's identity and its SSH keys as files of its state folder.

In: the folder. Out: the `Identity` that opens what is at rest and signs what leaves, and the key by which SSH servers, or
clients, know us; made where there is none yet.
"""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

from gateway.keyring import (
    Identity,
    KeyKind,
    SecretKey,
    identity_file,
    new_identity,
    new_secret,
    parse_identity,
    parse_secret,
)

SshKey = Literal["ssh-client", "ssh-host"]


class BadIdentity(Exception):
    """The identity cannot be used; the text says what to mend."""


def read_identity(state: Path, today: date) -> Identity:
    """The gateway's identity; made, for its owner's eyes only, where there is none yet."""
    path = state / "identity"
    try:
        return parse_identity(_read_or_make(path, lambda: identity_file(new_identity(today))))
    except ValueError as error:
        raise BadIdentity(f"{path}: {error}") from error


def read_ssh_key(state: Path, name: SshKey) -> SecretKey:
    """An Ed25519 key for SSH: "ssh-client" opens recipients' servers to us, "ssh-host" shows carriers that they speak to us."""
    path = state / name
    try:
        return parse_secret(_read_or_make(path, lambda: new_secret(KeyKind.ED25519).pem))
    except ValueError as error:
        raise BadIdentity(f"{path}: {error}; restore it from your copy") from error


def _read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file; where there is none it is made, for its owner's eyes only."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)  # the database's own user must pass through it
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # whoever comes first decides; two starters share one file
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
