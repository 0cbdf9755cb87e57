"""EMSWe person lists as XML (MIG 2.0): the Envelope's elements, by their local names.

In: bytes. Out: a `Reading`; see `emswe_reader`. MIG 1.0, answers and formalities that list no persons are known and refused.
Attributes (a text's language, a code's list) are kept like elements, as `@name`; those of the Envelope are the parser's.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from gateway.findings import Rule
from gateway.formats import emswe_findings as say
from gateway.formats import emswe_reader, xmltree
from gateway.formats.emswe_fields import LISTS, MOVEMENT, PERSON, xml_names
from gateway.formats.emswe_reader import MOST_PERSONS, Envelope
from gateway.formats.emswe_steps import Step, Strange
from gateway.formats.raw import ElementPlaces, Reading

NAME = "emswe-xml"
MEDIA: tuple[str, ...] = ("application/xml", "text/xml")
JAILED = False
RULES: tuple[Rule, ...] = (*xmltree.RULES, *say.RULES)

_ROOT = "Envelope"
_STANDARD = b"urn:un:unece:uncefact:data:standard:"


def recognise(head: bytes) -> bool:
    """An Envelope of UN/CEFACT's: SOAP has one as well."""
    space, name = xmltree.root_of(head)
    return name == _ROOT and (_STANDARD.decode() in space.lower() or (not space and _STANDARD in head.lower()))


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """The list in `data`, with a finding for whatever has no field. No options."""
    root, findings = xmltree.parse(data)
    if root is None:
        return Reading(findings=findings)
    del data
    if xmltree.local(root) != _ROOT:
        return Reading(findings=[*findings, say.NO_ENVELOPE.at()])
    try:
        reading = emswe_reader.read(_envelope(root), NAME)
    except Strange:
        reading = Reading(findings=[say.STRANGE.at()])
    return Reading(lists=reading.lists, findings=[*findings, *reading.findings])


def _envelope(root: etree._Element) -> Envelope:
    header, people = Step(shown=f"/{_ROOT}"), Step()
    formalities: list[str] = []
    size = 0
    for part in root:
        name = xmltree.local(part)
        if name != "MAI":
            formalities.append(name)
        if name == "MAI":
            _take(part, _into(header, part), 0)
        elif name in LISTS and len(formalities) == 1:
            size = _body(part, _into(header, part), people)
    code = formalities[0] if formalities else ""
    places = ElementPlaces(f"/{_ROOT}/{code}/{MOVEMENT}/{PERSON}", xml_names())
    is_bare = etree.QName(root).namespace is None
    return Envelope(bare=is_bare, formalities=formalities, header=header, people=people, size=size, places=places)


def _body(formality: etree._Element, step: Step, people: Step) -> int:
    """How many persons there are; past the most that there may be, they are only counted."""
    size = 0
    for part in formality:
        below = _into(step, part)
        if xmltree.local(part) != MOVEMENT:
            _take(part, below, 0)
            continue
        for one in part:
            if xmltree.local(one) != PERSON:
                _take(one, _into(below, one), 0)
                continue
            if size < MOST_PERSONS:
                _take(one, people, size)
            size += 1
    return size


def _into(step: Step, child: etree._Element) -> Step:
    name = xmltree.local(child)
    return step.into(name, name, name)


def _take(element: etree._Element, step: Step, person: int) -> None:
    """Every text of the element and of those in it, and every attribute."""
    if (text := element.text) and (text := text.strip()):
        step.put(person, text)
    for name, value in element.items():
        if value.strip():
            attribute = "@" + name.rpartition("}")[2]
            step.into(attribute, attribute, attribute).put(person, value.strip())
    if not len(element):  # most are leaves, and asking costs less than a walk over nothing
        return
    for child in element:
        tag = str(child.tag)
        _take(child, step.below.get(tag) or step.into(tag, name := xmltree.local(child), name), person)
        if (tail := child.tail) and (tail := tail.strip()):
            step.put(person, tail)
