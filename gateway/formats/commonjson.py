"""Our own JSON: one manifest, an array of them, or {"manifests": [...]}, as `schemas/manifest.schema.json` says.

In: bytes. Out: `Manifest`s as they are (read) or bytes (write). Every departure from the schema is a finding with its
JSON path; a member that does not fit is left out and named, so that one bad date does not cost the list. Duplicate
keys, NaN and lone surrogates are refused: two parsers must not see two manifests. RFC 8259, JSON Schema 2020-12.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NoReturn

import jsonschema_rs
import msgspec

from gateway.codes.countries import nationality
from gateway.codes.names import latin
from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.published import json_schema
from gateway.formats.raw import Reading
from gateway.formats.writing import WriteOrder
from gateway.manifest import Manifest, Nationality, Person

NAME = "common-json"
MEDIA: tuple[str, ...] = ("application/json",)
MEDIA_TYPE = "application/json"
JAILED = False
_MOST_FINDINGS = 1000

_CITES = "schemas/manifest.schema.json"
UNREADABLE = Rule(
    id="J-01",
    severity=Severity.ERROR,
    text="this is not JSON that can be read: {why}",
    hint="send UTF-8 JSON as written by a JSON library; RFC 8259 allows no comments, NaN or trailing commas",
    cites="RFC 8259",
)
NOT_A_MANIFEST = Rule(
    id="J-02",
    severity=Severity.ERROR,
    text="this JSON holds no manifest: expected an object with 'kind' and 'persons', an array of such objects, or {{\"manifests\": [...]}}",
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
    text="the schema has no member of this name, so it was not used",
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
RULES = (UNREADABLE, NOT_A_MANIFEST, DOES_NOT_FIT, UNKNOWN_MEMBER, MISSING_MEMBER, MORE)


def recognise(head: bytes) -> bool:
    """JSON whose first 64 KiB speak of persons or manifests; EMSWe JSON has its own envelope and is not ours."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text[:1] in (b"{", b"[") and b"env:Envelope" not in text


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """All manifests in `data`, with a finding for whatever did not fit. No options."""
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()  # lone surrogates cannot be stored anywhere later
    except _Refused as refused:
        return Reading(findings=[UNREADABLE.at(why=str(refused))])
    except json.JSONDecodeError as error:
        why = f"a {_plain(error.msg)} was met at line {error.lineno}, column {error.colno}"
        return Reading(findings=[UNREADABLE.at(Place(line=error.lineno), why=why)])
    except UnicodeError:
        return Reading(findings=[UNREADABLE.at(why="it is not valid UTF-8")])
    except (RecursionError, ValueError):
        return Reading(findings=[UNREADABLE.at(why="it nests too deeply or holds a number too large")])
    found = _manifests(document)
    if found is None:
        return Reading(findings=[NOT_A_MANIFEST.at()])
    manifests: list[Manifest] = []
    findings: list[Finding] = []
    for prefix, candidate in found:
        manifest = _one(candidate, prefix, findings)
        if manifest is not None:
            manifests.append(manifest)
    return Reading(lists=manifests, findings=findings)


def write(manifest: Manifest, order: WriteOrder) -> bytes:
    """The manifest as one JSON object. `order` adds nothing: the form has no envelope of its own."""
    return msgspec.json.encode(manifest)


class _Refused(Exception):
    """JSON that other parsers would read in another way."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused("an object holds the same key twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not a JSON number")


def _plain(message: str) -> str:
    return "syntax error (" + message.split(":")[0].lower() + ")"


def _manifests(document: Any) -> list[tuple[str, Any]] | None:
    if isinstance(document, dict) and isinstance(document.get("manifests"), list):
        return [(f"/manifests/{i}", one) for i, one in enumerate(document["manifests"])]
    if isinstance(document, list) and document:
        return [(f"/{i}", one) for i, one in enumerate(document)]
    if isinstance(document, dict) and ("kind" in document or "persons" in document):
        return [("", document)]
    return None


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(json_schema())


def _one(candidate: Any, prefix: str, findings: list[Finding]) -> Manifest | None:
    if not isinstance(candidate, dict):
        findings.append(NOT_A_MANIFEST.at(Place(path=prefix or "/")))
        return None
    errors = list(_validator().iter_errors(candidate)) if not _validator().is_valid(candidate) else []
    for error in errors[:_MOST_FINDINGS]:
        findings.extend(_said(error, prefix))
    if len(errors) > _MOST_FINDINGS:
        findings.append(MORE.at(Place(path=prefix or "/"), count=len(errors) - _MOST_FINDINGS))
    # deepest and last first, so that the indexes of what is still to be left out stay true
    ill = (error.instance_path for error in errors if error.kind.name != "additionalProperties")
    for path in sorted(ill, key=_order, reverse=True):
        _leave_out(candidate, path)
    try:
        return _completed(msgspec.convert(candidate, Manifest))
    except msgspec.ValidationError as error:
        # the path msgspec names is made of member names and indexes only
        where = str(error).rsplit(" - at `$", 1)[-1].strip("`") if " - at `$" in str(error) else ""
        findings.append(DOES_NOT_FIT.at(Place(path=prefix + where.replace(".", "/")), expected="what the schema says"))
        return None


def _order(path: list[str | int]) -> tuple[tuple[int, str | int], ...]:
    return tuple((0, step) if isinstance(step, int) else (1, step) for step in path)


def _leave_out(candidate: Any, path: list[str | int]) -> None:
    """Remove what stands at `path`; a person keeps the place in the list, so that later paths stay true."""
    holder = candidate
    for step in path[:-1]:
        holder = holder[step] if _holds(holder, step) else None
    if not path or not _holds(holder, path[-1]):
        return
    if len(path) == 2 and path[0] == "persons" and isinstance(path[1], int):
        person = holder[path[1]]
        holder[path[1]] = (person if isinstance(person, dict) else {}) | {"sequence": path[1] + 1}
    else:
        del holder[path[-1]]


def _holds(holder: Any, step: str | int) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


def _completed(manifest: Manifest) -> Manifest:
    """Fill what follows from the rest: the Latin form of names, and what a nationality's code stands for."""
    persons = tuple(_completed_person(person) for person in manifest.persons)
    return msgspec.structs.replace(manifest, persons=persons)


def _completed_person(person: Person) -> Person:
    family, given = person.family_name, person.given_names
    return msgspec.structs.replace(
        person,
        family_name_latin=person.family_name_latin or (latin(family) if family else None),
        given_names_latin=person.given_names_latin or (latin(given) if given else None),
        nationalities=tuple(_known(one) for one in person.nationalities),
    )


def _known(stated: Nationality) -> Nationality:
    return nationality(stated.code) or stated


def _said(error: Any, prefix: str) -> Iterator[Finding]:
    steps = list(error.instance_path)
    path = prefix + "".join(f"/{step}" for step in steps)
    person = steps[1] + 1 if len(steps) > 1 and steps[0] == "persons" and isinstance(steps[1], int) else None
    kind = error.kind
    if kind.name == "additionalProperties":
        for member in kind.unexpected:
            named = member if len(member) <= 40 and member.isidentifier() else f"({shape(member)})"
            yield UNKNOWN_MEMBER.at(Place(path=f"{path}/{named}", person=person))
    elif kind.name == "required":
        yield MISSING_MEMBER.at(Place(path=path or "/", person=person), member=kind.property)
    else:
        field = next((step for step in reversed(steps) if isinstance(step, str)), None)
        yield DOES_NOT_FIT.at(
            Place(path=path or "/", person=person, field=field), shape=shape(error.instance), expected=_expected(kind)
        )


_EXPECTED = {
    "^[A-Z]{3,4}$": "a country code of three capital letters (ISO 3166-1 alpha-3 or ICAO 9303-3)",
    "^\\d{4}(-\\d{2}(-\\d{2})?)?$": "a date as YYYY-MM-DD, YYYY-MM or YYYY",
    "^[A-Z]{2}[A-Z0-9]{3}$": "a UN/LOCODE of five characters",
    "^\\d{7}$": "an IMO ship number of seven digits",
}


def _expected(kind: Any) -> str:
    if kind.name == "pattern":
        return _EXPECTED.get(kind.pattern, "another form")
    if kind.name == "enum":
        return "one of " + ", ".join(str(option) for option in kind.options if option is not None)
    if kind.name == "type":
        return "a value of type " + " or ".join(str(name) for name in kind.types)
    if kind.name in ("minimum", "maximum"):
        return f"a number within the limits ({kind.name} {kind.limit})"
    return "what the schema says"
