"""What the checks look at, worked out once per list: columns, their distinct values, papers, roles, the leg.

In: a manifest, and its context. Out: `Facts`. The checks work down columns and judge each distinct value once, so that
a list of 5,000 with forty nationalities costs forty judgements.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from gateway.checks.moments import Span, span
from gateway.codes.mrz import Mrz, decode
from gateway.findings import Place
from gateway.formats.raw import FIELDS, PathPlaces, Places, has_column
from gateway.manifest import Call, Document, Function, Manifest, Nationality, Permit, Purpose, Role

CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = b"0123456789"
LATIN_NAME = CAPITALS + b" '-"
ENGLISH = LATIN_NAME + CAPITALS.lower()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks are told about a list besides the list itself.

    `purposes` are those it was sent for; without any, the manifest's own count, else it is told by its content.
    `unread`: field -> the persons whose value was sent, and could not be read: said once for the column, and not missing.
    `test` lets ICAO's specimen state pass.
    """

    today: date
    now: datetime
    places: Places = PathPlaces()
    header_places: Mapping[str, Place] = {}
    purposes: Collection[Purpose] = ()
    unread: Mapping[str, Collection[int]] = {}
    test: bool = False


class Paper(msgspec.Struct, frozen=True, gc=False):
    """A document of one person; `field` names its parts: "document.number", "document2.number"."""

    person: int
    nth: int
    document: Document

    def __repr__(self) -> str:
        return "<Paper>"

    def field(self, part: str) -> str:
        return f"document{self.nth}.{part}" if self.nth > 1 else f"document.{part}"


class Leave(msgspec.Struct, frozen=True, gc=False):
    """A visa or residence permit of one person; `field` names its parts: "visa.number", "permit.issuer"."""

    person: int
    nth: int
    kind: str
    permit: Permit

    def __repr__(self) -> str:
        return "<Leave>"

    def field(self, part: str) -> str:
        return f"{self.kind}{self.nth}.{part}" if self.nth > 1 else f"{self.kind}.{part}"


