"""EMSWe messages handed back with repairs: the sender's own XML or JSON, in which only the repaired texts are others.

In: the bytes, and changes at the paths that the readers give (`ElementPlaces`, `PathPlaces`). Out: the document again. A path goes
by local names, as the readers do, and counts over all holders of that name; a text that is not the one that was read stays.
In XML comments, prefixes and white space stay; JSON is written anew, member by member in its order. RFC 8259, XML 1.0.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from lxml import etree

from gateway.answers.copies import Change, Copy, NotMade, Repair
from gateway.formats import emswe_json, xmltree

_NOT_AGAIN: Final = "this message cannot be written again; take the answer as JSON"
_STEP = re.compile(r"(.+?)(?:\[(\d+)\])?")


class _Text(NamedTuple):
    """A text in a document, and how it is written anew."""

    text: str
    put: Callable[[str], None]


def corrected(data: bytes, format: str, changes: Sequence[Change[str]]) -> Copy:
    """The message with those changes that could be made."""
    is_json = format == emswe_json.NAME
    document = _json(data) if is_json else _xml(data)
    find = _Found(document).in_json if is_json else _Found(document).in_xml
    made: list[Repair] = []
    for change in changes:
        texts = [find(one.at) for one in change]
        if all(text is not None and text.text == one.was for text, one in zip(texts, change, strict=True)):
            for text, one in zip(texts, change, strict=True):
                if text is not None:
                    text.put(one.becomes)
            made += [one.repair for one in change]
    if is_json:
        body, kind = json.dumps(document, ensure_ascii=False, indent=1).encode(), "json"
    else:
        body, kind = _bytes(document), "xml"
    return Copy(data=body, media_type=f"application/{kind}", ending=f".{kind}", repairs=tuple(made))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotMade(_NOT_AGAIN) from None


def _xml(data: bytes) -> etree._Element:
    """With comments and white space, once `xmltree` has found nothing in it that could do harm."""
    if xmltree.parse(data)[0] is None:
        raise NotMade(_NOT_AGAIN)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False)
    try:
        return etree.fromstring(data.lstrip(b" \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotMade(_NOT_AGAIN) from None


def _bytes(root: etree._Element) -> bytes:
    tree = root.getroottree()
    return etree.tostring(tree, encoding=tree.docinfo.encoding or "UTF-8", xml_declaration=True)


class _Found:
    """What paths lead to. The way to the persons is gone once: a list has thousands of them under one path."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._ways: dict[str, list[Any]] = {}

    def in_xml(self, path: str) -> _Text | None:
        """`/Envelope/PXA/…/OnboardTransportPerson[2]/FamilyName`"""
        _, root, *steps = path.split("/")
        at = [self._root] if xmltree.local(self._root) == root else []
        return next((_of_element(one) for one in self._gone(at, steps, _elements)), None)

    def in_json(self, path: str) -> _Text | None:
        """`/env:Envelope/…/ram:OnboardTransportPerson/1/ram:FamilyName`; a list that is not counted in it is gone through."""
        steps = re.sub(r"/(\d+)(?=/|$)", lambda nth: f"[{int(nth[1]) + 1}]", path).split("/")[1:]
        return next((_of_member(*one) for one in self._gone([(None, None, self._root)], steps, _members)), None)

    def _gone(self, at: list[Any], steps: Sequence[str], below: Callable[[Any, str], Iterable[Any]]) -> list[Any]:
        way = ""
        for step in steps:
            found = _STEP.fullmatch(step)
            if found is None:
                return []
            way += "/" + found[1]
            if way not in self._ways:
                self._ways[way] = [child for one in at for child in below(one, found[1])]
            at = self._ways[way]
            if found[2]:
                nth = int(found[2])
                at, way = at[nth - 1 : nth], f"{way}[{nth}]"
        return at


def _elements(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return xmltree.children(element, name)


def _of_element(element: etree._Element) -> _Text:
    def put(text: str) -> None:
        element.text = text

    return _Text((element.text or "").strip(), put)


_Member = tuple[Any, Any, Any]
"""(holder, key in it, value)"""


def _members(member: _Member, name: str) -> Iterator[_Member]:
    """The members of this local name, each value of a list by itself."""
    value = member[2]
    for key, held in value.items() if isinstance(value, dict) else ():
        if _local(key) == _local(name):
            yield from (
                ((held, at, one) for at, one in enumerate(held)) if isinstance(held, list) else [(value, key, held)]
            )


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _of_member(holder: Any, key: Any, value: Any) -> _Text | None:
    """A text by itself, or with attributes beside it."""
    if isinstance(value, dict):
        holder, key, value = value, "$", value.get("$")
    if not isinstance(value, str):
        return None

    def put(text: str) -> None:
        holder[key] = text

    return _Text(value.strip(), put)
