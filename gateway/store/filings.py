"""Stored lists as `track` judges them. In: call ids. Out: `track.Filing`s, without a word about any person."""

from collections.abc import Sequence

import msgspec

from gateway import track
from gateway.manifest import Function
from gateway.store import Connection
from gateway.store.manifests import Filing, filings_of_calls


async def filings_of(connection: Connection, call_ids: Sequence[str]) -> list[track.Filing]:
    """Every list of these calls that counts, oldest first."""
    return [_judged(one) for one in await filings_of_calls(connection, call_ids) if not one.outdated]


def _judged(one: Filing) -> track.Filing:
    stated = {
        "call": one.call_id,
        "submission": str(one.submission_id),
        "kind": one.kind,
        "received_at": one.received_at,
        "version": one.version,
        "purposes": list(one.purposes),
        "persons": one.listed,
        "counts": one.counts,
        "missing": one.missing,
        "errors": one.errors,
        "deadlines": one.deadlines,
        "withdrawn": one.function == Function.CANCEL,
        "is_change": one.function == Function.CHANGE,
        "changes": one.changes,
    }
    return msgspec.convert(stated, track.Filing)
