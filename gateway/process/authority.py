"""What a single window says of a list, said to its sender at the sender's own cell, line or segment.

In: a `Response`, where the values of the delivered list stand in what the sender sent (`Delivered`). Out: findings. Windows write
the way to a value as XPath, with dots, or as JSONPath, and number persons as the message did; what leads nowhere is said of the
list as a whole. The window's own words go along: they are for the sender alone, like every answer (EMSWe MIG 2.0, RES and FRM).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import msgspec

from gateway.codes import tables
from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.emswe_fields import HEADER_PATHS, PERSON, PERSON_PATHS
from gateway.formats.emswe_response import Pointer, Reported, Response, Status
from gateway.formats.raw import Places

_CITES: Final = "EMSWe MIG 2.0, FRM (RE-014-01)"

REJECTED = Rule(
    id="R-01",
    severity=Severity.ERROR,
    text="{authority} rejected this list as it was filed there{reference}",
    hint="mend what is said of it, then send the whole list again; until then it counts as not reported there",
    cites="EMSWe MIG 2.0, RE-011-02",
)
INCOMPLETE = Rule(
    id="R-02",
    severity=Severity.ERROR,
    text="{authority} says that this list is not complete{reference}",
    hint="add what is said to be missing, then send the whole list again",
    cites="EMSWe MIG 2.0, RE-011-02",
)
CONDITIONAL = Rule(
    id="R-03",
    severity=Severity.WARNING,
    text="{authority} accepted this list on conditions{reference}",
    hint="see what is said of it; the list counts as reported",
    cites="EMSWe MIG 2.0, RE-011-02; G-FRM-001",
)
ERROR = Rule(
    id="R-04",
    severity=Severity.ERROR,
    text="{authority} says {code}{words}: {meaning}",
    hint="{hint}",
    cites=_CITES,
)
WARNING = Rule(
    id="R-05",
    severity=Severity.WARNING,
    text="{authority} says {code}{words}: {meaning}",
    hint="{hint}",
    cites=_CITES,
)
NOT_ADMITTED = Rule(
    id="R-06",
    severity=Severity.WARNING,
    text="the interface of {authority} did not let this list through ({code}: {meaning})",
    hint="nothing for you to do: the gateway's operator has been told",
    cites="Commission Implementing Regulation (EU) 2023/2790",
)
TAKEN_BACK = Rule(
    id="R-07",
    severity=Severity.WARNING,
    text="{authority} took an earlier answer about this list back",
    hint="wait for its next answer, or ask it",
    cites="EMSWe MIG 2.0, R-RES-001",
)
LOST = Rule(
    id="R-08",
    severity=Severity.WARNING,
    text="{authority} has this list from an attempt whose answer was lost on its way, so its verdict is not known",
    hint="ask it, or send the list again, changed or not, with another reference: then it answers anew",
    cites="EMSWe MIG 2.0, ERR-025",
)
RULES = (REJECTED, INCOMPLETE, CONDITIONAL, ERROR, WARNING, NOT_ADMITTED, TAKEN_BACK, LOST)

_VERDICTS: Final = {
    Status.REJECTED: REJECTED,
    Status.INCOMPLETE: INCOMPLETE,
    Status.CONDITIONAL: CONDITIONAL,
}
_STEP: Final = re.compile(r"(?:[\w-]+:)?(@?\w+)(?:\[([^\]]*)\])?")
_NUMBERED: Final = re.compile(r"(?:.*SequenceNumeric\s*=\s*['\"]?)?(\d{1,5})['\"]?")
_FIELDS: Final = {path.partition("[")[0]: field for path, field in reversed(PERSON_PATHS.items())}


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender's list and the delivered message have in common.

    `persons`: for each person of the message, in its order, the position in the sender's list (from 0); None for who
    came with another list. `header`: where the fields of the whole list stand. `file`, `member`: as in `Place`, where the submission had several.
    """

    authority: str
    places: Places
    persons: Sequence[int | None]
    header: dict[str, Place] = {}
    whole: Place = Place()
    file: int | None = None
    member: str | None = None


class _Target(NamedTuple):
    field: str | None = None
    number: int | None = None
    is_person: bool = False


