"""read -> normalise -> check: from a sender's files to manifests and everything that is wrong with them.

In: files, the carrier's profile, the time, and what is known of the call. Out: `Understood`. The only part that leaves
the process is the jail, in which table files are decoded. Used by the worker and by `./gw read`, so that a line sees at
its own desk exactly what the gateway will say.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from gateway import checks, formats, jail
from gateway.carrier import Carrier
from gateway.checks.facts import Context
from gateway.findings import Finding, Severity
from gateway.formats.raw import PathPlaces, RawList
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.normalise import Lineage, normalise
from gateway.sent import File


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender said beside the files."""

    format: str | None = None
    kind: ListKind | None = None
    purposes: tuple[Purpose, ...] = ()


class UnderstoodList(msgspec.Struct, frozen=True):
    """One list as understood. `file` counts from 1; `findings` are this list's own."""

    manifest: Manifest
    lineage: Lineage
    file: int
    format: str
    findings: tuple[Finding, ...]


class Understood(msgspec.Struct, frozen=True):
    """All lists of all files, in order, and all findings, those of reading first in each file."""

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
    hints: Hints = Hints(),  # noqa: B008 - frozen
    known_of: KnownOf = lambda manifest: Known(),
) -> Understood:
    """Everything the files hold. Never raises for what a file holds; `now` decides what has expired or is to come."""
    lists: list[UnderstoodList] = []
    contexts: list[Context] = []
    findings: list[Finding] = []

    def said(found: Sequence[Finding], number: int) -> tuple[Finding, ...]:
        return tuple(_tolerated(_in_file(one, number, len(files)), carrier, now) for one in found)

    for number, file in enumerate(files, 1):
        reading = jail.read_file(file.data, carrier.options_for("table") if carrier else None, format=hints.format)
        findings += said(reading.findings, number)
        for raw in reading.lists:
            manifest, lineage, found, known = _normalised(raw, carrier, now, hints, known_of)
            stated = hints.purposes or known.purposes or manifest.purposes
            context = _context(stated, lineage, now)
            name = raw.format if isinstance(raw, RawList) else "common-json"
            sender = carrier.id if carrier else manifest.carrier
            own = said([*found, *_not_said(checks.run(manifest, context), found)], number)
            manifest = msgspec.structs.replace(
                manifest, carrier=sender, purposes=stated or purposes_by_content(manifest)
            )
            lists.append(UnderstoodList(manifest, lineage, number, name, own))
            contexts.append(context)
    across = checks.run_across([(one.manifest, context) for one, context in zip(lists, contexts, strict=True)])
    lists = [
        msgspec.structs.replace(one, findings=(*one.findings, *said(found, one.file)))
        for one, found in zip(lists, across, strict=True)
    ]
    findings += [finding for one in lists for finding in one.findings]
    return Understood(tuple(lists), tuple(findings), tuple(_recognised(file) for file in files))


def _recognised(file: File) -> str | None:
    found = formats.recognise(file.data)
    return found.NAME if found else None


def _normalised(
    raw: RawList | Manifest, carrier: Carrier | None, now: datetime, hints: Hints, known_of: KnownOf
) -> tuple[Manifest, Lineage, list[Finding], Known]:
    """The list, once its sailing is known: where it is silent and the sailing is not, it is normalised with what is known."""
    if isinstance(raw, Manifest):
        return raw, Lineage(format="common-json", places=PathPlaces()), [], known_of(raw)
    if hints.kind is not None:
        raw.kind = hints.kind
    done = normalise(raw, carrier, today=now.date())
    known = known_of(done.manifest)
    if known.defaults.keys() - done.lineage.header.keys():
        done = normalise(raw, carrier, today=now.date(), defaults=known.defaults)
    return done.manifest, done.lineage, done.findings, known


def _context(purposes: tuple[Purpose, ...], lineage: Lineage, now: datetime) -> Context:
    return Context(
        places=lineage.places,
        header_places=lineage.header_places,
        purposes=purposes,
        today=now.date(),
        now=now,
    )


def _not_said(checked: Sequence[Finding], found: Sequence[Finding]) -> list[Finding]:
    """What the checks add. A value that could not be read is one mistake: that it is missing now is not another."""
    unreadable = {
        (one.place.person, one.place.field) for one in found if one.severity is Severity.ERROR and one.place.field
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
