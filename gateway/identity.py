"""The gateway's identity as a file of its state folder.

In: the folder. Out: the `Identity` that opens what is at rest and signs what leaves; made where there is none yet.
"""

import os
from datetime import date
from pathlib import Path

from gateway.keyring import Identity, identity_file, new_identity, parse_identity


class BadIdentity(Exception):
    """The identity cannot be used; the text says what to mend."""


def read_identity(state: Path, today: date) -> Identity:
    """The gateway's identity; made, for its owner's eyes only, where there is none yet."""
    state.mkdir(mode=0o711, parents=True, exist_ok=True)  # the database's own user must pass through it
    path = state / "identity"
    try:
        return parse_identity(path.read_bytes())
    except FileNotFoundError:
        pass
    except ValueError as error:
        raise BadIdentity(f"{path}: {error}") from error
    fresh = state / f"identity.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(identity_file(new_identity(today)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # whoever comes first decides; two starters share one identity
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return parse_identity(path.read_bytes())
