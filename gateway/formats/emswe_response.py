"""What a single window answers to an EMSWe formality: FRM and CLR (MIG 2.0: RES with one of them), or the RIM's own control message.

In: bytes, XML or JSON, as an interface sent them. Out: a `Response`, or None where they are no such answer. Read liberally: real
answers write null for what is absent, one object for a list of one, texts with or without their language, and wrap an Envelope
in an object of their interface. Nothing is judged; what the codes mean is in `schemas/codes/emswe_errors.csv`.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
from lxml import etree

from gateway.formats import xmltree
from gateway.formats.emswe_values import clean

MOST_BYTES: Final = 4 * 1024 * 1024
_MOST_ERRORS, _MOST_POINTERS, _DEEPEST = 9_999, 50, 40
_TEXT, _CODE = 512, 40  # RE-014-02; the longest code of a RIM has 15
_WRAPPED: Final = ("frmResponse", "formalityData")
_NUMBER: Final = re.compile(r"[1-9]\d{0,4}")  # DE-001-02


class Status(StrEnum):
    """RE-011-02, in words."""

    ACCEPTED = "accepted"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"


_STATUS: Final = {"1": Status.ACCEPTED, "3": Status.CONDITIONAL, "8": Status.REJECTED, "35": Status.INCOMPLETE}


class Pointer(msgspec.Struct, frozen=True):
    """Where: a path in whatever way the window writes paths, and which of several, from 1 (RE-015-01, -02)."""

    path: str = ""
    number: int | None = None


class Reported(msgspec.Struct, frozen=True):
    """One error or warning. `text` is the window's own and may hold anything: it is for the sender alone."""

    code: str
    text: str = ""
    pointers: tuple[Pointer, ...] = ()

    def __repr__(self) -> str:
        return f"<Reported {self.code}>"


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. `request`: the message id of what it answers; `reference`: the window's own number for it (RE-011-01).

    `is_control`: of the interface, before any authority saw the list. `is_withdrawn`: an earlier answer is taken back,
    whatever status is repeated with that. `is_lost`: there was one, and it never came to us.
    """

    status: Status | None
    request: str = ""
    formality: str = ""
    visit: str = ""
    id: str = ""
    reference: str = ""
    authority: str = ""
    reported: tuple[Reported, ...] = ()
    remarks: tuple[str, ...] = ()
    is_control: bool = False
    is_withdrawn: bool = False
    is_lost: bool = False

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.reported)} reported>"

    @property
    def is_repeated(self) -> bool:
        """Whether the window says that a message of this id was there before (ERR-025), whatever else it says of it then."""
        return any(one.code == "ERR-025" for one in self.reported)


Tree = dict[str, Any]
"""Local name -> its values, in order: `Tree` or text."""


def read(data: bytes) -> Response | None:
    """The answer in `data`; None if there is none."""
    if len(data) > MOST_BYTES:
        return None
    tree = _json(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _xml(data)
    for name in _WRAPPED:
        tree = _first(tree, name) or tree
    envelope = _first(tree, "Envelope")
    if envelope and _first(envelope, "RES"):
        return _of_window(envelope)
    refused = list(_every(tree, "ValidationError"))
    return _of_interface(tree, refused) if refused else None


def _of_window(envelope: Tree) -> Response:
    head = _first(envelope, "RES")
    verdict = _first(envelope, "FRM") or _first(envelope, "CLR") or _first(envelope, "SRR")
    document = _first(verdict, "AcknowledgementDocument")
    is_withdrawn = _text(head, "ExchangedDocument", "PurposeCode") == "1"
    return Response(
        status=None if is_withdrawn else _STATUS.get(_text(document, "StatusCode")),
        request=_text(head, "AcknowledgementDocument", "ReferenceReferencedDocument", "ID"),
        formality=_text(head, "AcknowledgementDocument", "ReferenceReferencedDocument", "TypeCode"),
        visit=_text(head, "SpecifiedLogisticsTransportMovement", "CallTransportEvent", "ID"),
        id=_text(head, "ExchangedDocument", "ID"),
        reference=_text(head, "AcknowledgementDocument", "ID"),
        authority=_authority(_first(head, "AcknowledgementDocument")),
        reported=tuple(_reported(one) for one in _all(document, "ReferencedReportedError")[:_MOST_ERRORS]),
        remarks=tuple(filter(None, (_words(one) for one in document.get("Status", ())[:_MOST_ERRORS]))),
        is_withdrawn=is_withdrawn,
    )


def _of_interface(tree: Tree, refused: list[Tree]) -> Response:
    reported = tuple(Reported(_text(one, "errorCode")[:_CODE], _text(one, "error")[:_TEXT]) for one in refused)
    return Response(
        status=Status.REJECTED,
        request=next((_text(one) for one in _every(tree, "CorrelationId")), ""),
        reported=reported[:_MOST_ERRORS],
        is_control=True,
    )


def _authority(document: Tree) -> str:
    parties = _all(document, "AuthorityIssuerTradeParty")
    return next(filter(None, (_text(one, "Name") or _text(one, "ID") for one in parties)), "")


def _reported(one: Tree) -> Reported:
    pointers = tuple(_pointer(each) for each in _all(one, "SpecifiedIdentifiedPointer")[:_MOST_POINTERS])
    words = " ".join(filter(None, (_words(text) for text in one.get("Description", ())[:1])))
    return Reported(_text(one, "TypeCode")[:_CODE], words[:_TEXT], pointers)


def _pointer(one: Tree) -> Pointer:
    number = _text(one, "SequenceID")
    return Pointer(_text(one, "TagID")[:_TEXT], int(number) if _NUMBER.fullmatch(number) else None)


def _first(tree: Tree, name: str) -> Tree:
    return next((one for one in tree.get(name, ()) if isinstance(one, dict)), {})


def _all(tree: Tree, name: str) -> list[Tree]:
    return [one for one in tree.get(name, ()) if isinstance(one, dict)]


def _every(tree: Tree, name: str) -> Iterator[Tree]:
    """Wherever it stands; a text counts as an element with a text."""
    for key, values in tree.items():
        for one in values:
            if key == name:
                yield one if isinstance(one, dict) else {"$": [one]}
            elif isinstance(one, dict):
                yield from _every(one, name)


def _text(tree: Tree, *path: str) -> str:
    if not path:
        return next((one for one in tree.get("$", ()) if isinstance(one, str)), "")
    for name in path[:-1]:
        tree = _first(tree, name)
    return next((words for one in tree.get(path[-1], ()) if (words := _words(one))), "")


def _words(value: Tree | str) -> str:
    return clean(value if isinstance(value, str) else _text(value))


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
