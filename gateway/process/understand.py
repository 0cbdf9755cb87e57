"""read -> normalise -> check: from a sender's files to manifests and everything that is wrong with them.

In: files, the carrier's profile, the time, and what is known of the call. Out: `Understood`. The only part that leaves
the process is the jail, in which table files are decoded. Used by the worker and by `./gw read`, so that a line sees at
its own desk exactly what the gateway will say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from gateway import checks, formats, jail
from gateway.carrier import Carrier
from gateway.checks.facts import Context
from gateway.findings import Finding, Place, Severity
from gateway.formats.raw import CellPlaces, ManifestPlaces, RawList
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.normalise import Lineage, normalise
from gateway.sent import File

CUT: Final = frozenset(("E-04", "E-14", "E-31", "T-42", "T-45", "X-10", "X-11", "X-29"))
"""The errors of readers after which a file's lists may lack persons: a message or line is missing, or reading ended early."""


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender said beside the files."""

    format: str | None = None
    kind: ListKind | None = None
    purposes: tuple[Purpose, ...] = ()


class UnderstoodList(msgspec.Struct, frozen=True):
    """One list as understood. `file` counts from 1; `findings` are this list's own. `cut`: why it may not be whole."""

    manifest: Manifest
    lineage: Lineage
    file: int
    format: str
    findings: tuple[Finding, ...]
    cut: str = ""


class Understood(msgspec.Struct, frozen=True):
    """All lists of all files, in order, and all findings: of each file, what concerns none of its lists comes first."""

    lists: tuple[UnderstoodList, ...]
    findings: tuple[Finding, ...]
    formats: tuple[str | None, ...] = ()  # as recognised, a file each

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def persons(self) -> int:
        return sum(len(one.manifest.persons) for one in self.lists)


class Known(msgspec.Struct, frozen=True):
    """What the call that a list belongs to adds: what the law asks the list for, and header fields it may be silent on."""

    purposes: tuple[Purpose, ...] = ()
    defaults: Mapping[str, str] = {}


NO_HINTS = Hints()

KnownOf = Callable[[Manifest], Known]
"""What is known of the sailing that a list seems to be for."""


def purposes_by_content(manifest: Manifest) -> tuple[Purpose, ...]:
    """Without a call to ask: a list with documents is a border list, one without a safety list (98/41/EC art. 5)."""
    return (Purpose.BORDER,) if any(person.documents for person in manifest.persons) else (Purpose.SAFETY,)


def understand(
    files: Sequence[File],
    *,
    carrier: Carrier | None,
    now: datetime,
    hints: Hints = NO_HINTS,
    known_of: KnownOf = lambda manifest: Known(),
) -> Understood:
    """Everything the files hold. Never raises for what a file holds; `now` decides what has expired or is to come."""
    desk = _Desk(carrier, now, hints, known_of, len(files))
    read = [desk.read(file, number) for number, file in enumerate(files, 1)]
    across = iter(checks.run_across([(one.list.manifest, one.context) for _, ones in read for one in ones]))
    lists: list[UnderstoodList] = []
    findings: list[Finding] = []
    for found, ones in read:
        findings += found
        for one in ones:
            own = (*one.list.findings, *desk.said(next(across), one.list.file))
            lists.append(msgspec.structs.replace(one.list, findings=own))
            findings += own
    return Understood(tuple(lists), tuple(findings), tuple(_recognised(file) for file in files))


class _One(NamedTuple):
    list: UnderstoodList
    context: Context