class Facts:
    """One list, as the checks see it. Indices of persons count from 0."""

    def __init__(self, manifest: Manifest, context: Context) -> None:
        self.manifest = manifest
        self.context = context
        self.persons = manifest.persons
        self.today = context.today.isoformat()
        self.withdrawn = manifest.function is Function.CANCEL
        self._columns: dict[str, list[Any]] = {}
        self._distinct: dict[str, frozenset[Any]] = {}

    def __repr__(self) -> str:
        return f"<Facts of {self.manifest!r}>"

    def place(self, field: str, person: int | None = None) -> Place:
        """Where the field stands in what was sent: of the person at this index, or of the whole list."""
        if person is None:
            known = self.context.header_places
            nowhere = Place(field=field if field in FIELDS else None)
            return known.get(field) or known.get(f"{field}_name") or nowhere  # a port may be given by name alone
        return self.context.places.at(field, person)

    def has_column(self, field: str) -> bool:
        """Whether what was sent is a table with a column for this field, filled or not."""
        return has_column(self.context.places, field)

    def column(self, name: str) -> list[Any]:
        """The field `name` of every person; "embarkation.code" is the part of a field that may be None."""
        if name not in self._columns:
            whole, _, part = name.partition(".")
            if part:
                part_of = attrgetter(part)
                self._columns[name] = [value and part_of(value) for value in self.column(whole)]
            else:
                self._columns[name] = list(map(attrgetter(name), self.persons))
        return self._columns[name]

    def paper_column(self, part: str) -> list[Any]:
        """The field `part` of every document, in the order of `papers`."""
        name = f"papers {part}"
        if name not in self._columns:
            documents = [paper.document for paper in self.papers]
            self._columns[name] = list(map(attrgetter(part), documents))
        return self._columns[name]

    def distinct(self, name: str) -> frozenset[Any]:
        """The different values of a column of persons, without None."""
        return self._distinct_of(name, self.column(name))

    def missing(self, name: str) -> list[int]:
        """The persons for whom `name` is not given; empty texts and empty tuples are not given either."""
        column, unread = self.column(name), self.context.unread.get(name, ())
        return [n for n, value in enumerate(column) if not value and n not in unread] if not all(column) else []

    def where(self, name: str, found: Callable[[Any], object]) -> list[int]:
        """The persons whose value of `name` is such that `found`; each distinct value is judged once."""
        hits = {value for value in self.distinct(name) if found(value)}
        return [index for index, value in enumerate(self.column(name)) if value in hits] if hits else []

    def signs(self, name: str, besides: bytes = ENGLISH) -> frozenset[str]:
        """The characters of a column besides these ASCII ones: a rule about a sign costs nothing where no one has it."""
        return self._signs_of(name, self.column(name), besides)

    def with_signs(self, name: str, wrong: Callable[[str], bool], besides: bytes = ENGLISH) -> list[int]:
        """The persons whose value of `name` holds a character, other than `besides`, which is `wrong`."""
        signs = frozenset(filter(wrong, self.signs(name, besides)))
        return self.where(name, lambda text: not signs.isdisjoint(text)) if signs else []

    def papers_without(self, part: str) -> list[Paper]:
        column, unread = self.paper_column(part), self.context.unread
        if all(column):
            return []
        without = [paper for paper, value in zip(self.papers, column, strict=True) if not value]
        return [paper for paper in without if paper.person not in unread.get(paper.field(part), ())]

    def papers_where(self, part: str, found: Callable[[Any], object]) -> list[Paper]:
        """The documents whose `part` is such that `found`; each distinct value is judged once."""
        column = self.paper_column(part)
        hits = {value for value in self._distinct_of(f"papers {part}", column) if found(value)}
        return [paper for paper, value in zip(self.papers, column, strict=True) if value in hits] if hits else []

    def number_signs(self) -> frozenset[str]:
        """The characters of all documents' numbers besides capital letters and digits."""
        return self._signs_of("papers number", self.paper_column("number"), CAPITALS + DIGITS)

    def _signs_of(self, name: str, values: Iterable[str | None], besides: bytes) -> frozenset[str]:
        key = f"{name} besides {besides!r}"
        if key not in self._distinct:
            text = "".join(filter(None, values)).encode("utf-8", "surrogatepass")
            self._distinct[key] = frozenset(text.translate(None, besides).decode("utf-8", "surrogatepass"))
        return self._distinct[key]

    def _distinct_of(self, name: str, values: Iterable[Any]) -> frozenset[Any]:
        if name not in self._distinct:
            self._distinct[name] = frozenset(values) - {None}
        return self._distinct[name]

    @cached_property
    def purposes(self) -> frozenset[Purpose]:
        """What the list is for: as sent, as the list says, or by its content (see `purposes_stated`).

        Finland's NR-PXA-001 reads a list with travel documents as one for border checks, without them as one for safety.
        """
        if self.purposes_stated:
            return frozenset(self.context.purposes or self.manifest.purposes)
        return frozenset({Purpose.BORDER if any(self.column("documents")) else Purpose.SAFETY})

    @property
    def purposes_stated(self) -> bool:
        return bool(self.context.purposes or self.manifest.purposes)

    def having(self, *roles: Role) -> list[int]:
        """The persons who are on board as one of `roles`."""
        return [index for index, role in enumerate(self.column("role")) if role in roles]

    @cached_property
    def passengers(self) -> list[int]:
        return self.having(Role.PASSENGER)

    @cached_property
    def crew(self) -> list[int]:
        return self.having(Role.CREW)

    @cached_property
    def papers(self) -> list[Paper]:
        """All documents of all persons."""
        return [
            Paper(index, nth, document)
            for index, documents in enumerate(self.column("documents"))
            for nth, document in enumerate(documents, 1)
        ]

    @cached_property
    def nationalities(self) -> dict[str, Nationality]:
        """The different nationalities of the list, by their codes."""
        return {one.code: one for every in self.column("nationalities") for one in every}

    @cached_property
    def zones(self) -> list[tuple[int, Mrz | None]]:
        """The machine-readable zones that were sent, decoded; None for those that cannot be."""
        return [(index, decode(lines)) for index, lines in enumerate(self.column("mrz")) if lines]

    @cached_property
    def leaves(self) -> list[Leave]:
        """All visas and residence permits of all persons."""
        return [
            Leave(index, nth, kind, permit)
            for kind, name in (("visa", "visas"), ("permit", "residence_permits"))
            if any(self.column(name))
            for index, permits in enumerate(self.column(name))
            for nth, permit in enumerate(permits, 1)
        ]

    @cached_property
    def departs(self) -> Span | None:
        """When the ship leaves the leg's first port; the actual time before the estimated one."""
        call = self.manifest.voyage.departure
        return span(call.actual_departure or call.estimated_departure, call.port.code) if call else None

    @cached_property
    def arrives(self) -> Span | None:
        call = self.manifest.voyage.arrival
        return span(call.actual_arrival or call.estimated_arrival, call.port.code) if call else None

    @cached_property
    def arrival_day(self) -> str:
        """The day by which a document must still be valid: the arrival's where it is known, else today."""
        call = self.manifest.voyage.arrival
        if call is None or self.arrives is None:
            return self.today
        return str(call.actual_arrival or call.estimated_arrival)[:10]

    @property
    def on_arrival_day(self) -> str:
        """Which day `arrival_day` is, in words."""
        return "today; when the ship arrives is not known" if self.arrives is None else "when the ship arrives"

    @property
    def ends(self) -> Iterable[tuple[str, Call]]:
        """The leg's two calls, with the name of their part of the header."""
        voyage = self.manifest.voyage
        return [(name, call) for name, call in (("departure", voyage.departure), ("arrival", voyage.arrival)) if call]

    def touches(self, country: str) -> bool:
        """Whether the leg begins or ends in this country (alpha-2)."""
        return any((call.port.code or "").startswith(country) for _, call in self.ends)
