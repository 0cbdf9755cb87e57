"""Our own JSON: one manifest, an array of them, or {"manifests": [...]}, as `schemas/manifest.schema.json` says.

In: bytes. Out: `Manifest`s as they are (read) or bytes (write). Every departure from the schema is a finding with its
JSON path; what does not fit is left out and named, so that one bad date costs neither the person nor the list, and
every person keeps the place in it. RFC 8259, JSON Schema 2020-12.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from gateway.codes.countries import nationality
from gateway.codes.names import latin
from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats import jsontext
from gateway.formats.fit import Departure, Steps, members
from gateway.formats.jsontext import TOO_MUCH, Refused, document
from gateway.formats.marking import MEMBER, marked
from gateway.formats.paths import field_at, places, pointer
from gateway.formats.raw import ManifestPlaces, Reading
from gateway.formats.writing import WriteOrder
from gateway.manifest import Manifest, Person

NAME = "common-json"
MEDIA: tuple[str, ...] = ("application/json",)
MEDIA_TYPE = "application/json"
JAILED = False

_MOST_TOLD = 1_000
_MOST_LISTS = 1_000
_MOST_PERSONS = 99_999  # in one list: IMO0044 ends there

_CITES = "schemas/manifest.schema.json"
NOT_A_MANIFEST = Rule(
    id="J-02",
    severity=Severity.ERROR,
    text="this JSON holds no manifest: expected an object with 'kind' and 'persons', an array of such objects, or {\"manifests\": [...]}",
    hint="compare with schemas/manifest.schema.json",
    cites=_CITES,
)
DOES_NOT_FIT = Rule(
    id="J-03",
    severity=Severity.ERROR,
    text="the value does not fit: expected {expected}",
    hint="correct this member; it was left out of the list as read",
    cites=_CITES,
)
UNKNOWN_MEMBER = Rule(
    id="J-04",
    severity=Severity.WARNING,
    text="the schema has no member of this name, so it was not used{near}",
    hint="check the spelling against schemas/manifest.schema.json, or put it under 'extras'",
    cites=_CITES,
)
MISSING_MEMBER = Rule(
    id="J-05",
    severity=Severity.ERROR,
    text="the member '{member}' is required here and is not there",
    hint="add it as schemas/manifest.schema.json says",
    cites=_CITES,
)
MORE = Rule(
    id="J-06",
    severity=Severity.WARNING,
    text="{count} further departures from the schema are not listed",
    hint="mend the ones listed first: they usually share a cause",
    cites=_CITES,
)
RULES: tuple[Rule, ...] = (*jsontext.RULES, NOT_A_MANIFEST, DOES_NOT_FIT, UNKNOWN_MEMBER, MISSING_MEMBER, MORE)


def recognise(head: bytes) -> bool:
    """Anything that begins like a JSON object or array; those of others are asked for before."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """All manifests in `data`, with a finding for whatever did not fit. No options."""
    try:
        found = _manifests(document(data))
    except Refused as refused:
        return Reading(findings=[refused.finding])
    findings: list[Finding] = []
    manifests: list[Manifest] = []
    where: list[ManifestPlaces] = []
    for number, (steps, candidate) in enumerate(found, 1):
        message = number if len(found) > 1 else None
        told = _Told(steps, message, findings)
        manifest = _manifest(candidate, steps, told)
        told.end()
        if manifest is not None:
            manifests.append(manifest)
            where.append(places(steps, message))
    return Reading(lists=manifests, findings=findings, places=where)


def write(manifest: Manifest, order: WriteOrder) -> bytes:
    """The manifest as one JSON object, with the order's terms as `handling`."""
    return msgspec.json.encode(marked(manifest, order))


def _manifests(document: Any) -> list[tuple[Steps, Any]]:
    """What may be a manifest, and where it stands."""
    found: list[tuple[Steps, Any]] = []
    if isinstance(document, dict) and isinstance(document.get("manifests"), list):
        found = [(("manifests", at), one) for at, one in enumerate(document["manifests"])]
    elif isinstance(document, list):
        found = [((at,), one) for at, one in enumerate(document)]
    elif isinstance(document, dict) and ("kind" in document or "persons" in document):
        found = [((), document)]
    if not found:
        raise Refused(NOT_A_MANIFEST.at())
    if len(found) > _MOST_LISTS:
        raise Refused(TOO_MUCH.at(what="lists", most=_MOST_LISTS))
    return found


