"""./gw drop: what a recipient runs beside GTAS. Whole files, each once, wherever it is killed; nothing acknowledged too early."""

import base64
import errno
import fcntl
import os
import signal
import stat
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from gateway.cli import drop_folder as mechanics
from gateway.cli.drop import Desk, Item, Page
from gateway.cli.drop_folder import HIDDEN, Busy, drop_folder
from gateway.formats.forms import FORMS
from gateway.formats.writing import WriteOrder
from gateway.keyring import Handling, new_recipient_keys
from gateway.keyring.keys import KeyKind, SecretKey, new_secret
from gateway.manifest import Purpose
from gateway.seal import seal_to
from gateway.settings import utc_now
from tests.cli.desk import answering, gw
from tests.specimen import NOW, large_manifest, passenger_manifest

SECRET, PUBLIC = new_recipient_keys("jwe")
SIGNER = new_secret(KeyKind.ED25519)
VERIFY = SIGNER.public
IDS = [uuid5(UUID(int=1), str(number)) for number in range(4)]


@cache
def body(number: int = 0, persons: int = 5) -> bytes:
    order = WriteOrder(message_id=f"M-{number}", at=NOW, sender="SEAGATEWAY", recipient="UTOPIAPIU")
    return FORMS["paxlst-gtas"].write(large_manifest(persons) if persons > 5 else passenger_manifest(), order)


def item(number: int = 0, **changes: object) -> Item:
    given = {
        "purposes": (Purpose.BORDER,),
        "id": IDS[number],
        "payload": body(number),
        "type": "application/edifact",
    } | changes
    handling = Handling(
        marking="restricted", purposes=given["purposes"], legal_basis="an invented act", route="r", as_of=NOW.isoformat(),
        originator="specimen",
    )  # fmt: skip
    envelope = seal_to(
        "jwe", PUBLIC, given["payload"], content_type=given["type"], handling=handling, delivery_id=str(given["id"]), signer=SIGNER
    )  # fmt: skip
    return Item(
        position=number + 1, id=IDS[number], form=str(changes.get("form", "paxlst-gtas")),
        purpose="border", acknowledged=False, envelope=base64.b64encode(envelope.body).decode(),
    )  # fmt: skip


class Shelf:
    """A feed whose acknowledgements are in a file, so that a process that is killed leaves them."""

    def __init__(self, items: list[Item], kept: Path, into: Path, expected: dict[UUID, set[str]]) -> None:
        self._items, self._kept, self._into, self._expected = items, kept, into, expected
        kept.touch()

    def acknowledged(self) -> set[str]:
        return set(self._kept.read_text().split())

    def page(self, after: int) -> Page:
        found = tuple(one for one in self._items if one.position > after)[:2]
        return Page(found, found[-1].position if found else after)

    def acknowledge(self, id: UUID) -> None:
        out = {path.name for path in self._into.iterdir()} | {
            path.name for path in (self._kept.parent / "read").iterdir()
        }
        assert self._expected[id] <= out, "acknowledged before its files were there"
        with open(self._kept, "a") as file:
            file.write(f"{id}\n")


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "read").mkdir()
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def shelf(items: list[Item], into: Path, files: dict[UUID, int] | None = None) -> Shelf:
    many = files or {}
    expected = {one.id: {f"{one.id}-{part:02}.edi" for part in range(1, many.get(one.id, 1) + 1)} for one in items}
    return Shelf(items, into.parent / "acknowledged", into, expected)


def desk(feed: Shelf, folder: mechanics.DropFolder) -> Desk:
    return Desk(feed, folder, [SECRET], [VERIFY])


def visible(into: Path) -> list[str]:
    return sorted(path.name for path in into.iterdir() if not path.name.startswith("."))


