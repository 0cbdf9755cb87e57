"""What was sent for one call, and what became of it. In: a call's id. Out: its submissions, lists, findings by kind, deliveries, verdicts.

Counts, codes and ids; nothing that is sealed is read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from gateway.store import Connection
from gateway.store.deliveries import Delivery, deliveries_of
from gateway.store.manifests import Part
from gateway.store.responses import Heard, heard
from gateway.store.statements import SQL, rows
from gateway.store.submissions import FindingCount, Submission


class SentList(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a submission. `function`: original, replace, change, cancel."""

    id: UUID
    submission_id: UUID
    function: str
    parts: tuple[Part, ...]


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """`lists` and `findings` by submission, `deliveries` by list, `verdicts` by delivery, the last one an authority gave."""

    submissions: Sequence[Submission]
    lists: Mapping[UUID, Sequence[SentList]]
    findings: Mapping[UUID, Sequence[FindingCount]]
    deliveries: Mapping[UUID, Sequence[Delivery]]
    verdicts: Mapping[UUID, Heard]


async def dossier_of(connection: Connection, call: str) -> Dossier:
    """All of it, the newest submission first."""
    sent = rows(Submission, await connection.fetch(SQL["call_submissions"], call))
    found = [dict(record) for record in await connection.fetch(SQL["call_lists"], call)]
    lists = [SentList(**(one | {"parts": msgspec.convert(one["parts"], tuple[Part, ...])})) for one in found]
    findings: dict[UUID, list[FindingCount]] = defaultdict(list)
    for record in await connection.fetch(SQL["call_findings"], call):
        findings[record["submission_id"]].append(FindingCount(record["code"], record["severity"], record["n"]))
    deliveries: dict[UUID, list[Delivery]] = defaultdict(list)
    for one in await deliveries_of(connection, [one.id for one in lists]):
        deliveries[one.manifest_id].append(one)
    said = await heard(connection, [one.id for its in deliveries.values() for one in its])
    by_submission: dict[UUID, list[SentList]] = defaultdict(list)
    for each in lists:
        by_submission[each.submission_id].append(each)
    return Dossier(
        submissions=sent,
        lists=by_submission,
        findings=findings,
        deliveries=deliveries,
        verdicts={one.delivery_id: one for one in said if one.verdict},
    )
