"""Machine-readable zones in a list: kept as sent, and used where the columns are blank.

In: the columns `mrz1` to `mrz3`, and the columns of values read so far. Out: the columns that gained something. A value
is only taken where its column says nothing and, if the zone has a check digit for it, where that digit holds. Whether
the zone is whole and agrees with the columns is asked by `checks.zones`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.codes import mrz
from gateway.codes.countries import country, nationality
from gateway.codes.documents import document_type
from gateway.codes.sex import sex
from gateway.findings import Rule, Severity
from gateway.manifest import Document, Sex
from gateway.normalise.draft import Draft

FILLED = Rule(
    id="N-70",
    severity=Severity.INFO,
    text="'{field}' was blank and was taken from the machine-readable zone",
    hint="nothing, if the zone was read by a machine",
    cites="ICAO 9303-3",
)
RULES = (FILLED,)

_LINES = ("mrz1", "mrz2", "mrz3")

Columns = Mapping[str, Sequence[Any]]


class _Filled:
    """The columns that may gain a value, and who gained one."""

    def __init__(self, columns: Columns) -> None:
        names = ("family_name", "given_names", "name_reason", "sex", "birth_date", "nationalities", "documents")
        self.columns = {name: list(columns[name]) for name in names}
        self.persons: dict[str, list[int]] = {}

    def put(self, name: str, index: int, value: object) -> None:
        if value and not self.columns[name][index]:
            self.columns[name][index] = value
            self.persons.setdefault(name, []).append(index)


def from_mrz(draft: Draft, columns: Columns) -> dict[str, Sequence[Any]]:
    """The zones, and the columns with what the zones add."""
    if not any(draft.texts(field) for field in _LINES):
        return {}
    rows = zip(*(draft.texts(field) or draft.nobody for field in _LINES), strict=True)
    zones = [tuple(line for text in row if text for line in _lines(text)) for row in rows]
    filled = _Filled(columns)
    for index, lines in enumerate(zones):
        zone = mrz.decode(lines) if lines else None
        if zone is not None:
            _fill(draft, filled, index, zone)
    for name, persons in filled.persons.items():
        if name != "name_reason":
            draft.say_once(FILLED, "mrz1", persons, field=name)
    return {"mrz": zones, **filled.columns}


def _lines(text: str) -> list[str]:
    """The lines in one value: some systems put all of them there."""
    return [kept for line in text.splitlines() if (kept := "".join(line.upper().split()))]


def _fill(draft: Draft, filled: _Filled, index: int, zone: mrz.Mrz) -> None:
    is_named = any(filled.columns[name][index] for name in ("family_name", "given_names", "name_reason"))
    if not is_named and zone.family_name:
        filled.put("family_name", index, zone.family_name)
        filled.put("given_names", index, zone.given_names)
        filled.put("name_reason", index, None if zone.given_names else "no given name")
    stated = sex(zone.sex)
    filled.put("sex", index, stated if isinstance(stated, Sex) else None)
    filled.put("birth_date", index, mrz.birth_date(zone.birth, draft.today) if zone.checks["birth"] else None)
    own = nationality(zone.nationality)
    filled.put("nationalities", index, (own,) if own else ())
    if not zone.layout.startswith("MRV"):
        _fill_document(draft, filled, index, zone)


def _fill_document(draft: Draft, filled: _Filled, index: int, zone: mrz.Mrz) -> None:
    """A document of its own, or what the first document lacks, if it is the same one."""
    kind, issuer = document_type(zone.document_code, "mrz"), country(zone.issuer)
    seen = Document(
        type=kind if kind and kind != "visa" else None,
        number=zone.number or None if zone.checks["number"] else None,
        issuer=issuer.code if issuer else None,
        expiry=mrz.expiry_date(zone.expiry, draft.today) if zone.checks["expiry"] else None,
    )
    documents = filled.columns["documents"][index]
    if not documents:
        filled.put("documents", index, (seen,) if seen != Document() else ())
        return
    first: Document = documents[0]
    if first.number in (None, seen.number):
        parts = ("type", "number", "issuer", "expiry")
        lacking = {part: value for part in parts if not getattr(first, part) and (value := getattr(seen, part))}
        if lacking:
            filled.columns["documents"][index] = (msgspec.structs.replace(first, **lacking), *documents[1:])
            filled.persons.setdefault("documents", []).append(index)
