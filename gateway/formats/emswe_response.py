"""What a single window answers to an EMSWe formality: FRM and CLR (MIG 2.0: RES with one of them), or the RIM's own control message.

In: bytes, XML or JSON, as an interface sent them. Out: a `Response`, or None where they are no such answer. Read liberally: real
answers write null for what is absent, one object for a list of one, texts with or without their language, and wrap an Envelope
in an object of their interface. Nothing is judged; what the codes mean is in `schemas/codes/emswe_errors.csv`.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from gateway.formats.emswe_tree import Tree, all_of, every, first, text, tree_of, words

_MOST_ERRORS, _MOST_POINTERS = 9_999, 50
_TEXT, _CODE = 512, 40  # RE-014-02; the longest code of a RIM has 15
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


def read(data: bytes) -> Response | None:
    """The answer in `data`; None if there is none."""
    tree = tree_of(data)
    envelope = first(tree, "Envelope")
    if envelope and first(envelope, "RES"):
        return _of_window(envelope)
    refused = list(every(tree, "ValidationError"))
    return _of_interface(tree, refused) if refused else None


def _of_window(envelope: Tree) -> Response:
    head = first(envelope, "RES")
    verdict = first(envelope, "FRM") or first(envelope, "CLR") or first(envelope, "SRR")
    document = first(verdict, "AcknowledgementDocument")
    is_withdrawn = text(head, "ExchangedDocument", "PurposeCode") == "1"
    return Response(
        status=None if is_withdrawn else _STATUS.get(text(document, "StatusCode")),
        request=text(head, "AcknowledgementDocument", "ReferenceReferencedDocument", "ID"),
        formality=text(head, "AcknowledgementDocument", "ReferenceReferencedDocument", "TypeCode"),
        visit=text(head, "SpecifiedLogisticsTransportMovement", "CallTransportEvent", "ID"),
        id=text(head, "ExchangedDocument", "ID"),
        reference=text(head, "AcknowledgementDocument", "ID"),
        authority=_authority(first(head, "AcknowledgementDocument")),
        reported=tuple(_reported(one) for one in all_of(document, "ReferencedReportedError")[:_MOST_ERRORS]),
        remarks=tuple(filter(None, (words(one) for one in document.get("Status", ())[:_MOST_ERRORS]))),
        is_withdrawn=is_withdrawn,
    )


def _of_interface(tree: Tree, refused: list[Tree]) -> Response:
    reported = tuple(Reported(text(one, "errorCode")[:_CODE], text(one, "error")[:_TEXT]) for one in refused)
    return Response(
        status=Status.REJECTED,
        request=next((text(one) for one in every(tree, "CorrelationId")), ""),
        reported=reported[:_MOST_ERRORS],
        is_control=True,
    )


def _authority(document: Tree) -> str:
    parties = all_of(document, "AuthorityIssuerTradeParty")
    return next(filter(None, (text(one, "Name") or text(one, "ID") for one in parties)), "")


def _reported(one: Tree) -> Reported:
    pointers = tuple(_pointer(each) for each in all_of(one, "SpecifiedIdentifiedPointer")[:_MOST_POINTERS])
    said = " ".join(filter(None, (words(value) for value in one.get("Description", ())[:1])))
    return Reported(text(one, "TypeCode")[:_CODE], said[:_TEXT], pointers)


def _pointer(one: Tree) -> Pointer:
    number = text(one, "SequenceID")
    return Pointer(text(one, "TagID")[:_TEXT], int(number) if _NUMBER.fullmatch(number) else None)