class _Desk(msgspec.Struct, frozen=True):
    """What is the same for all files of a submission."""

    carrier: Carrier | None
    now: datetime
    hints: Hints
    known_of: KnownOf
    files: int

    def read(self, file: File, number: int) -> tuple[tuple[Finding, ...], list[_One]]:
        """The findings of reading that concern no list in particular, and the lists."""
        options = self.carrier.options_for("table") if self.carrier else None
        reading = jail.read_file(file.data, options, format=self.hints.format)
        found = self.said(reading.findings, number)
        ours = iter(reading.places)
        normalised = [self._normalised(raw, ours) for raw in reading.lists]
        whose = [_list_of(finding.place, normalised) for finding in found]
        cut = next(
            (f"{one.code}: {one.text}" for one in found if one.code in CUT and one.severity is Severity.ERROR), ""
        )
        lists = []
        for at, one in enumerate(normalised):
            own = [finding for finding, owner in zip(found, whose, strict=True) if owner == at]
            lists.append(self._checked(one, own, number, cut))
        return tuple(one for one, owner in zip(found, whose, strict=True) if owner is None), lists

    def _normalised(self, raw: RawList | Manifest, ours: Iterator[ManifestPlaces]) -> "_Read":
        """The list, once its sailing is known: where it is silent and the sailing is not, it is normalised with what is known."""
        if isinstance(raw, Manifest):
            places = next(ours)
            lineage = Lineage(format="common-json", places=places.people)
            return _Read(raw, lineage, places.header, (), self.known_of(raw))
        if self.hints.kind is not None:
            raw.kind = self.hints.kind
        done = normalise(raw, self.carrier, today=self.now.date())
        known = self.known_of(done.manifest)
        if known.defaults.keys() - done.lineage.header.keys():
            done = normalise(raw, self.carrier, today=self.now.date(), defaults=known.defaults)
        return _Read(done.manifest, done.lineage, done.lineage.header_places, done.findings, known)

    def _checked(self, one: "_Read", reading: Sequence[Finding], number: int, cut: str) -> _One:
        manifest = one.manifest
        stated = self.hints.purposes or manifest.purposes or one.known.purposes
        context = Context(
            places=one.lineage.places,
            header_places=one.header_places,
            purposes=stated,
            today=self.now.date(),
            now=self.now,
        )
        found = [*reading, *self.said(one.findings, number)]
        found += _not_said(self.said(checks.run(manifest, context), number), found)
        manifest = msgspec.structs.replace(
            manifest,
            carrier=self.carrier.id if self.carrier else manifest.carrier,
            purposes=stated or purposes_by_content(manifest),
        )
        return _One(UnderstoodList(manifest, one.lineage, number, one.lineage.format, tuple(found), cut), context)

    def said(self, found: Sequence[Finding], number: int) -> tuple[Finding, ...]:
        """The findings as the sender gets them: with the file, where there are several, and tolerated where that was agreed."""
        return tuple(_tolerated(_in_file(one, number, self.files), self.carrier, self.now) for one in found)


class _Read(NamedTuple):
    manifest: Manifest
    lineage: Lineage
    header_places: Mapping[str, Place]
    findings: Sequence[Finding]
    known: Known


def _list_of(place: Place, lists: Sequence[_Read]) -> int | None:
    """Which list of a file a finding of its reader is about: the only one, or the one of that message or sheet."""
    if len(lists) == 1:
        return 0
    for at, one in enumerate(lists):
        places = one.lineage.places
        if isinstance(places, CellPlaces):
            if place.sheet is not None and place.sheet == places.sheet:
                return at
        elif place.message is not None and place.message == places.message:
            return at
    return None


def _recognised(file: File) -> str | None:
    found = formats.recognise(file.data)
    return found.NAME if found else None


def _not_said(checked: Sequence[Finding], found: Sequence[Finding]) -> list[Finding]:
    """What the checks add. A value that could not be read is one mistake: that it is missing now is not another."""
    unreadable = {
        (one.place.person, one.place.field)
        for one in found
        if one.place.field and (one.severity is Severity.ERROR or one.tolerated)
    }
    return [one for one in checked if (one.place.person, one.place.field) not in unreadable]


def _in_file(finding: Finding, number: int, files: int) -> Finding:
    if files == 1:
        return finding
    return msgspec.structs.replace(finding, place=msgspec.structs.replace(finding.place, file=number))


def _tolerated(finding: Finding, carrier: Carrier | None, now: datetime) -> Finding:
    """An error that the carrier's profile tolerates is a warning that says why."""
    if carrier is None or finding.severity is not Severity.ERROR:
        return finding
    reason = carrier.tolerated(finding.code, now.date())
    return msgspec.structs.replace(finding, severity=Severity.WARNING, tolerated=reason) if reason else finding
