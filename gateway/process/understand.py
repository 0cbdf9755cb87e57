"""read -> normalise -> check: from a sender's files to manifests and everything that is wrong with them.

In: files, the carrier's profile, the time, and what is known of the call. Out: `Understood`. Archives are unpacked first
(`unpack`), a form that came as a file of its own speaks for the lists beside it (`join`), and lists that are parts of one become
one (`merge`) before anything is checked. The only part that leaves the
process is the jail, in which table files are decoded. Used by the worker and by `./gw read`, so that a line sees at its own
desk exactly what the gateway will say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from gateway import checks, jail
from gateway.carrier import Carrier
from gateway.checks.facts import Context
from gateway.drift import Shape, shape_of
from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.edifact_files import Key, Parts
from gateway.formats.raw import JoinedPlaces, ManifestPlaces, Own, RawList
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.normalise import Lineage, Normalised, normalise
from gateway.process import telling
from gateway.process.join import Listed, join
from gateway.process.merge import Single, merged
from gateway.process.unpack import Part, unpacked
from gateway.sent import File

OTHER_KIND: Final = Rule(
    id="H-19",
    severity=Severity.ERROR,
    text="it was sent as a list of {said}, and is by its title, its columns or its message a list of {own}; it was kept but not sent",
    hint="send it again as what it is, or leave it to the list to say whom it is of; where its title is wrong, correct that",
    cites="FAL.14(46), forms 5 and 6",
)
RULES = (OTHER_KIND,)

CUT: Final = frozenset(("E-04", "E-14", "E-31", "H-19", "T-42", "T-45", "X-10", "X-11", "X-29", "Z-21", "Z-22", "Z-23"))
"""The errors of readers after which a list may lack persons: a message or line is missing, or reading ended early. Of which list
is not known, it may be any of the file."""

NO_LIST: Final = frozenset(("H-06",))
"""The errors after which what was read is nobody's list of persons on board."""


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender said beside the files."""

    format: str | None = None
    kind: ListKind | None = None
    purposes: tuple[Purpose, ...] = ()


Source = tuple[int, str | None]
"""The number of a file, and the path of one that it holds as an archive."""


class UnderstoodList(msgspec.Struct, frozen=True):
    """One list as understood. `file` counts from 1, `member` is the path in an archive. `findings` are this list's own.

    `shape`: what the export looks like. `cut`: why it may not be whole. `is_guess`: nobody says what the list is for, so that its
    purposes are told by its content."""

    manifest: Manifest
    lineage: Lineage
    file: int
    format: str
    findings: tuple[Finding, ...]
    shape: Shape
    cut: str = ""
    member: str | None = None
    is_guess: bool = False

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every file that it was read from, the first one first."""
        places = self.lineage.places
        if not isinstance(places, JoinedPlaces):
            return ((self.file, self.member),)
        return tuple(dict.fromkeys((one.file or self.file, one.member) for one in places.lists))


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
    apart: bool = False,
    waiting: Mapping[Key, Parts] | None = None,
) -> Understood:
    """Everything the files hold. Never raises for what a file holds; `now` decides what has expired or is to come. `apart`: each
    list stays as it stands in its file, though several be parts of one. `waiting`: parts of lists that came before by themselves."""
    desk = _Desk(carrier, now, hints, known_of, len(files) > 1)
    sent = unpacked(files, waiting)
    opened = [[desk.open(part) for part in file.parts] for file in sent]
    join([one for parts in opened for part in parts for one in part.lists if isinstance(one, Listed)], desk.header_of)
    read: list[tuple[tuple[Finding, ...], list[Single]]] = []
    for file, parts in zip(sent, opened, strict=True):
        read.append((desk.said(file.findings, file.number), []))
        read += [desk.read(part) for part in parts]
    singles = [one for _, ones in read for one in ones]
    wholes = iter(singles if apart else merged(singles))
    checked = [(found, [desk.checked(whole) for _ in ones if (whole := next(wholes))]) for found, ones in read]
    across = iter(checks.run_across([(one.list.manifest, one.context) for _, ones in checked for one in ones]))
    lists: list[UnderstoodList] = []
    findings: list[Finding] = []
    told: set[Finding] = set()
    for found, ones in checked:
        findings += found
        for one in ones:
            own = (*one.list.findings, *desk.said(next(across), one.list.file, one.list.member))
            lists.append(msgspec.structs.replace(one.list, findings=own))
            findings += telling.not_told_yet(own, told)
    return Understood(tuple(lists), tuple(findings), tuple(file.format for file in sent))


class _One(NamedTuple):
    list: UnderstoodList
    context: Context


class _Opened(NamedTuple):
    """A part as its reader left it."""

    part: Part
    findings: Sequence[Finding]
    lists: Sequence[Listed | Manifest]
    places: Sequence[ManifestPlaces]


