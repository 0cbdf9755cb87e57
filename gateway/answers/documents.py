"""Our own JSON handed back: the findings about it, or the document with what did not fit and can be read written anew.

In: the bytes, findings. Out: JSON. A value is written anew where the reader left it out because it did not fit (J-03), and it
reads one way only: a country's name, a word for the sex, a date that no order of day and month could change. Padding and signs
that nobody can see go from every text. Names in each other's place change it with their Latin forms.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from gateway.answers.copies import Change, Copy, NotMade, Repair
from gateway.answers.repairs import COUNTRY, DATE, SEX, TRIMMED, is_country, is_date, trimmed
from gateway.findings import Finding, Place
from gateway.formats.commonjson import DOES_NOT_FIT, MEDIA_TYPE
from gateway.manifest import Sex
from gateway.normalise import coded
from gateway.normalise.dateforms import Meaning, possible_dates, two_digit_year


def listed(findings: Sequence[Finding]) -> Copy:
    """The findings themselves, as the answer has them."""
    return Copy(data=msgspec.json.encode({"findings": findings}), media_type=MEDIA_TYPE, ending=".findings.json")


def repairs(made: Sequence[Repair]) -> Copy:
    """What was written anew in a corrected copy: where, and what was done, never what it was or became."""
    body = msgspec.json.encode({"corrections": made})
    return Copy(data=body, media_type=MEDIA_TYPE, ending=".corrections.json", repairs=tuple(made))


def corrected(data: bytes, findings: Sequence[Finding], exchanged: Sequence[Change[str]]) -> Copy:
    """The document, with what could be repaired. `exchanged`: names that stand in each other's place, at their paths."""
    repairs: list[Repair] = []
    try:
        document = _tidied(json.loads(data.decode("utf-8-sig")), "", repairs)
        for finding in findings:
            place = finding.place
            if finding.code == DOES_NOT_FIT.id and place.path and place.field and place.person is not None:
                _mend(document, place, repairs)
        for change in exchanged:
            _exchange(document, change, repairs)
        body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    except (ValueError, RecursionError):
        raise NotMade("this is not JSON that can be written again; take the answer as JSON") from None
    return Copy(data=body, media_type=MEDIA_TYPE, ending=".json", repairs=tuple(repairs))


def _tidied(value: Any, path: str, repairs: list[Repair]) -> Any:
    if isinstance(value, dict):
        return {name: _tidied(member, f"{path}/{name}", repairs) for name, member in value.items()}
    if isinstance(value, list):
        return [_tidied(member, f"{path}/{at}", repairs) for at, member in enumerate(value)]
    if not isinstance(value, str):
        return value
    kept = trimmed(value)
    if kept != value:
        repairs.append(Repair(Place(path=path), TRIMMED))
    return kept


def _holder(document: Any, path: str) -> tuple[Any, str]:
    """What holds the member at the end of a path, and the member's name. Raises LookupError, ValueError or TypeError."""
    *way, last = path.removeprefix("/").split("/")
    holder = document
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    return holder, last


def _mend(document: Any, place: Place, repairs: list[Repair]) -> None:
    try:
        holder, last = _holder(document, place.path or "")
        key = int(last) if isinstance(holder, list) else last
        found = _alone(place.field or "", holder[key])
    except (LookupError, ValueError, TypeError):
        return  # a member whose name holds a stroke: left alone
    if found:
        holder[key] = found[0]
        repairs.append(Repair(place, found[1]))


def _exchange(document: Any, change: Change[str], repairs: list[Repair]) -> None:
    """Two names, where they still stand there; with them their Latin forms, as far as there are any."""
    (person, _), *_ = [_holder(document, one.at) for one in change]
    names = [_holder(document, one.at)[1] for one in change]
    if any(person.get(name) != trimmed(one.was) for name, one in zip(names, change, strict=True)):
        return
    for suffix in ("", "_latin"):
        given = [person.pop(name + suffix, None) for name in names]
        for name, text, one in zip(names, reversed(given), change, strict=True):
            if text is not None:
                person[name + suffix] = text
            if text is not None or given != [None, None]:
                path = f"{one.at}{suffix}"
                repairs.append(Repair(msgspec.structs.replace(one.repair.place, path=path), one.repair.what))


def _alone(field: str, value: Any) -> tuple[str, str] | None:
    """What the value means, where it means that without any other."""
    if not isinstance(value, str):
        return None
    if is_country(field):
        code, notes = coded.alpha3(value)
        return (code, COUNTRY) if code and not notes else None
    if field == "sex":
        sex, notes = coded.sex_reader(None, [value])(value)
        return (sex.value, SEX) if isinstance(sex, Sex) and not notes else None
    if is_date(field) and not two_digit_year(value):
        day = possible_dates(value, Meaning.AROUND, date.min)
        days = set(day.values()) if isinstance(day, dict) else {day} if isinstance(day, str) else set()
        return (days.pop(), DATE) if len(days) == 1 else None
    return None