class _Told:
    """The findings of one list, and how many were not told one by one."""

    def __init__(self, steps: Steps, number: int | None, findings: list[Finding]) -> None:
        self.place = Place(message=number, path=pointer(steps))
        self._steps, self._number, self._findings = steps, number, findings
        self._room = max(_MOST_TOLD - len(findings), 1)
        self._more = 0

    def __call__(self, departure: Departure) -> None:
        if self._room:
            self._room -= 1
            self._findings.append(_said(departure, len(self._steps), self._number))
        else:
            self._more += 1

    def refuse(self, rule: Rule, **parts: Any) -> None:
        self._findings.append(rule.at(self.place, **parts))

    def end(self) -> None:
        if self._more:
            self._findings.append(MORE.at(self.place, count=self._more))


def _manifest(candidate: Any, steps: Steps, told: _Told) -> Manifest | None:
    if not isinstance(candidate, dict):
        told.refuse(NOT_A_MANIFEST)
        return None
    persons = candidate.get("persons", [])
    if not isinstance(persons, list):  # without its persons it could replace a list that has some
        told(Departure("misfit", (*steps, "persons"), "a list", persons))
        return None
    if len(persons) > _MOST_PERSONS:
        told.refuse(TOO_MUCH, what="persons in one list", most=_MOST_PERSONS)
        return None
    own = {name: value for name, value in candidate.items() if name != MEMBER}
    kept = members({**own, "persons": []}, Manifest, steps, told)
    if "kind" not in kept:
        if "kind" not in candidate:
            told(Departure("missing", steps, "kind"))
        return None
    kept["persons"] = tuple(_person(one, (*steps, "persons", at), at + 1, told) for at, one in enumerate(persons))
    return Manifest(**kept)


def _person(given: Any, steps: Steps, number: int, told: _Told) -> Person:
    """Whatever is wrong with a person, the person stays on the list; without a number that fits, the place is the number."""
    kept: dict[str, Any] = {}
    if isinstance(given, dict):
        kept = members(given, Person, steps, told)
        if "sequence" not in given:
            told(Departure("missing", steps, "sequence"))
    else:
        told(Departure("misfit", steps, "an object", given))
    kept.setdefault("sequence", number)
    return Person(**_completed(kept))


def _completed(kept: dict[str, Any]) -> dict[str, Any]:
    """With what follows from the rest: the Latin form of names, and what a nationality's code stands for."""
    for name in ("family_name", "given_names"):
        if kept.get(name) and not kept.get(f"{name}_latin"):
            kept[f"{name}_latin"] = latin(kept[name]) or None
    if "nationalities" in kept:
        kept["nationalities"] = tuple(nationality(one.code) or one for one in kept["nationalities"])
    return kept


def _said(departure: Departure, depth: int, number: int | None) -> Finding:
    """`depth`: how many steps lead to the list."""
    below = departure.steps[depth:]
    person, below = (int(below[1]) + 1, below[2:]) if below[:1] == ("persons",) and below[1:] else (None, below)
    place = Place(message=number, path=pointer(departure.steps), person=person)
    if departure.kind == "unknown":
        near = get_close_matches(str(departure.steps[-1]), departure.value, n=1)
        return UNKNOWN_MEMBER.at(place, near=f"; did you mean '{near[0]}'?" if near else "")
    if departure.kind == "missing":
        field = field_at((*below, departure.told))
        return MISSING_MEMBER.at(msgspec.structs.replace(place, field=field), member=departure.told)
    place = msgspec.structs.replace(place, field=field_at(below))
    return DOES_NOT_FIT.at(place, shape=_shape(departure.value), expected=departure.told)


def _shape(value: Any) -> str:
    return f"{len(value)} parts" if isinstance(value, dict | list) else shape(value)