class _Desk(msgspec.Struct, frozen=True):
    """What is the same for all files of a submission."""

    carrier: Carrier | None
    now: datetime
    hints: Hints
    known_of: KnownOf
    several: bool

    def open(self, part: Part) -> _Opened:
        reading = jail.read_file(part.data, self._options(part), format=self.hints.format)
        where = Place(file=part.number if self.several else None, member=part.member)
        lists = [one if isinstance(one, Manifest) else self._hinted(one, where) for one in reading.lists]
        return _Opened(part, reading.findings, lists, reading.places)

    def _options(self, part: Part) -> dict[str, Any]:
        """The carrier's, and the name that the sender gave the file: some lines write the sailing there."""
        return {**self.carrier.options_for("table"), "name": part.name} if self.carrier else {}

    def _hinted(self, raw: RawList, where: Place) -> Listed:
        """The list, of those whom the sender says it to be of. What it says of itself is no less worth: where both differ, a person decides."""
        said = self.hints.kind
        if said is None:
            return Listed(raw, where)
        differ = {raw.kind, said} == {ListKind.CREW, ListKind.PASSENGERS} and not raw.is_kind_assumed and raw.size
        found = [OTHER_KIND.at(telling.whole(raw.places), said=said.value, own=raw.kind.value)] if differ else []
        return Listed(msgspec.structs.replace(raw, kind=said), where, found)

    def header_of(self, raw: RawList) -> Manifest:
        """The list without its persons, normalised."""
        header = msgspec.structs.replace(raw, size=0, columns={}, extras={})
        return normalise(header, self.carrier, today=self.now.date()).manifest

    def read(self, opened: _Opened) -> tuple[tuple[Finding, ...], list[Single]]:
        """The findings of reading that concern no list in particular, and the lists."""
        number, member = opened.part.number, opened.part.member
        joined = [finding for one in opened.lists if isinstance(one, Listed) for finding in one.findings]
        found = self.said([*opened.findings, *joined], number, member)
        ours = iter(opened.places)
        kept = [one.raw if isinstance(one, Listed) else one for one in opened.lists if not _is_gone(one)]
        normalised = [self._normalised(raw, ours, opened.part) for raw in kept]
        places = [one.places for one in normalised]
        whose = [telling.list_of(finding.place, places) for finding in found]
        of_none = tuple(one for one, owner in zip(found, whose, strict=True) if owner is None)
        lists = []
        for at, one in enumerate(normalised):
            own = [finding for finding, owner in zip(found, whose, strict=True) if owner == at]
            cut = _first_of(CUT, (*own, *of_none))
            lists.append(msgspec.structs.replace(one, findings=(*own, *one.findings), cut=cut))
        return of_none, lists

    def _normalised(self, raw: RawList | Manifest, ours: Iterator[ManifestPlaces], part: Part) -> Single:
        """The list, with what its header tells of its sailing: where the list is silent and the sailing is not, that is filled in."""
        known = self.known_of(raw if isinstance(raw, Manifest) else self.header_of(raw))
        if isinstance(raw, Manifest):
            theirs = next(ours)
            lineage = Lineage(format="common-json", places=theirs.people)
            done = Normalised(manifest=raw, lineage=lineage, findings=[])
            places: Own = theirs.people
            header_places: Mapping[str, Place] = theirs.header
        else:
            done = normalise(raw, self.carrier, today=self.now.date(), defaults=known.defaults)
            places, header_places = raw.places, done.lineage.header_places
        return Single(
            manifest=done.manifest,
            lineage=done.lineage,
            places=places,
            header_places=header_places,
            number=part.number,
            file=part.number if self.several else None,
            member=part.member,
            findings=self.said(done.findings, part.number, part.member),
            asked=known.purposes,
            shape=shape_of(raw, done.manifest),
            unread=done.unread,
        )

    def checked(self, one: Single) -> _One:
        manifest = one.manifest
        stated = _stated(self.hints.purposes, manifest.purposes, one.asked)
        context = Context(
            places=one.lineage.places,
            header_places=one.header_places,
            purposes=stated,
            today=self.now.date(),
            now=self.now,
            unread=one.unread,
        )
        found = list(one.findings)
        found += telling.not_said(self.said(checks.run(manifest, context), one.number, one.member), found)
        manifest = msgspec.structs.replace(
            manifest,
            carrier=self.carrier.id if self.carrier else manifest.carrier,
            purposes=stated or purposes_by_content(manifest),
        )
        cut = one.cut or _first_of(NO_LIST, found)
        understood = UnderstoodList(
            manifest, one.lineage, one.number, one.lineage.format, tuple(found), one.shape, cut, one.member, not stated
        )
        return _One(understood, context)

    def said(self, found: Sequence[Finding], number: int, member: str | None = None) -> tuple[Finding, ...]:
        """The findings as the sender gets them: with the file, where there are several, and its name in an archive; tolerated
        where that was agreed."""
        where = Place(file=number if self.several else None, member=member)
        return tuple(telling.told(one, where, self.carrier, self.now) for one in found)


def _stated(hinted: tuple[Purpose, ...], own: tuple[Purpose, ...], asked: tuple[Purpose, ...]) -> tuple[Purpose, ...]:
    """What a list is for: as the sender says, as the list does, as the law asks of its sailing. Bookings stay bookings: no
    word beside them makes a border list of what was collected to sell a journey."""
    return own if own == (Purpose.BOOKING,) else hinted or own or asked


def _is_gone(one: Listed | Manifest) -> bool:
    return isinstance(one, Listed) and one.gone


def _first_of(codes: frozenset[str], found: Sequence[Finding]) -> str:
    return next(
        (f"{one.code}: {one.text}" for one in found if one.code in codes and one.severity is Severity.ERROR), ""
    )
