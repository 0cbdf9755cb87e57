"""A file that a command writes appears whole or not at all: a full disk leaves no stump, and what was there before stays.

In: where, and the bytes. Out: the file, or an OSError that names it.
"""

import os
import tempfile
from pathlib import Path

_NEW = 0o666  # as any program makes a file; the umask takes away what it takes


def put(path: Path, data: bytes) -> None:
    """`data` under `path`. What is no file of a folder (a device, a pipe) is written to as it stands."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)  # a link stays one
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(path)) from None


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else _NEW & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
