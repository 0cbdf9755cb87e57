"""Copies of a sender's files at its own desk: where they go, and that nothing is lost under them.

In: the files as read, where copies are to go. Out: files, and a line for each. Never writes over what was read.
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click

from gateway.answers import Copy, NotMade
from gateway.carrier import Carrier
from gateway.cli.whole import put
from gateway.findings import Finding, Severity, alike, counted, places
from gateway.process import hand_back
from gateway.process.understand import Hints, Understood
from gateway.sent import File


class Desk(NamedTuple):
    """What is the same for all copies of one call."""

    files: tuple[File, ...]
    paths: tuple[Path, ...]
    carrier: Carrier | None
    hints: Hints
    now: datetime

    def check(self, out: Path, force: bool) -> None:
        """Before anything is read: a copy that could not be kept is not worth waiting for."""
        if out.is_dir():
            return
        if len(self.paths) > 1:
            if out.exists():
                raise click.UsageError(f"{out} is a file; the copies of several files need a folder")
        elif not out.parent.is_dir():
            raise click.UsageError(f"there is no folder {out.parent}")
        else:
            self._allow(out, force)

    def put(self, kind: str, out: Path, understood: Understood, force: bool) -> bool:
        """The copy of each file; whether all could be made."""
        if len(self.paths) > 1:
            out.mkdir(parents=True, exist_ok=True)
        made = [self._put(kind, out, understood, number, force) for number in range(1, len(self.files) + 1)]
        return all(made)

    def _put(self, kind: str, out: Path, understood: Understood, number: int, force: bool) -> bool:
        path = self.paths[number - 1]
        try:
            copy = self._copy(kind, understood, number)
        except NotMade as problem:
            click.echo(f"{path}: {problem.why}", err=True)
            return False
        # A name that says something else than what is in the file would not open in the program that it names.
        named = f"{self._name(number)}.{kind}{copy.ending}"
        target = out / named if out.is_dir() else out.with_suffix(Path(named).suffix)
        self._allow(target, force)
        put(target, copy.data)
        done = (Finding("", Severity.INFO, repair.what, repair.place) for repair in copy.repairs)
        for same in alike(done):
            click.echo(f"{places(same)}: {same[0].text}", err=True)
        count = f", {counted(len(copy.repairs), 'correction')}" if kind == "corrected" else ""
        click.echo(f"{kind}: {target}{count}", err=True)
        return True

    def _name(self, number: int) -> str:
        """After the file; files of one name in several folders are told apart by their number."""
        stems = ["stdin" if str(path) == "-" else path.stem for path in self.paths]
        stem = stems[number - 1]
        return stem if stems.count(stem) == 1 else f"{stem}-{number}"

    def _copy(self, kind: str, understood: Understood, number: int) -> Copy:
        file = self.files[number - 1]
        if kind == "corrected":
            return hand_back.corrected(file, self.carrier, self.hints, self.now)
        format = self.hints.format or understood.formats[number - 1]
        found = hand_back.of_file(understood.findings, number)
        read = hand_back.read_in(understood.lists, number)
        return hand_back.marked(file, format, found, self.carrier, self.now, read=read)

    def _allow(self, target: Path, force: bool) -> None:
        if any(target.exists() and path.exists() and target.samefile(path) for path in self.paths):
            raise click.UsageError(f"{target} is what is read; a copy never takes its place")
        if target.exists() and not force:
            raise click.UsageError(f"{target} is there already; say --force to replace it")
