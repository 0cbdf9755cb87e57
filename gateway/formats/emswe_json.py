"""EMSWe person lists as JSON, in the mapping of the Finnish declarant API (1.1.8; JSON Schemas of MIG 2.0.1.0).

In: bytes. Out: a `Reading`; see `emswe_reader`. The same tree as the XML: keys with prefixes, arrays where an element repeats,
`{"@languageID": "EN", "$": "x"}` for a text with attributes, numbers for indicators. The Envelope may stand in the API's own
object (`formalityData`). RFC 8259.
"""

import re
from collections.abc import Mapping
from typing import Any

from gateway.findings import Rule
from gateway.formats import emswe_findings as say
from gateway.formats import emswe_reader
from gateway.formats.emswe_fields import LISTS, MOVEMENT, PERSON, json_names
from gateway.formats.emswe_reader import MOST_PERSONS, Envelope
from gateway.formats.emswe_steps import Step, Strange
from gateway.formats.jsontext import RULES as JSON_RULES
from gateway.formats.jsontext import Refused, document
from gateway.formats.raw import PathPlaces, Reading

NAME = "emswe-json"
MEDIA: tuple[str, ...] = ("application/json",)
JAILED = False
RULES: tuple[Rule, ...] = (*JSON_RULES, *say.RULES)

_ENVELOPE = re.compile(rb'"(?:[\w.-]+:)?Envelope"\s*:')
_AROUND = ("formalityData", "frmResponse")
_NEAR = 4096


def recognise(head: bytes) -> bool:
    """An object with an Envelope near its beginning."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text[:1] == b"{" and _ENVELOPE.search(text[:_NEAR]) is not None


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """The list in `data`, with a finding for whatever has no field. No options."""
    try:
        found = _envelope(document(data))
    except Refused as refused:
        return Reading(findings=[refused.finding])
    except Strange:
        return Reading(findings=[say.STRANGE.at()])
    return emswe_reader.read(found, NAME) if found else Reading(findings=[say.NO_ENVELOPE.at()])


def _envelope(whole: Any) -> Envelope | None:
    around = next((name for name in _AROUND if isinstance(whole, dict) and name in whole), "")
    holder = whole[around] if around else whole
    key = next((name for name in holder if _local(name) == "Envelope"), "") if isinstance(holder, dict) else ""
    if not key or not isinstance(holder[key], dict):
        return None
    return _opened(holder[key], key, f"/{around}/{key}" if around else f"/{key}")


def _opened(members: dict[str, Any], key: str, path: str) -> Envelope:
    header, people = Step(shown=path), Step()
    parts = {name: value for name, value in members.items() if not name.startswith("@")}
    formalities = [_local(name) for name in parts if _local(name) != "MAI"]
    size, where = 0, path
    for name, value in parts.items():
        step = _into(header, name)
        if _local(name) == "MAI":
            _take(value, step, 0)
        elif _local(name) in LISTS and len(formalities) == 1:
            size, where = _body(value, step, people)
    places = PathPlaces(where, json_names())
    is_bare = ":" not in key
    return Envelope(bare=is_bare, formalities=formalities, header=header, people=people, size=size, places=places)


def _body(formality: Any, step: Step, people: Step) -> tuple[int, str]:
    """How many persons there are, and their path; past the most that there may be, they are only counted."""
    size, where = 0, step.shown
    for name, value in _members(formality, step):
        below = _into(step, name)
        if _local(name) != MOVEMENT:
            _take(value, below, 0)
            continue
        for inner, held in _members(value, below):
            if _local(inner) != PERSON:
                _take(held, _into(below, inner), 0)
                continue
            persons = held if isinstance(held, list) else [] if held is None else [held]
            where = f"{below.shown}/{inner}"
            for person in persons[:MOST_PERSONS]:
                _take(person, people, size)
                size += 1
            size += len(persons[MOST_PERSONS:])
    return size, where


def _members(value: Any, step: Step) -> list[tuple[str, Any]]:
    """The members of an object; what is none is a text of the element itself."""
    if isinstance(value, dict):
        return list(value.items())
    _take(value, step, 0)
    return []


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _into(step: Step, name: str) -> Step:
    return step.below.get(name) or step.into(name, _local(name), name)


def _take(value: Any, step: Step, person: int) -> None:
    """Every text of the value and of those in it."""
    if isinstance(value, dict):
        for name, held in value.items():
            is_text = name == "$" and not isinstance(held, dict | list)
            _take(held, step if is_text else step.below.get(name) or _into(step, name), person)
    elif isinstance(value, list):
        for held in value:
            if isinstance(held, list):  # nothing of EMSWe's is a list of lists
                raise Strange
            _take(held, step, person)
    elif value is not None and (text := _text(value)):
        step.put(person, text)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if isinstance(value, bool) else str(value)
