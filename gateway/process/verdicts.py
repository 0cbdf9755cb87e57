"""verdicts: what a single window answered to a list becomes part of the answer to its sender.

In: answers that `deliver` or the inbound endpoint kept, one at a time. Out: the submission's answer with the verdict, and a finding for
each error at the sender's own cell; the verdict's word in the delivery's row; an alarm where a person must act. An answer that
comes again, or is read twice, is said once. What cannot be matched to a person is said of the list as a whole.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

import msgspec

from gateway.answers.authority import Delivered, findings, for_operator
from gateway.catalogue import Catalogue
from gateway.findings import Finding, Severity
from gateway.formats.emswe_fields import LISTS
from gateway.formats.emswe_response import Response, Status, read
from gateway.formats.forms import FORMS, fitting
from gateway.heard import opened
from gateway.manifest import Function, ListKind, Manifest
from gateway.mistakes import Trouble, said
from gateway.normalise import Lineage
from gateway.process.answer import Answer, Verdict, open_answer, seal_answer
from gateway.process.record import open_manifest
from gateway.route import list_of
from gateway.settings import utc_now
from gateway.store import RESPONSE, UNAVAILABLE, Connection, Database, Pool, log, transaction
from gateway.store.alarms import raise_alarm
from gateway.store.manifests import sealed_manifest
from gateway.store.responses import ClaimedResponse, claim_response, settle_response
from gateway.store.submissions import add_more_finding_counts, answer_to_change, change_answer
from gateway.store.wake import listening

_POLL_SECONDS, _AFTER_TROUBLE_SECONDS = 5.0, 1.0
_log = logging.getLogger(__name__)


async def run(
    pool: Pool, database: Database, catalogue: Catalogue, *, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Reads what comes until `stop`."""
    trouble = Trouble(_log, "claiming answers of recipients")
    async with listening(database, [RESPONSE], stop) as wake:
        while not stop.is_set():
            try:
                claimed = await claim_response(pool, lease_seconds=lease_seconds)
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            if claimed is None:
                await wake.wait(_POLL_SECONDS)
                continue
            try:
                await tell(pool, catalogue, claimed)
            except Exception as error:  # this answer waits for its lease to end, the next has its turn
                _log.warning("an answer about delivery %s: %s", claimed.delivery_id, said(error))


async def tell(pool: Pool, catalogue: Catalogue, claimed: ClaimedResponse) -> None:
    """One answer, start to end."""
    response = await asyncio.to_thread(_read, claimed, catalogue)
    async with transaction(pool) as connection:
        if not await settle_response(connection, claimed.id, response.status if response else None):
            return
        if response is not None:
            await _told(connection, catalogue, claimed, response)


def _read(claimed: ClaimedResponse, catalogue: Catalogue) -> Response | None:
    return next((found for text in opened(claimed, catalogue) if (found := read(text))), None)


async def _told(connection: Connection, catalogue: Catalogue, claimed: ClaimedResponse, response: Response) -> None:
    subject = {"delivery": str(claimed.delivery_id), "recipient": claimed.recipient, "verdict": response.status or ""}
    await log.append(connection, "authority-answered", subject, utc_now())
    await _alarm(connection, claimed, response)
    before = await answer_to_change(connection, claimed.submission_id)
    kept = await sealed_manifest(connection, claimed.manifest_id)
    if before is None or kept is None:
        return
    answer, listed = (
        open_answer(before, str(claimed.submission_id), catalogue),
        open_manifest(kept, claimed.manifest_id, catalogue),
    )
    if answer is None or listed is None:  # retention has ended: the verdict is in the log
        return
    new = msgspec.json.decode(answer, type=Answer)
    delivered = _delivered(claimed, *listed, new, response, catalogue)
    more = findings(response, delivered)
    verdict = Verdict(
        recipient=claimed.recipient,
        delivery=str(claimed.delivery_id),
        list=claimed.number,
        verdict=response.status or "",
        at=claimed.received_at,
        reference=response.reference,
    )
    await change_answer(connection, claimed.submission_id, seal_answer(with_verdict(new, verdict, more), catalogue))
    counts = Counter((finding.code, finding.severity.value) for finding in more)
    await add_more_finding_counts(connection, claimed.submission_id, counts)


def with_verdict(answer: Answer, verdict: Verdict, more: Sequence[Finding]) -> Answer:
    return msgspec.structs.replace(
        answer,
        verdicts=(*answer.verdicts, verdict),
        findings=(*answer.findings, *more),
        errors=answer.errors + sum(one.severity is Severity.ERROR for one in more),
        warnings=answer.warnings + sum(one.severity is Severity.WARNING for one in more),
    )


def _delivered(
    claimed: ClaimedResponse,
    manifest: Manifest,
    lineage: Lineage,
    answer: Answer,
    response: Response,
    catalogue: Catalogue,
) -> Delivered:
    one = next((one for one in answer.lists if one.number == claimed.number), None)
    recipient = catalogue.recipients.get(claimed.recipient)
    return Delivered(
        authority=recipient.name if recipient else claimed.recipient,
        places=lineage.places,
        persons=_persons_of(manifest, claimed.form, response.formality),
        header=lineage.header_places,
        whole=lineage.whole,
        file=one.file if one and len(answer.formats) > 1 else None,
        member=one.member if one else None,
    )


def _persons_of(manifest: Manifest, form: str, formality: str) -> list[int]:
    """Where the persons of the message stand in the list: those of its kind whom the form can carry, in the list's order.

    Of a change, the message was made of more than this list, so that no number of a person says which.
    """
    if manifest.function is Function.CHANGE:
        return []
    kind = LISTS[formality][1] if formality in LISTS else manifest.kind
    asked = [at for at, person in enumerate(manifest.persons) if kind is ListKind.MIXED or list_of(person) is kind]
    seen = msgspec.structs.replace(manifest, persons=tuple(manifest.persons[at] for at in asked))
    _, left_out = fitting(seen, FORMS[form])
    gone = {at for at, _ in left_out}
    return [at for number, at in enumerate(asked) if number not in gone]


async def _alarm(connection: Connection, claimed: ClaimedResponse, response: Response) -> None:
    who, delivery = claimed.recipient, str(claimed.delivery_id)
    if codes := for_operator(response):
        text = f"{who} refuses for a reason that the line cannot mend ({', '.join(codes)[:200]}): see schemas/codes/emswe_errors.csv"
        await raise_alarm(connection, "authority-refuses", who, text)
    elif response.status in (Status.REJECTED, Status.INCOMPLETE):
        text = f"{who} did not accept a list of {claimed.carrier}: the line has been told what is wrong; see that it sends it again"
        await raise_alarm(connection, "authority-rejected", delivery, text)
