"""Rows and a carrier's profile become a manifest: the flow of one list.

In: a `RawList` as its reader found it, the carrier, today, and what is known of the expected call. Out: the `Manifest` in
the common schema, the lineage of every value that changed, and every finding. Nothing is guessed: a value that cannot
be read is None and a finding with its place; a value that is normal already stays as it is, so normalising twice
changes nothing. IMO Compendium, ICAO Doc 9303-3, UN/LOCODE and UN/EDIFACT in the editions of `Manifest.code_lists`.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import msgspec

from gateway.carrier import Carrier
from gateway.codes import tables
from gateway.findings import Finding, Place
from gateway.formats.raw import CellPlaces, JoinedPlaces, Places, RawList
from gateway.manifest import Manifest
from gateway.normalise import coded, dates, expectations, mrz, names, papers, people, text, times, voyage
from gateway.normalise.draft import Draft

RULES = (
    *dates.RULES, *text.RULES, *names.RULES, *times.RULES, *coded.RULES, *voyage.RULES, *papers.RULES, *people.RULES, *mrz.RULES,
    *expectations.RULES,
)  # fmt: skip


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where the values of a manifest come from. Sealed and stored with it: it holds what was sent.

    `raw`: field -> the column as it was sent, for columns in which any text changed. `header`: field -> text and place.
    `dialects`: as in `RawList`: how the form fixes the way in which a field is written. `lists`: of a list that came as several,
    where each of them comes from; their `raw` and `dialects` stand there.
    """

    format: str
    places: Places
    raw: dict[str, list[str | None]] = {}
    header: dict[str, tuple[str, Place]] = {}
    dialects: dict[str, str] = {}
    lists: tuple["Lineage", ...] = ()

    def __repr__(self) -> str:
        return f"<Lineage {self.format}>"

    @property
    def whole(self) -> Place:
        """The list as a whole, told from the others of its file."""
        if isinstance(self.places, CellPlaces):
            return Place(sheet=self.places.sheet)
        if isinstance(self.places, JoinedPlaces):
            return self.lists[0].whole
        return Place(message=self.places.message)

    @property
    def header_places(self) -> dict[str, Place]:
        return {field: place for field, (_, place) in self.header.items()}


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """What one list became. `unread`: field -> the persons, from 0, whose value was sent, and left unread by what is said of the
    column as a whole; it is not missing."""

    manifest: Manifest
    lineage: Lineage
    findings: list[Finding]
    unread: dict[str, frozenset[int]] = {}


def normalise(
    raw: RawList, carrier: Carrier | None, *, today: date, defaults: Mapping[str, str] | None = None
) -> Normalised:
    """The list in the common schema. `defaults`: header fields known from the expected call, for where the list is silent."""
    draft = Draft(raw, carrier, today)
    header = voyage.Header(draft, defaults or {})
    leg = voyage.voyage(header)
    manifest = Manifest(
        kind=raw.kind,
        function=voyage.what_it_does(header),
        purposes=raw.purposes,
        carrier=carrier.id if carrier else None,
        reference=header.text("reference"),
        issued=header.times.get("issued"),
        vessel=voyage.vessel(header),
        voyage=leg,
        counts=voyage.counts(header),
        persons=people.persons(draft, raw.kind, leg),
        code_lists=_code_lists(),
    )
    if carrier:
        expectations.compare(draft, manifest, carrier.expect)
    lineage = Lineage(
        format=raw.format, places=raw.places, raw=draft.changed, header=header.places, dialects=dict(raw.dialects)
    )
    return Normalised(manifest=manifest, lineage=lineage, findings=draft.findings, unread=draft.unread)


@cache
def _code_lists() -> dict[str, str]:
    """The tables that decide what a code means, and their editions."""
    return {name: tables.edition(name) for name in ("ports", "countries", "icao_special")}
