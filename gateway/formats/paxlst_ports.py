"""Ports of a PAXLST that are coded by the surrogate table (`codes.surrogates`): GTAS' users export what GTAS was given.

In: a list as read, and whether its interchange says so (UNB 0026). Out: the list with UN/LOCODEs in their place. Without that mark
three characters are left as they stand: another sender's own code would become a port at the other end of the world.
"""

from collections.abc import Sequence

import msgspec

from gateway.codes.surrogates import is_mark, port_of
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_segments import text_at
from gateway.formats.raw import HeaderValue, RawList

_PERSONS = ("embarkation", "disembarkation")
_HEADER = ("departure.port", "arrival.port", "last_port", "next_port")


def decoded(raw: RawList, messages: Sequence[Message]) -> RawList:
    """The list with every port that the table knows in its place."""
    segments = messages[0].interchange.segments
    if not segments[0].startswith("UNB") or not is_mark(text_at(messages[0].interchange.cut(0), 7)):
        return raw
    for field in _PERSONS:
        if field in raw.columns:
            raw.columns[field] = [port_of(text) or text if text else text for text in raw.columns[field]]
    known = {
        field: HeaderValue(port, value.place)
        for field in _HEADER
        if (value := raw.header.get(field)) and (port := port_of(value.text))
    }
    return msgspec.structs.replace(raw, header={**raw.header, **known})
