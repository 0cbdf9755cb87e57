"""An EMSWe Envelope as it came, XML or JSON, as one tree of local names: what messages of single windows and ships are read from.

In: bytes. Out: a `Tree`, empty where they are neither. Read liberally: real messages write null for what is absent, one object for a
list of one, texts with or without their language, wrap an Envelope in an object of their interface, and put a time into an element of
its own (MIG 1.0: `DateTimeString`) or not. Nothing is judged.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from gateway.formats import xmltree
from gateway.formats.emswe_values import clean

MOST_BYTES: Final = 4 * 1024 * 1024
_DEEPEST: Final = 40
_WRAPPED: Final = ("frmResponse", "formalityData")

Tree = dict[str, Any]
"""Local name -> its values, in order: `Tree` or text."""


def tree_of(data: bytes) -> Tree:
    """What is in `data`, without what an interface wraps around it."""
    if len(data) > MOST_BYTES:
        return {}
    tree = _json(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _xml(data)
    for name in _WRAPPED:
        tree = first(tree, name) or tree
    return tree


def first(tree: Tree, name: str) -> Tree:
    """The first element of this name; empty where there is none."""
    return next((one for one in tree.get(name, ()) if isinstance(one, dict)), {})


def all_of(tree: Tree, name: str) -> list[Tree]:
    """The elements of this name."""
    return [one for one in tree.get(name, ()) if isinstance(one, dict)]


def every(tree: Tree, name: str) -> Iterator[Tree]:
    """The elements of this name wherever they stand; a text counts as an element with a text."""
    for key, values in tree.items():
        for one in values:
            if key == name:
                yield one if isinstance(one, dict) else {"$": [one]}
            elif isinstance(one, dict):
                yield from every(one, name)


def text(tree: Tree, *path: str) -> str:
    """The text at the end of a path; empty where there is none."""
    if not path:
        return next((one for one in tree.get("$", ()) if isinstance(one, str)), "")
    for name in path[:-1]:
        tree = first(tree, name)
    return next((said for one in tree.get(path[-1], ()) if (said := words(one))), "")


def words(value: Tree | str) -> str:
    """The text of an element, however it is written."""
    return clean(value if isinstance(value, str) else text(value))


def _json(data: bytes) -> Tree:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return _members(whole, 0) if isinstance(whole, dict) else {}


def _members(value: dict[str, Any], depth: int) -> Tree:
    tree: Tree = {}
    for name, held in value.items() if depth < _DEEPEST else ():
        kept = tree.setdefault(name.rpartition(":")[2], [])
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict):
                kept.append(_members(one, depth + 1))
            elif one is not None and not isinstance(one, list):
                kept.append(str(one))
    return tree


def _xml(data: bytes) -> Tree:
    root, _ = xmltree.parse(data)
    return {xmltree.local(root): [_element(root, 0)]} if root is not None else {}


def _element(element: etree._Element, depth: int) -> Tree:
    tree: Tree = {"$": [(element.text or "").strip()]}
    for child in element if depth < _DEEPEST else ():
        tree.setdefault(xmltree.local(child), []).append(_element(child, depth + 1))
    return tree
