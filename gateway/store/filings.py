"""Stored lists as `track` judges them. In: call ids. Out: `track.Filing`s, without a word about any person.

A list of passengers and crew is two here, each among its kind.
"""

from collections.abc import Sequence

import msgspec

from gateway import track
from gateway.manifest import Function, ListKind
from gateway.store import Connection
from gateway.store.manifests import Filing, Part, filings_of_calls


async def filings_of(connection: Connection, call_ids: Sequence[str]) -> list[track.Filing]:
    """Every list of these calls that counts, oldest first."""
    found = await filings_of_calls(connection, call_ids)
    return [_judged(one, part) for one in found for part in one.parts if not part.outdated]


def _judged(one: Filing, part: Part) -> track.Filing:
    stated = {
        "call": one.call_id,
        "submission": str(one.submission_id),
        "kind": part.kind,
        "of_everybody": one.kind == ListKind.MIXED and one.persons > 0,
        "received_at": one.received_at,
        "version": part.version,
        "purposes": list(one.purposes),
        "persons": part.listed,
        "counts": one.counts,
        "missing": part.missing,
        "errors": part.errors,
        "deadlines": one.deadlines,
        "withdrawn": one.function == Function.CANCEL,
        "is_change": one.function == Function.CHANGE,
        "changes": part.changes,
    }
    return msgspec.convert(stated, track.Filing)
