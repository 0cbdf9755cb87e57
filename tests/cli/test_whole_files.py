"""Files that commands write: whole or not at all, whatever the disk does."""

import errno
import os
from pathlib import Path

import pytest

from gateway.cli import whole
from tests.cli.desk import gw


def test_a_full_disk_leaves_what_was_there_and_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.csv").write_bytes(b"as before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("gateway.cli.whole.os.chmod", full)  # the last thing before it takes its place
    for name in ("old.csv", "new.csv"):
        with pytest.raises(OSError, match="No space left") as problem:
            whole.put(tmp_path / name, b"x" * 9)
        assert problem.value.filename == str(tmp_path / name)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.csv": b"as before"}


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "list.csv", tmp_path / "link.csv"
    file.write_bytes(b"as before")
    file.chmod(0o640)
    link.symlink_to(file)
    whole.put(link, b"new")
    assert link.is_symlink()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)


def test_what_is_no_file_is_written_to_as_it_stands() -> None:
    whole.put(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


def test_a_list_is_not_half_made(tmp_path: Path) -> None:
    result = gw("make", "--form", "fal6-csv", "-o", tmp_path / "list.csv")
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", "list.csv.expected.json"}
