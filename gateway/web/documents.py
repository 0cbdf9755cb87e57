"""Small JSON documents that callers send. In: a body and what it should be. Out: that, or a problem that says where to look."""

from typing import TypeVar
from uuid import UUID

import msgspec

from gateway.web.problems import Problem

Kind = TypeVar("Kind", bound=msgspec.Struct)


def document(body: bytes, kind: type[Kind]) -> Kind:
    """The document; a member that does not exist is refused."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise bad_document("the document is not as schemas/openapi.yaml describes it; compare its members") from None


def bad_document(detail: str) -> Problem:
    return Problem(400, "bad-document", detail)


def id_of(text: str) -> UUID | None:
    """None where it cannot be the id of anything."""
    try:
        return UUID(text)
    except ValueError:
        return None
