"""EMSWe PXA, PXD, CWA, CWD and PBK, MIG 2.0, in XML and JSON alike: an Envelope's elements become a list.

In: an `Envelope`, which `emswe_xml` or `emswe_json` made. Out: a `Reading` with one list, or the findings that say why none.
A column per element, nothing judged; what has no field is an extra of its person, or a finding. A withdrawal is the header
alone and a list of nobody. PBK is a list for the purpose of booking; SUB-01 and SUB-02 are border and safety (R-PXA-001).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

import msgspec

from gateway.codes import tables
from gateway.findings import Finding, Place
from gateway.formats import emswe_findings as say
from gateway.formats.emswe_fields import (
    DECLARATION,
    DIALECTS,
    FUNCTIONS,
    HEADER_PATHS,
    LISTS,
    PERSON_PATHS,
    PURPOSE_CODE,
    SUBTYPES,
    TYPE_CODE,
    VERSION,
)
from gateway.formats.emswe_steps import Step
from gateway.formats.raw import HeaderValue, Own, RawList, Reading
from gateway.manifest import Purpose

Columns = dict[str, Sequence[str | None]]

MOST_PERSONS: Final = 99_999  # DE-001-02 ends there
_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){0,3}")


class Envelope(msgspec.Struct, kw_only=True):
    """A message's elements. `bare`: its root has no namespace, as in MIG 1.0. `formalities`: what it holds besides MAI, by name.
    `header`: all but the persons, `people` the `size` persons, each below OnboardTransportPerson; `places` is theirs."""

    bare: bool
    formalities: list[str]
    header: Step
    people: Step
    size: int
    places: Own


def read(envelope: Envelope, name: str) -> Reading:
    """The list in this Envelope. `name`: the format's."""
    said = {step.path: step for step in envelope.header.all()}
    refused = _refusal(envelope, said)
    if refused is not None:
        return Reading(findings=[refused])
    code = envelope.formalities[0] if envelope.formalities else _text(said, TYPE_CODE)
    findings = list(_said_of_header(envelope, said, code))
    direction, kind = LISTS[code]
    columns, extras = _columns(envelope, findings)
    raw = RawList(
        format=name,
        kind=kind,
        size=envelope.size,
        columns=columns,
        places=envelope.places,
        header=_header(said, direction),
        dialects=DIALECTS,
        extras=extras,
        purposes=_purposes(said, code),
    )
    return Reading(lists=[raw], findings=findings)


def _text(said: Mapping[str, Step], path: str) -> str:
    return said[path].values[0] if path in said else ""


def _place(step: Step, field: str | None = None) -> Place:
    return Place(path=step.shown, field=field)


def _refusal(envelope: Envelope, said: Mapping[str, Step]) -> Finding | None:
    """Why there is no list of ours in it."""
    version, type_code = _text(said, VERSION), _text(said, TYPE_CODE)
    formalities = envelope.formalities
    if "RES" in formalities:
        return say.ANSWER.at()
    if version.partition(".")[0] != "2" if version else envelope.bare:
        shown = version if _VERSION.fullmatch(version) else "1.0" if envelope.bare else "another version"
        return say.OTHER_VERSION.at(_place(said[VERSION]) if version else Place(), version=shown)
    if not (formalities or type_code):
        return say.NO_ENVELOPE.at()
    if len(formalities) > 1:
        return say.SEVERAL.at(count=len(formalities))
    code = formalities[0] if formalities else type_code
    if code not in LISTS:
        return say.OTHER_MESSAGE.at(code=code if code in _names() else "of another type", name=_named(code))
    if not envelope.size and _text(said, PURPOSE_CODE) != "1":
        return say.NO_LIST.at()
    return say.TOO_MANY.at(most=MOST_PERSONS) if envelope.size > MOST_PERSONS else None


def _names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in tables.rows("emswe_formalities")}


def _named(code: str) -> str:
    name = _names().get(code)
    return f" ({name})" if name else ""


def _said_of_header(envelope: Envelope, said: Mapping[str, Step], code: str) -> Iterator[Finding]:
    """What is odd about the header, and what of it has no field."""
    purpose = _text(said, PURPOSE_CODE)
    if not _text(said, VERSION):
        yield say.NO_VERSION.at()
    if _text(said, TYPE_CODE) != code:
        yield say.TYPE_DIFFERS.at(_place(said[TYPE_CODE]) if TYPE_CODE in said else Place(), code=code)
    if purpose not in FUNCTIONS:
        yield say.UNKNOWN_PURPOSE.at(_place(said[PURPOSE_CODE], "function") if purpose else Place(field="function"))
    if purpose == "1" and envelope.formalities:
        yield say.WITHDRAWN_WITH_LIST.at()
    known = {TYPE_CODE, PURPOSE_CODE, VERSION, *HEADER_PATHS}
    declared = [step for path, step in said.items() if path.startswith(DECLARATION)]
    if declared:
        yield say.DECLARANT.at(_place(declared[0]))
    for path, step in said.items():
        if _is_subtype(path, code):
            if not SUBTYPES.keys() >= set(_all_of(step)):
                yield say.UNKNOWN_SUBTYPE.at(_place(step))
        elif path not in known and step not in declared:
            yield say.NOT_TAKEN.at(_place(step))


def _is_subtype(path: str, code: str) -> bool:
    return path.partition("[")[0] == f"{code}/ExchangedDocument/SubtypeCode"


def _all_of(step: Step) -> list[str]:
    return [step.values[0], *step.further.get(0, ())]


def _purposes(said: Mapping[str, Step], code: str) -> tuple[Purpose, ...]:
    """In the order of `Purpose`. Without a subtype the list says nothing of its purposes."""
    if code == "PBK":
        return (Purpose.BOOKING,)
    subtypes = (_all_of(step) for path, step in said.items() if _is_subtype(path, code))
    stated = {SUBTYPES.get(one) for one in chain.from_iterable(subtypes)}
    return tuple(purpose for purpose in Purpose if purpose in stated)


def _header(said: Mapping[str, Step], direction: str | None) -> dict[str, HeaderValue]:
    header = {
        field: HeaderValue(said[path].values[0], _place(said[path], field))
        for path, field in HEADER_PATHS.items()
        if path in said
    }
    if _text(said, PURPOSE_CODE) in FUNCTIONS:
        header["function"] = HeaderValue(_text(said, PURPOSE_CODE), _place(said[PURPOSE_CODE], "function"))
    if direction:
        at = _place(said[TYPE_CODE], "direction") if TYPE_CODE in said else Place(field="direction")
        header["direction"] = HeaderValue(direction, at)
    return header


def _columns(envelope: Envelope, findings: list[Finding]) -> tuple[Columns, Columns]:
    """The persons' fields; and their extras, by path."""
    columns: Columns = {}
    extras: Columns = {}
    for step in envelope.people.all():
        field = PERSON_PATHS.get(step.path)
        if field is not None:
            columns[field] = step.column(envelope.size)
            continue
        if once := PERSON_PATHS.get(step.path.partition("[")[0]):
            findings.append(say.AGAIN.at(envelope.places.at(once, min(step.values))))
        extras[_label(step.path or "text", extras)] = step.column(envelope.size)
    return columns, extras


def _label(path: str, taken: Mapping[str, object]) -> str:
    """Two names that may not be shown can look the same."""
    at, label = 1, path
    while label in taken:
        at += 1
        label = f"{path} ({at})"
    return label