def findings(response: Response, delivered: Delivered) -> list[Finding]:
    """Everything the answer says that its sender should know, the verdict first."""
    return list(_said(response, delivered))


def for_operator(response: Response) -> list[str]:
    """The published codes of what is for the operator of the gateway to mend, not for the line. No other code, however it looks:
    a window may put anything there, and operators are told nobody's name."""
    return list(dict.fromkeys(one.code for one in response.reported if _meaning(one.code)["whose"] == "operator"))


def _said(response: Response, delivered: Delivered) -> Iterator[Finding]:
    who = delivered.authority
    whole = _within(delivered.whole, delivered)
    if response.is_control:
        for one in response.reported:
            yield NOT_ADMITTED.at(whole, authority=who, code=shown(one.code), meaning=_meaning(one.code)["meaning"])
        return
    if response.is_lost:
        yield LOST.at(whole, authority=who)
        return
    if response.is_withdrawn:
        yield TAKEN_BACK.at(whole, authority=who)
        return
    if response.status in _VERDICTS:
        reference = f" (no. {response.reference})" if response.reference else ""
        yield _VERDICTS[response.status].at(whole, authority=who, reference=reference)
    is_refused = response.status in (Status.REJECTED, Status.INCOMPLETE)
    for one in response.reported:
        yield from _reported(one, delivered, is_refused)


def _reported(one: Reported, delivered: Delivered, is_refused: bool) -> Iterator[Finding]:
    known = _meaning(one.code)
    rule = WARNING if one.code.startswith("WRN") or not is_refused else ERROR
    words = f", “{one.text}”" if one.text else ""
    for place in dict.fromkeys(_place(pointer, delivered) for pointer in one.pointers or (Pointer(),)):
        parts = {"code": shown(one.code), "meaning": known["meaning"], "words": words, "hint": known["hint"]}
        yield rule.at(place, authority=delivered.authority, **parts)


def _place(pointer: Pointer, delivered: Delivered) -> Place:
    target = _target(pointer)
    if target.number is not None and 0 < target.number <= len(delivered.persons):
        at = delivered.persons[target.number - 1]
        if at is not None:
            return _within(delivered.places.at(target.field or "", at), delivered)
    if target.field is not None and not target.is_person and target.field in delivered.header:
        return _within(delivered.header[target.field], delivered)
    return _within(msgspec.structs.replace(delivered.whole, field=target.field), delivered)


def _within(place: Place, delivered: Delivered) -> Place:
    return place.within(delivered.file, delivered.member)


def _target(pointer: Pointer) -> _Target:
    """Which field of which person, wherever the path begins."""
    steps = _STEP.findall(pointer.path)
    names = [name for name, _ in steps if not name.isdigit()]
    if PERSON not in names:
        below = names[1:] if names[:1] == ["Envelope"] else names
        return _Target(HEADER_PATHS.get("/".join(below)), pointer.number)
    below = names[names.index(PERSON) + 1 :]
    paths = ("/".join(below[:end]) for end in range(len(below), 0, -1))
    field = next((_FIELDS[path] for path in paths if path in _FIELDS), None)
    return _Target(field, pointer.number or _number(pointer.path, steps), True)


def _number(path: str, steps: list[tuple[str, str]]) -> int | None:
    """Persons count from 1 in XPath, from 0 in JSONPath and JSON Pointer; a path with dots alone does not say which it is."""
    at = next(at for at, (name, _) in enumerate(steps) if name == PERSON)
    following = steps[at + 1][0] if at + 1 < len(steps) else ""
    if following.isdigit():
        return int(following[:5]) + 1
    inside = _NUMBERED.fullmatch(steps[at][1])
    if inside is None:
        return None
    return int(inside[1]) + 1 if path.startswith("$") else int(inside[1]) if "/" in path.lstrip("/") else None


@cache
def _meanings() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in tables.rows("emswe_errors")}


def _meaning(code: str) -> dict[str, str]:
    unknown = {"whose": "line", "meaning": "a code that is in no published list", "hint": "ask the single window"}
    return _meanings().get(code, unknown)


def shown(code: str) -> str:
    """A code as it may be shown to anybody: what does not look like one may be anything."""
    return code if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", code) else "an error without a code"