def test_files_appear_whole_and_only_then_it_is_acknowledged(into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = shelf([item(0), item(1, payload=body(1, 1003))], into, {IDS[1]: 3})
    with drop_folder(into) as folder:
        assert desk(feed, folder).round()
        assert folder.position == 2
    assert visible(into) == sorted([f"{IDS[0]}-01.edi", *(f"{IDS[1]}-{part:02}.edi" for part in (1, 2, 3))])
    assert (into / f"{IDS[0]}-01.edi").read_bytes() == body(0)
    assert b"".join((into / f"{IDS[1]}-{part:02}.edi").read_bytes() for part in (1, 2, 3)) == body(1, 1003)
    assert feed.acknowledged() == {str(IDS[0]), str(IDS[1])}
    said = capsys.readouterr().out.splitlines()
    assert said[1] == f"{IDS[1]}: 3 file(s), restricted, for border, onward none, version 1"
    assert not any(name in "".join(said) for name in ("ERIKSSON", "TESTPERSON"))
    assert stat.S_IMODE((into / HIDDEN).stat().st_mode) == 0o700


def test_what_comes_again_is_acknowledged_and_not_dropped_again(into: Path) -> None:
    feed = shelf([item(0)], into)
    with drop_folder(into) as folder:
        desk(feed, folder).round()
    (into / f"{IDS[0]}-01.edi").rename(into.parent / "read" / f"{IDS[0]}-01.edi")
    (into / HIDDEN / "position").write_text("junk")
    with drop_folder(into) as folder:
        assert desk(feed, folder).round()
    assert visible(into) == []
    assert (into.parent / "acknowledged").read_text().split() == [str(IDS[0])] * 2


class _Killer:
    """Ends its own process with SIGKILL at the n-th change of the disk."""

    def __init__(self, at: int) -> None:
        self._left = at

    def around(self, real: Callable[..., object]) -> Callable[..., object]:
        def changed(*given: object, **named: object) -> object:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return changed


def killed_at(step: int, feed: Shelf, into: Path) -> bool:
    """A round in a process of its own that dies before its `step`-th change; whether it came that far."""
    child = os.fork()
    if child == 0:
        killer = _Killer(step)
        for name in ("rename", "fsync", "open", "mkdir"):
            setattr(os, name, killer.around(getattr(os, name)))
        feed.acknowledge = killer.around(feed.acknowledge)  # type: ignore[method-assign]
        status = 1
        try:
            with drop_folder(into) as folder:
                status = 0 if desk(feed, folder).round() else 1
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_killed_at_any_step_nothing_is_lost_or_doubled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # SIGKILL loses nothing that was written
    items, step, was_killed = [item(0, payload=body(0, 600)), item(1)], 0, True
    while was_killed:
        step += 1
        root = tmp_path / str(step)
        into, read = root / "into", root / "read"
        into.mkdir(parents=True)
        read.mkdir()
        feed = shelf(items, into, {IDS[0]: 2})
        was_killed = killed_at(step, feed, into)
        for name in visible(into):  # GTAS takes away what it has read
            (into / name).rename(read / name)
        with drop_folder(
            into
        ):  # a list that a newer one replaced meanwhile comes no more: it is there whole or not at all
            begun = [name for name in visible(into) + visible(read) if name.startswith(str(IDS[0]))]
            assert len(begun) in (0, 2), step
        with drop_folder(into) as folder:
            assert desk(feed, folder).round(), step
        names = visible(into) + visible(read)
        assert sorted(names) == sorted([f"{IDS[0]}-01.edi", f"{IDS[0]}-02.edi", f"{IDS[1]}-01.edi"]), step
        whole = {path.name: path.read_bytes() for folder in (into, read) for path in folder.iterdir() if path.is_file()}
        assert whole[f"{IDS[0]}-01.edi"] + whole[f"{IDS[0]}-02.edi"] == body(0, 600), step
        assert feed.acknowledged() == {str(one.id) for one in items}, step
        assert [*(into / HIDDEN / "making").iterdir(), *(into / HIDDEN / "ready").iterdir()] == [], step
    assert step > 15


def test_no_room_is_said_and_nothing_acknowledged(into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = shelf([item(0)], into)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with drop_folder(into) as folder:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            desk(feed, folder).round()
        assert (visible(into), feed.acknowledged()) == ([], set())
        assert list((into / HIDDEN / "making").iterdir()) == []
        monkeypatch.undo()
        assert desk(feed, folder).round()
    assert visible(into) == [f"{IDS[0]}-01.edi"]


def test_two_at_once_do_not_share_a_folder(into: Path) -> None:
    with drop_folder(into), pytest.raises(Busy), drop_folder(into):
        pass
    with drop_folder(into):
        pass


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"id": IDS[3]}, "another delivery"),
        ({"purposes": (Purpose.BORDER, Purpose.SAFETY)}, "no Passenger Information Unit may have"),
        ({"type": "application/json"}, "holds something else"),
    ],
)
def test_what_should_not_be_here_is_not_taken(
    into: Path, wrong: dict[str, object], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = shelf([item(0, **wrong), item(1)], into)
    with drop_folder(into) as folder:
        assert not desk(feed, folder).round()
        assert folder.position == 0
    assert (visible(into), feed.acknowledged()) == ([f"{IDS[1]}-01.edi"], {str(IDS[1])})
    assert why in capsys.readouterr().err


def test_other_forms_are_left_to_others(into: Path) -> None:
    feed = shelf([item(0, form="common-json"), item(1)], into)
    with drop_folder(into) as folder:
        assert desk(feed, folder).round()
        assert folder.position == 2
    assert (visible(into), feed.acknowledged()) == ([f"{IDS[1]}-01.edi"], {str(IDS[1])})


def test_a_stranger_s_envelope_is_not_opened(into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = shelf([item(0)], into)
    other = new_secret(KeyKind.ED25519).public
    with drop_folder(into) as folder:
        assert not Desk(feed, folder, [SECRET], [other]).round()
    assert (visible(into), feed.acknowledged()) == ([], set())
    assert "signed by a key that was not given" in capsys.readouterr().err


def test_long_done_deliveries_are_forgotten(into: Path) -> None:
    feed = shelf([item(0)], into)
    with drop_folder(into) as folder:
        desk(feed, folder).round()
    done = into / HIDDEN / "done" / str(IDS[0])
    old = (utc_now() - timedelta(days=91)).timestamp()
    with drop_folder(into):
        assert done.is_dir()
    os.utime(done, (old, old))
    with drop_folder(into):
        assert not done.exists()


def files(root: Path, secret: SecretKey) -> tuple[Path, Path]:
    identity, key = root / "piu.pem", root / "gateway.pem"
    identity.write_bytes(secret.pem)
    key.write_bytes(VERIFY.pem)
    return identity, key


def test_the_command(tmp_path: Path, into: Path) -> None:
    identity, key = files(tmp_path, SECRET)
    one = item(0)
    listed = {
        "position": 1, "id": str(one.id), "form": one.form, "purpose": "border", "acknowledged": False, "envelope": one.envelope,
        "legal_basis": "x", "version": 1,
    }  # fmt: skip
    path = "/v1/feeds/ut-piu"
    answers = {
        ("GET", path): (200, {"recipient": "ut-piu", "deliveries": [listed], "next": 1}),
        ("POST", f"{path}/ack"): (200, {"acknowledged": [str(one.id)], "not_waiting": []}),
    }
    given = (
        "--recipient",
        "ut-piu",
        "--token",
        "secret",
        "--identity",
        identity,
        "--key",
        key,
        "--into",
        into,
        "--once",
    )
    with answering(answers) as server:
        result = gw("drop", "--from", f"{server.url}/", *given)
    assert result.exit_code == 0, result.output
    assert visible(into) == [f"{IDS[0]}-01.edi"]
    assert [method for method, *_ in server.requests] == ["GET", "POST", "GET"]
    assert gw("drop", "--from", "http://127.0.0.1:1", *given).exit_code == 1
    with open(into / HIDDEN / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = gw("drop", "--from", "http://127.0.0.1:1", *given)
    assert busy.exit_code == 3
    assert "another process" in busy.output
    identity.write_bytes(b"nothing")
    assert gw("drop", "--from", "http://127.0.0.1:1", *given).exit_code == 2
