"""A corrected copy, read again: never more errors, the same persons, and nothing else than what its repairs list.

Lists as hands and exports leave them (`untidy`), in every form that is corrected.  More:  GATEWAY_COPIES=300 ./gw test tests/answers
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from lxml import etree

from gateway.answers import Copy, repairs
from gateway.answers.lines import AS_UTF_8, GUARDED
from gateway.findings import Severity
from gateway.formats import delimited
from gateway.formats.inert import plain
from gateway.manifest import Person
from gateway.normalise.text import tidy
from gateway.process import same
from tests.answers.reading import corrected, read, values
from tests.answers.untidy import FORMS, untidy

MANY = int(os.environ.get("GATEWAY_COPIES", "3"))
CASES = [(form, seed) for form in FORMS for seed in range(MANY if "xlsx" not in form else (MANY + 2) // 3)]
OUR_SHEET = "Corrections"


def in_a_table(data: bytes, *, as_it_stands: bool = False) -> dict[str, str]:
    """ "line 3, column 2" -> text. `as_it_stands`: with the guards against formulas."""
    parted = delimited.part(data, {})
    lines = zip(parted.sheet.lines or (), parted.records, strict=True)
    headers = parted.records[_header(parted.records)]
    return {
        f'line {line}, column "{headers[at] if at < len(headers) else at}"': text if as_it_stands else plain(text)
        for line, record in lines
        for at, text in enumerate(record)
    }


def _header(records: list[list[str]]) -> int:
    return next(at for at, record in enumerate(records) if {"Family name", "Cognome"} & set(record))


def in_a_workbook(data: bytes) -> dict[str, Any]:
    return {
        f'sheet "{tab}", cell {chr(65 + at)}{row}': cell
        for tab, rows in values(data).items()
        if tab != OUR_SHEET
        for row, cells in enumerate(rows, 1)
        for at, cell in enumerate(cells)
    }


def in_json(data: bytes) -> dict[str, Any]:
    return dict(_members(json.loads(data), ""))


def _members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, held in pairs:
            yield from _members(held, f"{path}/{name}")
    else:
        yield path, value


def in_xml(data: bytes) -> dict[str, str | None]:
    """By local names; persons are counted, and what else there is more than one of."""
    root = etree.fromstring(data)
    found: dict[str, str | None] = {}
    for element in root.iter():
        steps = [element, *element.iterancestors()]
        found["/" + "/".join(map(_step, reversed(steps)))] = element.text
    return found


def _step(element: etree._Element) -> str:
    name = etree.QName(element).localname
    alike = [one for one in element.getparent() if one.tag == element.tag] if element.getparent() is not None else []
    at = alike.index(element) + 1 if alike else 1
    return f"{name}[{at}]" if name == "OnboardTransportPerson" or at > 1 else name


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def where(copy: Copy) -> set[str]:
    """The places of repairs, but for guards, as the readers above name them."""
    told = (one.place for one in copy.repairs if one.what not in (AS_UTF_8, GUARDED))
    return {
        place.path or str(place).partition(", column")[0] * (place.sheet is not None) or str(place) for place in told
    }


def compared(form: str, data: bytes, copy: Copy) -> set[str]:
    look = {"csv": in_a_table, "xlsx": in_a_workbook, "json": in_json, "xml": in_xml}[form.rpartition("-")[2]]
    return changed(look(data), look(copy.data))


def test_letters_are_not_taken_for_others_once_those_that_told_the_encoding_are_gone() -> None:
    """A no-break space is all that tells this Windows-1252 from UTF-8, because a name in it was garbled before."""
    data = untidy("ferry-csv", 258)
    copy = corrected(data)
    assert (data.count(b"\xa0"), data.count("Ã˜".encode("cp1252"))) == (1, 1)
    assert copy.repairs[-1].what == AS_UTF_8
    assert "BJÃ˜RN" in copy.data.decode("utf-8-sig")
    assert [one.family_name for one in _people(read(copy.data))] == [one.family_name for one in _people(read(data))]


@pytest.mark.parametrize(("form", "seed"), CASES, ids=lambda value: str(value))
def test_a_corrected_copy_says_the_same_better(form: str, seed: int) -> None:
    data = untidy(form, seed)
    copy = corrected(data)
    before, after = read(data), read(copy.data)
    assert before.lists
    assert after.count(Severity.ERROR) <= before.count(Severity.ERROR)
    assert same.otherwise(before, after, copy.repairs) == frozenset()
    assert compared(form, data, copy) == where(copy)
    exchanged = {one.place.person for one in copy.repairs if one.what in repairs.EXCHANGED}
    for number, (one, two) in enumerate(zip(_people(before), _people(after), strict=True), 1):
        assert number in exchanged or tidy(one.family_name or "")[0] == tidy(two.family_name or "")[0]


def _people(understood: Any) -> list[Person]:
    return [person for one in understood.lists for person in one.manifest.persons]
